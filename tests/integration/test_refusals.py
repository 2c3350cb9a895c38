"""What must never reach the directory: damaged deliveries, hidden directories, surprising losses."""

import os
import shutil
import signal
import sqlite3
import time
import unittest

from scene import DONE, FAILED, HELD, PEOPLE, SUFFIX, USAGE, SceneTest, wait_until


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
        victims = [dn for dn, _ in scene.search(PEOPLE, "(uid=*)", "1.1")]
        scene.ldap("ldapdelete", stdin="\n".join(victims[: len(victims) * 2 // 3]) + "\n")
        before = scene.dump()
        self.assertIn("DIR-001", scene.entsyncd(FAILED).stderr)
        self.assertEqual(before, scene.dump())

    def test_a_directory_that_loses_most_entries_during_a_run_is_not_believed_either(self):
        scene = self.synchronised(persons=2000)
        dn, _, _ = scene.a_pupil()
        scene.modify(f"dn: {dn}\nchangetype: modify\nreplace: sn\nsn: FIRST\n")
        victims = [other for other, _ in scene.search(PEOPLE, "(uid=*)", "1.1") if other != dn]
        running = scene.start("entsyncd", "--once", "--config", scene.config)
        text = ""
        while "RUN-003" not in text:  # both sides are read, nothing is applied yet
            line = running.stderr.readline()
            self.assertTrue(line, text)
            text += line
        running.send_signal(signal.SIGSTOP)
        try:
            scene.modify(f"dn: {dn}\nchangetype: modify\nreplace: sn\nsn: SECOND\n")
            scene.ldap("ldapdelete", stdin="\n".join(victims[: len(victims) * 2 // 3]) + "\n")
            before = scene.dump()
        finally:
            running.send_signal(signal.SIGCONT)
        _, errors = running.communicate(timeout=120)
        self.assertEqual(FAILED, running.returncode, errors[-2000:])
        self.assertIn("RUN-005", errors)
        self.assertIn("DIR-001", errors)
        self.assertTrue(before == scene.dump())

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
        scene.defect("contradictory-record")
        self.assertRegex(scene.entsync("plan", "--summary").stdout,
                         r"records? w.* rejected.*\n  .*_Eleve_\d{4}\.xml:\d+: AAF-062 Eleve \d+: ")
        self.assertRegex(scene.entsyncd().stderr,
                         r"warning AAF-062 .*_Eleve_\d{4}\.xml:\d+:\s+\[Eleve \d+\]: ")
        self.assertEqual([], scene.search("ou=people," + SUFFIX, "(ENTCompteAbsentDepuis=*)"))


class SavedPlans(SceneTest):
    """A plan passes neither the judge nor a newer delivery by lying in a file."""

    def waiting(self, scene):
        return scene.entsync("hold", "list", code=HELD).stdout.split()[0]

    def saved(self, scene, name, code):
        path = os.path.join(scene.place, name)
        scene.entsync("plan", "--summary", "--out", path, code=code)
        return path

    def test_a_plan_of_a_delivery_that_was_corrected_on_the_same_day_is_stale(self):
        scene = self.synchronised()
        scene.evolve("night", "20260916", "--night", "1")
        plan = self.saved(scene, "plan.json", DONE)
        scene.defect("bad-birth-date")
        scene.entsyncd()
        before = scene.dump()
        self.assertIn("PLAN-020", scene.entsync("apply", plan, "--reason", "x", code=FAILED).stderr)
        self.assertEqual(before, scene.dump())

    def test_a_plan_of_a_corrected_delivery_is_not_stale_when_it_was_made_after_the_first(self):
        scene = self.synchronised()
        scene.defect("bad-birth-date")
        scene.entsync("apply", self.saved(scene, "plan.json", DONE), "--reason", "x")
        scene.entsync("plan", "--check", code=DONE)

    def test_an_applied_plan_supersedes_what_waits_and_is_remembered_as_the_last_delivery(self):
        scene = self.synchronised(persons=4000)
        scene.evolve("night", "20260916", "--night", "1")
        scene.defect("lost-pupils-30")
        scene.entsyncd(HELD)
        hold_id = self.waiting(scene)
        old = os.path.join(scene.place, "old")
        shutil.copytree(scene.deliveries, old)
        scene.evolve("night", "20260917", "--night", "2")
        scene.entsync("apply", self.saved(scene, "plan.json", DONE), "--reason", "x")
        scene.entsync("plan", "--check", code=DONE)
        before = scene.dump()
        self.assertIn("nothing waits", scene.entsync("hold", "list").stdout)
        self.assertTrue(f"plan {hold_id} superseded" in scene.entsync("audit", "all").stdout)
        scene.entsync("hold", "approve", hold_id, "--reason", "x", code=FAILED)
        shutil.rmtree(scene.deliveries)
        shutil.copytree(old, scene.deliveries)
        self.assertIn("AAF-026", scene.entsyncd(FAILED).stderr)
        self.assertEqual(before, scene.dump())

    def test_a_saved_plan_that_the_judge_would_hold_needs_a_release_that_is_journaled(self):
        scene = self.synchronised(persons=4000)
        before = scene.dump()
        scene.defect("lost-pupils-30")
        plan = self.saved(scene, "plan.json", HELD)
        done = scene.entsync("apply", plan, "--reason", "x", code=HELD)
        self.assertIn("HOLD-020", done.stderr)
        self.assertRegex(done.stderr, "absent [0-9]+ of")
        self.assertEqual(before, scene.dump())
        scene.entsync("apply", plan, "--release-holds", "--reason", "a merger, confirmed")
        self.assertNotEqual(before, scene.dump())
        self.assertRegex("\n".join(line for line in scene.entsync("audit", "all").stdout.splitlines()
                                   if "  released  " in line),
                         r"released .*a merger, confirmed .*absent [0-9]+ of")

    def test_a_held_plan_of_a_run_that_was_not_completed_may_be_approved(self):
        scene = self.synchronised(persons=4000)
        scene.evolve("night", "20260916", "--night", "1")
        scene.defect("lost-pupils-30")
        # The held part names the run's delivery, which the run never came to remember.
        scene.entsyncd(HELD)
        hold_id = self.waiting(scene)
        with sqlite3.connect(os.path.join(scene.place, "state", "state.db")) as ledger:
            ledger.execute("UPDATE applied_delivery SET date = '2026-09-15', digest = 'x'")
        scene.entsync("hold", "approve", hold_id, "--reason", "x")
        self.assertIn("nothing waits", scene.entsync("hold", "list").stdout)

    def test_a_held_plan_that_went_while_the_approval_waited_is_not_applied(self):
        scene = self.synchronised(persons=4000)
        before = scene.dump()
        scene.defect("lost-pupils-30")
        scene.entsyncd(HELD)
        hold_id = self.waiting(scene)
        # The approval connects after it has the lock; the directory makes it wait, and the plan goes.
        with scene.frozen_directory():
            approving = scene.start("entsync", "hold", "approve", hold_id, "--reason", "x",
                                    "--config", scene.config)
            self.assertTrue(wait_until(lambda: f"pid {approving.pid}," in scene.lock_owner()))
            os.remove(os.path.join(scene.place, "state", "holds", hold_id + ".json"))
        _, errors = approving.communicate(timeout=60)
        self.assertEqual((FAILED, True), (approving.returncode, "HOLD-002" in errors), errors)
        self.assertEqual(before, scene.dump())

    def test_only_what_waits_is_rejected(self):
        scene = self.synchronised()
        done = scene.entsync("hold", "reject", "0123", "--reason", "x", code=FAILED)
        self.assertIn("HOLD-002", done.stderr)
        self.assertFalse("  rejected  " in scene.entsync("audit", "all").stdout)

    def test_the_journal_knows_of_a_hold_before_the_disk_does(self):
        scene = self.synchronised(persons=4000)
        scene.defect("lost-pupils-30")
        with open(os.path.join(scene.place, "state", "holds"), "w", encoding="utf-8"):
            pass  # no folder: the plan cannot be kept
        scene.entsyncd(FAILED)
        self.assertIn("  held  ", scene.entsync("audit", "all").stdout[-2000:])


class Stops(SceneTest):
    """A stop ends every command with a message and exit code 1."""

    def test_a_stop_while_reading(self):
        scene = self.synchronised()
        for arguments in (("explain", "AC-TOULOUSE/Eleve/1"), ("plan",)):
            with scene.frozen_directory():
                running = scene.start("entsync", *arguments, "--config", scene.config)
                time.sleep(1)
                running.send_signal(signal.SIGINT)
                time.sleep(0.5)
            _, errors = running.communicate(timeout=60)
            self.assertEqual(FAILED, running.returncode, errors)
            self.assertIn("RUN-021", errors)
            self.assertNotIn("in flight", errors)


class Usage(SceneTest):
    def test_files_that_the_configuration_names_are_checked_without_the_directory(self):
        scene = self.synchronised()
        with open(scene.config, encoding="utf-8") as f:
            text = f.read()
        secret = os.path.join(scene.place, "secret")
        simple = ('bind = "simple"\nbind_dn = "cn=x,dc=fr"\npassword_file = "secret"\n')
        folder = text.replace("[ldap]", 'folder = "../up"\n\n[ldap]', 1)
        for wrong, message in ((text.replace('bind = "external"\n', simple), "LDAP-005"),
                               (text.replace('bind = "external"\n',
                                             'bind = "external"\ntls_ca_file = "none.pem"\n'),
                                "LDAP-003"),
                               (folder, "AAF-029")):
            with open(scene.config, "w", encoding="utf-8") as f:
                f.write(wrong)
            self.assertIn(message, scene.entsync("check-config", code=USAGE).stderr)
            self.assertIn(message, scene.entsync("plan", code=USAGE).stderr)
            self.assertIn(message, scene.entsyncd(USAGE).stderr)
        with open(scene.config, "w", encoding="utf-8") as f:
            f.write(text.replace('bind = "external"\n', simple))
        with open(secret, "w", encoding="utf-8") as f:
            f.write("x\n")
        os.chmod(secret, 0o644)
        self.assertIn("LDAP-006", scene.entsync("check-config", code=USAGE).stderr)

    def test_a_log_file_hides_no_reason_and_an_unusable_one_is_a_configuration_error(self):
        scene = self.synchronised(extra='[log]\nfile = "log/entsync.log"\n')
        plan = os.path.join(scene.place, "plan.json")
        scene.entsync("plan", "--summary", "--out", plan)
        scene.defect("truncated-part")
        for command in (("plan",), ("explain", "AC-TOULOUSE/Eleve/1")):
            self.assertIn("AAF-031", scene.entsync(*command, code=FAILED).stderr)
        self.assertIn("AAF-031", scene.entsyncd(FAILED).stderr)
        scene.stop_directory()
        self.assertIn("LDAP-010", scene.entsync("apply", plan, "--reason", "x", code=FAILED).stderr)
        scene.extra = '[log]\nfile = "/dev/null/entsync.log"\n'
        scene.write_config()
        self.assertIn("CONF-030", scene.entsync("plan", code=USAGE).stderr)

    def test_the_index_of_the_journal_can_be_made_anew(self):
        scene = self.synchronised()
        with sqlite3.connect(os.path.join(scene.place, "state", "journal.db")) as journal:
            journal.execute("DELETE FROM block WHERE id = (SELECT min(id) FROM block)")
        self.assertIn("NOT WHOLE", scene.entsync("audit", "verify", code=FAILED).stdout)
        self.assertIn("whole: ", scene.entsync("audit", "rebuild-index").stdout)
        self.assertIn("whole: ", scene.entsync("audit", "verify").stdout)

    def test_a_configuration_error_names_file_line_key_and_what_is_allowed(self):
        scene = self.scene()
        scene.generate()
        scene.write_config(absence="suspend = \"yes\"\nlater = 3\ndelete_after_days = 180")
        done = scene.entsync("check-config", code=USAGE)
        self.assertRegex(done.stderr, r"entsync\.toml:\d+: error CONF-002 \[absence\.suspend\]")
        self.assertIn("allowed here: collectivite, delete, delete_after_days", done.stderr)
        self.assertRegex(done.stderr, r"\[absence\.delete_after_days\]: accounts would be kept past three months")

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
