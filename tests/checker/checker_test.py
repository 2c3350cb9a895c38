#!/usr/bin/env python3
"""Tests of check_directory.py with a small delivery and a directory written out by hand: as it is,
it passes; with any one fault, that fault is reported."""

import base64
import contextlib
import copy
import io
import json
import os
import tarfile
import tempfile
import unittest
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import check_directory

BASE = "dc=ent,dc=example,dc=fr"
TLS, MPL = "AC-TOULOUSE", "AC-MONTPELLIER"
ECOLE_A, ECOLE_B, ECOLE_M = "0315001T", "0315002U", "0345001B"

REGISTRY = "format = 1\n" + "".join(
    f'\n[[ecole]]\nuai = "{uai}"\netat = "{etat}"\n'
    for uai, etat in (
        (ECOLE_A, "inscrite"),
        (ECOLE_B, "a_renouveler"),
        (ECOLE_M, "mise_en_demeure"),
        ("0315003V", "resiliee"),
    )
)


def school(identifier, uai, **more):
    return (
        identifier,
        {
            "ENTStructureJointure": identifier,
            "ENTStructureUAI": uai,
            "ENTStructureSIREN": "19310000100014",
            "ENTStructureNomCourant": f"E.P.PU$ECOLE {identifier}$BRÉDOL",
            "ENTStructureTypeStruct": "ECOLE DE NIVEAU ELEMENTAIRE",
            "ENTEcoleMinistereTutelle": "MINISTERE",
            "ENTEcoleSecteur": "PU",
            "ENTEcoleCirconscription": "",
            "ENTEcoleCommune": "31001$BRÉDOL$031",
            "ENTEcoleRPI": "",
            "ENTServAcAcademie": "TOULOUSE",
            "ENTStructureAdresse": "1 RUE DU LAVOIR",
            "ENTStructureBoitePostale": "",
            "ENTStructureCodePostal": "31010",
            "ENTStructureVille": "BRÉDOL",
            "ENTStructureTelephone": "+33 5 36 49 00 01",
            "ENTStructureMailSI": "Ce.0315001T@ac-toulouse.example",
            **more,
        },
    )


def pupil(identifier, nom, prenom, structure, links, classes, groupes="", **more):
    return (
        identifier,
        {
            "ENTPersonJointure": identifier,
            "ENTEleveINE": "123456789AB",
            "ENTPersonDateNaissance": "03/02/2018",
            "ENTPersonCivilite": "Mme",
            "ENTPersonStructRattach": structure,
            "ENTEleveAutoriteParentale": links,
            "ENTEleveNiveau": "1122$CE1",
            "ENTEleveCycle": "2$CYCLE II",
            "ENTEleveTypeClasse": "11$ORDINAIRE",
            "ENTPersonClasses": classes,
            "ENTPersonGroupes": groupes,
            "ENTPersonNomPatro": nom,
            "ENTPersonNom": nom,
            "ENTPersonPrenom": prenom,
            "ENTPersonAutresPrenoms": prenom,
            **more,
        },
    )


def responsable(identifier, nom, prenom, pupils, **more):
    return (
        identifier,
        {
            "ENTPersonJointure": identifier,
            "ENTPersonCivilite": "M.",
            "ENTPersRelEleveEleve": pupils,
            "ENTPersonAdresse": "3 RUE DES ŒILLETS$$$",
            "ENTPersonCodePostal": "31010",
            "ENTPersonVille": "BRÉDOL",
            "ENTPersonPays": "FRANCE",
            "ENTPersonAdresseDiffusion": "O",
            "ENTPersonTelPerso": "",
            "ENTPersRelEleveTelMobile": "+33 6 39 98 00 01",
            "ENTPersonMail": "Parent.1@courriel.example",
            "ENTPersRelEleveTelPro": "05 36 49 00 02 (après 18 h)",
            "ENTPersonNomPatro": nom,
            "ENTPersonNom": nom,
            "ENTPersonPrenom": prenom,
            "ENTPersonAutresPrenoms": "",
            **more,
        },
    )


def staff(identifier, nom, prenom, attachment, functions, **more):
    return (
        identifier,
        {
            "ENTPersonJointure": identifier,
            "ENTPersonDateNaissance": "04/05/1980",
            "ENTPersonCivilite": "M.",
            "ENTPersonStructRattach": attachment,
            "ENTPersonFonctions": functions,
            "ENTPersonCategorieEnseignant": "O",
            "ENTEnsFonctionDir": "",
            "ENTEnsSpecialites": "G0000$SANS SPECIALITE",
            "ENTPersonNomPatro": nom,
            "ENTPersonNom": nom,
            "ENTPersonPrenom": prenom,
            "ENTPersonAutresPrenoms": prenom,
            "ENTPersonMail": f"{prenom}.{nom}@ac-toulouse.example",
            **more,
        },
    )


CLASSE = "11$11$ORDINAIRE$701$CE1 & CE2"
FEEDS = {
    TLS: {
        "EtabEducNat": [
            school("11", ECOLE_A),
            school("12", ECOLE_B),
            school("13", "0315003V"),
            school("14", ""),
            school("19", ECOLE_A, ENTStructureNomCourant="E.P.PU$AUTRE$BRÉDOL"),
        ],
        "Eleve": [
            pupil(
                "1001",
                "BRÉ  VERT",
                "Zoé",
                "11",
                ["2001$20", "2002$10"],
                CLASSE,
                "11$40$REGROUPEMENT$790$UPE2A",
            ),
            # A sister in the other school; her second responsable is in no file.
            pupil(
                "1002", "BRÉ VERT", "Léa", "12", ["2001$20", "2999$50"], "12$11$ORDINAIRE$702$CE1"
            ),
            # In the first school by its second id, with a bare link and without class.
            pupil("1003", "D'OULMANE", "Côme", "19", "2003", "", ENTPersonCivilite="M."),
            # Of a school that left, and of one that never was enrolled.
            pupil("1004", "ETIRAN", "Tom", "13", "2004$20", "13$11$ORDINAIRE$703$CP"),
            pupil("1005", "ZAMTTE", "Ines", "14", "2003$20", ""),
        ],
        "PersRelEleve": [
            responsable("2001", "BRÉ VERT", "Éloi", ["1001", "1002"]),
            responsable(
                "2002",
                "SALNIER",
                "Aïcha",
                "1001",
                ENTPersonMail="accentué@courriel.example",
                ENTPersonCivilite="Mme",
            ),
            responsable("2003", "FOYER D'OC", "", "1003", ENTPersonCivilite=""),
            responsable("2004", "ETIRAN", "Joël", "1004"),
        ],
        "PersEducNat": [
            # The id of a pupil: categories do not share one number space.
            staff(
                "1001",
                "MIRNOU",
                "Remi",
                "11",
                "11$ENS$ENSEIGNEMENT$D0000$DIRECTION",
                ENTEnsFonctionDir="11",
                ENTEnsSpecialites="D0000$DIRECTION",
            ),
            staff(
                "3002",
                "VALSSAC",
                "Élise",
                "99",
                [
                    "99$ENS$ENSEIGNEMENT$G0000$SANS",
                    "12$ENS$ENSEIGNEMENT$G0000$SANS",
                    "13$ENS$ENSEIGNEMENT$G0000$SANS",
                ],
            ),
            staff(
                "3003",
                "TORLHAC",
                "Anna",
                "11",
                "11$AES$ACCOMPAGNANT$G0000$SANS",
                ENTPersonCategorieEnseignant="N",
            ),
            staff(
                "3004", "PUJDOL", "Ines", "", "12$-$SANS OBJET$-$-", ENTPersonCategorieEnseignant=""
            ),
            staff("3005", "OULGOË", "Tom", "14", "14$INS$INSPECTION$-$-"),
        ],
    },
    MPL: {
        "EtabEducNat": [school("11", ECOLE_M)],
        "Eleve": [pupil("1001", "KERTTE", "Tom", "11", "2001$20", "11$11$ORDINAIRE$701$CP")],
        "PersRelEleve": [responsable("2001", "KERTTE", "Ibrahim", "1001")],
        "PersEducNat": [staff("3002", "ABENOU", "Rose", "11", "11$ENS$ENSEIGNEMENT$G0000$SANS")],
    },
}


def people(uid):
    return f"uid={uid},ou=people,{BASE}"


def structure_dn(uai):
    return f"ENTStructureUAI={uai},ou=structures,{BASE}"


def group_dn(cn):
    return f"cn={cn},ou=groups,{BASE}"


A, B, M = map(structure_dn, (ECOLE_A, ECOLE_B, ECOLE_M))
PERSON = ["top", "person", "organizationalPerson", "inetOrgPerson", "ENTPerson"]


def common(uid, jointure, nom, prenom, civilite, profils, classes):
    entry = {
        "objectClass": PERSON + classes,
        "uid": [uid],
        "ENTPersonLogin": ["login." + uid],
        "ENTPersonJointure": [jointure],
        "sn": [nom],
        "cn": [f"{nom} {prenom}".strip()],
        "displayName": [f"{prenom} {nom}".strip()],
        "ENTPersonNomPatro": [nom],
        "ENTPersonProfils": profils,
    }
    if prenom:
        entry["givenName"] = [prenom]
    if civilite:
        entry["personalTitle"] = [civilite]
        entry["ENTPersonSexe"] = ["M" if civilite == "M." else "F"]
    return entry


def eleve(uid, jointure, nom, prenom, civilite, school_dn, classes, groupes, links):
    return common(uid, jointure, nom, prenom, civilite, ["National_ELV"], ["ENTAuxEleve"]) | {
        "ENTPersonAutresPrenoms": [prenom],
        "ENTPersonDateNaissance": ["03/02/2018"],
        "ENTEleveINE": ["123456789AB"],
        "ENTPersonStructRattach": [school_dn],
        "ENTEleveClasses": classes,
        "ENTEleveGroupes": groupes,
        "ENTEleveNiveau": ["1122$CE1"],
        "ENTEleveCycle": ["2$CYCLE II"],
        "ENTEleveTypeClasse": ["11$ORDINAIRE"],
        "ENTElevePersRelEleve": links,
        "mail": ["pupil@ent.example"],
    }


def parent(uid, jointure, nom, prenom, civilite, pupils, mail):
    return common(
        uid, jointure, nom, prenom, civilite, ["National_TUT"], ["ENTAuxPersRelEleve"]
    ) | {
        "mail": mail,
        "mobile": ["+33 639980001"],
        "ENTPersonAdresse": ["3 RUE DES ŒILLETS$$$"],
        "ENTPersonCodePostal": ["31010"],
        "ENTPersonVille": ["BRÉDOL"],
        "ENTPersonPays": ["FRANCE"],
        "ENTPersonAdresseDiffusion": ["O"],
        "ENTAuxPersRelEleveEleve": pupils,
    }


def agent(uid, jointure, nom, prenom, mail, school_dn, functions, profils, classes, **more):
    return common(uid, jointure, nom, prenom, "M.", profils, classes) | {
        "ENTPersonAutresPrenoms": [prenom],
        "ENTPersonDateNaissance": ["04/05/1980"],
        "mail": [mail],
        "ENTPersonStructRattach": school_dn,
        "ENTPersonFonctions": functions,
        **more,
    }


def ecole(uai, jointures, name, classes, groupes, directors):
    return {
        "objectClass": ["top", "organizationalUnit", "ENTStructure", "ENTEcole"],
        "ENTStructureUAI": [uai],
        "ou": [uai],
        "ENTStructureJointure": jointures,
        "ENTStructureNomCourant": [name],
        "ENTStructureSIREN": ["19310000100014"],
        "ENTStructureTypeStruct": ["ECOLE DE NIVEAU ELEMENTAIRE"],
        "ENTEcoleMinistereTutelle": ["MINISTERE"],
        "ENTEcoleSecteur": ["PU"],
        "ENTEcoleCommune": ["31001$BRÉDOL$031"],
        "ENTServAcAcademie": ["TOULOUSE"],
        "street": ["1 RUE DU LAVOIR"],
        "postalCode": ["31010"],
        "l": ["BRÉDOL"],
        "telephoneNumber": ["+33 5 36 49 00 01"],
        "ENTStructureMailSI": ["ce.0315001t@ac-toulouse.example"],
        "ENTStructureClasses": classes,
        "ENTStructureGroupes": groupes,
        "ENTStructureResponsable": directors,
        "ENTStructureSiteWeb": ["https://ecole.example"],
    }


def group(cn, kind, name, school_dn, jointure, members, explicit=()):
    return {
        "objectClass": ["top", "groupOfNames", "ENTGroupe"] + ([kind] if kind else []),
        "cn": [cn],
        "ENTGroupeNom": [name],
        "ENTGroupeEcole": [school_dn],
        "ENTGroupeJointure": [jointure],
        "member": members or [""],
        "ENTGroupeMembreExplicite": list(explicit),
    }


def school_groups(uai, dn, jointure, name, members):
    return {
        group_dn(f"{uai}_{suffix}"): group(
            f"{uai}_{suffix}", "ENTProfil", f"{name} – {label}", dn, jointure, who
        )
        for suffix, label, who in zip(
            ("TOUS", "ELV", "TUT", "ENS", "DIR"),
            ("tous", "élèves", "responsables", "enseignants", "direction"),
            members,
        )
    }


def class_groups(uai, dn, jointure, identifier, label, pupils, parents):
    stem = f"{uai}_{identifier}"
    return {
        group_dn(stem): group(stem, "ENTClasse", label, dn, f"{jointure}${identifier}", pupils),
        group_dn(stem + "_TUT"): group(
            stem + "_TUT",
            "ENTProfil",
            label + " – responsables",
            dn,
            f"{jointure}${identifier}",
            parents,
        ),
        group_dn(stem + "_ENS"): group(
            stem + "_ENS", "ENTProfil", label + " – enseignants", dn, f"{jointure}${identifier}", []
        ),
    }


def correct_directory():
    zoe, lea, come, tom = map(people, ("e1", "e2", "e3", "e4"))
    eloi, aicha, foyer, ibrahim = map(people, ("r1", "r2", "r3", "r4"))
    remi, elise, anna, ines, rose = map(people, ("p1", "p2", "p3", "p4", "p5"))
    atsem = people("hand1")
    entries = {
        BASE: {"objectClass": ["dcObject"], "dc": ["ent"]},
        A: ecole(
            ECOLE_A,
            [f"{TLS}$11", f"{TLS}$19"],
            "E.P.PU$ECOLE 11$BRÉDOL",
            ["701$CE1 & CE2"],
            ["790$UPE2A"],
            [remi],
        ),
        B: ecole(ECOLE_B, [f"{TLS}$12"], "E.P.PU$ECOLE 12$BRÉDOL", ["702$CE1"], [], []),
        M: ecole(ECOLE_M, [f"{MPL}$11"], "E.P.PU$ECOLE 11$BRÉDOL", ["701$CP"], [], []),
        zoe: eleve(
            "e1",
            f"{TLS}$1001",
            "BRÉ VERT",
            "Zoé",
            "Mme",
            A,
            [A + "$701"],
            [A + "$790"],
            [eloi + "$20", aicha + "$10"],
        ),
        lea: eleve(
            "e2", f"{TLS}$1002", "BRÉ VERT", "Léa", "Mme", B, [B + "$702"], [], [eloi + "$20"]
        ),
        come: eleve("e3", f"{TLS}$1003", "D'OULMANE", "Côme", "M.", A, [], [], [foyer + "$"]),
        tom: eleve(
            "e4", f"{MPL}$1001", "KERTTE", "Tom", "Mme", M, [M + "$701"], [], [ibrahim + "$20"]
        ),
        eloi: parent(
            "r1", f"{TLS}$2001", "BRÉ VERT", "Éloi", "M.", [zoe, lea], ["parent.1@courriel.example"]
        ),
        aicha: parent("r2", f"{TLS}$2002", "SALNIER", "Aïcha", "Mme", [zoe], []),
        foyer: parent(
            "r3", f"{TLS}$2003", "FOYER D'OC", "", "", [come], ["parent.1@courriel.example"]
        ),
        ibrahim: parent(
            "r4", f"{MPL}$2001", "KERTTE", "Ibrahim", "M.", [tom], ["Parent.1@courriel.example"]
        ),
        remi: agent(
            "p1",
            f"{TLS}$1001",
            "MIRNOU",
            "Remi",
            "remi.mirnou@ac-toulouse.example",
            [A],
            [A + "$ENS$ENSEIGNEMENT$D0000$DIRECTION"],
            ["National_ENS", "National_DIR"],
            ["ENTAuxEnseignant", "ENTAuxDirection"],
            ENTEnsSpecialites=["D0000$DIRECTION"],
            ENTEnsFonctionDir=[A],
            ENTAuxEnsClasses=[A + "$701"],
        ),
        elise: agent(
            "p2",
            f"{TLS}$3002",
            "VALSSAC",
            "Élise",
            "élise.valssac@ac-toulouse.example",
            [],
            [B + "$ENS$ENSEIGNEMENT$G0000$SANS"],
            ["National_ENS"],
            ["ENTAuxEnseignant"],
            ENTEnsSpecialites=["G0000$SANS SPECIALITE"],
        ),
        anna: agent(
            "p3",
            f"{TLS}$3003",
            "TORLHAC",
            "Anna",
            "anna.torlhac@ac-toulouse.example",
            [A],
            [A + "$AES$ACCOMPAGNANT$G0000$SANS"],
            ["National_EVS"],
            ["ENTAuxNonEnsEtab"],
        ),
        ines: agent(
            "p4",
            f"{TLS}$3004",
            "PUJDOL",
            "Ines",
            "ines.pujdol@ac-toulouse.example",
            [],
            [B + "$-$SANS OBJET$-$-"],
            ["National_ETA"],
            ["ENTAuxNonEnsEtab"],
        ),
        rose: agent(
            "p5",
            f"{MPL}$3002",
            "ABENOU",
            "Rose",
            "rose.abenou@ac-toulouse.example",
            [M],
            [M + "$ENS$ENSEIGNEMENT$G0000$SANS"],
            ["National_ENS"],
            ["ENTAuxEnseignant"],
            ENTEnsSpecialites=["G0000$SANS SPECIALITE"],
        ),
        # Made by hand: staff of the town, in a group of theirs and in one of the feed.
        atsem: common(
            "hand1", "ENT$1", "FAUDOL", "Rose", "Mme", ["National_COL"], ["ENTAuxNonEnsCollLoc"]
        ),
        group_dn("atsem"): {
            "objectClass": ["top", "groupOfNames", "ENTGroupe"],
            "cn": ["atsem"],
            "member": [atsem],
        },
    }
    # An address that is no IA5String cannot be written.
    entries[elise]["mail"] = []
    entries |= school_groups(
        ECOLE_A,
        A,
        f"{TLS}$11",
        "E.P.PU ECOLE 11 BRÉDOL",
        (
            [zoe, come, eloi, aicha, foyer, remi, anna, atsem],
            [zoe, come],
            [eloi, aicha, foyer],
            [remi],
            [remi],
        ),
    )
    entries |= school_groups(
        ECOLE_B,
        B,
        f"{TLS}$12",
        "E.P.PU ECOLE 12 BRÉDOL",
        ([lea, eloi, elise, ines], [lea], [eloi], [elise], []),
    )
    entries |= school_groups(
        ECOLE_M,
        M,
        f"{MPL}$11",
        "E.P.PU ECOLE 11 BRÉDOL",
        ([tom, ibrahim, rose], [tom], [ibrahim], [rose], []),
    )
    entries |= class_groups(ECOLE_A, A, f"{TLS}$11", "701", "CE1 & CE2", [zoe], [eloi, aicha])
    entries |= class_groups(ECOLE_B, B, f"{TLS}$12", "702", "CE1", [lea], [eloi])
    entries |= class_groups(ECOLE_M, M, f"{MPL}$11", "701", "CP", [tom], [ibrahim])
    entries[group_dn(f"{ECOLE_A}_G790")] = group(
        f"{ECOLE_A}_G790", "", "UPE2A", A, f"{TLS}$11$790", [zoe]
    )
    entries[group_dn(f"{ECOLE_A}_TOUS")]["ENTGroupeMembreExplicite"] = [atsem]
    # Filled by hand: the feed does not say which teacher has which class.
    entries[group_dn(f"{ECOLE_A}_701_ENS")]["member"] = [remi]
    return entries


def ldif(entries):
    lines = ["version: 1", ""]
    for dn, attributes in entries.items():
        lines.append(line("dn", dn))
        for name, values in attributes.items():
            lines += [line(name, value) for value in values]
        lines.append("")
    return "\n".join(lines)


def line(name, value):
    if value and value.isascii() and value[0] not in " :<" and value[-1] != " ":
        return f"{name}: {value}"
    if not value:
        return f"{name}:"
    return f"{name}:: {base64.b64encode(value.encode()).decode()}"


def xml_of(category, records):
    kind = "categorieStructure" if category == "EtabEducNat" else "categoriePersonne"
    text = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">',
        "<ficAlimMENESR>",
    ]
    for identifier, attributes in records:
        text.append(
            f'<addRequest><operationalAttributes><attr name="{kind}"><value>{category}</value></attr>'
            f"</operationalAttributes><identifier><id>{identifier}</id></identifier><attributes>"
        )
        for name, values in attributes.items():
            values = [values] if isinstance(values, str) else values
            body = "".join(f"<value>{escape(value)}</value>" for value in values)
            text.append(f'<attr name="{name}">{body}</attr>')
        text.append("</attributes></addRequest>")
    return "\n".join([*text, "</ficAlimMENESR>"])


class CheckerCase(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="checker-test-")
        self.addCleanup(temporary.cleanup)
        self.root = Path(temporary.name)
        self.entries = correct_directory()
        self.feeds = copy.deepcopy(FEEDS)
        self.registry = REGISTRY

    def write(self):
        for academie, feed in self.feeds.items():
            folder = self.root / academie
            folder.mkdir(exist_ok=True)
            for category, records in feed.items():
                (folder / f"ENT_Complet_20260915_{category}_0000.xml").write_text(
                    xml_of(category, records)
                )
        (self.root / "registre.toml").write_text(self.registry)
        (self.root / "directory.ldif").write_text(ldif(self.entries))

    def arguments(self):
        result = [
            "--registry",
            self.root / "registre.toml",
            "--ldif",
            self.root / "directory.ldif",
            "--base",
            BASE,
        ]
        for academie in self.feeds:
            result += ["--academie", academie, "--delivery", self.root / academie]
        return list(map(str, result))

    def run_checker(self, *more):
        """Exit code and parsed result."""
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            code = check_directory.main([*self.arguments(), "--json", "--values", *map(str, more)])
        return code, json.loads(output.getvalue())

    def differences(self, *more):
        self.write()
        code, result = self.run_checker(*more)
        self.assertEqual(code, 1 if result["differences"] else 0)
        return [(d["kind"], d["subject"], d["attribute"]) for d in result["differences"]]

    def person(self, uid):
        return self.entries[people(uid)]

    def group(self, cn):
        return self.entries[group_dn(cn)]

    def record(self, category, identifier, academie=TLS):
        return dict(self.feeds[academie][category])[identifier]


class CorrectDirectoryTest(CheckerCase):
    def test_a_correct_directory_passes(self):
        self.assertEqual(self.differences(), [])

    def test_it_counts_what_it_has_checked(self):
        self.write()
        _, result = self.run_checker()
        self.assertEqual(
            result["counts"],
            {
                "structures": 3,
                "eleve": 4,
                "responsable": 4,
                "directeur": 1,
                "enseignant": 2,
                "personnel": 2,
                "groups": 25,
            },
        )

    def test_archives_are_read_like_folders(self):
        self.write()
        for academie, name in ((TLS, "d.tgz"), (MPL, "d.zip")):
            folder = self.root / academie
            if name.endswith("tgz"):
                with tarfile.open(self.root / name, "w:gz") as archive:
                    archive.add(folder, arcname="inside")
            else:
                with zipfile.ZipFile(self.root / name, "w") as archive:
                    for path in folder.iterdir():
                        archive.write(path, path.name)
        arguments = [
            str(self.root / {str(self.root / TLS): "d.tgz", str(self.root / MPL): "d.zip"}[a])
            if a in (str(self.root / TLS), str(self.root / MPL))
            else a
            for a in self.arguments()
        ]
        with contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(check_directory.main(arguments), 0)

    def test_case_spaces_and_order_make_no_difference(self):
        self.person("e1")["sn"] = ["bré   vert "]
        self.person("e1")["ENTElevePersRelEleve"].reverse()
        self.person("r1")["mobile"] = ["+33 6-39 98 00 01"]
        self.person("r1")["ENTAuxPersRelEleveEleve"] = [f"UID=e2, OU=people, {BASE}", people("e1")]
        self.person("e2")["ENTEleveClasses"] = [B.lower() + "$702"]
        self.assertEqual(self.differences(), [])

    def test_what_belongs_to_the_ent_is_tolerated(self):
        self.person("e1")["jpegPhoto"] = ["x"]
        self.person("e1")["description"] = ["by hand"]
        self.person("e1")["objectClass"].append("ENTSomethingLocal")
        self.person("p2")["ENTAuxEnsClasses"] = [B + "$702"]
        self.group(f"{ECOLE_A}_DIR")["ENTGroupeMembreExplicite"] = [people("p3")]
        self.group(f"{ECOLE_A}_DIR")["member"].append(people("p3"))
        self.entries[A]["ENTStructureResponsable"].append(people("hand1"))
        self.assertEqual(self.differences(), [])

    def test_an_old_group_with_members_by_hand_is_tolerated(self):
        self.entries[group_dn("old")] = group(
            "old", "ENTClasse", "CE2", A, f"{TLS}$11$600", [people("p1")], [people("p1")]
        )
        self.assertEqual(self.differences(), [])

    def test_people_and_schools_that_left_the_scope_are_tolerated(self):
        dn = structure_dn("0315003V")
        self.entries[dn] = ecole("0315003V", [f"{TLS}$13"], "E.P.PU$ECOLE 13$BRÉDOL", [], [], [])
        self.entries[people("e9")] = eleve(
            "e9", f"{TLS}$1004", "ETIRAN", "Tom", "M.", dn, [], [], [people("r9") + "$20"]
        )
        self.entries[people("r9")] = parent(
            "r9", f"{TLS}$2004", "ETIRAN", "Joël", "M.", [people("e9")], []
        )
        self.assertEqual(self.differences(), [])

    def test_somebody_of_whom_the_delivery_cannot_tell_is_left_alone(self):
        # The record of 2002 lacks its name: entry, link and memberships may stay.
        self.record("PersRelEleve", "2002")["ENTPersonNom"] = ""
        # 2999 is named by a pupil and in no file.
        self.entries[people("r7")] = parent("r7", f"{TLS}$2999", "X", "Y", "M.", [people("e2")], [])
        self.person("e2")["ENTElevePersRelEleve"].append(people("r7") + "$50")
        self.group(f"{ECOLE_B}_TUT")["member"].append(people("r7"))
        self.assertEqual(self.differences(), [])

    def test_absent_persons_are_tolerated_when_asked_for(self):
        self.add_absent()
        self.assertEqual(self.differences("--allow-absent"), [])
        self.assertEqual(self.differences("--ignore-absent"), [])

    def test_absent_persons_are_reported_otherwise(self):
        self.add_absent()
        self.assertIn(("absence", f"{TLS}/Eleve/1900", ""), self.differences())

    def add_absent(self):
        self.entries[people("e8")] = eleve(
            "e8", f"{TLS}$1900", "PARTI", "Léo", "M.", A, [A + "$701"], [], [people("r1") + "$20"]
        )
        self.person("e8")["ENTCompteAbsentDepuis"] = ["20260910000000Z"]
        self.person("e8")["ENTCompteEtat"] = ["SUSPENDU"]
        self.person("r1")["ENTAuxPersRelEleveEleve"].append(people("e8"))

    def test_a_contradictory_record_makes_a_person_unknown(self):
        """And with him the responsable who is only there for him."""
        self.feeds[TLS]["Eleve"].append(pupil("1003", "AUTRE", "Nom", "19", "2003", ""))
        self.assertEqual(self.differences(), [])
        self.write()
        self.assertEqual(self.run_checker()[1]["counts"]["unknown"], 2)

    def test_a_record_that_stands_twice_is_one(self):
        self.feeds[TLS]["Eleve"].append(copy.deepcopy(self.feeds[TLS]["Eleve"][0]))
        # In what nobody reads it may even differ.
        self.feeds[TLS]["Eleve"][-1][1]["ENTEleveTransport"] = "O"
        self.assertEqual(self.differences(), [])

    def test_a_record_without_any_identifier_leaves_its_category_alone(self):
        nameless = self.record("Eleve", "1003")
        nameless["ENTPersonJointure"] = ""
        self.feeds[TLS]["Eleve"][2] = ("", nameless)
        self.assertEqual(self.differences(), [])

    def test_an_identifier_that_differs_from_the_jointure_makes_both_unknown(self):
        self.feeds[TLS]["Eleve"][2] = ("7777", self.record("Eleve", "1003"))
        self.assertEqual(self.differences(), [])

    def leave_out_lea(self):
        """Pupil 1002 becomes unknown; whatever follows from him alone is no longer asked for."""
        self.record("Eleve", "1002")["ENTPersonNom"] = ""
        self.entries[B]["ENTStructureClasses"] = []
        for cn in (f"{ECOLE_B}_TOUS", f"{ECOLE_B}_TUT"):
            self.group(cn)["member"].remove(people("r1"))
        self.group(f"{ECOLE_B}_TUT")["member"] = [""]

    def test_the_class_of_an_unknown_pupil_may_stay(self):
        self.leave_out_lea()
        self.assertEqual(self.differences(), [])

    def test_the_class_of_an_unknown_pupil_may_go(self):
        self.leave_out_lea()
        for suffix in ("", "_TUT", "_ENS"):
            del self.entries[group_dn(f"{ECOLE_B}_702{suffix}")]
        self.assertEqual(self.differences(), [])

    def test_an_impossible_birth_date_is_written_as_it_is_delivered(self):
        self.record("Eleve", "1003")["ENTPersonDateNaissance"] = "31/02/2018"
        self.person("e3")["ENTPersonDateNaissance"] = ["31/02/2018"]
        self.assertEqual(self.differences(), [])

    def test_html_entities_are_understood(self):
        self.write()
        path = self.root / TLS / "ENT_Complet_20260915_Eleve_0000.xml"
        path.write_text(path.read_text().replace("Zoé", "Zo&eacute;"))
        self.assertEqual(self.run_checker()[0], 0)


class FaultTest(CheckerCase):
    """One fault each; named by the kind, the subject and the attribute of the difference."""

    def expect(self, kind, subject, attribute="", *more):
        found = self.differences(*more)
        self.assertIn((kind, subject, attribute), found)
        return found

    def test_person_missing(self):
        del self.entries[people("e3")]
        self.expect("missing", f"{TLS}/Eleve/1003")

    def test_person_of_the_other_academie_missing(self):
        del self.entries[people("r4")]
        self.expect("missing", f"{MPL}/PersRelEleve/2001")

    def test_person_too_many(self):
        self.entries[people("e9")] = eleve("e9", f"{TLS}$1999", "X", "Y", "M.", A, [], [], [])
        self.expect("surplus", f"{TLS}/Eleve/1999")

    def test_pupil_outside_the_scope_written(self):
        self.entries[people("e9")] = eleve(
            "e9", f"{TLS}$1005", "ZAMTTE", "Ines", "Mme", A, [], [], []
        )
        self.expect("surplus", f"{TLS}/Eleve/1005")

    def test_responsable_without_pupil_in_scope_written(self):
        self.entries[people("r9")] = parent("r9", f"{TLS}$2004", "ETIRAN", "Joël", "M.", [], [])
        self.expect("surplus", f"{TLS}/PersRelEleve/2004")

    def test_wrong_name(self):
        self.person("e1")["sn"] = ["AUTRE"]
        found = self.expect("value", f"{TLS}/Eleve/1001", "sn")
        self.assertEqual(len(found), 1)

    def test_lost_value(self):
        del self.person("r1")["ENTPersonAdresse"]
        self.expect("value", f"{TLS}/PersRelEleve/2001", "ENTPersonAdresse")

    def test_value_that_should_be_cleared(self):
        self.person("r1")["homePhone"] = ["+33 5 36 49 00 09"]
        self.expect("value", f"{TLS}/PersRelEleve/2001", "homePhone")

    def test_value_that_the_schema_refuses_cannot_be_there_in_another_form(self):
        self.person("r1")["telephoneNumber"] = ["05 36 49 00 02"]
        self.expect("value", f"{TLS}/PersRelEleve/2001", "telephoneNumber")

    def test_stale_class(self):
        self.person("e2")["ENTEleveClasses"] = [B + "$699"]
        self.expect("value", f"{TLS}/Eleve/1002", "ENTEleveClasses")

    def test_link_missing_at_the_pupil(self):
        self.person("e1")["ENTElevePersRelEleve"] = [people("r1") + "$20"]
        self.expect("value", f"{TLS}/Eleve/1001", "ENTElevePersRelEleve")

    def test_link_missing_at_the_responsable(self):
        self.person("r1")["ENTAuxPersRelEleveEleve"] = [people("e1")]
        self.expect("value", f"{TLS}/PersRelEleve/2001", "ENTAuxPersRelEleveEleve")

    def test_link_with_the_wrong_code(self):
        self.person("e1")["ENTElevePersRelEleve"][0] = people("r1") + "$10"
        self.expect("value", f"{TLS}/Eleve/1001", "ENTElevePersRelEleve")

    def test_link_to_a_stranger(self):
        self.person("e3")["ENTElevePersRelEleve"].append(people("r2") + "$10")
        self.expect("value", f"{TLS}/Eleve/1003", "ENTElevePersRelEleve")

    def test_links_crossed_between_academies(self):
        """The same jointure in both: the classic collision."""
        self.person("e4")["ENTElevePersRelEleve"] = [people("r1") + "$20"]
        self.expect("value", f"{MPL}/Eleve/1001", "ENTElevePersRelEleve")

    def test_link_to_an_absent_pupil_at_one_end_only(self):
        self.entries[people("e8")] = eleve("e8", f"{TLS}$1900", "PARTI", "Léo", "M.", A, [], [], [])
        self.person("e8")["ENTCompteAbsentDepuis"] = ["20260910000000Z"]
        self.person("r1")["ENTAuxPersRelEleveEleve"].append(people("e8"))
        self.expect("link", f"{TLS}/PersRelEleve/2001", "ENTAuxPersRelEleveEleve", "--allow-absent")

    def test_dangling_dn(self):
        self.person("p1")["ENTAuxEnsClasses"] = [structure_dn("0319999Z") + "$1"]
        self.expect("dangling", f"{TLS}/PersEducNat/1001", "ENTAuxEnsClasses")

    def test_dangling_explicit_member(self):
        self.group(f"{ECOLE_A}_TOUS")["ENTGroupeMembreExplicite"].append(people("gone"))
        self.group(f"{ECOLE_A}_TOUS")["member"].append(people("gone"))
        self.expect("dangling", group_dn(f"{ECOLE_A}_TOUS"), "member")

    def test_wrong_profile_code(self):
        self.person("p3")["ENTPersonProfils"] = ["National_ETA"]
        self.expect("value", f"{TLS}/PersEducNat/3003", "ENTPersonProfils")

    def test_wrong_role(self):
        self.person("p4")["objectClass"] = PERSON + ["ENTAuxEnseignant"]
        self.expect("class", f"{TLS}/PersEducNat/3004", "objectClass")

    def test_role_kept_after_a_change_of_profile(self):
        self.person("p2")["objectClass"].append("ENTAuxDirection")
        self.person("p2")["ENTEnsFonctionDir"] = [B]
        found = self.expect("class", f"{TLS}/PersEducNat/3002", "objectClass")
        self.assertIn(("value", f"{TLS}/PersEducNat/3002", "ENTEnsFonctionDir"), found)

    def test_no_role_at_all(self):
        self.person("e1")["objectClass"] = PERSON
        self.expect("class", f"{TLS}$1001", "objectClass")

    def test_function_of_a_school_outside_the_scope(self):
        self.entries[structure_dn("0315003V")] = ecole("0315003V", [f"{TLS}$13"], "x", [], [], [])
        self.person("p2")["ENTPersonFonctions"].append(
            structure_dn("0315003V") + "$ENS$ENSEIGNEMENT$G0000$SANS"
        )
        self.expect("value", f"{TLS}/PersEducNat/3002", "ENTPersonFonctions")

    def test_mail_lost(self):
        self.person("p3")["mail"] = []
        self.expect("value", f"{TLS}/PersEducNat/3003", "mail")

    def test_school_missing(self):
        del self.entries[B]
        self.expect("missing", f"école {ECOLE_B}")

    def test_school_outside_the_registry_written(self):
        self.entries[structure_dn("0315005X")] = ecole("0315005X", [f"{TLS}$14"], "x", [], [], [])
        self.expect("surplus", "école 0315005X")

    def test_school_without_its_second_jointure(self):
        self.entries[A]["ENTStructureJointure"] = [f"{TLS}$11"]
        self.expect("value", f"école {ECOLE_A}", "ENTStructureJointure")

    def test_school_described_by_the_wrong_record(self):
        self.entries[A]["ENTStructureNomCourant"] = ["E.P.PU$AUTRE$BRÉDOL"]
        self.expect("value", f"école {ECOLE_A}", "ENTStructureNomCourant")

    def test_school_with_a_stale_class_list(self):
        self.entries[B]["ENTStructureClasses"].append("699$CP")
        self.expect("value", f"école {ECOLE_B}", "ENTStructureClasses")

    def test_school_without_its_director(self):
        self.entries[A]["ENTStructureResponsable"] = []
        self.expect("value", f"école {ECOLE_A}", "ENTStructureResponsable")

    def test_group_missing(self):
        del self.entries[group_dn(f"{ECOLE_A}_G790")]
        self.expect("missing", f"group {ECOLE_A}_G790")

    def test_group_nobody_asks_for(self):
        self.entries[group_dn("old")] = group("old", "ENTClasse", "CE2", A, f"{TLS}$11$600", [])
        self.expect("surplus", "group old")

    def test_member_missing(self):
        self.group(f"{ECOLE_A}_TUT")["member"].remove(people("r2"))
        self.expect("member", f"group {ECOLE_A}_TUT", "member")

    def test_member_too_many(self):
        self.group(f"{ECOLE_B}_ELV")["member"].append(people("e1"))
        self.expect("member", f"group {ECOLE_B}_ELV", "member")

    def test_member_added_by_hand_lost(self):
        self.group(f"{ECOLE_A}_TOUS")["member"].remove(people("hand1"))
        self.expect("member", f"group {ECOLE_A}_TOUS", "member")

    def test_absent_person_still_member(self):
        self.entries[people("e8")] = eleve("e8", f"{TLS}$1900", "PARTI", "Léo", "M.", A, [], [], [])
        self.person("e8")["ENTCompteAbsentDepuis"] = ["20260910000000Z"]
        self.group(f"{ECOLE_A}_ELV")["member"].append(people("e8"))
        self.expect("absence", "AC-TOULOUSE/Eleve/1900")

    def test_empty_dn_beside_members(self):
        self.group(f"{ECOLE_A}_ELV")["member"].append("")
        self.expect("member", f"group {ECOLE_A}_ELV", "member")

    def test_group_without_any_member_value(self):
        self.group(f"{ECOLE_B}_DIR")["member"] = []
        self.expect("member", f"group {ECOLE_B}_DIR", "member")

    def test_stale_group_name(self):
        self.group(f"{ECOLE_B}_702")["ENTGroupeNom"] = ["CE2"]
        self.expect("value", f"group {ECOLE_B}_702", "ENTGroupeNom")

    def test_delivered_person_marked_absent(self):
        self.person("e1")["ENTCompteAbsentDepuis"] = ["20260910000000Z"]
        self.expect("absence", f"{TLS}/Eleve/1001", "ENTCompteAbsentDepuis")

    def test_delivered_person_still_suspended(self):
        self.person("e1")["ENTCompteEtat"] = ["SUSPENDU"]
        self.expect("absence", f"{TLS}/Eleve/1001", "ENTCompteAbsentDepuis")

    def test_two_entries_of_one_person(self):
        self.entries[people("e1b")] = copy.deepcopy(self.person("e1")) | {
            "uid": ["e1b"],
            "ENTPersonLogin": ["l"],
        }
        self.expect("duplicate", f"{TLS}/Eleve/1001")

    def test_one_entry_of_two_persons(self):
        self.person("e1")["ENTPersonJointure"].append(f"{TLS}$1003")
        self.expect("duplicate", people("e1"))

    def test_login_given_twice(self):
        self.person("e2")["ENTPersonLogin"] = ["LOGIN.e1"]
        self.expect("duplicate", f"{TLS}/Eleve/1002", "ENTPersonLogin")

    def test_identifier_of_a_deleted_account(self):
        (self.root / "tombstones").write_text("login.e3\nother\n")
        self.expect(
            "duplicate",
            f"{TLS}/Eleve/1003",
            "ENTPersonLogin",
            "--tombstones",
            self.root / "tombstones",
        )

    def test_entry_in_the_wrong_place(self):
        self.entries[f"uid=e3,ou=elsewhere,{BASE}"] = self.entries.pop(people("e3"))
        self.expect("place", f"{TLS}/Eleve/1003", "dn")

    def test_login_lost(self):
        del self.person("e3")["ENTPersonLogin"]
        self.expect("value", f"{TLS}/Eleve/1003", "ENTPersonLogin")


class BeforeTest(CheckerCase):
    """Invariant 4: what belongs to the ENT is as it was."""

    def compare(self):
        (self.root / "before.ldif").write_text(ldif(correct_directory()))
        return self.differences("--before", self.root / "before.ldif")

    def test_nothing_changed(self):
        self.assertEqual(self.compare(), [])

    def test_what_the_feed_owns_may_change(self):
        before = correct_directory()
        before[people("e1")]["sn"] = ["OLD"]
        before[group_dn(f"{ECOLE_A}_ELV")]["member"] = [""]
        before[group_dn("old")] = group("old", "ENTClasse", "CE2", A, f"{TLS}$11$600", [])
        (self.root / "before.ldif").write_text(ldif(before))
        self.assertEqual(self.differences("--before", self.root / "before.ldif"), [])

    def test_changes_of_the_ents_values_are_reported(self):
        for uid, attribute, subject in (
            ("e1", "mail", f"{TLS}/Eleve/1001"),
            ("p1", "ENTAuxEnsClasses", f"{TLS}/PersEducNat/1001"),
            ("e1", "displayName", f"{TLS}/Eleve/1001"),
            ("e1", "ENTPersonLogin", f"{TLS}/Eleve/1001"),
            ("hand1", "sn", people("hand1")),
        ):
            with self.subTest(attribute=attribute, uid=uid):
                self.entries = correct_directory()
                self.person(uid)[attribute] = (
                    ["changed"] if attribute != "ENTAuxEnsClasses" else [B + "$702"]
                )
                self.assertEqual(self.compare(), [("ent", subject, attribute)])

    def test_removed_explicit_member_is_reported(self):
        self.group(f"{ECOLE_A}_TOUS")["ENTGroupeMembreExplicite"] = []
        self.assertIn(
            ("ent", group_dn(f"{ECOLE_A}_TOUS"), "ENTGroupeMembreExplicite"), self.compare()
        )

    def test_removed_entries_of_the_ent_are_reported(self):
        del self.entries[group_dn("atsem")]
        self.assertEqual(self.compare(), [("ent", group_dn("atsem"), "")])


class UsageTest(CheckerCase):
    def fails(self, arguments):
        with contextlib.redirect_stderr(io.StringIO()) as errors, contextlib.redirect_stdout(
            io.StringIO()
        ):
            try:
                code = check_directory.main(arguments)
            except SystemExit as stop:
                code = stop.code
        self.assertEqual(code, 2)
        return errors.getvalue()

    def test_damaged_and_partial_deliveries_are_refused(self):
        self.write()
        part = self.root / TLS / "ENT_Complet_20260915_Eleve_0000.xml"
        whole = part.read_text()
        part.write_text(whole[: len(whole) // 2])
        self.assertIn("Eleve_0000", self.fails(self.arguments()))
        os.remove(part)
        self.assertIn("no file of Eleve", self.fails(self.arguments()))

    def test_unreadable_input_is_refused(self):
        self.write()
        (self.root / "directory.ldif").write_text("no colon here\n")
        self.assertIn("LDIF", self.fails(self.arguments()))
        os.remove(self.root / "directory.ldif")
        self.assertIn("directory.ldif", self.fails(self.arguments()))
        self.fails(["--academie", TLS, "--registry", "x", "--ldif", "y"])

    def test_the_text_output_names_no_values(self):
        self.person("e1")["sn"] = ["SECRET"]
        self.write()
        with contextlib.redirect_stdout(io.StringIO()) as output:
            self.assertEqual(check_directory.main(self.arguments()), 1)
        self.assertIn(
            f"value: {TLS}/Eleve/1001 sn: 1 value(s) missing, 1 too many", output.getvalue()
        )
        self.assertNotIn("SECRET", output.getvalue())
        self.assertNotIn("VERT", output.getvalue())


if __name__ == "__main__":
    unittest.main()
