"""Commands that only a running daemon can answer: its deliveries, its figures, its configuration anew."""

import json
import os
import tempfile

from inbox import InboxTest
from scene import DONE, FAILED, wait_until


class DaemonCommands(InboxTest):
    def scene_with_socket(self):
        folder = tempfile.TemporaryDirectory(prefix="entsync-control-")
        self.addCleanup(folder.cleanup)
        return self.inbox_scene(f'[control]\nsocket = "{folder.name}/control.sock"\n')

    def test_deliveries_figures_and_a_new_configuration(self):
        scene = self.scene_with_socket()
        for command in (("deliveries", "list"), ("metrics",), ("reload",)):
            self.assertIn("CTL-030", scene.entsync(*command, code=FAILED).stderr)
        daemon = self.ready(scene)
        self.assertIn("took nothing", scene.entsync("deliveries", "list").stdout)
        code = scene.codes()[0]
        self.drop(scene)
        self.assertTrue(wait_until(lambda: "RUN-004" in daemon.log(), 60), daemon.log())
        line, = scene.entsync("deliveries", "list").stdout.splitlines()
        self.assertRegex(line, rf"accepted  {code}  {code}\.{scene.date}\.tgz$")
        kept, = json.loads(scene.entsync("deliveries", "list", "--json").stdout)["deliveries"]
        self.assertEqual((code, "accepted"), (kept["academie"], kept["state"]))
        self.assertIn("entsync_last_run_exit_code 0\n", scene.entsync("metrics").stdout)

        registry = os.path.join(scene.place, "registre.toml")
        with open(registry, encoding="utf-8") as f:
            right = f.read()
        with open(registry, "w", encoding="utf-8") as f:
            f.write(right.replace('etat = "inscrite"', 'etat = "perdue"', 1))
        line = 1 + right[:right.index('etat = "inscrite"')].count("\n")
        done = scene.entsync("reload", "--reason", "a new school", code=FAILED)
        self.assertEqual("", done.stdout)
        self.assertRegex(done.stderr, rf"(?m)^{registry}:{line}: error CONF-002 \[ecole\[\d+\].etat\]")
        self.assertIn("RUN-041", done.stderr)
        self.assertNotIn("RUN-044", daemon.log())
        with open(registry, "w", encoding="utf-8") as f:
            f.write(right)
        self.assertIn("taken", scene.entsync("reload", "--reason", "corrected").stdout)
        self.assertTrue(wait_until(lambda: "RUN-044" in daemon.log()), daemon.log())
        self.assertEqual(DONE, daemon.end())
        journal = scene.entsync("audit", "all").stdout
        for reason in ("a new school", "corrected"):
            self.assertIn(reason, journal)
