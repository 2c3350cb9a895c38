"""What a program says of itself: its commands, options and arguments, read from the `--help` of each.

Manual pages and completions are made from this, so that they cannot say less than the program."""

import dataclasses
import re
import subprocess

SECTIONS = {"Positionals:": "arguments", "Options:": "options", "Subcommands:": "commands"}
# CLI11 writes: names, type, its check, the default, its variable, and what the option needs, all before the description.
ENTRY = re.compile(r"(?P<names>\S+)(?: (?P<type>[A-Z]+)(?::(?P<check>\{[^}]*\}|[A-Z]+ in \[[^\]]*\]|[A-Z]+))?"
                   r"(?:=(?P<default>.*?))?)?(?: \.\.\.)?(?P<required> REQUIRED)?(?: \(Env:(?P<variable>[A-Z_]+)\))?"
                   r"(?: (?P<relation>(?:Needs|Excludes): .*))?$")


@dataclasses.dataclass
class Entry:
    """An option, an argument or the line of a subcommand."""
    names: list
    value: str = ""      # what stands for its value: FILE, TEXT …; empty for a flag
    check: str = ""      # what a value must be: {a,b}, INT in [1 - 9], FILE
    default: str = ""
    required: bool = False
    variable: str = ""   # of the environment, that stands in for it
    relation: str = ""
    text: str = ""

    @property
    def choices(self):
        return self.check[1:-1].split(",") if self.check.startswith("{") else []


@dataclasses.dataclass
class Command:
    path: list
    usage: str = ""
    about: str = ""
    notes: str = ""      # what `--help` says below the lists
    arguments: list = dataclasses.field(default_factory=list)
    options: list = dataclasses.field(default_factory=list)
    commands: list = dataclasses.field(default_factory=list)

    def walk(self):
        yield self
        for command in self.commands:
            yield from command.walk()


def read_entry(head):
    match = ENTRY.fullmatch(head)
    if not match:
        name, _, rest = head.partition(" ")
        return Entry(name.split(","), value=rest)
    default = match["default"] or ""
    if default.startswith("user:"):
        default = "user: and the calling user"  # not who builds
    return Entry(match["names"].split(","), match["type"] or "", match["check"] or "", default,
                 bool(match["required"]), match["variable"] or "", match["relation"] or "")


def parse_help(path, text):
    """The command of `path`; its `commands` are entries still."""
    command = Command(path)
    about, _, rest = text.partition("Usage: ")
    command.about = about.strip()
    usage, _, rest = rest.partition("\n")
    command.usage = usage.strip()
    section = None
    lines = rest.splitlines()
    for number, line in enumerate(lines):
        if line in SECTIONS:
            section = getattr(command, SECTIONS[line])
        elif line.endswith(":") and lines[number + 1:number + 2] and lines[number + 1].startswith("  -"):
            section = command.options  # a group of options with a name of its own
        elif not line.strip():
            continue
        elif section is not None and re.match(r"  \S", line):
            head, _, description = line.strip().partition("  ")
            section.append(read_entry(head))
            section[-1].text = description.strip()
        elif section and line.startswith(" " * 8):
            section[-1].text = (section[-1].text + " " + line.strip()).strip()
        else:
            command.notes = "\n".join(lines[number:]).strip()
            break
    return command


def read_commands(program, path=None):
    path = path or [program.rsplit("/", 1)[-1]]
    text = subprocess.run([program, *path[1:], "--help"], check=True, stdout=subprocess.PIPE, text=True).stdout
    command = parse_help(path, text)
    command.commands = [read_commands(program, [*path, entry.names[0]]) for entry in command.commands]
    return command
