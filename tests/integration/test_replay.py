"""The journal tells everything that was done: replayed over the first directory it gives the last one."""

import json

from scene import DONE, GROUPS, PEOPLE, STRUCTURES, WIDE_LIMITS, SceneTest

UNSEAL = ("--reason", "replay", "--ticket", "T-1", "--form", "json")


def normal(dn):
    return dn.lower().replace(", ", ",")


class Replay(SceneTest):
    @staticmethod
    def directory(scene):
        """DN → attribute → values, below the three branches."""
        return {normal(dn): {name.lower(): set(held) for name, held in values.items()}
                for branch in (PEOPLE, STRUCTURES, GROUPS)
                for dn, values in scene.search(branch, "(objectClass=*)", "*") if dn != branch}

    @staticmethod
    def changes(scene, since):
        """The intents that were applied, in order, with their values out of the vault."""
        lines = [json.loads(line) for line in
                 scene.entsync("audit", "all", "--from", since, "--form", "json").stdout.splitlines()]
        asked = {line["dn"] for line in lines if line["type"] == "intent"}
        told = {}
        for dn in asked:
            for line in scene.entsync("audit", "unseal", dn, "--from", since, *UNSEAL).stdout.splitlines():
                record = json.loads(line)
                if record["type"] == "intent" and record["outcome"] == "applied":
                    told[record["seq"]] = record
        return [told[seq] for seq in sorted(told)]

    def replay(self, directory, record):
        dn = normal(record["dn"])
        if record["operation"] == "remove":
            del directory[dn]
            return
        if record["operation"] == "create":
            self.assertNotIn(dn, directory)
            directory[dn] = {}
        entry = directory[dn]
        for trace in record["attributes"]:
            name = trace["attribute"].lower()
            held = entry.setdefault(name, set())
            held -= set(trace["removed"])
            held |= set(trace["added"])
            if not held:
                del entry[name]

    def test_the_journal_over_the_first_directory_gives_the_last(self):
        scene = self.synchronised(limits=WIDE_LIMITS)
        first = self.directory(scene)
        since = json.loads(scene.entsync("audit", "all", "--form", "json").stdout.splitlines()[-1])["time"]
        for night in (1, 2, 3):
            scene.evolve("night", f"202609{15 + night}", "--night", str(night))
            scene.entsyncd(DONE)
        scene.evolve("rentree", "20270901")
        scene.entsyncd(DONE)
        last = self.directory(scene)
        self.assertNotEqual(first, last)
        changes = self.changes(scene, since)
        self.assertTrue({"create", "modify", "absent"} <= {record["operation"] for record in changes})
        for record in changes:
            self.replay(first, record)
        self.assertEqual(sorted(first), sorted(last))
        for dn, entry in last.items():
            self.assertEqual(entry, first[dn], dn)
