"""What must never reach the directory: damaged deliveries, hidden directories, surprising losses."""

import unittest

from scene import DONE, FAILED, HELD, OUT_OF_SYNC, SUFFIX, USAGE, SceneTest


class Deliveries(SceneTest):
    """Each defect of a delivery: refused whole, with its own message, the directory untouched."""

    def refused(self, defect, message):
        scene = self.synchronised()
        before = scene.dump()
        scene.defect(defect)
        done = scene.entsyncd(FAILED)
        self.assertIn(message, done.stderr)
        self.assertEqual(before, scene.dump())

    def test_a_missing_category(self):
        self.refused("missing-category", "AAF-020")

    def test_a_truncated_part(self):
        self.refused("truncated-part", "AAF-031")

    def test_a_missing_part(self):
        scene = self.scene(persons=600)
        scene.generate()
        scene.entsyncd()
        before = scene.dump()
        # Small parts, so that a whole one can be missing.
        import shutil
        shutil.rmtree(scene.deliveries)
        from scene import program
        scene.run(program("entsync-gen"), "region", "--persons", "600", "--seed", "1", "--date",
                  scene.date, "--parts", "50", "--out", scene.deliveries)
        scene.entsyncd(DONE)
        self.assertEqual(before, scene.dump())
        scene.defect("missing-part")
        self.assertIn("AAF-022", scene.entsyncd(FAILED).stderr)
        self.assertEqual(before, scene.dump())

    def test_an_empty_category(self):
        self.refused("empty-category", "AAF-021")

    def test_an_empty_feed(self):
        self.refused("empty-feed", "AAF-021")

    def test_two_roots(self):
        self.refused("two-roots", "AAF-033")

    def test_bytes_that_are_not_of_the_declared_encoding(self):
        self.refused("bad-encoding", "encoding")

    def test_the_wrong_academie(self):
        scene = self.scene(academies=1)
        scene.generate()
        scene.entsyncd()
        before = scene.dump()
        scene.extra = ""
        with open(scene.config, encoding="utf-8") as f:
            text = f.read()
        with open(scene.config, "w", encoding="utf-8") as f:
            f.write(text.replace('code = "AC-TOULOUSE"\n', 'code = "AC-TOULOUSE"\nlabel = "TOULOUSE"\n'))
        scene.entsyncd()
        scene.defect("wrong-academie")
        self.assertRegex(scene.entsyncd(FAILED).stderr, "AAF-02[34]")
        self.assertEqual(before, scene.dump())

    def test_an_older_delivery(self):
        self.refused("older-date", "AAF-026")


class Directory(SceneTest):
    """A directory that does not show itself as it is, is not compared."""

    def test_a_wrong_base(self):
        scene = self.synchronised()
        before = scene.dump()
        scene.write_config(base="dc=autre,dc=example,dc=fr")
        done = scene.entsyncd(FAILED)
        self.assertIn("LDAP-", done.stderr)
        self.assertEqual(before, scene.dump())

    def test_an_acl_that_hides_everything(self):
        scene = self.synchronised()
        scene.stop_directory()
        scene.start_directory("--hide")
        self.assertIn("LDAP-", scene.entsyncd(FAILED).stderr)
        scene.stop_directory()
        scene.start_directory()
        scene.entsync("plan", "--check", code=DONE)

    def test_a_size_limit_of_500(self):
        scene = self.synchronised(persons=900)
        before = scene.dump()
        scene.stop_directory()
        scene.start_directory("--size-limit", "500")
        done = scene.entsyncd(FAILED)
        self.assertIn("limit", done.stderr)
        scene.stop_directory()
        scene.start_directory()
        self.assertEqual(before, scene.dump())

    def test_a_directory_that_lost_most_entries_is_not_believed(self):
        scene = self.synchronised(persons=600)
        from scene import PEOPLE
        victims = [dn for dn, _ in scene.search(PEOPLE, "(uid=*)", "1.1")]
        scene.ldap("ldapdelete", stdin="\n".join(victims[: len(victims) * 2 // 3]) + "\n")
        before = scene.dump()
        self.assertIn("DIR-001", scene.entsyncd(FAILED).stderr)
        self.assertEqual(before, scene.dump())

    def test_no_server(self):
        scene = self.synchronised()
        scene.stop_directory()
        self.assertIn("LDAP-", scene.entsyncd(FAILED).stderr)


class Surprises(SceneTest):
    """Losses that a whole delivery shows are held, as narrowly as possible."""

    def test_a_lost_school_is_held_alone_and_the_others_proceed(self):
        scene = self.synchronised(persons=4000)
        scene.evolve("night", "20260916", "--night", "1")
        scene.defect("lost-school")
        plan = scene.entsync("plan", "--summary", code=HELD).stdout
        self.assertIn("school ", plan)
        done = scene.entsyncd(HELD)
        self.assertIn("HOLD-011", done.stderr)
        held = scene.entsync("hold", "list", code=HELD).stdout
        self.assertIn("school ", held)
        self.assertNotIn("run:", held)
        gone = scene.search("ou=people," + SUFFIX, "(ENTCompteAbsentDepuis=*)")
        waiting = scene.entsync("hold", "show", held.split()[0], "--summary").stdout
        self.assertIn("absent", waiting)
        self.assertRegex(done.stderr, r"eleve .*[~+!]")
        scene.entsync("hold", "reject", held.split()[0], "--reason", "the feed was wrong")
        self.assertIn("nothing waits", scene.entsync("hold", "list").stdout)
        self.assertEqual(gone, scene.search("ou=people," + SUFFIX, "(ENTCompteAbsentDepuis=*)"))

    def test_thirty_percent_of_the_pupils_lost_holds_the_run(self):
        scene = self.synchronised(persons=4000)
        before = scene.dump()
        scene.defect("lost-pupils-30")
        done = scene.entsyncd(HELD)
        self.assertIn("held as", done.stderr)
        self.assertEqual(before, scene.dump())
        held = scene.entsync("hold", "list", code=HELD).stdout
        hold_id = held.split()[0]
        # The same surprise on the next night is the same hold.
        scene.entsyncd(HELD)
        self.assertIn(hold_id, scene.entsync("hold", "list", code=HELD).stdout)
        scene.entsync("hold", "approve", hold_id, "--reason", "a merger of schools, confirmed")
        self.assertNotEqual(before, scene.dump())
        scene.entsync("plan", "--check", code=DONE)

    def test_a_held_plan_is_refused_when_the_directory_moved_on(self):
        scene = self.synchronised(persons=4000)
        scene.defect("lost-pupils-30")
        scene.entsyncd(HELD)
        hold_id = scene.entsync("hold", "list", code=HELD).stdout.split()[0]
        show = scene.entsync("hold", "show", hold_id).stdout
        dn = next(line.split()[3] for line in show.splitlines() if line.startswith("! eleve"))
        scene.modify(f"dn: {dn}\nchangetype: modify\nadd: description\ndescription: x\n")
        before = scene.dump()
        self.assertIn("PLAN-021", scene.entsync("hold", "approve", hold_id, "--reason", "x",
                                                code=FAILED).stderr)
        self.assertEqual(before, scene.dump())

    def test_a_rejected_record_makes_its_person_unknown_not_absent(self):
        scene = self.synchronised()
        scene.defect("bad-birth-date")
        scene.entsyncd()
        self.assertEqual([], scene.search("ou=people," + SUFFIX, "(ENTCompteAbsentDepuis=*)"))


class Usage(SceneTest):
    def test_a_configuration_error_names_file_line_key_and_what_is_allowed(self):
        scene = self.scene()
        scene.generate()
        with open(scene.config, "a", encoding="utf-8") as f:
            f.write("\n[absence]\nsuspend = \"yes\"\nlater = 3\n")
        done = scene.entsync("check-config", code=USAGE)
        self.assertRegex(done.stderr, r"entsync\.toml:\d+: error CONF-002 \[absence\.suspend\]")
        self.assertIn("allowed here: suspend, suspend_after_days", done.stderr)

    def test_wrong_usage_is_exit_2_and_help_is_exit_0(self):
        scene = self.scene()
        scene.generate()
        scene.entsync("plan", "--nonsense", code=USAGE)
        for command in ("plan", "apply", "hold", "explain", "audit", "check-config"):
            scene.entsync(command, "--help")

    def test_a_second_run_on_the_same_state_is_refused_with_the_owner(self):
        import fcntl
        import os
        scene = self.synchronised()
        path = os.path.join(scene.place, "state", "lock")
        with open(path, "r+", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = scene.entsyncd(FAILED)
        self.assertIn("RUN-002", done.stderr)
        self.assertIn("pid ", done.stderr)
        scene.entsync("plan", "--check", code=DONE)


if __name__ == "__main__":
    unittest.main()
