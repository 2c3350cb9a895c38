"""Manual pages name every command and option of `--help` where it belongs, every key of the documented
configuration, and are set without a warning."""

import os
import re
import subprocess
import unittest

from build import BUILD, PROGRAMS, helps, run

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
PAGES = {"entsync": "entsync.1", "entsyncd": "entsyncd.8", "entsync-verify": "entsync-verify.1",
         "entsync-gen": "entsync-gen.1"}
GENERAL = {"-h", "--help", "-c", "--config"}


def page(name):
    return os.path.join(BUILD, "packaging/man", name)


def rendered(name):
    return run("man", "-l", page(name), env={**os.environ, "MANWIDTH": "500", "LC_ALL": "C.UTF-8"})


def sections(text, indent):
    """Heading -> text of the sections whose heading is indented so far."""
    parts = re.split(r"(?m)^" + " " * indent + r"(?=\S)(.*)\n", text)
    return dict(zip(parts[1::2], parts[2::2]))


class Manuals(unittest.TestCase):
    def test_every_option_stands_below_its_command(self):
        for name in PROGRAMS:
            whole = sections(rendered(PAGES[name]), 0)
            commands = sections(whole.get("COMMANDS", ""), 3)
            for path, options, _ in helps(name):
                with self.subTest(program=name, command=path):
                    if path:
                        heading = re.compile(re.escape(" ".join((name, *path))) + r"( [\[A-Z].*)?$")
                        text = [body for title, body in commands.items() if heading.match(title)]
                        self.assertEqual(len(text), 1, "the command has one section")
                        text, options = text[0], options - GENERAL
                    else:
                        text = whole["OPTIONS"]
                    tags = set(re.findall(r"(?m)(?:^ {7}|(?<=, ))(-[\w-]+)", text))
                    self.assertEqual(options - tags, set())

    def test_every_documented_key_stands_in_its_section(self):
        text = sections(rendered("entsync.toml.5"), 0)
        with open(os.path.join(SOURCE, "docs/configuration.md"), encoding="utf-8") as document:
            parts = re.split(r"(?m)^## (.*)\n", document.read())
        self.assertGreater(len(parts), 10)
        for heading, body in zip(parts[1::2], parts[2::2]):
            section = heading.replace("`", "").strip() if heading.startswith("[") else heading.upper()
            keys = [key for row in re.findall(r"(?m)^\| (`.*?) \|", body) for key in re.findall(r"`(\w+)`", row)]
            for key in keys:
                self.assertRegex(text[section], rf"(?m)^ {{7}}(.*, )?{key}\b", heading)

    def test_no_name_of_who_builds(self):
        self.assertNotRegex(rendered("entsyncd.8"), r"user:\w")

    def test_pages_are_set_without_a_warning(self):
        for name in [*PAGES.values(), "entsync.toml.5"]:
            done = subprocess.run(["groff", "-wall", "-Kutf8", "-man", "-Tutf8", page(name)], check=True,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            self.assertEqual(done.stderr, "", name)
            self.assertEqual(run("lexgrog", page(name)).count(" - "), 1, "whatis finds the page")


if __name__ == "__main__":
    unittest.main()
