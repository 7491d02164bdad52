#!/usr/bin/env python3
"""Makes docs/SETTINGS.md and man/mcp_settings.json.5 from the settings table.

    tools/compile_settings.py            writes both
    tools/compile_settings.py --check    says whether both are in step
"""
import pathlib
import re
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
TABLE = TOP / "src/app/settings.def"
PAGE = TOP / "docs/SETTINGS.md"
MANUAL = TOP / "man/mcp_settings.json.5"

ROW = re.compile(
    r'^SETTING\("(?P<path>[^"]+)", (?P<kind>\w+), (?P<member>\w+(?:\([^)]*\))?),'
    r' "(?P<fallback>[^"]*)", (?P<low>\d+), (?P<high>\d+),'
    r' "(?P<choices>[^"]*)", (?P<served>\w+), "(?P<sentence>(?:[^"\\]|\\.)*)"\)$')

KINDS = {
    "GROUP": "object", "MAP": "object", "ROWS": "array of objects",
    "OWN": "object", "TEXT": "string", "LIST": "array of strings",
    "PAIRS": "object of strings", "SWITCH": "true or false",
    "MILLIS": "duration", "SECONDS": "duration", "SIZE": "size",
    "COUNT": "number", "ADDRESS": "host:port", "ORIGIN": "URL",
    "URL": "URL", "ANY": "anything",
}

PLACEHOLDERS = [
    ("${NAME}, ${env:NAME}", "a variable of the environment"),
    ("${NAME:-default}", "the default if the variable is unset or empty"),
    ("${file:path}", "a file's text without the line ends at its end; "
     "a relative path is below the settings' folder"),
    ("${cmd:command}", "what the command prints; only with --allow-cmd"),
    ("${input:id}", "the default of one of the inputs"),
    ("${userHome}", "the home folder"),
    ("${workspaceFolder}", "the folder that the settings are in"),
    ("${cwd}", "the folder that Ostiary was started in"),
    ("${pathSeparator}, ${/}", "/"),
    ("$${", "a plain ${"),
]

INTRO = """\
Ostiary reads one JSON file. Comments and trailing commas are allowed. It is
found by --config, else it is ./mcp_settings.json, else
$XDG_CONFIG_HOME/ostiary/mcp_settings.json; without a file every setting has
its default. Ostiary never writes to it."""

RELOAD = """\
Ostiary notices when the file changes, and reads it again on SIGHUP. Only
servers whose entry changed are started again. A broken file leaves the running
settings in force. listen, publicUrl, tls and store take effect at the next
start."""

UNKNOWN = """\
Keys that are not known are reported with the nearest known key and don't stop
the start. Anything else that is wrong is told with file, line, column, key and
what was expected, all that can be found at once, and ends the start with
status 2."""

EXPANSION = """\
In every string, after which the value is checked like any other. They may be
nested ten deep; what one gives is not read again. A name that is not known is
an error; in an entry of mcpServers it keeps that server alone from running."""


def rows():
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        if not line.startswith("SETTING("):
            continue
        match = ROW.match(line)
        if match is None:
            sys.exit(f"{TABLE.name}:{number}: is no row")
        row = match.groupdict()
        row["sentence"] = row["sentence"].replace('\\"', '"')
        yield row


def shown_path(row):
    return row["path"].replace("*", "<name>")


def bounds(row):
    if row["high"] == "0":
        return ""
    unit = {"MILLIS": " ms", "SECONDS": " s", "SIZE": " bytes"}
    return f"{row['low']} to {row['high']}{unit.get(row['kind'], '')}"


def facts(row):
    kind = KINDS.get(row["kind"])
    if row["kind"] == "CHOICE":
        kind = ", ".join(row["choices"].split("|"))
    parts = [kind]
    if bounds(row):
        parts.append(bounds(row))
    if row["fallback"]:
        parts.append("default " + row["fallback"])
    if row["served"] == "LATER":
        parts.append("no effect in this version")
    return parts


def page():
    out = ["<!-- Made by tools/compile_settings.py from src/app/settings.def."
           " -->", "# Settings", "", INTRO, "", UNKNOWN, "", RELOAD, "",
           "## Placeholders", "", EXPANSION, "", "| written | gives |",
           "|---|---|"]
    for written, gives in PLACEHOLDERS:
        out.append(f"| `{written}` | {gives} |")
    out += ["", "## Keys", "", "| key | what it is | |", "|---|---|---|"]
    for row in rows():
        out.append(f"| `{shown_path(row)}` | {row['sentence']} |"
                   f" {'; '.join(facts(row))} |")
    out.append("")
    return "\n".join(out)


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in ".'" else line
                     for line in text.split("\n"))


def manual():
    out = ['.\\" Made by tools/compile_settings.py from src/app/settings.def.',
           '.TH MCP_SETTINGS.JSON 5 "" "Ostiary" "File formats"',
           ".SH NAME", "mcp_settings.json \\- settings of ostiary(1)",
           ".SH DESCRIPTION", roff(INTRO), ".PP", roff(UNKNOWN), ".PP",
           roff(RELOAD), ".SH PLACEHOLDERS", roff(EXPANSION)]
    for written, gives in PLACEHOLDERS:
        out += [".TP", "\\fB" + roff(written) + "\\fR", roff(gives)]
    out.append(".SH KEYS")
    for row in rows():
        out += [".TP", "\\fB" + roff(shown_path(row)) + "\\fR  ("
                + roff("; ".join(facts(row))) + ")", roff(row["sentence"])]
    out += [".SH SEE ALSO", ".BR ostiary (1)", ""]
    return "\n".join(out)


def main():
    made = {PAGE: page(), MANUAL: manual()}
    if sys.argv[1:] != ["--check"]:
        for path, text in made.items():
            path.write_text(text)
        return
    stale = [str(path.relative_to(TOP)) for path, text in made.items()
             if not path.exists() or path.read_text() != text]
    if stale:
        sys.exit("out of step with src/app/settings.def: " + ", ".join(stale)
                 + "; run tools/compile_settings.py")


if __name__ == "__main__":
    main()
