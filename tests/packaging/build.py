"""The build under test: its programs, and what each of their `--help` names."""

import os
import re
import subprocess

BUILD = os.environ["ENTSYNC_BUILD"]
PROGRAMS = {"entsync": "daemon/programs", "entsyncd": "daemon/programs", "entsync-verify": "daemon/verify",
            "entsync-gen": "tests/generator"}


def program(name):
    return os.path.join(BUILD, PROGRAMS[name], name)


def run(*arguments, **options):
    return subprocess.run(arguments, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


def helps(name, *path):
    """(path, options, subcommands) of a program and of each command below it. Reads the text more simply than what
    manual pages and completions are made with: any option anywhere in front of a line counts."""
    text = run(program(name), *path, "--help")
    options = {option for line in re.findall(r"(?m)^  (-\S+)", text) for option in line.split(",")}
    listed = re.search(r"(?ms)^Subcommands:\n(.*?)(?:^\S|^$|\Z)", text)
    subcommands = re.findall(r"(?m)^  (\S+)", listed[1]) if listed else []
    yield path, options, subcommands
    for subcommand in subcommands:
        yield from helps(name, *path, subcommand)
