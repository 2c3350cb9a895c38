"""The directory server's own log of changes as a witness: what it and the journal say is compared, and what others
changed is told with its author."""

import os
import sqlite3

from scene import DONE, FAILED, OUT_OF_SYNC, SceneTest

WHY = ("--reason", "monthly review")


class Reconcile(SceneTest):
    def compared(self, scene, code, *more):
        return scene.entsync("audit", "reconcile", *WHY, *more, code=code).stdout

    def test_both_say_the_same_and_who_else_wrote_is_told(self):
        scene = self.synchronised(directory_options=("--accesslog",))
        before = self.compared(scene, DONE)
        with sqlite3.connect(os.path.join(scene.place, "state", "journal.db")) as database:
            applied, = database.execute("SELECT count(*) FROM outcome").fetchone()
        self.assertIn(f"{applied} changes in both; 0 only in the journal, 0 by our account", before)
        dn, values, _ = scene.a_pupil()
        # The tests' own account is the service account of the scene: a write that the journal does not know.
        scene.modify(f"dn: {dn}\nchangetype: modify\nreplace: sn\nsn: Autrement\n")
        told = self.compared(scene, OUT_OF_SYNC)
        self.assertRegex(told, rf"NOT IN THE JOURNAL  modify {dn} by .*: sn")
        self.assertNotIn("Autrement", told)
        self.assertNotIn(values["sn"][0] + "\n", told)
        readings = scene.entsync("audit", "all").stdout
        self.assertIn("journal: compared with the server's log", readings)

    def test_a_journal_that_tells_more_than_the_server_is_found(self):
        scene = self.synchronised(directory_options=("--accesslog",))
        scene.stop_directory()
        scene.start_directory()  # it keeps no log for a night
        scene.write_config()
        dn, _, _ = scene.a_pupil()
        scene.modify(f"dn: {dn}\nchangetype: modify\nreplace: sn\nsn: Autrement\n")
        scene.entsyncd()
        scene.stop_directory()
        scene.start_directory("--accesslog")
        self.assertRegex(self.compared(scene, OUT_OF_SYNC), rf"NOT IN THE SERVER'S LOG  modify {dn}, record \d+")

    def test_a_server_without_a_log_is_named(self):
        scene = self.synchronised()
        error = scene.entsync("audit", "reconcile", *WHY, code=FAILED).stderr
        self.assertIn("LDAP-065", error)
        self.assertIn("accesslog", error)
        self.assertIn("JRN-010", scene.entsync("audit", "reconcile", *WHY, "--from", "yesterday", code=FAILED).stderr)
