"""The vault of the journal: no file names anybody, values are shown for a reason, and go with their person."""

import json
import os
import re
import shutil
import stat

from departures import Departures
from scene import DONE, FAILED, PEOPLE

UNSEAL = ("--reason", "a parent asked", "--ticket", "DPO-1")
NAMING = ("sn", "givenName", "ENTPersonDateNaissance", "ENTEleveINE", "mail", "homePhone", "mobile", "ENTPersonAdresse")


class Vault(Departures):
    @staticmethod
    def written(scene, *but):
        """Every byte of every file of the state directory and the log, but for these files."""
        found = {}
        for folder, _, names in os.walk(os.path.join(scene.place, "state")):
            for name in names:
                path = os.path.join(folder, name)
                if not re.match("|".join(but) or "$.", name):
                    with open(path, "rb") as f:
                        found[path] = f.read()
        return found

    def assert_nobody_is_named(self, scene, people, *but):
        files = self.written(scene, *but)
        self.assertTrue(any(path.endswith("journal.db") for path in files))
        words = {value for _, values in people for name in NAMING for value in values.get(name, [])
                 if len(value) >= 6 and not value.isalpha()}
        # Names of persons may be words of the program or of schools too: with their capitals and accents few are.
        words |= {f"{values['sn'][0]} {values.get('givenName', [''])[0]}" for _, values in people}
        self.assertGreater(len(words), 100)
        for path, data in files.items():
            self.assertEqual([], [word for word in words if word.encode() in data], path)

    def test_no_file_beside_the_directory_of_the_deliveries_names_anybody(self):
        scene = self.synchronised(persons=800)
        people = scene.search(PEOPLE, "(ENTPersonLogin=*)")
        scene.entsync("audit", "all")
        # Until the account is gone, state.db knows logins by name (docs/ownership.md).
        self.assert_nobody_is_named(scene, people, "state.db.*")

    def test_values_are_shown_for_a_reason_and_a_ticket_alone(self):
        scene = self.synchronised()
        _, values, key = scene.a_pupil()
        story = scene.entsync("audit", "person", key).stdout
        self.assertIn("+ sn: (1 value in the vault)", story)
        self.assertIn(key, story)
        self.assertNotIn(values["ENTEleveINE"][0], story)
        for some in ((), UNSEAL[:2], UNSEAL[2:]):
            refused = scene.entsync("audit", "unseal", key, *some, code=FAILED)
            self.assertIn("READ-004", refused.stderr)
            self.assertEqual("", refused.stdout)
        shown = scene.entsync("audit", "unseal", key, *UNSEAL).stdout
        self.assertIn(f"+ sn: {values['sn'][0]}", shown)
        self.assertIn(f"+ ENTEleveINE: {values['ENTEleveINE'][0]}", shown)
        readings = [json.loads(line) for line in scene.entsync("audit", "all", "--form", "json").stdout.splitlines()
                    if '"type":"read"' in line]
        unsealed = [r for r in readings if r["detail"].startswith("values unsealed: ")]
        self.assertEqual(1, len(unsealed))
        self.assertIn(f"person {key}", unsealed[0]["detail"])
        self.assertIn("ticket DPO-1", unsealed[0]["detail"])

    def test_who_may_not_read_the_keys_sees_pseudonyms(self):
        scene = self.synchronised()
        _, _, key = scene.a_pupil()
        aside = os.path.join(scene.place, "keys")
        os.rename(os.path.join(scene.place, "state", "vault"), aside)
        records = scene.entsync("audit", "all", "--form", "json", code=FAILED)
        # The reading itself could not be journaled without the vault.
        self.assertIn("VLT-007", records.stderr + scene.entsyncd(FAILED).stderr)
        shutil.rmtree(os.path.join(scene.place, "state", "vault"), ignore_errors=True)
        os.rename(aside, os.path.join(scene.place, "state", "vault"))
        self.assertIn(key, scene.entsync("audit", "person", key).stdout)

    def test_the_keys_are_for_their_owner_alone(self):
        scene = self.synchronised()
        folder = os.path.join(scene.place, "state", "vault")
        self.assertEqual(0o700, stat.S_IMODE(os.stat(folder).st_mode))
        for name in ("vault.key", "pseudonym.key", "keys.db"):
            self.assertEqual(0o600, stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode), name)
        os.chmod(os.path.join(folder, "vault.key"), 0o644)
        self.assertIn("VLT-002", scene.entsyncd(FAILED).stderr)

    def test_when_an_account_is_gone_nobody_reads_its_values_in_any_copy(self):
        scene, values, key, _ = self.gone()
        copy = os.path.join(scene.place, "copy-of-the-journal")
        shutil.copytree(os.path.join(scene.place, "state"), copy, ignore=shutil.ignore_patterns("vault"))
        shown = scene.entsync("audit", "unseal", key, *UNSEAL).stdout
        self.assertIn("create eleve", shown)
        self.assertIn("remove eleve", shown)
        for value in (values["sn"][0], values["ENTEleveINE"][0], key):
            self.assertNotIn(value, shown)
        destroyed = scene.entsync("audit", "all").stdout
        self.assertIn("key-destroyed", destroyed)
        self.assertIn("whole", scene.entsync("audit", "verify").stdout)
        self.assert_nobody_is_named(scene, [("", values)] + scene.search(PEOPLE, "(ENTPersonLogin=*)"), "state.db.*")

    def test_a_new_key_of_the_vault_opens_what_the_former_one_did(self):
        scene = self.synchronised()
        _, values, key = scene.a_pupil()
        ring = os.path.join(scene.place, "state", "vault", "vault.key")
        with open(ring, encoding="utf-8") as f:
            former = f.read()
        self.assertRegex(scene.entsync("vault", "rotate", "--reason", "yearly").stdout, r"; \d{3,} keys were wrapped anew")
        with open(ring, encoding="utf-8") as f:
            self.assertRegex(f.read(), r"^2 [0-9a-f]{64}\n$")
        self.assertIn(f"+ sn: {values['sn'][0]}", scene.entsync("audit", "unseal", key, *UNSEAL).stdout)
        self.assertIn("the key of the vault is replaced", scene.entsync("audit", "all").stdout)
        with open(ring, "w", encoding="utf-8") as f:
            f.write(former)
        self.assertIn("VLT-005", scene.entsync("audit", "unseal", key, *UNSEAL, code=FAILED).stderr)

    def test_the_terms_are_shown(self):
        scene = self.synchronised()
        status = scene.entsync("retention", "status").stdout
        self.assertRegex(status, r"records of the journal +\d+ +365 +\d{4}-\d\d-\d\d")
        self.assertRegex(status, r"keys of persons and groups +\d{3,}")
        self.assertRegex(status, r"keys of persons who are gone +0 ")
        scene.write_config(extra="[retention]\njournal_days = 400\n")
        self.assertIn("justification", scene.entsync("retention", "status", code=2).stderr)
        scene.write_config(extra='[retention]\njournal_days = 400\njustification = "control, decided 2026-11-02"\n')
        self.assertIn("decided 2026-11-02", scene.entsync("retention", "status", code=DONE).stdout)
