"""Requests for accounts of local-authority staff and for links, from the file to the account and its end."""

import datetime
import json
import os
import stat

from scene import DONE, GROUPS, PEOPLE, STRUCTURES, USAGE, SceneTest

SIRET = "21660024700011"
HEADER = ("id_demande;action;siret;civilite;nom;prenom;courriel_pro;role;uais;date_debut;date_fin;demandeur;"
          "valideur;date_validation;motif\n")
TODAY = datetime.date.today()


def days(n):
    return (TODAY + datetime.timedelta(days=n)).isoformat()


def request(number, action="creer", **other):
    fields = {"id": f"2026-{number}", "action": action, "siret": SIRET, "civilite": "", "nom": "", "prenom": "",
              "mail": "rose.faudol@ville.example", "role": "", "uais": "", "debut": "", "fin": "",
              "demandeur": "mairie", "valideur": "dane", "le": days(0), "motif": "ATSEM"}
    if action == "creer":
        fields.update(civilite="Mme", nom="FAUDOL", prenom="Rose", role="agent", uais="*", fin=days(90))
    fields.update(other)
    return ";".join(fields.values()) + "\n"


class RequestsTest(SceneTest):
    def requests_scene(self, **arguments):
        """A region of which the first school is of the town, and a folder for requests."""
        scene = self.scene(**arguments)
        scene.generate()
        scene.requests = os.path.join(scene.place, "demandes")
        os.mkdir(scene.requests)
        registry = os.path.join(scene.place, "registre.toml")
        with open(registry, encoding="utf-8") as f:
            lines = f.read().splitlines()
        lines = [line for line in lines if not line.startswith(("siret_collectivite", "effet_le", "fin_le"))]
        first = next(i for i, line in enumerate(lines) if line.startswith("uai = "))
        scene.uai = lines[first].split('"')[1]
        lines[first + 1:first + 1] = [f'siret_collectivite = "{SIRET}"', f'effet_le = "{days(-100)}"',
                                      f'fin_le = "{days(200)}"']
        with open(registry, "w", encoding="utf-8") as f:
            f.write("\n".join(lines) + "\n")
        scene.extra = '[requests]\npath = "demandes"\n'
        scene.write_config(absence="")
        return scene

    @staticmethod
    def write(scene, *lines, name="2026.csv", header=HEADER):
        path = os.path.join(scene.requests, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(header + "".join(lines))
        return path


class Check(RequestsTest):
    def test_every_refusal_is_named_before_a_file_comes(self):
        scene = self.requests_scene()
        self.write(scene, request(1))
        coming = os.path.join(scene.place, "coming.csv")
        with open(coming, "w", encoding="utf-8") as f:
            f.write(HEADER + request(2, "prolonger", fin=days(100)) + request(3, valideur="Mairie") +
                    request(4, siret="73282932000074", mail="a@ville.example") + request(5, action="effacer") +
                    request(6, "clore", mail="nobody@ville.example") + request(1, motif="another"))
        done = scene.entsync("requests", "check", coming, code=USAGE)
        for line, code in ((3, "REQ-022"), (4, "REQ-026"), (5, "REQ-011"), (6, "REQ-030"), (7, "REQ-020")):
            self.assertRegex(done.stderr, rf"(?m)^coming.csv:{line}: warning {code} \[request 2026-\d\]: .* – .")
        self.assertNotIn("coming.csv:2:", done.stderr)
        self.assertNotIn("FAUDOL", done.stderr + done.stdout)
        self.assertIn("5 requests are right in their form, 5 refusals", done.stdout)
        self.assertFalse(os.path.exists(os.path.join(scene.place, "state", "state.db")))

    def test_a_file_that_is_right_has_no_refusals(self):
        scene = self.requests_scene()
        path = self.write(scene, request(1))
        self.assertIn("1 requests are right in their form, 0 refusals",
                      scene.entsync("requests", "check", path, code=DONE).stdout)
        self.write(scene, request(2), name="broken.csv", header="id;action\n")
        self.assertIn("REQ-004", scene.entsync("requests", "check", path, code=USAGE).stderr)
        os.remove(os.path.join(scene.requests, "broken.csv"))
        os.chmod(path, stat.S_IMODE(os.stat(path).st_mode) | stat.S_IWOTH)
        self.assertIn("REQ-005", scene.entsync("requests", "check", path, code=USAGE).stderr)
        self.assertIn("REQ-001", scene.entsync("requests", "check", path + "x", code=USAGE).stderr)

    def test_a_file_is_checked_in_the_place_that_its_name_gives_it(self):
        scene = self.requests_scene()
        self.write(scene, request(1), request(2, "clore"))

        def check(name, *lines, folder=scene.place, code=DONE):
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as f:
                f.write(HEADER + "".join(lines))
            done = scene.entsync("requests", "check", path, code=code)
            return done.stdout + done.stderr

        later = request(2, "prolonger", fin=days(100))
        self.assertIn("2 requests are right in their form, 0 refusals", check("2026.csv", request(1), later))
        self.assertIn("REQ-020", check("2027.csv", later, code=USAGE))
        self.assertIn("REQ-030", check("2025.csv", request(3, "prolonger", fin=days(100)), code=USAGE))
        self.assertIn("1 requests are right in their form, 0 refusals",
                      check("2026.txt", request(3, "prolonger", fin=days(100)), folder=scene.requests))


class Accounts(RequestsTest):
    def agents(self, scene):
        return scene.search(PEOPLE, "(objectClass=ENTAuxNonEnsCollLoc)")

    def agent(self, scene):
        entries = self.agents(scene)
        self.assertEqual(1, len(entries), entries)
        return entries[0]

    def test_an_account_lives_by_its_requests(self):
        scene = self.requests_scene()
        self.write(scene, request(1, fin=days(40)))
        scene.entsyncd()
        dn, values = self.agent(scene)
        self.assertEqual(["COLLECTIVITE$2026-1"], values["ENTPersonJointure"])
        self.assertEqual(["MANUEL"], values["ENTCompteOrigine"])
        self.assertEqual(["National_COL"], values["ENTPersonProfils"])
        self.assertEqual(["rose.faudol"], values["ENTPersonLogin"])
        school = scene.search(STRUCTURES, f"(ENTStructureUAI={scene.uai})")[0][0]
        self.assertEqual([f"{school}${scene.uai}"], values["ENTAuxNonEnsCollLocDomaineEtab"])
        self.assertEqual([], scene.search(GROUPS, f"(|(member={dn})(ENTGroupeMembreExplicite={dn}))"))
        # Nothing to do twice, and the journal says who approved and which line it was.
        before = scene.dump()
        self.assertIn("nothing to do", scene.entsyncd().stdout + scene.entsyncd().stderr)
        self.assertEqual(before, scene.dump())
        lines = scene.entsync("audit", "all", "--form", "json").stdout.splitlines()
        traces = [record for record in map(json.loads, lines)
                  if record.get("subject") == "COLLECTIVITE/PersCollectivite/2026-1"]
        self.assertEqual(["dane"], [record["actor"] for record in traces])
        name = next(trace for trace in traces[0]["attributes"] if trace["attribute"] == "sn")
        self.assertEqual(("2026.csv", 2), (name["file"], name["line"]))
        self.assertRegex(scene.entsync("requests", "list").stdout,
                         rf"(?m)^COLLECTIVITE/PersCollectivite/2026-1  active     {days(0)} - {days(40)}  {SIRET}  agent "
                         r" *1 schools$")
        self.assertIn("accounts of requests shown", scene.entsync("audit", "all").stdout)
        # Closed, and restored by a later end.
        path = self.write(scene, request(1, fin=days(40)), request(2, "clore"))
        scene.entsyncd()
        _, values = self.agent(scene)
        self.assertEqual(["SUSPENDU"], values["ENTCompteEtat"])
        shown = json.loads(scene.entsync("requests", "list", "--json").stdout)["accounts"]
        self.assertEqual([("suspended", days(0))], [(one["state"], one["ends"]) for one in shown])
        self.assertNotIn("ENTAuxNonEnsCollLocDomaineEtab", values)
        with open(path, "a", encoding="utf-8") as f:
            f.write(request(3, "prolonger", fin=days(60)))
        scene.entsyncd()
        restored, values = self.agent(scene)
        self.assertEqual(dn, restored)
        self.assertNotIn("ENTCompteEtat", values)
        # A request is not changed once it was followed; the account is left as it is.
        self.write(scene, request(1, fin=days(41)), request(2, "clore"), request(3, "prolonger", fin=days(60)))
        before = scene.dump()
        scene.entsyncd()
        self.assertEqual(before, scene.dump())
        self.assertIn("REQ-021", scene.entsync("requests", "check", path, code=USAGE).stderr)

    def test_neither_a_feed_nor_a_broken_file_touches_an_account(self):
        scene = self.requests_scene()
        self.write(scene, request(1, fin=days(20)))
        done = scene.entsyncd()
        self.assertIn("REQ-041", done.stdout + done.stderr, "a reminder")
        before = self.agents(scene)
        self.write(scene, "", header="no header\n", name="broken.csv")
        done = scene.entsyncd()
        self.assertIn("REQ-004", done.stdout + done.stderr)
        self.assertEqual(before, self.agents(scene))
        os.remove(os.path.join(scene.requests, "broken.csv"))
        os.mkfifo(os.path.join(scene.requests, "pipe.csv"))
        done = scene.entsyncd()
        self.assertIn("REQ-001", done.stdout + done.stderr)
        self.assertEqual(before, self.agents(scene))
        os.remove(os.path.join(scene.requests, "pipe.csv"))
        self.write(scene)
        scene.entsyncd()
        self.assertEqual(before, self.agents(scene))
        # A delivery whose files hold nobody is refused, and no account of requests goes with it.
        scene.defect("empty-feed")
        scene.entsyncd(code=None)
        self.assertEqual(before, self.agents(scene))


class Links(RequestsTest):
    WHY = ("--reason", "ticket 77")

    def night(self, scene, day):
        scene.run("rm", "-rf", scene.deliveries)
        scene.date = day.replace("-", "")
        scene.generate()
        return scene.entsyncd()

    def linked_scene(self):
        """A teacher of one school who is to work in another, by the days of the deliveries."""
        scene = self.requests_scene(persons=1500)
        self.night(scene, "2026-09-15")
        teachers = scene.search(PEOPLE, "(&(objectClass=ENTAuxEnseignant)(!(objectClass=ENTAuxDirection)))")
        self.dn, values = teachers[0]
        source, number = values["ENTPersonJointure"][0].split("$")
        self.key, self.attached = f"{source}/PersEducNat/{number}", values["ENTPersonStructRattach"]
        functions = values.get("ENTPersonFonctions", [])
        self.there = next(values["ENTStructureUAI"][0] for dn, values in scene.search(STRUCTURES, "(ENTStructureUAI=*)")
                          if dn not in self.attached and not any(one.startswith(dn) for one in functions))
        return scene

    def link(self, number, action="lier", **other):
        fields = dict(siret="", mail="", uais=self.there, fin="2026-10-01", demandeur="ien", le="2026-09-16")
        fields.update(other)
        return request(number, action, **fields).rstrip("\n") + f";{self.key}\n"

    def groups(self, scene):
        return sorted(values["cn"][0] for _, values in scene.search(GROUPS, f"(member={self.dn})")
                      if values["cn"][0].startswith(self.there))

    def test_a_link_holds_until_its_day_whatever_part_is_synchronised(self):
        scene = self.linked_scene()
        before = scene.search(GROUPS), scene.search(self.dn)
        self.write(scene, self.link(1), header=HEADER.rstrip("\n") + ";cle\n")
        held = [f"{self.there}_ENS", f"{self.there}_TOUS"]
        self.assertEqual([], self.groups(scene))
        self.night(scene, "2026-09-16")
        self.assertEqual(held, self.groups(scene))
        self.assertEqual(self.attached, scene.search(self.dn)[0][1]["ENTPersonStructRattach"])
        records = [json.loads(line) for line in scene.entsync("audit", "all", "--form", "json").stdout.splitlines()]
        mine = [one for one in records if one.get("actor") == "dane"]
        self.assertEqual({("2026.csv", 2)}, {(one["attributes"][0]["file"], one["attributes"][0]["line"]) for one in mine})
        self.assertEqual(2, len(mine))
        self.assertIn(f"linked to: {self.there} until 2026-10-01 (request 2026-1, 2026.csv:2, approved by dane)",
                      scene.entsync("explain", self.key).stdout)
        self.assertRegex(scene.entsync("requests", "list").stdout,
                         rf"(?m)^{self.key}  \w+ +2026-09-16 - 2026-10-01  linked to {self.there}$")
        # A part takes nothing of it away, and brings what hands took.
        self.assertIn("nothing to do", scene.entsyncd().stderr)
        for scope in (("--person", self.key), ("--school", self.there)):
            done = scene.entsync("sync", *scope, "--yes", *self.WHY)
            self.assertIn("RUN-064", done.stderr)
            self.assertIn("nothing to do", done.stdout)
            scene.modify(f"dn: cn={self.there}_ENS,{GROUPS}\nchangetype: modify\ndelete: member\nmember: {self.dn}\n")
            done = scene.entsync("sync", *scope, "--yes", *self.WHY)
            self.assertIn("RUN-064", done.stderr)
            self.assertEqual(held, self.groups(scene), scope)
        # Neither a file that cannot be read nor a line that was lost ends it.
        self.write(scene, "", header="no header\n")
        self.night(scene, "2026-09-29")
        self.assertEqual(held, self.groups(scene))
        scene.entsync("sync", "--school", self.there, "--yes", *self.WHY)
        self.assertEqual(held, self.groups(scene))
        self.write(scene)
        self.assertIn("REQ-043", self.night(scene, "2026-09-30").stderr)
        self.assertEqual(held, self.groups(scene))
        self.night(scene, "2026-10-01")
        self.assertEqual([], self.groups(scene))
        self.assertEqual(before, (scene.search(GROUPS), scene.search(self.dn)))

    def test_a_new_line_works_in_a_part_and_clore_ends_the_link(self):
        scene = self.linked_scene()
        header = HEADER.rstrip("\n") + ";cle\n"
        self.write(scene, self.link(1, le="2026-09-15"), header=header)
        for scope in (("--school", self.there), ("--person", self.key)):
            scene.entsync("sync", *scope, "--yes", *self.WHY)
            self.assertEqual([f"{self.there}_ENS", f"{self.there}_TOUS"], self.groups(scene))
        scene.entsyncd()
        self.write(scene, self.link(1, le="2026-09-15"), self.link(2, "clore", uais="", fin="", le="2026-09-15"), header=header)
        scene.entsync("sync", "--school", self.there, "--yes", *self.WHY)
        self.assertEqual([], self.groups(scene))
        self.assertIn("nothing to do", scene.entsyncd().stderr)
