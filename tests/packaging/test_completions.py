"""Bash offers every command and option that `--help` names, and files where a file is wanted."""

import os
import tempfile
import unittest

from build import BUILD, helps, run

SCRIPT = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
"_${1//-/_}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def offered(*words, **options):
    file = os.path.join(BUILD, "packaging/completions", words[0])
    return set(run("bash", "-c", SCRIPT, "completion", file, *words, **options).split())


class Completions(unittest.TestCase):
    def test_every_command_and_option_is_offered(self):
        for name in ("entsync", "entsyncd", "entsync-verify"):
            for path, options, subcommands in helps(name):
                with self.subTest(program=name, command=path):
                    answers = offered(name, *path, "") | offered(name, *path, "-")
                    self.assertEqual({*options, *subcommands} - answers, set())

    def test_only_what_begins_so_is_offered(self):
        self.assertEqual(offered("entsync", "check-c"), {"check-config"})
        self.assertEqual(offered("entsync", "plan", "--su"), {"--summary"})

    def test_the_value_of_an_option_is_no_command(self):
        self.assertIn("--out", offered("entsync", "--config", "hold", "plan", "-"))
        self.assertEqual(offered("entsync", "apply", "P", "--reason", ""), set())

    def test_files_where_a_file_is_wanted(self):
        with tempfile.TemporaryDirectory() as folder:
            open(os.path.join(folder, "plan.json"), "w", encoding="utf-8").close()
            for words in (("entsync", "apply", ""), ("entsync", "plan", "--out", ""), ("entsync", "-c", ""),
                          ("entsync", "hold", "list", "--config", "pl"), ("entsyncd", "--config", ""),
                          ("entsync-verify", "")):
                self.assertEqual(offered(*words, cwd=folder), {"plan.json"}, words)


if __name__ == "__main__":
    unittest.main()
