"""Nights and the rentrée, checked by a tool that shares no code with the program."""

import glob
import json
import os
import re
import unittest

from scene import DONE, GROUPS, HELD, PEOPLE, USAGE, WIDE_LIMITS, SceneTest


def take_classes_out(scene):
    """What a Complet between two school years looks like: no pupil is in a class."""
    for path in glob.glob(os.path.join(scene.deliveries, "AC-*", "*_Eleve_*.xml")):
        with open(path, "rb") as f:
            text = f.read()
        with open(path, "wb") as f:
            f.write(re.sub(rb'(<attr name="ENTPersonClasses">).*?(</attr>)', rb"\1<value/>\2", text, flags=re.S))


class Seasons(SceneTest):
    def test_ordinary_nights_then_the_rentree(self):
        scene = self.scene(persons=1500, academies=2, limits=WIDE_LIMITS)
        scene.generate()
        scene.entsyncd()
        scene.check()
        for night, date in enumerate(("20260916", "20260917", "20260918"), start=1):
            scene.evolve("night", date, "--night", str(night))
            scene.entsyncd()
            scene.check("--allow-absent")
            scene.entsync("plan", "--check", code=DONE)
        scene.evolve("rentree", "20270905")
        scene.entsyncd()
        scene.check("--allow-absent")
        scene.entsync("plan", "--check", code=DONE)
        self.assertIn("whole", scene.entsync("audit", "verify").stdout)

    def test_somebody_who_comes_back_gets_the_same_entry_back(self):
        scene = self.scene(persons=2500, limits=WIDE_LIMITS)
        scene.generate()
        scene.entsyncd()
        first = {dn: v for dn, v in scene.search("ou=people,dc=ent,dc=example,dc=fr",
                                                  "(objectClass=ENTAuxEleve)")}
        scene.defect("lost-school")
        scene.entsyncd(HELD)
        held = scene.entsync("hold", "list", code=HELD).stdout.split()[0]
        scene.entsync("hold", "approve", held, "--reason", "the school closed")
        gone = scene.search("ou=people,dc=ent,dc=example,dc=fr", "(ENTCompteAbsentDepuis=*)")
        self.assertTrue(gone)
        self.assertTrue(all(v["ENTCompteEtat"] == ["SUSPENDU"] for _, v in gone))
        scene.generate()
        scene.entsyncd()
        again = {dn: v for dn, v in scene.search("ou=people,dc=ent,dc=example,dc=fr",
                                                  "(objectClass=ENTAuxEleve)")}
        self.assertEqual(first, again)

    def test_a_rentree_under_ordinary_limits_is_held(self):
        scene = self.synchronised(persons=1500)
        scene.evolve("rentree", "20270905")
        before = scene.dump()
        done = scene.entsyncd(HELD)
        self.assertIn("HOLD-010", done.stderr)
        held = scene.entsync("hold", "list", code=HELD).stdout
        self.assertIn("limit", held)
        hold_id = held.split()[0]
        scene.entsync("hold", "approve", hold_id, "--reason", "rentrée, checked by hand")
        self.assertNotEqual(before, scene.dump())
        scene.check("--allow-absent")
        self.assertIn("nothing waits", scene.entsync("hold", "list").stdout)
        scene.entsync("plan", "--check", code=DONE)

    def test_a_rentree_is_judged_by_the_limits_of_its_season(self):
        scene = self.synchronised(persons=1500)
        scene.evolve("rentree", "20270905")
        season = '[[limits.season]]\nname = "rentrée"\nfrom = "{}"\nto = "{}"\n' + WIDE_LIMITS.replace(
            "[limits.", "[limits.season.").replace("{", "{{").replace("}", "}}")
        scene.write_config(limits=season.format("09-06", "10-05"))
        before = scene.dump()
        scene.entsyncd(HELD)
        self.assertNotIn("season", scene.entsync("hold", "list", code=HELD).stdout)
        # The changes of a profile or a school may go; the pupils who left wait.
        self.assertEqual([], scene.search(PEOPLE, "(ENTCompteAbsentDepuis=*)", "uid"))
        scene.write_config(limits=season.format("08-25", "09-05"))
        self.assertIn("limits of the season rentrée, 08-25 to 09-05", scene.entsync("check-config").stdout)
        self.assertIn("judged by the limits of the season rentrée, 08-25 to 09-05\n",
                      scene.entsync("plan", "--summary").stdout)
        scene.entsyncd(DONE)
        self.assertNotEqual(before, scene.dump())
        self.assertTrue(scene.search(PEOPLE, "(ENTCompteAbsentDepuis=20270905000000Z)", "uid"))
        scene.check("--allow-absent")
        reports = glob.glob(os.path.join(scene.place, "state", "reports", "*.txt"))
        with open(max(reports, key=os.path.getmtime), encoding="utf-8") as f:
            self.assertIn("judged by the limits of the season rentrée", f.read())

    def test_a_hold_names_the_season_whose_limit_was_passed(self):
        scene = self.synchronised(persons=1500)
        scene.evolve("rentree", "20270905")
        scene.write_config(limits='[[limits.season]]\nfrom = "08-25"\nto = "10-05"\n'
                                  "[limits.season.academie]\nabsent = { percent = 1, floor = 5 }\n")
        self.assertIn("of the season 08-25 to 10-05", scene.entsync("plan", "--summary", code=HELD).stdout)
        scene.entsyncd(HELD)
        held = scene.entsync("hold", "list", code=HELD).stdout.split()[0]
        self.assertRegex(scene.entsync("hold", "show", held, "--summary").stdout,
                         r"academie .*limit 1.0 % above 5 of the season 08-25 to 10-05")

    def test_a_school_takes_nobody_along_before_its_classes_are_there_again(self):
        scene = self.synchronised(persons=800, limits=WIDE_LIMITS)
        scene.academie = 'rollover = [{ from = "2027-08-23", to = "2027-10-15" }]'
        scene.write_config()
        classes = {dn for dn, _ in scene.search(GROUPS, "(objectClass=ENTClasse)", "cn")}
        scene.evolve("rentree", "20270825")
        take_classes_out(scene)
        self.assertIn("DATA-042", scene.entsyncd().stderr)
        self.assertEqual([], scene.search(PEOPLE, "(ENTCompteAbsentDepuis=*)", "uid"))
        emptied = scene.search(GROUPS, "(objectClass=ENTClasse)", "member")
        self.assertEqual(classes, {dn for dn, _ in emptied})
        scene.entsync("plan", "--check", code=DONE)
        self.assertIn("nobody", scene.entsync("year", "simulate", "--from", "2027-08-26", "--to", "2028-02-01",
                                              "--summary").stdout.splitlines()[-1])
        scene.evolve("night", "20270906", "--night", "1")
        self.assertNotIn("DATA-042", scene.entsyncd().stderr)
        scene.check("--allow-absent")
        self.assertTrue(scene.search(PEOPLE, "(ENTCompteAbsentDepuis=20270906000000Z)", "uid"))
        scene.entsync("plan", "--check", code=DONE)

    def test_the_coming_days_are_simulated_on_paper(self):
        scene = self.synchronised(persons=800, limits=WIDE_LIMITS)
        scene.academie = 'freeze = [{ from = "2027-12-20", to = "2028-01-03" }]'
        scene.write_config(absence='today = "delivery"\nsuspend_after_days = 10')
        scene.evolve("rentree", "20270905")
        scene.entsyncd()
        gone = scene.search(PEOPLE, "(ENTCompteAbsentDepuis=20270905000000Z)", "ENTPersonJointure")
        self.assertTrue(gone)
        before = scene.dump()
        days = ("year", "simulate", "--from", "2027-09-06", "--to", "2027-12-31")
        answer = json.loads(scene.entsync(*days, "--json").stdout)
        told = {day["date"]: day for day in answer["days"]}
        self.assertEqual(["2027-09-15", "2027-12-04", "2027-12-20", "2027-12-30"], sorted(told))
        self.assertIn("the last day of grace", told["2027-12-30"]["events"][0]["what"])
        self.assertEqual(len(gone), told["2027-09-15"]["counts"]["suspended"])
        self.assertEqual(len(gone), told["2027-12-04"]["counts"]["deleted"])
        self.assertEqual("first day of a freeze", told["2027-12-20"]["events"][0]["what"])
        self.assertEqual({v["ENTPersonJointure"][0].split("$")[1] for _, v in gone},
                         {a["subject"].split("/")[2] for a in told["2027-12-04"]["accounts"]})
        summary = scene.entsync(*days, "--summary").stdout
        self.assertNotIn("/Eleve/", summary)
        self.assertIn(f"in all: {len(gone)} suspended, {len(gone)} deleted", summary)
        self.assertEqual(before, scene.dump())
        journal = scene.entsync("audit", "all").stdout
        self.assertEqual(1, journal.count("simulation from 2027-09-06 to 2027-12-31 shown"))
        # What was told is what the runs of these days do.
        scene.evolve("night", "20270915", "--night", "1")
        scene.entsyncd()
        for dn, _ in gone:
            self.assertEqual(["SUSPENDU"], scene.search(dn)[0][1].get("ENTCompteEtat"), dn)
        scene.entsync("year", "simulate", "--from", "2027-12-31", "--to", "2027-09-06", code=USAGE)


if __name__ == "__main__":
    unittest.main()
