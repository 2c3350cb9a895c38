"""Two hundred runs in a row of one daemon: nothing grows but what should."""

import os

from control import ControlTest, ask
from scene import DONE, WIDE_LIMITS, wait_until

RUNS = 200


class Endurance(ControlTest):
    def figures(self, daemon):
        """Resident memory in KiB and open files."""
        process = f"/proc/{daemon.process.pid}"
        with open(process + "/status", encoding="utf-8") as f:
            memory = next(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))
        return memory, len(os.listdir(process + "/fd"))

    def test_two_hundred_runs_leak_nothing(self):
        scene = self.control_scene(limits=WIDE_LIMITS)
        daemon = self.ready(scene)
        done = 0
        figures = []
        for number in range(RUNS):
            if number % 20 == 10:
                scene.evolve("night", f"202610{10 + number // 20}", "--night", str(1 + number // 20))
            self.assertEqual(202, ask(scene.socket, "POST", "/v1/runs", {"reason": f"night {number}"})[0])
            done += 1
            self.assertTrue(wait_until(lambda: daemon.log().count("RUN-004") == done, 60), daemon.log()[-2000:])
            figures.append(self.figures(daemon))
        self.assertNotIn(" failed:", daemon.log())
        warm, last = figures[RUNS // 4], figures[-1]
        self.assertEqual(warm[1], last[1], figures)
        self.assertLess(last[0], warm[0] * 1.2 + 8192, figures)
        scene.check("--allow-absent")
        self.assertEqual(DONE, daemon.end())
        self.assertIn("whole", scene.entsync("audit", "verify").stdout)
