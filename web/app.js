/* Comforts that pages do without: copy buttons, a look at a password, parts
 * that stay open, forms that are sent once. */
"use strict";

/* What screen readers say aloud. */
const voice = document.createElement("p");

voice.className = "unseen";
voice.setAttribute("role", "status");
document.body.append(voice);

function announce(button, text) {
	const before = button.dataset.before || button.textContent;

	button.dataset.before = before;
	button.textContent = text;
	voice.textContent = text;
	setTimeout(() => {
		button.textContent = before;
		voice.textContent = "";
	}, 2000);
}

for (const button of document.querySelectorAll("button[data-copy]")) {
	const source = document.getElementById(button.dataset.copy);

	if (!source || !navigator.clipboard)
		continue;
	button.hidden = false;
	button.addEventListener("click", () => {
		navigator.clipboard.writeText(source.textContent).then(
			() => announce(button, "Copied"),
			() => announce(button, "Select and copy by hand"));
	});
}

for (const button of document.querySelectorAll("button[data-reveal]")) {
	const field = document.getElementById(button.dataset.reveal);

	if (!field)
		continue;
	button.hidden = false;
	button.addEventListener("click", () => {
		const shown = field.type === "text";

		field.type = shown ? "password" : "text";
		button.setAttribute("aria-pressed", String(!shown));
		button.textContent = shown ? "Show" : "Hide";
		field.focus();
	});
	/* What is sent is never left in a plain text field. */
	if (field.form)
		field.form.addEventListener("submit", () => {
			field.type = "password";
		});
}

/* When the page came up, or came up again.  One that somebody slid under a
 * double click gets the second click at once. */
const FRESH_MS = 500;
let up = performance.now();

addEventListener("focus", () => {
	up = performance.now();
});

/* What decides something is sent neither by such a click nor twice: the second
 * click of our own double click would take the first one's answer away. */
for (const form of document.querySelectorAll("form[data-once]"))
	form.addEventListener("submit", event => {
		if (performance.now() - up < FRESH_MS) {
			event.preventDefault();
			form.querySelector("[data-again]").hidden = false;
			return;
		}
		if (form.dataset.sent)
			event.preventDefault();
		form.dataset.sent = "yes";
		setTimeout(() => delete form.dataset.sent, 2000);
	});

/* What somebody opened stays open when the page looks again by itself. */
for (const part of document.querySelectorAll("details[id]")) {
	const key = `open:${location.pathname}#${part.id}`;
	const before = sessionStorage.getItem(key);

	if (before !== null)
		part.open = before === "yes";
	part.addEventListener("toggle", () =>
		sessionStorage.setItem(key, part.open ? "yes" : "no"));
}
