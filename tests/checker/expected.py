"""What a directory of the profile sdet-1d must hold, derived from AAF records and the registry.

Written from the meaning of the rules, not from the program that it checks: nothing here reads
its rule file or calls its code. The mapping stands in ATTRIBUTES_* and in the methods of
Expected; the scope, the profiles and the links in Expected.build.
"""

import re
import tomllib
import unicodedata

CATEGORIES = ("EtabEducNat", "Eleve", "PersRelEleve", "PersEducNat")
PEOPLE = ("Eleve", "PersRelEleve", "PersEducNat")

# A record without one of these cannot be used; the person is then unknown, not absent.
REQUIRED = {
    "Eleve": (
        "ENTPersonNom",
        "ENTPersonPrenom",
        "ENTPersonDateNaissance",
        "ENTPersonStructRattach",
    ),
    "PersRelEleve": ("ENTPersonNom",),
    "PersEducNat": ("ENTPersonNom", "ENTPersonPrenom"),
    "EtabEducNat": ("ENTStructureNomCourant",),
}

# National profile by function code (SDET § 4.7).
PROFIL_OF_FUNCTION = {
    code: profil
    for profil, codes in {
        "National_ENS": "ENS BED EAP FCA FCP FIJ IS ISES PPA RH1D RPL UPI",
        "National_DOC": "DOC",
        "National_DIR": "DIR DEC DECPR DSES",
        "National_EVS": "EDU AED SUR ADE AES",
        "National_ETA": "ADA ADF ADM ALB ASE ASH CFC CPD CTR LAB MDS ORI OUV PSY TEC ACP ACS",
        "National_ACA": "INJ INS",
        "National_COL": "COLTER",
    }.items()
    for code in codes.split()
}
PROFIL_CODE = {
    "eleve": "National_ELV",
    "responsable": "National_TUT",
    "enseignant": "National_ENS",
    "directeur": "National_DIR",
    "personnel": "National_ETA",
}
SEXE = {"M.": "M", "Mme": "F", "Mlle": "F"}

ROLE_CLASSES = {
    "eleve": {"entauxeleve"},
    "responsable": {"entauxpersreleleve"},
    "enseignant": {"entauxenseignant"},
    "directeur": {"entauxenseignant", "entauxdirection"},
    "personnel": {"entauxnonensetab"},
}
PERSON_CLASSES = {"top", "person", "organizationalperson", "inetorgperson", "entperson"}
STRUCTURE_CLASSES = {"top", "organizationalunit", "entstructure", "entecole"}
GROUP_CLASSES = {"top", "groupofnames", "entgroupe"}

# Attributes that the feed owns, by kind of entry; the values come from Expected.*_values.
ATTRIBUTES_PERSON = (
    "sn givenName cn ENTPersonNomPatro ENTPersonAutresPrenoms personalTitle ENTPersonSexe "
    "ENTPersonProfils"
).split()
ATTRIBUTES_STAFF = (
    "ENTPersonDateNaissance mail ENTPersonStructRattach ENTPersonFonctions ENTEnsSpecialites "
    "ENTEnsFonctionDir"
).split()
ATTRIBUTES_OF = {
    "Eleve": ATTRIBUTES_PERSON
    + (
        "ENTPersonDateNaissance ENTEleveINE ENTPersonStructRattach ENTEleveClasses ENTEleveGroupes "
        "ENTEleveNiveau ENTEleveCycle ENTEleveTypeClasse ENTElevePersRelEleve"
    ).split(),
    "PersRelEleve": ATTRIBUTES_PERSON
    + (
        "mail homePhone mobile telephoneNumber ENTPersonAdresse ENTPersonCodePostal ENTPersonVille "
        "ENTPersonPays ENTPersonAdresseDiffusion ENTAuxPersRelEleveEleve"
    ).split(),
    "PersEducNat": ATTRIBUTES_PERSON + ATTRIBUTES_STAFF,
}
# Directory attribute ← AAF attribute, first value as it stands.
COPIED = {
    "person": {
        "sn": "ENTPersonNom",
        "givenName": "ENTPersonPrenom",
        "ENTPersonNomPatro": "ENTPersonNomPatro",
        "personalTitle": "ENTPersonCivilite",
    },
    "Eleve": {
        name: name
        for name in "ENTPersonDateNaissance ENTEleveINE ENTEleveNiveau ENTEleveCycle "
        "ENTEleveTypeClasse".split()
    },
    "PersRelEleve": {
        "mail": "ENTPersonMail",
        "homePhone": "ENTPersonTelPerso",
        "mobile": "ENTPersRelEleveTelMobile",
        "telephoneNumber": "ENTPersRelEleveTelPro",
        "ENTPersonAdresse": "ENTPersonAdresse",
        "ENTPersonCodePostal": "ENTPersonCodePostal",
        "ENTPersonVille": "ENTPersonVille",
        "ENTPersonPays": "ENTPersonPays",
        "ENTPersonAdresseDiffusion": "ENTPersonAdresseDiffusion",
    },
    "PersEducNat": {"ENTPersonDateNaissance": "ENTPersonDateNaissance"},
    "EtabEducNat": {
        "ENTStructureNomCourant": "ENTStructureNomCourant",
        "ENTStructureSIREN": "ENTStructureSIREN",
        "ENTStructureTypeStruct": "ENTStructureTypeStruct",
        "ENTEcoleMinistereTutelle": "ENTEcoleMinistereTutelle",
        "ENTEcoleSecteur": "ENTEcoleSecteur",
        "ENTEcoleCommune": "ENTEcoleCommune",
        "ENTEcoleRPI": "ENTEcoleRPI",
        "ENTServAcAcademie": "ENTServAcAcademie",
        "street": "ENTStructureAdresse",
        "postalCode": "ENTStructureCodePostal",
        "l": "ENTStructureVille",
        "telephoneNumber": "ENTStructureTelephone",
    },
}
ATTRIBUTES_STRUCTURE = [*COPIED["EtabEducNat"]] + (
    "ou ENTStructureMailSI ENTStructureClasses ENTStructureGroupes ENTStructureResponsable"
).split()
CLASSES_OF_STRUCTURE = ("ENTStructureClasses", "ENTStructureGroupes")
ATTRIBUTES_GROUP = ["ENTGroupeNom", "ENTGroupeEcole", "ENTGroupeJointure"]

# As people write them, for messages: LDIF gives names in any case.
SPELLING = {
    name.lower(): name
    for names in (*ATTRIBUTES_OF.values(), ATTRIBUTES_STRUCTURE, ATTRIBUTES_GROUP)
    for name in names
} | {
    name.lower(): name
    for name in "uid displayName ENTPersonLogin ENTGroupeMembreExplicite ENTAuxEnsClasses "
    "ENTStructureContactENT".split()
}

TELEPHONES = {"homephone", "mobile", "telephonenumber"}
IA5 = {"mail"}
DN_VALUED = {
    name.lower()
    for name in "ENTPersonStructRattach ENTAuxPersRelEleveEleve ENTEnsFonctionDir "
    "ENTStructureResponsable ENTStructureContactENT ENTGroupeEcole ENTGroupeMembreExplicite "
    "member".split()
}
DN_COMPOSITES = {
    name.lower()
    for name in "ENTEleveClasses ENTEleveGroupes ENTElevePersRelEleve ENTPersonFonctions "
    "ENTAuxEnsClasses".split()
}
# RFC 4517 § 3.2: what a telephone number may be made of (PrintableString); slapd also takes "=".
PRINTABLE = re.compile(r"[A-Za-z0-9'()+,\-./:? =]+")
SPACES = re.compile(r"\s+")


# Values -------------------------------------------------------------------------------------


def fold(text):
    """Equal under caseIgnoreMatch ⇔ equal here (RFC 4518, approximated)."""
    return SPACES.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def fold_dn(text):
    return ",".join(part.strip() for part in text.lower().split(","))


def fold_telephone(text):
    return text.replace(" ", "").replace("-", "").lower()


def fold_value(attribute, text):
    """`attribute` in lower case."""
    if attribute in DN_VALUED:
        return fold_dn(text)
    if attribute in TELEPHONES:
        return fold_telephone(text)
    if attribute in DN_COMPOSITES:
        head, dollar, rest = text.partition("$")
        return fold_dn(head) + dollar + fold(rest)
    return fold(text)


def storable(attribute, text):
    """Whether a server's schema takes the value; one that it refuses is left out."""
    if not text:
        return False
    if attribute in TELEPHONES:
        return PRINTABLE.fullmatch(text) is not None
    if attribute in IA5:
        return text.isascii()
    return True


# Input --------------------------------------------------------------------------------------

UAI = re.compile(r"\d{7}[A-Z]")


def parse_uai(text):
    """The UAI in capitals, or None when form or check letter is wrong."""
    text = text.strip().upper()
    if not UAI.fullmatch(text):
        return None
    return text if "ABCDEFGHJKLMNPRSTUVWXYZ"[int(text[:7]) % 23] == text[7] else None


class Registry:
    """The enrolled schools; with a day, an agreement that is ended later is in force still."""

    def __init__(self, path, today=None):
        with open(path, "rb") as file:
            ecoles = tomllib.load(file).get("ecole", [])
        self.etat = {ecole["uai"].strip().upper(): ecole["etat"] for ecole in ecoles}
        self.ended = {}  # UAI → day, as written; "" when none is
        for ecole in ecoles:
            day = ecole.get("etat_le", "")
            if ecole["etat"] in ("resiliee", "retiree") and not (today and day > today.isoformat()):
                self.ended[ecole["uai"].strip().upper()] = day

    def in_scope(self, uai):
        return uai in self.etat and uai not in self.ended


# What is read of a record; two records that differ in anything else say the same.
READ = {
    category: {
        *COPIED["person" if category in PEOPLE else category].values(),
        *COPIED[category].values(),
        *REQUIRED[category],
        *more.split(),
    }
    for category, more in {
        "EtabEducNat": "ENTStructureUAI ENTStructureMailSI",
        "Eleve": "ENTPersonAutresPrenoms ENTPersonClasses ENTPersonGroupes "
        "ENTEleveAutoriteParentale",
        "PersRelEleve": "ENTPersonAutresPrenoms",
        "PersEducNat": "ENTPersonAutresPrenoms ENTPersonMail ENTPersonStructRattach "
        "ENTPersonFonctions ENTEnsFonctionDir ENTEnsSpecialites ENTPersonCategorieEnseignant",
    }.items()
}


class Feed:
    """Records of one académie's Complet: attribute → non-empty values, trimmed, in file order."""

    def __init__(self, academie):
        self.academie = academie
        self.records = {category: {} for category in CATEGORIES}
        self.unknown = {category: set() for category in CATEGORIES}  # ids of unusable records
        self.anonymous = set()  # categories with a record that names no id at all

    def add(self, category, identifier, attributes):
        key = "ENTStructureJointure" if category == "EtabEducNat" else "ENTPersonJointure"
        jointures = attributes.get(key, [])
        if not identifier and not jointures:
            self.anonymous.add(category)
            return
        record = {name: attributes[name] for name in READ[category] if name in attributes}
        known = self.records[category].get(identifier)
        if (
            not identifier
            or any(jointure != identifier for jointure in jointures)
            or any(name not in record for name in REQUIRED[category])
            or (known is not None and known != record)
        ):
            self.unknown[category].update(i for i in (identifier, *jointures) if i)
            return
        self.records[category].setdefault(identifier, record)

    def close(self):
        """What contradicts itself is unknown altogether."""
        for category, ids in self.unknown.items():
            for identifier in ids:
                self.records[category].pop(identifier, None)

    def is_unknown(self, category, identifier):
        return category in self.anonymous or identifier in self.unknown[category]


# Expected state -----------------------------------------------------------------------------


class PartOfValues(list):
    """Values beside which the source has one that no server takes: it is unknown, so others may stay."""


class Ecole:
    __slots__ = ("uai", "academie", "ids", "attributes", "classes", "directeurs", "members")

    def __init__(self, uai, academie, attributes):
        self.uai = uai
        self.academie = academie
        self.ids = []
        self.attributes = attributes
        self.classes = []
        self.directeurs = []
        self.members = {
            "eleve": [],
            "responsable": [],
            "enseignant": [],
            "directeur": [],
            "personnel": [],
        }


class Classe:
    __slots__ = ("ecole", "id", "regroupement", "labels", "eleves")

    def __init__(self, ecole, identifier, regroupement):
        self.ecole = ecole
        self.id = identifier
        self.regroupement = regroupement
        self.labels = set()
        self.eleves = []

    @property
    def label(self):
        """Pupils may disagree: the first label in order of its bytes that is not empty."""
        return min((label.encode() for label in self.labels if label), default=b"").decode()


class Person:
    __slots__ = ("key", "profil", "attributes", "ecoles", "classes", "links")

    def __init__(self, key, profil, attributes):
        self.key = key  # (category, académie, id)
        self.profil = profil
        self.attributes = attributes
        self.ecoles = []
        self.classes = []
        self.links = []  # (key, lien); for responsables lien is unused


class Group:
    __slots__ = ("cn", "classes", "nom", "ecole", "jointure", "members")

    def __init__(self, cn, classes, nom, ecole, jointure, members):
        self.cn = cn
        self.classes = classes
        self.nom = nom
        self.ecole = ecole
        self.jointure = jointure
        self.members = members  # keys of persons; None: filled by hand


def append_once(items, item):
    if item not in items:
        items.append(item)


class Expected:
    """The state that the feeds and the registry ask for."""

    def __init__(self, feeds, registry):
        self.feeds = {feed.academie: feed for feed in feeds}
        self.registry = registry
        self.ecoles = {}
        self.ecole_of_id = {}  # (académie, structure id) → Ecole
        self.classes = {}
        self.persons = {}
        self.named_responsables = set()
        for feed in feeds:
            feed.close()
            self._add_structures(feed)
        for feed in feeds:
            self._add_eleves(feed)
            self._add_responsables(feed)
            self._add_personnels(feed)

    # Scope

    def _add_structures(self, feed):
        for identifier, attributes in feed.records["EtabEducNat"].items():
            uai = parse_uai(attributes.get("ENTStructureUAI", [""])[0])
            if uai is None or not self.registry.in_scope(uai):
                continue
            ecole = self.ecoles.get(uai)
            if ecole is None:
                ecole = self.ecoles[uai] = Ecole(uai, feed.academie, attributes)
            if ecole.academie == feed.academie:
                ecole.ids.append(identifier)
            self.ecole_of_id[feed.academie, identifier] = ecole

    def _ecole(self, feed, identifier):
        return self.ecole_of_id.get((feed.academie, identifier.strip()))

    def _add_eleves(self, feed):
        for identifier, attributes in feed.records["Eleve"].items():
            person = Person(("Eleve", feed.academie, identifier), "eleve", attributes)
            attachment = self._ecole(feed, attributes["ENTPersonStructRattach"][0])
            if attachment is not None:
                person.ecoles.append(attachment)
            for attribute, regroupement in (
                ("ENTPersonClasses", False),
                ("ENTPersonGroupes", True),
            ):
                for value in attributes.get(attribute, ()):
                    self._join_classe(feed, person, value, regroupement)
            if not person.ecoles:
                continue
            self.persons[person.key] = person
            for ecole in person.ecoles:
                ecole.members["eleve"].append(person.key)
            for classe in person.classes:
                classe.eleves.append(person.key)

    def _join_classe(self, feed, person, value, regroupement):
        parts = [part.strip() for part in value.split("$", 4)]
        ecole = self._ecole(feed, parts[0])
        if ecole is None or len(parts) < 4 or not parts[3]:
            return
        append_once(person.ecoles, ecole)
        key = (ecole.uai, regroupement, parts[3])
        classe = self.classes.get(key)
        if classe is None:
            classe = self.classes[key] = Classe(ecole, parts[3], regroupement)
            ecole.classes.append(classe)
        classe.labels.add(parts[4] if len(parts) > 4 else "")
        append_once(person.classes, classe)

    def _add_responsables(self, feed):
        records = feed.records["PersRelEleve"]
        for pupil in list(self.persons.values()):
            if pupil.key[:2] != ("Eleve", feed.academie):
                continue
            for value in pupil.attributes.get("ENTEleveAutoriteParentale", ()):
                identifier, _, rest = value.partition("$")
                identifier = identifier.strip()
                if not identifier:
                    continue
                key = ("PersRelEleve", feed.academie, identifier)
                self.named_responsables.add(key)
                if identifier not in records or any(key == link for link, _ in pupil.links):
                    continue
                pupil.links.append((key, rest.split("$")[0].strip()))
                responsable = self.persons.get(key)
                if responsable is None:
                    responsable = self.persons[key] = Person(
                        key, "responsable", records[identifier]
                    )
                responsable.links.append((pupil.key, ""))
                for ecole in pupil.ecoles:
                    append_once(responsable.ecoles, ecole)
                for classe in pupil.classes:
                    append_once(responsable.classes, classe)
        for key, person in self.persons.items():
            if key[:2] == ("PersRelEleve", feed.academie):
                for ecole in person.ecoles:
                    ecole.members["responsable"].append(key)

    def _add_personnels(self, feed):
        for identifier, attributes in feed.records["PersEducNat"].items():
            key = ("PersEducNat", feed.academie, identifier)
            person = Person(key, "personnel", attributes)
            fonctions = [value.split("$") for value in attributes.get("ENTPersonFonctions", ())]
            directions = []
            for source in (
                [parts[0] for parts in fonctions],
                attributes.get("ENTPersonStructRattach", ()),
            ):
                for structure in source:
                    ecole = self._ecole(feed, structure)
                    if ecole is not None:
                        append_once(person.ecoles, ecole)
            for structure in attributes.get("ENTEnsFonctionDir", ()):
                ecole = self._ecole(feed, structure)
                if ecole is not None:
                    append_once(person.ecoles, ecole)
                    append_once(directions, ecole)
            if not person.ecoles:
                continue
            categorie = attributes.get("ENTPersonCategorieEnseignant", [""])[0]
            if directions:
                person.profil = "directeur"
            elif categorie == "O" or (
                not categorie
                and any(
                    len(parts) > 1 and parts[1].strip() in ("ENS", "DOC") for parts in fonctions
                )
            ):
                person.profil = "enseignant"
            self.persons[key] = person
            for ecole in person.ecoles:
                ecole.members[person.profil].append(key)
            for ecole in directions:
                ecole.directeurs.append(key)

    # Who may be there without being expected

    def is_unknown(self, key):
        """The delivery cannot tell whether this person is there: he is left alone."""
        category, academie, identifier = key
        feed = self.feeds[academie]
        if feed.is_unknown(category, identifier):
            return True
        return key in self.named_responsables and identifier not in feed.records[category]

    # Values

    def person_values(self, person, dn_of, ecole_dn):
        """Directory attribute → values; `dn_of(key)` and `ecole_dn(ecole)` give DNs, or None when
        there is no such entry."""
        category, academie, identifier = person.key
        feed = self.feeds[academie]
        source = person.attributes
        values = {}
        for copied in (COPIED["person"], COPIED[category]):
            for target, name in copied.items():
                if name in source:
                    values[target] = [source[name][0]]
        nom = source["ENTPersonNom"][0]
        prenom = source.get("ENTPersonPrenom", [""])[0]
        values["cn"] = [(nom.upper() + " " + prenom).strip()]
        values["ENTPersonAutresPrenoms"] = [
            value.split("$")[0].strip() for value in source.get("ENTPersonAutresPrenoms", ())
        ]
        sexe = SEXE.get(source.get("ENTPersonCivilite", [""])[0])
        if sexe:
            values["ENTPersonSexe"] = [sexe]
        values["ENTPersonProfils"] = self._profils(person, feed)
        if category != "PersRelEleve":
            values["ENTPersonStructRattach"] = self._attachment(source, feed, ecole_dn)
        if category == "Eleve":
            for target, regroupement in (("ENTEleveClasses", False), ("ENTEleveGroupes", True)):
                values[target] = [
                    ecole_dn(classe.ecole) + "$" + classe.id
                    for classe in person.classes
                    if classe.regroupement == regroupement and ecole_dn(classe.ecole)
                ]
            values["ENTElevePersRelEleve"] = [
                dn_of(key) + "$" + lien for key, lien in person.links if dn_of(key)
            ]
        elif category == "PersRelEleve":
            values["ENTAuxPersRelEleveEleve"] = [
                dn_of(key) for key, _ in person.links if dn_of(key)
            ]
        else:
            self._add_staff_values(values, person, feed, ecole_dn)
        return self._storable(values)

    @staticmethod
    def _storable(values):
        result = {}
        for name, texts in values.items():
            kept = [text for text in texts if storable(name.lower(), text)]
            lost = any(text and not storable(name.lower(), text) for text in texts)
            result[name] = PartOfValues(kept) if lost else kept
        return result

    def _attachment(self, source, feed, ecole_dn):
        for structure in source.get("ENTPersonStructRattach", ()):
            ecole = self._ecole(feed, structure)
            if ecole is not None and ecole_dn(ecole):
                return [ecole_dn(ecole)]
        return []

    def _profils(self, person, feed):
        default = PROFIL_CODE[person.profil]
        if person.key[0] != "PersEducNat":
            return [default]
        codes = []
        for value in person.attributes.get("ENTPersonFonctions", ()):
            parts = value.split("$")
            if len(parts) > 1 and self._ecole(feed, parts[0]) is not None:
                code = PROFIL_OF_FUNCTION.get(parts[1].strip())
                if code:
                    append_once(codes, code)
        if person.profil == "directeur" or not codes:
            append_once(codes, default)
        return codes

    def _add_staff_values(self, values, person, feed, ecole_dn):
        source = person.attributes
        mail = source.get("ENTPersonMail")
        values["mail"] = [mail[0].lower()] if mail else []
        values["ENTPersonFonctions"] = []
        for value in source.get("ENTPersonFonctions", ()):
            parts = [part.strip() for part in value.split("$")] + [""] * 4
            ecole = self._ecole(feed, parts[0])
            if ecole is not None and ecole_dn(ecole):
                values["ENTPersonFonctions"].append("$".join([ecole_dn(ecole), *parts[1:5]]))
        if person.profil in ("enseignant", "directeur"):
            values["ENTEnsSpecialites"] = []
            for value in source.get("ENTEnsSpecialites", ()):
                parts = [part.strip() for part in value.split("$")] + [""]
                if parts[0]:
                    values["ENTEnsSpecialites"].append(parts[0] + "$" + parts[1])
        if person.profil == "directeur":
            values["ENTEnsFonctionDir"] = []
            for structure in source.get("ENTEnsFonctionDir", ()):
                ecole = self._ecole(feed, structure)
                if ecole is not None and ecole_dn(ecole):
                    append_once(values["ENTEnsFonctionDir"], ecole_dn(ecole))

    def structure_values(self, ecole, dn_of):
        source = ecole.attributes
        values = {
            target: [source[name][0]]
            for target, name in COPIED["EtabEducNat"].items()
            if name in source
        }
        values["ou"] = [ecole.uai]
        mail = source.get("ENTStructureMailSI")
        values["ENTStructureMailSI"] = [mail[0].lower()] if mail else []
        for target, regroupement in (("ENTStructureClasses", False), ("ENTStructureGroupes", True)):
            values[target] = [
                classe.id + "$" + classe.label
                for classe in ecole.classes
                if classe.regroupement == regroupement
            ]
        values["ENTStructureResponsable"] = [dn_of(key) for key in ecole.directeurs if dn_of(key)]
        return self._storable(values)

    def structure_jointures(self, ecole):
        return [ecole.academie + "$" + identifier for identifier in ecole.ids]

    # Groups

    def groups(self):
        """Every group that the feed asks for."""
        for ecole in self.ecoles.values():
            yield from self._school_groups(ecole)
            for classe in ecole.classes:
                yield from self._class_groups(ecole, classe)

    def _school_groups(self, ecole):
        nom = " ".join(ecole.attributes["ENTStructureNomCourant"][0].split("$")).strip()
        jointure = ecole.academie + "$" + ecole.ids[0]
        members = ecole.members
        teachers = members["enseignant"] + members["directeur"]
        for suffix, label, keys in (
            ("TOUS", "tous", [key for keys in members.values() for key in keys]),
            ("ELV", "élèves", members["eleve"]),
            ("TUT", "responsables", members["responsable"]),
            ("ENS", "enseignants", teachers),
            ("DIR", "direction", ecole.directeurs),
        ):
            yield Group(
                f"{ecole.uai}_{suffix}", {"entprofil"}, f"{nom} – {label}", ecole, jointure, keys
            )

    def _class_groups(self, ecole, classe):
        nom = classe.label or classe.id
        jointure = f"{ecole.academie}${ecole.ids[0]}${classe.id}"
        if classe.regroupement:
            yield Group(f"{ecole.uai}_G{classe.id}", set(), nom, ecole, jointure, classe.eleves)
            return
        stem = f"{ecole.uai}_{classe.id}"
        responsables = {}
        for eleve in classe.eleves:
            for key, _ in self.persons[eleve].links:
                responsables[key] = None
        yield Group(stem, {"entclasse"}, nom, ecole, jointure, classe.eleves)
        yield Group(
            f"{stem}_TUT",
            {"entprofil"},
            f"{nom} – responsables",
            ecole,
            jointure,
            list(responsables),
        )
        yield Group(f"{stem}_ENS", {"entprofil"}, f"{nom} – enseignants", ecole, jointure, None)
