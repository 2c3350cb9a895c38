"""A contested value from the letter of the family to the directory: the school is asked, waited for and reminded, the
night's delivery closes the ticket, and nothing but the two letters ever holds a value."""

import csv
import io
import json
import os
import stat

from departures import Departures
from daemon import NEVER, DaemonTest
from deliveries import ID, Delivery
from scene import DONE, FAILED, USAGE, WIDE_LIMITS
from set_clock import ClockScene

CLAIMED = "ZÉLANDE-ÉPROUVÉE"
RIGHT = "ZELANDE-CORRIGEE"
WHY = ("--reason", "letter of the family", "--ticket", "DPO-16")
CONTROLLER = """
[controller]
name = "Région académique d'essai"
dpo = "dpo@region.example"
recipients = ["L'exploitant de l'ENT d'essai"]
"""


class Rectify(Departures):
    def begun(self):
        """A region at the clock of 15 September 2026, and a pupil with an unusual wrong name."""
        scene = ClockScene(limits=WIDE_LIMITS, extra=CONTROLLER)
        self.addCleanup(scene.close)
        scene.generate()
        self.night(scene, "2026-09-15")
        dn, values, key = scene.a_pupil()
        self.night(scene, "2026-09-16", key, "FAUX-NOM-ESSAI")
        self.assertEqual(["FAUX-NOM-ESSAI"], scene.search(dn)[0][1]["sn"])
        return scene, dn, key, values["ENTPersonStructRattach"][0].split("=")[1].split(",")[0]

    def night(self, scene, day, key=None, name=None, run=True):
        """The run of a night, after a delivery of that day in which the pupil has this name."""
        scene.run("rm", "-rf", scene.deliveries)
        scene.date = day.replace("-", "")
        scene.generate()
        if key:
            source, _, number = key.split("/")
            delivery = Delivery(os.path.join(scene.deliveries, source))
            delivery.rewrite("Eleve", lambda r: self.renamed(r, name) if ID.search(r)[1] == number.encode() else r)
            delivery.write()
        scene.at = f"{day} 03:00:00"
        return scene.entsyncd().stderr if run else ""

    @staticmethod
    def renamed(record, name):
        start = record.index(b'name="ENTPersonNom"><value>') + len(b'name="ENTPersonNom"><value>')
        return record[:start] + name.encode() + record[record.index(b"<", start):]

    def open(self, scene, key, *more, attribute="sn", code=DONE, received="2026-09-16"):
        self.folder = os.path.join(scene.place, f"letters-{len(os.listdir(scene.place))}")
        return scene.entsync("rights", "rectify", "open", key, attribute, "--claimed", CLAIMED, "--received", received,
                             "--out", self.folder, *WHY, *more, code=code)

    def letters(self):
        self.assertEqual(0o700, stat.S_IMODE(os.stat(self.folder).st_mode))
        texts = []
        for name in ("avis-ecole.txt", "lettre-famille.txt"):
            path = os.path.join(self.folder, name)
            self.assertEqual(0o600, stat.S_IMODE(os.stat(path).st_mode))
            with open(path, encoding="utf-8") as f:
                texts.append(f.read())
        return texts

    def tickets(self, scene, *more):
        return json.loads(scene.entsync("rights", "rectify", "list", "--json", *more).stdout)

    def ticket(self, scene):
        found, = self.tickets(scene, "--all")["tickets"]
        return found

    def records(self, scene, kind, *which):
        lines = scene.entsync("audit", *(which or ("all",)), "--form", "json").stdout.splitlines()
        return [record for record in map(json.loads, lines) if record["type"] == kind]

    def assert_no_value_is_kept(self, scene, *texts):
        for folder, _, names in os.walk(os.path.join(scene.place, "state")):
            for name in names:
                with open(os.path.join(folder, name), "rb") as f:
                    content = f.read()
                for word in (CLAIMED, RIGHT, "FAUX-NOM-ESSAI"):
                    self.assertNotIn(word.encode(), content, name)
        for text in texts:
            for word in (CLAIMED, RIGHT, "FAUX-NOM-ESSAI"):
                self.assertNotIn(word, text)

    def test_a_ticket_waits_ages_closes_with_the_other_value_and_opens_again_with_the_old_one(self):
        scene, dn, key, school = self.begun()
        scene.at = "2026-09-16 10:00:00"
        opened = self.open(scene, key).stdout
        self.assertIn(f"rectification 1 is open: school {school} corrects it by 2026-10-15, the answer is due by "
                      "2026-10-16", opened)
        notice, letter = self.letters()
        first = self.ticket(scene)
        source = first["source"]
        with open(os.path.join(scene.deliveries, key.split("/")[0], os.path.basename(source["file"])),
                  encoding="utf-8") as f:
            self.assertIn("FAUX-NOM-ESSAI", f.read().split("\n")[source["line"] - 1])
        for text in (school, "FAUX-NOM-ESSAI", CLAIMED, f"ligne {source['line']}", "livraison du 16/09/2026",
                     "ONDE", "15/10/2026", "DPO-16", key.split("/")[2]):
            self.assertIn(text, notice)
        for text in (CLAIMED, "CNIL", "16/10/2026", "ne peut pas la corriger", "L'exploitant de l'ENT d'essai", "Nom\n"):
            self.assertIn(text, letter)
        self.assertNotIn("FAUX-NOM-ESSAI", letter)
        self.assertIn("RGT-036", self.open(scene, key, code=FAILED).stderr)

        logs = [self.night(scene, "2026-09-17", key, "FAUX-NOM-ESSAI")]
        self.assertEqual("open", self.ticket(scene)["state"])
        self.assertNotIn("RUN-074", logs[-1])
        for day, told, reminder in (("2026-09-23", "first reminder", True), ("2026-09-24", "first reminder", False),
                                    ("2026-10-07", "second reminder", True), ("2026-10-16", "overdue", True),
                                    ("2026-10-17", "overdue", False)):
            logs.append(self.night(scene, day, key, "FAUX-NOM-ESSAI"))
            self.assertEqual(reminder, f"RUN-074 school {school}: {told} of rectification 1" in logs[-1], day)
            self.assertEqual(told == "overdue", f"RUN-075 school {school}: rectification 1 is overdue" in logs[-1])
            self.assertEqual(told, self.ticket(scene)["ageing"])
        dashboard = self.tickets(scene)["schools"]
        self.assertEqual([(school, 1, 31, 1)], [(s["school"], s["waiting"], s["oldest_days"], s["overdue"])
                                                for s in dashboard])
        self.assertIn(f"{school}: 1 waiting, the oldest for 31 days, 1 overdue",
                      scene.entsync("rights", "rectify", "list").stdout)

        logs.append(self.night(scene, "2026-10-18", key, RIGHT))
        self.assertIn("RUN-076 rectifications: 1 corrected, 0 reopened", logs[-1])
        self.assertEqual([RIGHT], scene.search(dn)[0][1]["sn"])
        closed = self.ticket(scene)
        self.assertEqual(("corrected", "2026-10-18"), (closed["state"], closed["since"]))
        self.assertRegex(closed["recipients"][0]["reflected_at"], "^2026-10-18T03:00")
        self.assertEqual(closed["corrected_run"], closed["recipients"][0]["run"])
        self.assertEqual("no school is waited for\n", scene.entsync("rights", "rectify", "list").stdout)
        shown = scene.entsync("rights", "rectify", "show", "1").stdout
        self.assertIn("annuaire de l'ENT: reflected at 2026-10-18T03:00", shown)
        self.assertIn("L'exploitant de l'ENT d'essai: to be told by the controller", shown)
        self.assertIn("(GAR): none is made", shown)

        logs.append(self.night(scene, "2026-10-19", key, "FAUX-NOM-ESSAI"))
        again = self.ticket(scene)
        self.assertEqual(("reopened", 0), (again["state"], again["age_days"]))
        self.assertIsNone(again["recipients"][0]["reflected_at"])
        self.folder = os.path.join(scene.place, "again")
        scene.entsync("rights", "rectify", "notice", "1", "--out", self.folder, "--reason", "it is back")
        notice, letter = self.letters()
        self.assertIn("l'ancienne valeur est revenue le 19/10/2026", notice)
        self.assertIn("voir la demande d'origine", notice)
        self.assertNotIn("FAUX-NOM-ESSAI", letter)

        changes = self.records(scene, "rectification", "person", key)
        self.assertEqual(3, len(changes))
        self.assertEqual(changes, self.records(scene, "rectification"))
        self.assertEqual([closed["corrected_run"]] * 2, [change["run"] for change in changes[:2]])
        self.assertIn("corrected: another value in the delivery of 2026-10-18 ("
                      f"{closed['correction']['file']}:{closed['correction']['line']})", changes[0]["detail"])
        self.assertIn("taken by the directory at 2026-10-18T03:00", changes[1]["detail"])
        self.assertIn("reopened: the contested value is back", changes[2]["detail"])
        order, = [r for r in self.records(scene, "order") if r["detail"].startswith("rectification 1 of sn opened")]
        self.assertEqual("letter of the family", order["reason"])
        self.assertTrue([r for r in self.records(scene, "read") if r["detail"] == "notice of rectification 1 made"])
        self.assertIn("whole: ", scene.entsync("audit", "verify").stdout)
        rows = list(csv.DictReader(io.StringIO(scene.entsync("rights", "rectify", "list", "--csv").stdout)))
        self.assertEqual([("1", "reopened", school)], [(r["number"], r["state"], r["school"]) for r in rows])
        self.assert_no_value_is_kept(scene, shown, opened, *logs)

    def test_what_the_directory_does_not_take_is_told_until_it_does(self):
        scene, dn, key, _ = self.begun()
        self.open(scene, key)
        scene.entsync("rights", "restrict", key, *WHY[:2])
        self.night(scene, "2026-09-17", key, "FAUX-NOM-ESSAI")
        self.night(scene, "2026-09-18", key, RIGHT)
        waits, = self.tickets(scene)["tickets"]
        self.assertEqual("corrected", waits["state"])
        self.assertIsNone(waits["recipients"][0]["reflected_at"])
        self.assertIn("corrected since 2026-09-18, not in the directory yet",
                      scene.entsync("rights", "rectify", "list").stdout)
        self.assertIn("not yet reflected", scene.entsync("rights", "rectify", "show", "1").stdout)
        scene.entsync("rights", "lift", key, "--notice-date", "2026-09-18", *WHY[:2])
        scene.at = "2026-09-18 11:00:00"
        scene.entsync("sync", "--person", key, "--yes", "--reason", "the family was told")
        self.assertEqual([RIGHT], scene.search(dn)[0][1]["sn"])
        done = self.ticket(scene)
        self.assertRegex(done["recipients"][0]["reflected_at"], "^2026-09-18T11:00")
        self.assertNotEqual(done["corrected_run"], done["recipients"][0]["run"])
        self.folder = os.path.join(scene.place, "answer")
        scene.entsync("rights", "rectify", "notice", "1", "--claimed", CLAIMED, "--out", self.folder, *WHY[:2])
        _, letter = self.letters()
        self.assertIn("la livraison du 18/09/2026", letter)
        self.assertIn("L'annuaire de l'ENT l'a reprise le 18/09/2026", letter)
        self.assert_no_value_is_kept(scene)

    def test_what_no_delivery_could_correct_is_refused_and_people_close_what_was_right(self):
        scene, _, key, _ = self.begun()
        self.assertIn("RGT-032", self.open(scene, key, attribute="uid", code=FAILED).stderr)
        self.assertIn("RGT-032", self.open(scene, key, attribute="ENTNothing", code=FAILED).stderr)
        self.assertIn("RGT-033", self.open(scene, key, attribute="ENTElevePersRelEleve", code=FAILED).stderr)
        self.assertIn("RGT-034", self.open(scene, key, "--contested", "AUTRE", code=FAILED).stderr)
        self.assertIn("RGT-037", self.open(scene, key, "--school", "0310001H0", code=FAILED).stderr)
        self.assertIn("RGT-030", self.open(scene, key, received="2026-12-01", code=USAGE).stderr)
        self.assertIn("EXPL-001", self.open(scene, key + "99999", code=FAILED).stderr)
        self.assertEqual([], self.tickets(scene, "--all")["tickets"])
        self.assertIn("RGT-038", scene.entsync("rights", "rectify", "show", "1", code=FAILED).stderr)

        self.open(scene, key)
        scene.entsync("rights", "rectify", "close", "1", "--reason", "the name is right, act of birth seen")
        self.assertIn("RGT-039", scene.entsync("rights", "rectify", "close", "1", *WHY[:2], code=FAILED).stderr)
        self.night(scene, "2026-09-17", key, RIGHT)
        self.night(scene, "2026-09-18", key, "FAUX-NOM-ESSAI")
        self.assertEqual("closed", self.ticket(scene)["state"])
        self.open(scene, key)
        self.assertEqual([2], [ticket["number"] for ticket in self.tickets(scene)["tickets"]])
        os.remove(os.path.join(scene.place, "state", "rectification.key"))
        log = self.night(scene, "2026-09-19", key, RIGHT)
        self.assertIn("LDG-009", log)
        self.assertEqual("open", self.tickets(scene)["tickets"][0]["state"], "nothing is followed without the key")

    def test_finished_tickets_go_at_their_term_and_those_of_who_is_gone_at_once(self):
        scene, _, key, _ = self.begun()
        self.open(scene, key)
        self.night(scene, "2026-09-17", key, RIGHT)
        self.assertEqual("corrected", self.ticket(scene)["state"])
        self.night(scene, "2027-09-16", key, RIGHT)
        self.assertEqual("corrected", self.ticket(scene)["state"])
        self.night(scene, "2027-09-17", key, RIGHT)
        self.assertEqual([], self.tickets(scene, "--all")["tickets"])
        self.assertIn("removed: its term is reached", self.records(scene, "rectification")[-1]["detail"])
        self.open(scene, key, received="2027-09-17")
        self.assertEqual(2, self.ticket(scene)["number"], "numbers are not given twice")
        for day in ("2027-09-18", "2027-12-18", "2027-12-19"):
            scene.at = f"{day} 03:00:00"
            self.deliver(scene, day.replace("-", ""), {key.split("/")[2].encode()})
            scene.entsyncd()
        self.assertEqual([], self.tickets(scene, "--all")["tickets"])
        self.assertIn("removed: the account is gone", self.records(scene, "rectification")[-1]["detail"])
        self.assertNotIn(key, self.state(scene))


class RectifyBesideTheDaemon(DaemonTest):
    def test_tickets_are_opened_and_shown_while_the_daemon_runs(self):
        scene = self.synchronised()
        scene.socket = os.path.join(scene.place, "control.sock")
        scene.write_config(extra=NEVER + f'[control]\nsocket = "{scene.socket}"\n')
        _, _, key = scene.a_pupil()
        daemon = self.ready(scene)
        folder = os.path.join(scene.place, "letters")
        scene.entsync("rights", "rectify", "open", key, "sn", "--claimed", CLAIMED, "--received", "2026-09-16",
                      "--out", folder, *WHY)
        self.assertIn("open since", scene.entsync("rights", "rectify", "list").stdout)
        scene.entsync("rights", "rectify", "notice", "1", "--out", folder + "2", *WHY[:2])
        scene.entsync("rights", "rectify", "close", "1", *WHY[:2])
        self.assertEqual(DONE, daemon.end())
        self.assertEqual(2, len(os.listdir(folder)))
