#!/usr/bin/env python3
"""Tests of entsync-gen from outside: what its deliveries hold, that they are reproducible, and
that each defect does what it says. ENTSYNC_GEN names the program."""

import filecmp
import os
import re
import subprocess
import tarfile
import tempfile
import tomllib
import unittest
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

GEN = os.environ.get("ENTSYNC_GEN", "entsync-gen")
CATEGORIES = ("EtabEducNat", "Eleve", "PersRelEleve", "PersEducNat")
NAME = re.compile(r"ENTOCC_([A-Z]+)_(?:Complet|Delta)_(\d{8})_([A-Za-z]+)_(\d{4})\.xml")
ORDER = {
    "Eleve": "ENTPersonJointure ENTEleveINE ENTPersonDateNaissance ENTPersonCivilite "
    "ENTPersonStructRattach ENTEleveAutoriteParentale ENTEleveRestaurantScolaire ENTEleveTransport "
    "ENTEleveGarderieMatin ENTEleveGarderieSoir ENTEleveEtudesSurveillees ENTEleveNiveau "
    "ENTEleveCycle ENTEleveTypeClasse ENTEleveDateEntreeClasses ENTEleveDateSortieClasses "
    "ENTPersonClasses ENTPersonGroupes ENTPersonNomPatro ENTPersonNom ENTPersonPrenom "
    "ENTPersonAutresPrenoms".split(),
    "PersEducNat": "ENTPersonJointure ENTPersonDateNaissance ENTPersonCivilite "
    "ENTPersonStructRattach ENTPersonFonctions ENTPersonCategorieEnseignant ENTEnsFonctionDir "
    "ENTEnsSpecialites ENTPersonNomPatro ENTPersonNom ENTPersonPrenom ENTPersonAutresPrenoms "
    "ENTPersonAutresPrenoms ENTPersonMail".split(),
}
BYTES_OF = {"windows-1252": "cp1252"}


def run(*arguments, code=0):
    result = subprocess.run(
        [GEN, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if result.returncode != code:
        raise AssertionError(
            f"exit {result.returncode} of {arguments}: {result.stdout}{result.stderr}"
        )
    return result


def records_of(path):
    """(id, attribute names in order, attribute → values) of each record of a file."""
    for request in ElementTree.parse(path).getroot():
        names = [attribute.get("name") for attribute in request.iterfind("attributes/attr")]
        values = defaultdict(list)
        for attribute in request.iterfind("attributes/attr"):
            values[attribute.get("name")] += [value.text for value in attribute if value.text]
        yield request.findtext("identifier/id"), names, values


def folded(delivery, directory):
    """The records of a Delivery after the requests of a Delta, and how many of each kind it holds."""
    records = {category: dict(delivery.records[category]) for category in CATEGORIES}
    requests = Counter()
    for path in sorted(Path(directory).glob("*.xml")):
        of_category = records[NAME.fullmatch(path.name)[3]]
        for request in ElementTree.parse(path).getroot():
            requests[request.tag] += 1
            identifier = request.findtext("identifier/id")
            if request.tag == "deleteRequest":
                del of_category[identifier]
                continue
            values = defaultdict(list)
            if request.tag == "modifyRequest":
                values.update(of_category[identifier])
            elif identifier in of_category:
                raise AssertionError(f"{identifier} is added and was there")
            for one in request.iterfind("modifications/modification"):
                values[one.get("name")] = [value.text for value in one if value.text]
            for one in request.iterfind("attributes/attr"):
                values[one.get("name")] += [value.text for value in one if value.text]
            of_category[identifier] = values
    return records, requests


class Delivery:
    def __init__(self, directory):
        self.records = {category: {} for category in CATEGORIES}
        self.orders = {category: Counter() for category in CATEGORIES}
        self.files = Counter()
        for path in sorted(Path(directory).glob("*.xml")):
            category = NAME.fullmatch(path.name)[3]
            self.files[category] += 1
            for identifier, names, values in records_of(path):
                self.records[category][identifier] = values
                self.orders[category][tuple(names)] += 1

    def all(self, category):
        return self.records[category].values()

    def schools(self):
        return {i for i, r in self.records["EtabEducNat"].items() if r["ENTEcoleCirconscription"]}


def luhn(digits):
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def uai_is_valid(uai):
    return (
        re.fullmatch(r"\d{7}[A-Z]", uai) and "ABCDEFGHJKLMNPRSTUVWXYZ"[int(uai[:7]) % 23] == uai[7]
    )


def same_tree(left, right):
    comparison = filecmp.dircmp(left, right)
    if comparison.left_only or comparison.right_only:
        return False
    _, mismatch, errors = filecmp.cmpfiles(left, right, comparison.common_files, shallow=False)
    return (
        not mismatch
        and not errors
        and all(same_tree(Path(left) / name, Path(right) / name) for name in comparison.common_dirs)
    )


class Workspace(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="entsync-gen-test-")
        cls.root = Path(cls.temporary.name)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()


class RegionTest(Workspace):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.output = run(
            "region",
            "--persons",
            9000,
            "--seed",
            3,
            "--academies",
            2,
            "--out",
            cls.root / "a",
            "--state",
            cls.root / "state",
            "--parts",
            700,
        ).stdout
        cls.toulouse = Delivery(cls.root / "a/AC-TOULOUSE")
        cls.montpellier = Delivery(cls.root / "a/AC-MONTPELLIER")
        with open(cls.root / "a/registre.toml", "rb") as file:
            cls.registry = tomllib.load(file)

    def both(self):
        return (self.toulouse, self.montpellier)

    def test_every_category_is_there_in_numbered_parts(self):
        for folder in ("AC-TOULOUSE", "AC-MONTPELLIER"):
            for category in CATEGORIES:
                parts = sorted(
                    int(m[4])
                    for m in map(NAME.fullmatch, os.listdir(self.root / "a" / folder))
                    if m[3] == category
                )
                self.assertEqual(parts, list(range(len(parts))))
        self.assertGreater(self.toulouse.files["Eleve"], 1)

    def test_the_persons_asked_for_are_there_in_the_shares_of_a_real_delivery(self):
        counts = Counter()
        for delivery in self.both():
            for category in CATEGORIES[1:]:
                counts[category] += len(delivery.records[category])
        self.assertAlmostEqual(sum(counts.values()), 9000, delta=4)
        self.assertAlmostEqual(counts["Eleve"] / 9000, 0.35, delta=0.01)
        self.assertAlmostEqual(counts["PersRelEleve"] / 9000, 0.60, delta=0.02)
        self.assertAlmostEqual(counts["PersEducNat"] / 9000, 0.05, delta=0.02)
        self.assertIn("persons: 9000", self.output)

    def test_responsables_have_more_than_one_pupil_on_average(self):
        links = [len(r["ENTPersRelEleveEleve"]) for d in self.both() for r in d.all("PersRelEleve")]
        self.assertEqual(min(links), 1)
        self.assertTrue(1.15 < sum(links) / len(links) < 1.35)
        self.assertLessEqual(max(links), 5)

    def test_uais_and_sirets_have_valid_keys_and_are_unique(self):
        uais = [r["ENTStructureUAI"][0] for d in self.both() for r in d.all("EtabEducNat")]
        self.assertEqual(len(uais), len(set(uais)))
        for delivery in self.both():
            for record in delivery.all("EtabEducNat"):
                uai = record["ENTStructureUAI"][0]
                self.assertTrue(uai_is_valid(uai), uai)
                self.assertEqual(record["ENTEcoleCommune"][0].split("$")[2], uai[:3])
                self.assertEqual(len(record["ENTStructureSIREN"][0]), 14)
                self.assertTrue(luhn(record["ENTStructureSIREN"][0]))
                self.assertTrue(luhn(record["ENTStructureSIREN"][0][:9]))
        self.assertTrue(
            {u[:3] for u in uais}
            <= set("009 012 031 032 046 065 081 082 011 030 034 048 066".split())
        )

    def test_the_registry_holds_enrolled_schools_and_leaves_some_out(self):
        self.assertEqual(self.registry["format"], 1)
        schools = {
            d.records["EtabEducNat"][i]["ENTStructureUAI"][0]
            for d in self.both()
            for i in d.schools()
        }
        in_scope = {
            e["uai"] for e in self.registry["ecole"] if e["etat"] not in ("resiliee", "retiree")
        }
        self.assertTrue(in_scope < schools)
        self.assertLess(len(schools - in_scope) / len(schools), 0.15)
        for ecole in self.registry["ecole"]:
            self.assertEqual(ecole["uai"][:3], ecole["departement"])
            self.assertEqual(ecole["annee_scolaire"], "2026-2027")
            self.assertEqual((ecole["effet_le"], ecole["fin_le"]), ("2026-09-01", "2027-09-01"))
            self.assertTrue(
                luhn(ecole["siret_collectivite"]) and luhn(ecole["siret_collectivite"][:9])
            )

    def test_both_academies_use_the_same_jointures(self):
        for category in CATEGORIES:
            shared = (
                self.toulouse.records[category].keys() & self.montpellier.records[category].keys()
            )
            self.assertGreater(len(shared), len(self.toulouse.records[category]) / 2, category)

    def test_no_two_pupils_have_one_ine_in_whichever_academie(self):
        # Numbers drawn at random gave two pupils of this region one INE.
        run("region", "--persons", 15000, "--seed", 31, "--out", self.root / "ines")
        ines = [
            ine
            for path in sorted(self.root.glob("ines/AC-*"))
            for pupil in Delivery(path).all("Eleve")
            for ine in pupil["ENTEleveINE"]
        ]
        self.assertGreater(len(ines), 4000)
        self.assertEqual(len(ines), len(set(ines)))

    def test_some_staff_have_the_jointure_of_a_pupil(self):
        shared = self.toulouse.records["PersEducNat"].keys() & self.toulouse.records["Eleve"].keys()
        self.assertTrue(shared or len(self.toulouse.records["PersEducNat"]) < 250)

    def test_every_reference_resolves(self):
        for d in self.both():
            structures, pupils = d.records["EtabEducNat"], d.records["Eleve"]
            for i, pupil in pupils.items():
                self.assertIn(pupil["ENTPersonStructRattach"][0], structures)
                for value in pupil["ENTPersonClasses"] + pupil["ENTPersonGroupes"]:
                    self.assertEqual(len(value.split("$")), 5)
                    self.assertIn(value.split("$")[0], structures)
                for value in pupil["ENTEleveAutoriteParentale"]:
                    self.assertIn(
                        i, d.records["PersRelEleve"][value.split("$")[0]]["ENTPersRelEleveEleve"]
                    )
            for i, responsable in d.records["PersRelEleve"].items():
                for pupil in responsable["ENTPersRelEleveEleve"]:
                    named = {v.split("$")[0] for v in pupils[pupil]["ENTEleveAutoriteParentale"]}
                    self.assertIn(i, named)
            for staff in d.all("PersEducNat"):
                for value in staff["ENTPersonFonctions"]:
                    self.assertEqual(len(value.split("$")), 5)
                    self.assertIn(value.split("$")[0], structures)
                for structure in staff["ENTPersonStructRattach"] + staff["ENTEnsFonctionDir"]:
                    self.assertIn(structure, structures)

    def test_attributes_come_in_the_order_of_a_real_delivery(self):
        for d in self.both():
            for category, order in ORDER.items():
                self.assertEqual(set(d.orders[category]), {tuple(order)})
            self.assertEqual(len(d.orders["PersRelEleve"]), 3)
            self.assertEqual(len({frozenset(o) for o in d.orders["PersRelEleve"]}), 1)

    def test_ids_are_those_of_the_identifier_and_dates_exist(self):
        for d in self.both():
            for category in CATEGORIES[1:]:
                for identifier, record in d.records[category].items():
                    self.assertEqual(record["ENTPersonJointure"], [identifier])
                    for born in record["ENTPersonDateNaissance"]:
                        datetime.strptime(born, "%d/%m/%Y")

    def test_pupils_are_of_the_age_of_their_level_and_in_a_school_that_has_it(self):
        levels = "TPS PS MS GS CP CE1 CE2 CM1 CM2".split()
        for d in self.both():
            for pupil in d.all("Eleve"):
                level = levels.index(pupil["ENTEleveNiveau"][0].split("$")[1])
                age = 2026 - int(pupil["ENTPersonDateNaissance"][0][-4:])
                self.assertIn(age - level, (2, 3))
                sigle = d.records["EtabEducNat"][pupil["ENTPersonStructRattach"][0]][
                    "ENTStructureNomCourant"
                ][0].split("$")[0]
                if sigle.startswith("E.M"):
                    self.assertLess(level, 4)
                if sigle.startswith("E.E"):
                    self.assertGreaterEqual(level, 4)

    def test_one_class_has_one_label_and_one_school(self):
        for d in self.both():
            classes = defaultdict(set)
            levels = defaultdict(set)
            for pupil in d.all("Eleve"):
                for value in pupil["ENTPersonClasses"]:
                    structure, _, _, identifier, label = value.split("$")
                    classes[identifier].add((structure, label))
                    levels[identifier].add(pupil["ENTEleveNiveau"][0])
            self.assertEqual({len(labels) for labels in classes.values()}, {1})
            self.assertTrue(
                any(len(found) > 1 for found in levels.values()), "no multi-level class"
            )

    def test_the_people_who_make_trouble_are_there(self):
        pupils = [p for d in self.both() for p in d.all("Eleve")]
        responsables = [r for d in self.both() for r in d.all("PersRelEleve")]
        staff = [s for d in self.both() for s in d.all("PersEducNat")]
        names = [p["ENTPersonNom"][0] for p in pupils + responsables + staff]
        homonyms = Counter((p["ENTPersonNom"][0], p["ENTPersonPrenom"][0]) for p in pupils)
        twins = Counter(
            (p["ENTPersonNom"][0], p["ENTPersonPrenom"][0], p["ENTPersonDateNaissance"][0])
            for p in pupils
        )
        schools_of = defaultdict(set)
        for d in self.both():
            for pupil in d.all("Eleve"):
                for link in pupil["ENTEleveAutoriteParentale"]:
                    schools_of[id(d), link].add(pupil["ENTPersonStructRattach"][0])
        codes = Counter(f.split("$")[1] for s in staff for f in s["ENTPersonFonctions"])
        directors = Counter(
            e
            for d in self.both()
            for s in d.all("PersEducNat")
            for e in [(id(d), x) for x in s["ENTEnsFonctionDir"]]
        )
        for what, found in {
            "œ, ÿ": any("Œ" in n for n in names) and any("Ÿ" in n for n in names),
            "apostrophe": any("'" in n for n in names),
            "hyphen": any("-" in n for n in names),
            "particle": any(n.startswith("DE ") for n in names),
            "homonyms": max(homonyms.values()) > 1,
            "homonyms of one birth date": max(twins.values()) > 1,
            "personne morale": any(not r["ENTPersonPrenom"] for r in responsables),
            "siblings in two schools": any(len(s) > 1 for s in schools_of.values()),
            "one-parent family": any(len(p["ENTEleveAutoriteParentale"]) == 1 for p in pupils),
            "three responsables": any(len(p["ENTEleveAutoriteParentale"]) == 3 for p in pupils),
            "regroupement": any(p["ENTPersonGroupes"] for p in pupils),
            "function -": codes["-"] > 0,
            "inspection": codes["INS"] + codes["CPD"] > 0,
            "several functions": any(len(s["ENTPersonFonctions"]) > 1 for s in staff),
            "no function": any(not s["ENTPersonFonctions"] for s in staff),
            "no attachment": any(not s["ENTPersonStructRattach"] for s in staff),
            "category N": any(s["ENTPersonCategorieEnseignant"] == ["N"] for s in staff),
            "category empty": any(not s["ENTPersonCategorieEnseignant"] for s in staff),
            "RPI": any(r["ENTEcoleRPI"] for d in self.both() for r in d.all("EtabEducNat")),
            "schools without director": len(directors) < sum(len(d.schools()) for d in self.both()),
        }.items():
            self.assertTrue(found, what)

    def test_mails_of_staff_are_unique(self):
        for d in self.both():
            mails = Counter(s["ENTPersonMail"][0].lower() for s in d.all("PersEducNat"))
            self.assertEqual(max(mails.values()), 1)

    def test_the_same_arguments_give_the_same_bytes(self):
        run(
            "region",
            "--persons",
            9000,
            "--seed",
            3,
            "--academies",
            2,
            "--out",
            self.root / "again",
            "--state",
            self.root / "state2",
            "--parts",
            700,
        )
        self.assertTrue(same_tree(self.root / "a", self.root / "again"))
        self.assertTrue(filecmp.cmp(self.root / "state", self.root / "state2", shallow=False))
        run(
            "region",
            "--persons",
            9000,
            "--seed",
            4,
            "--academies",
            2,
            "--out",
            self.root / "other",
            "--parts",
            700,
        )
        self.assertFalse(same_tree(self.root / "a", self.root / "other"))


class FormTest(Workspace):
    def region(self, name, *arguments):
        run("region", "--persons", 1500, "--seed", 5, "--out", self.root / name, *arguments)
        return self.root / name / "AC-TOULOUSE"

    def test_every_encoding_says_the_same(self):
        wanted = Delivery(self.region("utf8")).records
        for encoding in ("ISO-8859-1", "ISO-8859-15", "windows-1252"):
            folder = self.region(encoding, "--encoding", encoding)
            for path in folder.glob("*.xml"):
                content = path.read_bytes()
                self.assertIn(f'encoding="{encoding}"'.encode(), content[:60])
                content.decode(BYTES_OF.get(encoding, encoding))
            self.assertEqual(Delivery(folder).records, wanted, encoding)
        self.assertIn(
            b"&#338;", b"".join(p.read_bytes() for p in (self.root / "ISO-8859-1").rglob("*.xml"))
        )

    def test_archives_hold_the_same_files_and_are_reproducible(self):
        plain = {p.name: p.read_bytes() for p in self.region("plain").glob("*.xml")}
        for kind in ("tgz", "zip"):
            first = self.region(kind + "1", "--format", kind) / f"ENT1DVA.20260915.{kind}"
            second = self.region(kind + "2", "--format", kind) / f"ENT1DVA.20260915.{kind}"
            self.assertEqual(first.read_bytes(), second.read_bytes(), kind)
            if kind == "zip":
                with zipfile.ZipFile(first) as archive:
                    held = {name: archive.read(name) for name in archive.namelist()}
            else:
                with tarfile.open(first) as archive:
                    held = {m.name: archive.extractfile(m).read() for m in archive.getmembers()}
            self.assertEqual(held, plain, kind)

    def test_wrong_usage_is_told_apart_from_failure(self):
        self.assertIn("--persons", run("region", "--out", self.root / "x", code=2).stderr)
        run("region", "--persons", 50, "--out", self.root / "x", code=2)
        run("region", "--persons", 500, "--date", "20260231", "--out", self.root / "x", code=2)
        run("region", "--persons", 500, "--encoding", "UTF-16", "--out", self.root / "x", code=2)
        run(code=2)
        (self.root / "file").write_text("not a state")
        run(
            "night",
            "--state",
            self.root / "file",
            "--night",
            1,
            "--date",
            "20260916",
            "--out",
            self.root / "x",
            code=1,
        )
        run("region", "--persons", 500, "--out", self.root / "file/below", code=1)

    def test_a_damaged_state_is_refused(self):
        self.region("s", "--state", self.root / "s.state")
        whole = (self.root / "s.state").read_bytes()
        damaged = bytearray(whole)
        damaged[len(whole) // 2] ^= 1
        for content in (bytes(damaged), whole[: len(whole) // 2], whole[:30], b""):
            (self.root / "bad.state").write_bytes(content)
            message = run(
                "night",
                "--state",
                self.root / "bad.state",
                "--night",
                1,
                "--date",
                "20260916",
                "--out",
                self.root / "x",
                code=1,
            ).stderr
            self.assertIn("state", message)

    def test_help_names_every_command_with_its_options(self):
        self.assertIn("Exit codes", run("--help").stdout)
        for command in ("region", "night", "rentree", "defect"):
            self.assertIn(command, run("--help").stdout)
            self.assertIn("--out", run(command, "--help").stdout)


class TimeTest(Workspace):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        run(
            "region",
            "--persons",
            12000,
            "--seed",
            9,
            "--academies",
            2,
            "--out",
            cls.root / "0",
            "--state",
            cls.root / "first",
        )

    def state(self, name):
        (self.root / name).write_bytes((self.root / "first").read_bytes())
        return self.root / name

    def night(self, state, number, day, out):
        run("night", "--state", state, "--night", number, "--date", day, "--out", self.root / out)
        return {a: Delivery(self.root / out / f"AC-{a}") for a in ("TOULOUSE", "MONTPELLIER")}

    @staticmethod
    def changed(old, new):
        """Persons who came, went, or whose record differs."""
        count = 0
        for category in CATEGORIES[1:]:
            before, after = old.records[category], new.records[category]
            count += len(before.keys() ^ after.keys())
            count += sum(before[i] != after[i] for i in before.keys() & after.keys())
        return count

    def test_about_one_person_in_a_hundred_changes_in_a_night(self):
        old = {a: Delivery(self.root / "0" / f"AC-{a}") for a in ("TOULOUSE", "MONTPELLIER")}
        new = self.night(self.state("n"), 1, "20260916", "n1")
        share = sum(self.changed(old[a], new[a]) for a in old) / 12000
        self.assertTrue(0.005 < share < 0.02, share)

    def test_nights_are_the_same_one_by_one_and_together(self):
        apart, together = self.state("apart"), self.state("together")
        for number in (1, 2, 3):
            self.night(apart, number, f"2026091{5 + number}", "apart-out")
        self.night(together, 3, "20260918", "together-out")
        self.assertTrue(same_tree(self.root / "apart-out", self.root / "together-out"))
        self.assertTrue(filecmp.cmp(apart, together, shallow=False))

    def delta(self, state, number, day, out):
        """Writes a Delta and leaves the state alone."""
        run("night", "--state", state, "--night", number, "--date", day, "--out", self.root / out,
            "--delta", "--keep-state")  # fmt: skip
        return self.root / out

    def test_deltas_lead_from_one_complet_to_the_next(self):
        state = self.state("delta")
        last = {a: Delivery(self.root / "0" / f"AC-{a}") for a in ("TOULOUSE", "MONTPELLIER")}
        seen = Counter()
        for number, day in ((1, "20260916"), (4, "20260920"), (40, "20261110")):
            out = self.delta(state, number, day, f"delta-{number}")
            now = self.night(state, number, day, f"delta-complet-{number}")
            for a in last:
                records, requests = folded(last[a], out / f"AC-{a}")
                seen += requests
                for category in CATEGORIES:
                    self.assertEqual(records[category], now[a].records[category])
                names = [NAME.fullmatch(p.name) for p in (out / f"AC-{a}").glob("*.xml")]
                self.assertEqual({match[3] for match in names}, set(CATEGORIES))
                self.assertEqual({match[2] for match in names}, {day})
                self.assertTrue(requests.total() < len(now[a].records["Eleve"]), requests)
            last = now
        self.assertEqual(set(seen), {"addRequest", "modifyRequest", "deleteRequest"})

    def test_deltas_are_reproducible(self):
        state = self.state("delta-twice")
        one = self.delta(state, 2, "20260917", "delta-one")
        two = self.delta(state, 2, "20260917", "delta-two")
        self.assertTrue(same_tree(one, two))

    def test_every_kind_of_change_comes_in_some_nights(self):
        old = {a: Delivery(self.root / "0" / f"AC-{a}") for a in ("TOULOUSE", "MONTPELLIER")}
        new = self.night(self.state("many"), 30, "20261020", "many-out")
        seen = Counter()
        for a in old:
            for i, after in new[a].records["Eleve"].items():
                before = old[a].records["Eleve"].get(i)
                if before is None:
                    seen["arrival"] += 1
                    others = {b for b in old if b != a}
                    ines = {
                        p["ENTEleveINE"][0]
                        for b in others
                        for p in old[b].all("Eleve")
                        if p["ENTEleveINE"]
                    }
                    seen["transfer"] += bool(
                        after["ENTEleveINE"] and after["ENTEleveINE"][0] in ines
                    )
                    continue
                moved = before["ENTPersonStructRattach"] != after["ENTPersonStructRattach"]
                seen["school"] += moved
                seen["class"] += (
                    not moved and before["ENTPersonClasses"] != after["ENTPersonClasses"]
                )
            seen["departure"] += len(
                old[a].records["Eleve"].keys() - new[a].records["Eleve"].keys()
            )
            for i, after in new[a].records["PersRelEleve"].items():
                before = old[a].records["PersRelEleve"].get(i)
                if before is None:
                    continue
                for name in (
                    "ENTPersonNom",
                    "ENTPersonMail",
                    "ENTPersRelEleveTelMobile",
                    "ENTPersonAdresse",
                ):
                    seen[name] += before[name] != after[name]
                seen["sibling"] += len(after["ENTPersRelEleveEleve"]) > len(
                    before["ENTPersRelEleveEleve"]
                )
            for i, after in new[a].records["PersEducNat"].items():
                before = old[a].records["PersEducNat"].get(i)
                seen["staff arrival"] += before is None
                seen["staff move"] += bool(
                    before and before["ENTPersonFonctions"] != after["ENTPersonFonctions"]
                )
            seen["staff departure"] += len(
                old[a].records["PersEducNat"].keys() - new[a].records["PersEducNat"].keys()
            )
        for what in (
            "arrival",
            "departure",
            "school",
            "class",
            "sibling",
            "ENTPersonNom",
            "ENTPersonMail",
            "ENTPersRelEleveTelMobile",
            "ENTPersonAdresse",
            "staff arrival",
            "staff departure",
            "staff move",
            "transfer",
        ):
            self.assertGreater(seen[what], 0, what)

    def test_a_night_cannot_be_lived_through_twice(self):
        state = self.state("twice")
        self.night(state, 2, "20260917", "twice-out")
        run(
            "night",
            "--state",
            state,
            "--night",
            2,
            "--date",
            "20260918",
            "--out",
            self.root / "x",
            code=2,
        )
        run(
            "night",
            "--state",
            state,
            "--night",
            3,
            "--date",
            "20260917",
            "--out",
            self.root / "x",
            code=2,
        )

    def test_keep_state_leaves_the_state_alone(self):
        state = self.state("kept")
        run(
            "night",
            "--state",
            state,
            "--night",
            1,
            "--date",
            "20260916",
            "--out",
            self.root / "k",
            "--keep-state",
        )
        self.assertEqual(state.read_bytes(), (self.root / "first").read_bytes())

    def test_in_summer_everybody_moves_up_and_classes_are_new(self):
        state = self.state("summer")
        run("rentree", "--state", state, "--date", "20270901", "--out", self.root / "summer-out")
        old = Delivery(self.root / "0/AC-TOULOUSE")
        new = Delivery(self.root / "summer-out/AC-TOULOUSE")
        stayed = old.records["Eleve"].keys() & new.records["Eleve"].keys()
        level = lambda record: int(record["ENTEleveNiveau"][0][:4])  # noqa: E731
        up = sum(level(new.records["Eleve"][i]) > level(old.records["Eleve"][i]) for i in stayed)
        self.assertGreater(up / len(stayed), 0.95)
        left = {i for i, r in old.records["Eleve"].items() if i not in stayed}
        self.assertTrue(
            all(old.records["Eleve"][i]["ENTEleveNiveau"] == ["1125$CM2"] for i in left)
        )
        arrived = new.records["Eleve"].keys() - stayed
        self.assertTrue(
            all(new.records["Eleve"][i]["ENTEleveNiveau"] == ["1111$PS"] for i in arrived)
        )
        self.assertEqual(len(arrived), len(left))
        ids = [
            {v.split("$")[3] for r in d.all("Eleve") for v in r["ENTPersonClasses"]}
            for d in (old, new)
        ]
        self.assertFalse(ids[0] & ids[1])
        lone = [i for i, r in new.records["PersRelEleve"].items() if not r["ENTPersRelEleveEleve"]]
        self.assertEqual(lone, [])
        with open(self.root / "summer-out/registre.toml", "rb") as file:
            self.assertEqual(tomllib.load(file)["ecole"][0]["annee_scolaire"], "2027-2028")
        run("rentree", "--state", state, "--date", "20270902", "--out", self.root / "x", code=2)
        self.night(state, 1, "20270903", "after-summer")


class DefectTest(Workspace):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        run("region", "--persons", 3000, "--seed", 2, "--out", cls.root / "a", "--parts", 400)
        cls.whole = Delivery(cls.root / "a/AC-TOULOUSE")
        with open(cls.root / "a/registre.toml", "rb") as file:
            registry = tomllib.load(file)["ecole"]
        cls.enrolled = {e["uai"] for e in registry if e["etat"] not in ("resiliee", "retiree")}
        cls.names = [line.split()[0] for line in run("defect", "--list").stdout.splitlines()]

    def strike(self, name, seed=1):
        place = self.root / f"{name}-{seed}"
        output = run(
            "defect",
            name,
            "--delivery",
            self.root / "a/AC-TOULOUSE",
            "--out",
            place,
            "--registry",
            self.root / "a/registre.toml",
            "--seed",
            seed,
        ).stdout
        self.assertTrue(output.strip(), name + " says nothing")
        return place, output

    def parsed(self, name):
        place, output = self.strike(name)
        return Delivery(place), output

    def only_difference(self, name, category):
        """The one record that differs, before and after."""
        delivery, output = self.parsed(name)
        for other in set(CATEGORIES) - {category}:
            self.assertEqual(delivery.records[other], self.whole.records[other])
        before, after = self.whole.records[category], delivery.records[category]
        changed = [i for i in before.keys() | after.keys() if before.get(i) != after.get(i)]
        self.assertEqual(len(changed), 1, name)
        self.assertIn(changed[0], output)
        return before.get(changed[0]), after.get(changed[0]), output

    def lost(self, delivery, category):
        return self.whole.records[category].keys() - delivery.records[category].keys()

    def test_every_defect_changes_the_delivery_and_is_reproducible(self):
        for name in self.names:
            with self.subTest(name):
                first, output = self.strike(name, 7)
                self.assertFalse(same_tree(self.root / "a/AC-TOULOUSE", first))
                first = first.rename(self.root / (name + "-first"))
                again, same_output = self.strike(name, 7)
                self.assertTrue(same_tree(first, again))
                self.assertEqual(output, same_output)

    def test_the_line_it_names_is_where_the_record_stands(self):
        place, output = self.strike("dangling-responsable", 11)
        file, line = output.split(": ")[0].split(":")
        lines = (place / file).read_text().splitlines()
        self.assertEqual(lines[int(line) - 1], "<addRequest>")
        record = "\n".join(lines[int(line) - 1 :]).split("</addRequest>")[0]
        self.assertIn("8999999$20", record)

    def test_a_category_can_be_missing(self):
        delivery, _ = self.parsed("missing-category")
        self.assertEqual(delivery.files["PersRelEleve"], 0)
        self.assertEqual(delivery.files["Eleve"], self.whole.files["Eleve"])

    def test_a_part_in_the_middle_can_be_missing(self):
        place, _ = self.strike("missing-part")
        numbers = sorted(int(p.stem[-4:]) for p in place.glob("*PersRelEleve*"))
        self.assertEqual(len(numbers), self.whole.files["PersRelEleve"] - 1)
        self.assertNotEqual(numbers, list(range(len(numbers))))

    def test_files_that_are_no_xml(self):
        for name in ("truncated-part", "two-roots", "bad-encoding", "html-entities"):
            place, output = self.strike(name)
            broken = place / output.split(":")[0]
            with self.assertRaises(ElementTree.ParseError, msg=name):
                list(records_of(broken))

    def test_html_entities_stand_for_the_letters_they_replace(self):
        place, output = self.strike("html-entities", 12)
        for path in place.glob("*_Eleve_*.xml"):
            text = path.read_text()
            original = (self.root / "a/AC-TOULOUSE" / path.name).read_text()
            self.assertEqual(text.replace("&Eacute;", "É"), original)
        self.assertIn("ENTPersonNom", output)

    def test_categories_and_feeds_can_be_empty(self):
        delivery, _ = self.parsed("empty-category")
        self.assertEqual((delivery.files["Eleve"], len(delivery.records["Eleve"])), (1, 0))
        self.assertEqual(delivery.records["PersRelEleve"], self.whole.records["PersRelEleve"])
        delivery, _ = self.parsed("empty-feed")
        for category in CATEGORIES:
            self.assertEqual((delivery.files[category], len(delivery.records[category])), (1, 0))

    def test_double_encoding_leaves_a_literal_entity_in_the_value(self):
        delivery, _ = self.parsed("double-encoded")
        names = [r["ENTPersonNom"][0] for r in delivery.all("Eleve")]
        self.assertTrue(any("&apos;" in name for name in names))

    def test_the_academie_and_the_date_can_be_wrong(self):
        delivery, _ = self.parsed("wrong-academie")
        self.assertEqual(
            {r["ENTServAcAcademie"][0] for r in delivery.all("EtabEducNat")}, {"POITIERS"}
        )
        place, _ = self.strike("older-date")
        self.assertEqual({NAME.fullmatch(p.name)[2] for p in place.glob("*.xml")}, {"20260816"})

    def test_archives_can_be_dangerous_or_damaged(self):
        place, _ = self.strike("path-traversal")
        with tarfile.open(place / "ENT1DVA.20260915.tgz") as archive:
            self.assertTrue(any(name.startswith("../../") for name in archive.getnames()))
        place, _ = self.strike("zip-damaged")
        with self.assertRaises((zipfile.BadZipFile, zlib.error)):
            with zipfile.ZipFile(place / "ENT1DVA.20260915.zip") as archive:
                if archive.testzip() is not None:
                    raise zipfile.BadZipFile
        self.assertEqual(list(place.glob("*.xml")), [])

    def test_a_school_can_be_lost(self):
        delivery, output = self.parsed("lost-school")
        school, uai = re.search(r"école (\d+) \((\w+)\)", output).groups()
        self.assertIn(uai, self.enrolled)
        for i in self.lost(delivery, "Eleve"):
            self.assertEqual(self.whole.records["Eleve"][i]["ENTPersonStructRattach"], [school])
        self.assertTrue(self.lost(delivery, "Eleve") and self.lost(delivery, "PersEducNat"))
        for staff in delivery.all("PersEducNat"):
            self.assertFalse(any(f.startswith(school + "$") for f in staff["ENTPersonFonctions"]))
        self.assertEqual(delivery.records["EtabEducNat"], self.whole.records["EtabEducNat"])

    def test_pupils_can_be_lost_in_shares(self):
        delivery, _ = self.parsed("lost-pupils-30")
        share = len(self.lost(delivery, "Eleve")) / len(self.whole.records["Eleve"])
        self.assertAlmostEqual(share, 0.3, delta=0.05)
        delivery, output = self.parsed("lost-pupils-school-40")
        school = re.search(r"école (\d+)", output)[1]
        there = [
            i
            for i, r in self.whole.records["Eleve"].items()
            if r["ENTPersonStructRattach"] == [school]
        ]
        lost = self.lost(delivery, "Eleve")
        self.assertTrue(lost <= set(there))
        self.assertAlmostEqual(len(lost) / len(there), 0.4, delta=0.02)

    def test_mails_can_be_lost(self):
        delivery, output = self.parsed("mail-lost")
        school = re.search(r"école (\d+)", output)[1]
        at = {
            i: r
            for i, r in self.whole.records["PersEducNat"].items()
            if r["ENTPersonFonctions"] and r["ENTPersonFonctions"][0].startswith(school + "$")
        }
        without = {i for i, r in delivery.records["PersEducNat"].items() if not r["ENTPersonMail"]}
        self.assertTrue(without <= at.keys())
        self.assertAlmostEqual(len(without) / len(at), 0.5, delta=0.1)

    def test_one_uai_can_have_two_ids(self):
        delivery, _ = self.parsed("same-uai-two-ids")
        uais = Counter(r["ENTStructureUAI"][0] for r in delivery.all("EtabEducNat"))
        self.assertEqual(max(uais.values()), 2)
        uai = max(uais, key=uais.get)
        ids = [
            i for i, r in delivery.records["EtabEducNat"].items() if r["ENTStructureUAI"] == [uai]
        ]
        for i in ids:
            pupils = [r for r in delivery.all("Eleve") if r["ENTPersonStructRattach"] == [i]]
            self.assertTrue(pupils)

    def test_a_record_can_stand_twice_or_contradict_itself(self):
        for name, equal in (("duplicate-record", True), ("contradictory-record", False)):
            place, output = self.strike(name)
            identifier = re.search(r"pupil (\d+)", output)[1]
            found = [
                v
                for p in sorted(place.glob("*_Eleve_*.xml"))
                for i, _, v in records_of(p)
                if i == identifier
            ]
            self.assertEqual(len(found), 2)
            self.assertEqual(found[0] == found[1], equal, name)

    def test_identifiers_can_be_wrong_or_missing(self):
        delivery, _ = self.parsed("id-mismatch")
        self.assertNotEqual(delivery.records["Eleve"]["8888888"]["ENTPersonJointure"], ["8888888"])
        place, _ = self.strike("no-jointure")
        found = [v for p in place.glob("*_Eleve_*.xml") for i, _, v in records_of(p) if not i]
        self.assertEqual(len(found), 1)
        self.assertEqual(found[0]["ENTPersonJointure"], [])

    def test_pupils_can_carry_one_fault(self):
        before, after, _ = self.only_difference("unknown-attribute", "Eleve")
        self.assertEqual(after.keys() - before.keys(), {"ENTEleveHumeur", "ENTPersonGroupeSanguin"})
        before, after, _ = self.only_difference("dangling-responsable", "Eleve")
        self.assertEqual(
            after["ENTEleveAutoriteParentale"], before["ENTEleveAutoriteParentale"] + ["8999999$20"]
        )
        before, after, _ = self.only_difference("duplicate-link", "Eleve")
        ids = [v.split("$")[0] for v in after["ENTEleveAutoriteParentale"]]
        self.assertEqual(len(ids), len(set(ids)) + 1)
        _, after, _ = self.only_difference("dangling-structure", "Eleve")
        self.assertEqual(
            (after["ENTPersonStructRattach"], after["ENTPersonClasses"]), (["88888"], [])
        )
        before, after, _ = self.only_difference("duplicate-class", "Eleve")
        self.assertEqual(
            after["ENTPersonClasses"], before["ENTPersonClasses"] + before["ENTPersonClasses"][:1]
        )
        before, after, _ = self.only_difference("class-two-labels", "Eleve")
        self.assertEqual(after["ENTPersonClasses"][0], before["ENTPersonClasses"][0] + " BIS")
        _, after, _ = self.only_difference("trailing-empty-part", "Eleve")
        self.assertEqual(after["ENTPersonClasses"][0].split("$")[4], "")
        _, after, _ = self.only_difference("bad-birth-date", "Eleve")
        with self.assertRaises(ValueError):
            datetime.strptime(after["ENTPersonDateNaissance"][0], "%d/%m/%Y")
        _, after, _ = self.only_difference("missing-civilite", "Eleve")
        self.assertEqual(after["ENTPersonCivilite"], [])
        self.assertIn(
            self.whole.records["EtabEducNat"][after["ENTPersonStructRattach"][0]][
                "ENTStructureUAI"
            ][0],
            self.enrolled,
        )

    def test_responsables_can_carry_one_fault(self):
        _, after, _ = self.only_difference("empty-names", "PersRelEleve")
        self.assertEqual((after["ENTPersonNom"], after["ENTPersonPrenom"]), ([], []))
        _, after, _ = self.only_difference("malformed-contact", "PersRelEleve")
        self.assertIn("@@", after["ENTPersonMail"][0])

    def test_staff_can_carry_one_fault(self):
        delivery, _ = self.parsed("no-attachment")
        self.assertFalse(any(r["ENTPersonStructRattach"] for r in delivery.all("PersEducNat")))
        _, after, _ = self.only_difference("no-function", "PersEducNat")
        self.assertEqual((after["ENTPersonFonctions"], after["ENTPersonStructRattach"]), ([], []))
        for name, code in (("function-dash", "-"), ("unknown-function", "ZZZ")):
            before, after, _ = self.only_difference(name, "PersEducNat")
            self.assertEqual(before["ENTPersonFonctions"][0].split("$")[1], "ENS")
            self.assertEqual(after["ENTPersonFonctions"][0].split("$")[1], code)

    def test_a_uai_can_be_wrong(self):
        before, after, _ = self.only_difference("bad-uai", "EtabEducNat")
        self.assertIn(before["ENTStructureUAI"][0], self.enrolled)
        self.assertFalse(uai_is_valid(after["ENTStructureUAI"][0]))

    def test_without_out_the_delivery_itself_is_changed(self):
        run("region", "--persons", 1000, "--seed", 2, "--out", self.root / "own")
        folder = self.root / "own/AC-TOULOUSE"
        before = Delivery(folder).records
        run("defect", "missing-civilite", "--delivery", folder)
        self.assertNotEqual(Delivery(folder).records, before)

    def test_wrong_usage(self):
        run("defect", "no-such-defect", "--delivery", self.root / "a/AC-TOULOUSE", code=2)
        run("defect", "lost-school", code=2)
        run("defect", "lost-school", "--delivery", self.root / "a", code=2)
        run("defect", "lost-school", "--delivery", self.root / "nowhere", code=2)
        run(
            "defect",
            "missing-civilite",
            "--delivery",
            self.root / "a/AC-TOULOUSE",
            "--out",
            self.root / "a",
            code=2,
        )


if __name__ == "__main__":
    unittest.main()
