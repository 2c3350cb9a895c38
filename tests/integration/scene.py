"""One trial world for an integration test: a region of invented persons, a private slapd, a state
directory and a configuration, all in one temporary folder, and the programs under test run as their
users run them. Everything real: processes, sockets, files."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
BUILD = os.environ.get("ENTSYNC_BUILD", os.path.join(SOURCE, "build", "release"))
SUFFIX = "dc=ent,dc=example,dc=fr"
PEOPLE = "ou=people," + SUFFIX
GROUPS = "ou=groups," + SUFFIX
STRUCTURES = "ou=structures," + SUFFIX

DONE, FAILED, USAGE, OUT_OF_SYNC, HELD = 0, 1, 2, 3, 4
SCHEDULED = "scheduled synchronisation"

# Many people are created beside those who are there – an interrupted first load goes on, accounts are adopted –
# which by default waits for somebody to look at it.
MANY_CREATES = "[limits.run]\ncreate = { percent = 100, floor = 5000 }\n"

# What a September needs: everybody moves up and the last class leaves.
WIDE_LIMITS = """
[limits.run]
create = { percent = 100, floor = 5000 }
absent = { percent = 60, floor = 100 }
modify = { percent = 100, floor = 5000 }
mail_lost = { percent = 100, floor = 100 }
[limits.academie]
absent = { percent = 60, floor = 100 }
[limits.profil]
absent = { percent = 60, floor = 100 }
[limits.school_profil]
absent = { percent = 100, floor = 10 }
mail_lost = { percent = 100, floor = 10 }
[limits.school]
absent = { percent = 80, floor = 10 }
remove = { percent = 100, floor = 5 }
mail_lost = { percent = 100, floor = 10 }
member_lost = { percent = 100, floor = 60 }
"""


def program(name):
    for folder in ("daemon/programs", "tests/generator"):
        path = os.path.join(BUILD, folder, name)
        if os.path.exists(path):
            return path
    raise FileNotFoundError(f"{name} is not built in {BUILD}")


class Scene:
    def __init__(self, persons=600, academies=1, seed=1, directory_options=(), limits="", extra="",
                 rules="config/rules/sdet-1d.toml", tree=""):
        self.place = tempfile.mkdtemp(prefix="entsync-test-")
        self.persons, self.academies, self.seed = persons, academies, seed
        self.limits, self.extra, self.rules, self.tree = limits, extra, rules, tree
        self.ldap_settings = ""
        self.academie = ""  # more lines of each [[academie]]
        self.date = "20260915"
        self.days_ahead = 36500
        self.state_file = os.path.join(self.place, "region.state")
        self.deliveries = os.path.join(self.place, "deliveries")
        self.config = os.path.join(self.place, "entsync.toml")
        self.uri = None
        self.base = SUFFIX
        self.start_directory(*directory_options)

    # Life ---------------------------------------------------------------------------------------

    def private_directory(self, *arguments):
        return subprocess.run([os.path.join(SOURCE, "tests/support/private-directory"), *arguments],
                              check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def start_directory(self, *options):
        self.uri = self.private_directory("start", os.path.join(self.place, "directory"), "--no-sync",
                                          *options)

    def stop_directory(self):
        self.private_directory("stop", os.path.join(self.place, "directory"))

    def close(self):
        self.stop_directory()
        shutil.rmtree(self.place, ignore_errors=True)

    # Deliveries ---------------------------------------------------------------------------------

    def generate(self):
        self.run(program("entsync-gen"), "region", "--persons", str(self.persons), "--seed",
                 str(self.seed), "--academies", str(self.academies), "--date", self.date,
                 "--state", self.state_file, "--out", self.deliveries)
        self.write_config()

    def evolve(self, what, date, *arguments):
        """A later night ("night", "--night", "3") or the rentrée; replaces the deliveries."""
        shutil.rmtree(self.deliveries)
        self.run(program("entsync-gen"), what, "--state", self.state_file, "--date", date, "--out",
                 self.deliveries, *arguments)
        self.date = date

    def defect(self, name, code=None):
        code = code or self.codes()[0]
        self.run(program("entsync-gen"), "defect", name, "--delivery",
                 os.path.join(self.deliveries, code))

    def codes(self):
        return sorted(d for d in os.listdir(self.deliveries) if d.startswith("AC-"))

    def write_config(self, **override):
        values = {"base": self.base, "uri": self.uri, "limits": self.limits, "extra": self.extra,
                  "absence": 'today = "delivery"'}
        values.update(override)
        text = ('[state]\ndirectory = "state"\n\n[rules]\n'
                f'file = "{SOURCE}/{self.rules}"\nregistry = "registre.toml"\n\n')
        for code in self.codes():
            text += f'[[academie]]\ncode = "{code}"\ndelivery = "deliveries/{code}"\n{self.academie}\n'
        text += f'[ldap]\nuri = "{values["uri"]}"\nbind = "external"\n{self.ldap_settings}\n'
        # Invented deliveries have dates of their own, whatever day it is.
        text += f'[tree]\nbase = "{values["base"]}"\n{self.tree}\n[limits]\ndelivery_days_ahead = {self.days_ahead}\n'
        text += f'{values["limits"]}\n[absence]\n{values["absence"]}\n{values["extra"]}\n'
        with open(self.config, "w", encoding="utf-8") as f:
            f.write(text)
        # The registry stays that of the first delivery: nights do not enrol schools.
        registry = os.path.join(self.place, "registre.toml")
        if not os.path.exists(registry):
            shutil.copy(os.path.join(self.deliveries, "registre.toml"), registry)

    # Programs -----------------------------------------------------------------------------------

    @staticmethod
    def run(*arguments, code=0):
        done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False)
        if code is not None and done.returncode != code:
            raise AssertionError(f"{' '.join(arguments)} ended with {done.returncode}, not {code}\n"
                                 f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
        return done

    def entsyncd(self, code=0, *more):
        return self.run(program("entsyncd"), "--once", "--config", self.config, *more, code=code)

    def entsync(self, *arguments, code=0):
        return self.run(program("entsync"), *arguments, "--config", self.config, code=code)

    def start_entsyncd(self):
        return subprocess.Popen([program("entsyncd"), "--once", "--config", self.config],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @staticmethod
    def start(name, *arguments):
        return subprocess.Popen([program(name), *arguments], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def lock_owner(self):
        with open(os.path.join(self.place, "state", "lock"), encoding="utf-8") as f:
            return f.read()

    @contextlib.contextmanager
    def frozen_directory(self):
        """Within it the server takes connections and answers nothing."""
        with open(os.path.join(self.place, "directory", "pid"), encoding="utf-8") as f:
            pid = int(f.read())
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    # The directory from outside -----------------------------------------------------------------

    def ldap(self, tool, *arguments, stdin=None):
        done = subprocess.run([tool, "-Q", "-Y", "EXTERNAL", "-H", self.uri, *arguments], input=stdin,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
                              env={**os.environ, "LDAPNOINIT": "1"})
        if done.returncode != 0:
            raise AssertionError(f"{tool} {arguments}: {done.stderr}")
        return done.stdout

    def search(self, base, filter_text="(objectClass=*)", *attributes):
        """Entries as (dn, {attribute: [values]}), decoded from LDIF."""
        text = self.ldap("ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-b", base, filter_text,
                         *attributes)
        import base64
        entries = []
        for block in text.strip().split("\n\n"):
            dn, values = None, {}
            for line in block.splitlines():
                match = re.match(r"([^:]+)(::?) ?(.*)", line)
                if not match:
                    continue
                name, sign, value = match.groups()
                if sign == "::":
                    value = base64.b64decode(value).decode("utf-8")
                if name == "dn":
                    dn = value
                else:
                    values.setdefault(name, []).append(value)
            if dn is not None:
                entries.append((dn, values))
        return entries

    def modify(self, ldif):
        self.ldap("ldapmodify", stdin=ldif)

    def dump(self):
        """The whole directory with operational attributes that show any write."""
        return self.ldap("ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-b", SUFFIX, "*", "entryCSN")

    def a_pupil(self):
        # The server's order is not kept from one start to the next: the first by name is always the same.
        dn, values = min(self.search(PEOPLE, "(objectClass=ENTAuxEleve)"), key=lambda entry: entry[0])
        source, key = values["ENTPersonJointure"][0].split("$")
        return dn, values, f"{source}/Eleve/{key}"

    def check(self, *options):
        """The independent checker: the directory against the deliveries."""
        ldif = os.path.join(self.place, "dump.ldif")
        with open(ldif, "w", encoding="utf-8") as f:
            f.write(self.ldap("ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-b", SUFFIX))
        arguments = []
        for code in self.codes():
            arguments += ["--academie", code, "--delivery", os.path.join(self.deliveries, code)]
        return self.run("/usr/bin/python3", os.path.join(SOURCE, "tests/checker/check_directory.py"),
                        *arguments, "--registry", os.path.join(self.place, "registre.toml"), "--ldif",
                        ldif, "--base", SUFFIX, *options)


class SceneTest(unittest.TestCase):
    """A test with a scene of its own, closed whatever happens."""

    def scene(self, **arguments):
        scene = Scene(**arguments)
        self.addCleanup(scene.close)
        return scene

    def synchronised(self, **arguments):
        scene = self.scene(**arguments)
        scene.generate()
        scene.entsyncd()
        return scene


def wait_until(condition, seconds=30):
    """Polls a condition that another process brings about."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def kill(process):
    process.send_signal(signal.SIGKILL)
    process.wait()
