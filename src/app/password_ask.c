/* password_ask: see password_ask.h. */
#include "app/password_ask.h"

#include "crypto/password.h"

#include <errno.h>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#define LINE_BYTES (PASSWORD_MAX + 2)

/* Up to the line's end, which is cut; what follows stays unread. */
static bool
read_line(int fd, struct secret *line, struct fault *f)
{
	char text[LINE_BYTES];
	size_t n = 0;
	ssize_t got = 1;

	while (n < sizeof(text) && got != 0) {
		got = read(fd, text + n, 1);
		if (got < 0 && errno != EINTR)
			break;
		if (got == 1 && text[n] == '\n')
			break;
		n += got == 1 ? 1 : 0;
	}
	if (n > 0 && text[n - 1] == '\r')
		n--;
	secret_set(line, str_of(text, n));
	secret_wipe(text, sizeof(text));
	if (password_is_valid(secret_reveal(line)))
		return true;
	return fault_set(f, FAULT_USAGE,
		"expected a password of at least %u characters and at most %u "
		"bytes",
		PASSWORD_MIN, PASSWORD_MAX);
}

bool
password_ask_stdin(struct secret *password, struct fault *f)
{
	return read_line(STDIN_FILENO, password, f);
}

static void
say(int fd, const char *text)
{
	ssize_t n = write(fd, text, strlen(text));

	(void)n; /* a terminal that is gone is noticed when reading */
}

static bool
ask(int tty, const char *question, struct secret *line, struct fault *f)
{
	bool ok;

	say(tty, question);
	ok = read_line(tty, line, f);
	say(tty, "\n");
	return ok;
}

static bool
ask_twice(int tty, struct secret *password, struct fault *f)
{
	struct secret again = { 0 };
	bool same;

	if (!ask(tty, "Password: ", password, f) ||
		!ask(tty, "Once more: ", &again, f)) {
		secret_clear(&again);
		return false;
	}
	same = secret_eq(secret_reveal(password), secret_reveal(&again));
	secret_clear(&again);
	return same || fault_set(f, FAULT_USAGE, "the two passwords differ");
}

bool
password_ask_person(struct secret *password, struct fault *f)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct termios before, quiet;
	bool ok;

	if (tty < 0 || tcgetattr(tty, &before) != 0) {
		if (tty >= 0)
			close(tty);
		return fault_set(f, FAULT_USAGE,
			"there is no terminal to ask at; use --password-stdin");
	}
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(tty, TCSAFLUSH, &quiet);
	ok = ask_twice(tty, password, f);
	tcsetattr(tty, TCSAFLUSH, &before);
	close(tty);
	return ok;
}
