"""systemd understands the units, and the two services are confined alike."""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

from build import BUILD, program

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SERVICES = [os.path.join(BUILD, "systemd", name) for name in ("entsyncd.service", "entsync-once.service")]
TIMER = os.path.join(SOURCE, "systemd", "entsync-once.timer")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Units(unittest.TestCase):
    def test_systemd_finds_nothing_to_say(self):
        with tempfile.TemporaryDirectory() as folder:
            for service in SERVICES:
                text, count = re.subn(r"(?m)^(ExecStart=)\S+", r"\g<1>" + program("entsyncd"), read(service))
                self.assertEqual(count, 1)
                with open(os.path.join(folder, os.path.basename(service)), "w", encoding="utf-8") as copy:
                    copy.write(text)
            shutil.copy(TIMER, folder)
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", *sorted(os.listdir(folder))], cwd=folder,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  env={**os.environ, "SYSTEMD_UNIT_PATH": folder + ":"})
            self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_services_are_confined_alike(self):
        confinement = read(os.path.join(SOURCE, "systemd", "confinement.conf")).strip()
        self.assertIn("ProtectSystem=strict", confinement)
        for service in SERVICES:
            self.assertIn(confinement, read(service))

    def test_times_of_the_timer(self):
        times = re.findall(r"(?m)^OnCalendar=(.*)$", read(TIMER))
        self.assertTrue(times)
        subprocess.run(["systemd-analyze", "calendar", *times], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    unittest.main()
