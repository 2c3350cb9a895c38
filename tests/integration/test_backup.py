"""The state directory is lost and comes back from last night's copy: nothing is written to the directory for that, and
what the copy does not know is told, not hidden."""

import os
import re
import shutil

from scene import BUILD, DONE, FAILED, WIDE_LIMITS, SceneTest

VERIFY = os.path.join(BUILD, "daemon", "verify", "entsync-verify")


class Backup(SceneTest):
    def test_a_restored_state_goes_on_and_the_gap_in_its_journal_is_named(self):
        scene = self.scene(limits=WIDE_LIMITS)
        scene.extra = f'[journal]\ncheckpoint_file = "{scene.place}/handed-out"\n'
        scene.generate()
        scene.entsyncd(DONE)
        state, copy = os.path.join(scene.place, "state"), os.path.join(scene.place, "copy")
        shutil.copytree(state, copy)
        scene.evolve("night", "20260916", "--night", "1")
        scene.entsyncd(DONE)
        directory = scene.dump()

        shutil.rmtree(state)
        shutil.copytree(copy, state)
        scene.entsyncd(DONE)
        self.assertEqual(directory, scene.dump(), "what is there already is adopted, not written again")
        self.assertIn("whole", scene.entsync("audit", "verify").stdout)
        # Values of before the loss are there, with their keys.
        _, values, key = scene.a_pupil()
        shown = scene.entsync("audit", "unseal", key, "--reason", "restored", "--ticket", "T").stdout
        self.assertIn(values["ENTEleveINE"][0], shown)
        # The checkpoints kept elsewhere know of the night that the copy does not.
        verifier = os.path.join(scene.place, "verifier.key")
        with open(verifier, "w", encoding="utf-8") as file:
            file.write(scene.entsync("audit", "key").stdout)
        told = scene.run(VERIFY, state, "--key", verifier, "--checkpoints",
                         os.path.join(scene.place, "handed-out"), code=1).stdout
        self.assertRegex(told, re.compile("NOT WHOLE: (cut|rewritten)"))
        # Without the keys of persons the journal is read as whole, and no run is made.
        keys = os.path.join(state, "vault", "keys.db")
        os.rename(keys, keys + ".lost")
        self.assertIn("VLT-007", scene.entsyncd(FAILED).stderr)
        self.assertIn("whole", scene.run(VERIFY, state).stdout)
        os.rename(keys + ".lost", keys)
        # The nights go on.
        scene.evolve("night", "20260917", "--night", "2")
        scene.entsyncd(DONE)
        self.assertEqual(0, scene.check().returncode)
