"""What a data-protection officer does: with a copy of the journal, the verifier key and the checkpoints
that were handed out, and without any right to write, prove that the journal is whole, or see what was done."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

from scene import BUILD, FAILED, Scene

VERIFY = os.path.join(BUILD, "daemon", "verify", "entsync-verify")
NOBODY = 65534


def as_reader():
    """Another account, when the tests run as root; otherwise this one, which may not write either."""
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Verify(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scene = Scene()
        cls.addClassCleanup(cls.scene.close)
        cls.handed_out = os.path.join(cls.scene.place, "handed-out")
        cls.mailed = os.path.join(cls.scene.place, "mailed")
        cls.scene.extra = (f'[journal]\ncheckpoint_file = "{cls.handed_out}"\n'
                           f'checkpoint_command = ["/bin/sh", "-c", "cat >> {cls.mailed}; echo >> {cls.mailed}"]\n')
        cls.scene.generate()
        cls.scene.entsyncd()
        cls.scene.entsyncd()

    def setUp(self):
        """A copy that everybody may read and nobody write."""
        self.copy = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.copy)
        shutil.copy(os.path.join(os.path.join(self.scene.place, "state"), "journal.db"), self.copy)
        self.key = self.put("key", self.scene.entsync("audit", "key").stdout)
        self.kept = self.put("kept", read(self.handed_out))

    def put(self, name, text):
        path = os.path.join(self.copy, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def close_copy(self):
        for name in os.listdir(self.copy):
            os.chmod(os.path.join(self.copy, name), 0o444)
        os.chmod(self.copy, 0o555)
        self.addCleanup(os.chmod, self.copy, 0o755)

    def verify(self, *arguments, code):
        self.close_copy()
        done = subprocess.run([VERIFY, *arguments, self.copy], capture_output=True, text=True, preexec_fn=as_reader,
                              check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def tamper(self, sql):
        with sqlite3.connect(os.path.join(self.copy, "journal.db")) as journal:
            triggers = journal.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                journal.execute(f"DROP TRIGGER {name}")
            journal.executescript(sql)
            for _, statement in triggers:
                journal.execute(statement)
        journal.close()

    def test_a_whole_journal_is_proved_with_key_and_copies(self):
        text = self.verify("--key", self.key, "--checkpoints", self.kept, code=0)
        self.assertRegex(text, r"^whole: \d+ records, head [0-9a-f]{64}\n2 checkpoints, the last attests (\d+) records; "
                               r"signatures verified; 2 kept elsewhere\n$")

    def test_both_ways_out_give_what_the_journal_holds(self):
        held = self.scene.entsync("audit", "checkpoints").stdout
        self.assertEqual(held, read(self.handed_out))
        self.assertEqual(held, read(self.mailed))

    def test_without_a_key_it_says_what_it_did_not_verify(self):
        self.assertIn("signatures NOT verified", self.verify(code=0))

    def test_an_end_that_was_cut_off_shows_by_the_copies(self):
        self.tamper("DELETE FROM record WHERE seq > 100; DELETE FROM checkpoint; DELETE FROM posting; "
                    "DELETE FROM block; DELETE FROM outcome; DELETE FROM open_intent")
        text = self.verify("--key", self.key, "--checkpoints", self.kept, code=1)
        self.assertIn("NOT WHOLE: cut: the journal ends with record 100, but the copy kept elsewhere", text)

    def test_an_edited_record_is_named(self):
        self.tamper("UPDATE record SET bytes = CAST(bytes || 'x' AS BLOB) WHERE seq = 2")
        self.assertIn("NOT WHOLE: altered: record 2", self.verify("--key", self.key, code=1))

    def test_a_key_that_did_not_sign_is_told(self):
        other = self.put("other", "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n")
        self.assertIn("NOT WHOLE: checkpoint-forged: checkpoint 1", self.verify("--key", other, code=1))

    def test_wrong_arguments_are_told(self):
        self.put("empty", "")
        self.put("odd", "# a comment\nno key\n")
        self.close_copy()
        self.assertIn("VER-001", self.verify("--key", os.path.join(self.copy, "empty"), code=2))
        self.assertIn("odd:2", self.verify("--key", os.path.join(self.copy, "odd"), code=2))


class Keys(unittest.TestCase):
    def setUp(self):
        self.scene = Scene()
        self.addCleanup(self.scene.close)
        self.scene.generate()

    def test_a_key_that_everybody_may_read_signs_nothing_and_no_run_begins(self):
        self.scene.entsyncd()
        os.chmod(os.path.join(os.path.join(self.scene.place, "state"), "journal.key"), 0o644)
        self.assertIn("RUN-056", self.scene.entsyncd(code=FAILED).stderr)

    def test_a_new_key_takes_over_by_the_word_of_the_old_one(self):
        self.scene.entsyncd()
        first = self.scene.entsync("audit", "key").stdout
        own = os.path.join(os.path.join(self.scene.place, "state"), "journal.key")
        os.rename(own, own + ".old")
        self.assertIn("JRN-024", self.scene.entsyncd(code=FAILED).stderr)
        self.scene.write_config(extra=f'[journal]\nprevious_key_file = "{own}.old"\n')
        self.scene.entsyncd()
        self.assertNotEqual(first, self.scene.entsync("audit", "key").stdout)
        with tempfile.NamedTemporaryFile("w", suffix=".pub") as key:
            key.write(first)
            key.flush()
            done = subprocess.run([VERIFY, "--key", key.name, os.path.join(self.scene.place, "state")], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    sys.exit(unittest.main())
