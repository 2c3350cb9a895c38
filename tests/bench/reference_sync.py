#!/usr/bin/python3
"""The synchronisation script that a good administrator would write: the yardstick for speed.

Reads AAF folders with xml.etree.iterparse, derives the entries of the profile sdet-1d (the
mapping of tests/checker/expected.py), reads the directory in pages of 1000, compares by the
matching rules, and writes with asynchronous operations, 64 under way. Who is not delivered any
more is marked absent, groups nobody asks for are removed. Entries are found by their jointure,
so a directory that was filled by another program is recognised, and an unchanged one gives no
difference.

No judgement of surprises, no journal, no resumption: only the work itself. Prints `name: value`
lines. Needs python3-ldap. Exit codes: 0 done, 1 operations failed, 2 wrong usage.
"""

import argparse
import gc
import os
import resource
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter

import ldap
from ldap.controls import SimplePagedResultsControl

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "checker"))
import expected as rules  # noqa: E402
from aaf import parts_of  # noqa: E402
from expected import Expected, Feed, Registry, fold, fold_dn, fold_value  # noqa: E402
from ldif_reader import Entry  # noqa: E402

CATEGORY_OF_CLASS = {
    "entauxeleve": "Eleve",
    "entauxpersreleleve": "PersRelEleve",
    "entauxenseignant": "PersEducNat",
    "entauxdirection": "PersEducNat",
    "entauxnonensetab": "PersEducNat",
}
MANAGED_CLASSES = set(CATEGORY_OF_CLASS) | {"entclasse", "entprofil"}
SPELLING = {
    name.lower(): name
    for name in "top person organizationalPerson inetOrgPerson ENTPerson ENTAuxEleve "
    "ENTAuxPersRelEleve "
    "ENTAuxEnseignant ENTAuxDirection ENTAuxNonEnsEtab organizationalUnit ENTStructure ENTEcole "
    "groupOfNames ENTGroupe ENTClasse ENTProfil".split()
}
ABSENT = "ENTCompteAbsentDepuis"


# Source -------------------------------------------------------------------------------------


def read_feed(path, academie):
    feed = Feed(academie)
    for category, _, opener in parts_of(path):
        with opener() as stream:
            for _, element in ElementTree.iterparse(stream):
                if element.tag == "addRequest":
                    feed.add(category, *record_of(element))
                    element.clear()
    return feed


def record_of(element):
    attributes = {}
    for attribute in element.iterfind("attributes/attr"):
        values = [v.text.strip() for v in attribute if v.text and v.text.strip()]
        if values:
            attributes.setdefault(attribute.get("name"), []).extend(values)
    return (element.findtext("identifier/id") or "").strip(), attributes


# Directory ----------------------------------------------------------------------------------


def connect(options):
    connection = ldap.initialize(options.uri)
    connection.protocol_version = 3
    if options.bind_dn:
        with open(options.password_file, encoding="utf-8") as file:
            connection.simple_bind_s(options.bind_dn, file.read().strip())
    else:
        connection.sasl_external_bind_s()
    return connection


def wanted_attributes():
    names = {"objectClass", "uid", "ENTPersonJointure", "ENTStructureUAI", "ENTStructureJointure"}
    names |= {"cn", "member", "ENTGroupeMembreExplicite", ABSENT, "ENTCompteEtat"}
    for group in (
        *rules.ATTRIBUTES_OF.values(),
        rules.ATTRIBUTES_STRUCTURE,
        rules.ATTRIBUTES_GROUP,
    ):
        names |= set(group)
    return sorted(names)


def read_branch(connection, base, page_size):
    """Entries of one branch, page after page."""
    control = SimplePagedResultsControl(True, size=page_size, cookie="")
    attributes = wanted_attributes()
    while True:
        message = connection.search_ext(
            base, ldap.SCOPE_ONELEVEL, "(objectClass=*)", attributes, serverctrls=[control]
        )
        _, data, _, controls = connection.result3(message)
        for dn, values in data:
            entry = Entry(dn)
            entry.attributes = {
                name.lower(): [value.decode("utf-8", "surrogateescape") for value in found]
                for name, found in values.items()
            }
            yield entry
        cookies = [c.cookie for c in controls if c.controlType == control.controlType]
        if not cookies or not cookies[0]:
            return
        control.cookie = cookies[0]


class Directory:
    """What is there, found by key."""

    def __init__(self, connection, options, academies):
        self.persons = {}
        self.structures = {}
        self.groups = {}
        self.entries = 0
        for entry in read_branch(connection, options.people, options.page):
            self._add_person(entry, academies)
        for entry in read_branch(connection, options.structures, options.page):
            self.entries += 1
            self.structures[entry.first("ENTStructureUAI").upper()] = entry
        for entry in read_branch(connection, options.groups, options.page):
            self.entries += 1
            self.groups[fold(entry.first("cn"))] = entry

    def _add_person(self, entry, academies):
        self.entries += 1
        categories = {CATEGORY_OF_CLASS[c] for c in entry.classes() if c in CATEGORY_OF_CLASS}
        for value in entry.all("ENTPersonJointure"):
            academie, _, identifier = value.partition("$")
            if academie in academies:
                for category in categories:
                    self.persons[category, academie, identifier] = entry


# Comparison ---------------------------------------------------------------------------------


class Comparison:
    """Operations that make the directory what it must be."""

    def __init__(self, expected, directory, options):
        self.expected = expected
        self.directory = directory
        self.options = options
        self.adds = []
        self.modifies = []
        self.deletes = []
        self.counts = Counter()
        self.now = time.strftime("%Y%m%d%H%M%SZ", time.gmtime()).encode()
        # Who may stand in a group without being delivered: of whom the delivery cannot tell.
        self.kept = {
            fold_dn(entry.dn)
            for key, entry in directory.persons.items()
            if expected.is_unknown(key)
        }

    def uid_of(self, key):
        """Made of the key: the same person gets the same one in every run."""
        category, academie, identifier = key
        index = sorted(self.expected.feeds).index(academie)
        return f"{rules.CATEGORIES.index(category)}{index}-{identifier}"

    def dn_of(self, key):
        entry = self.directory.persons.get(key)
        if entry is not None:
            return entry.dn
        return (
            f"uid={self.uid_of(key)},{self.options.people}"
            if key in self.expected.persons
            else None
        )

    def ecole_dn(self, ecole):
        entry = self.directory.structures.get(ecole.uai)
        return entry.dn if entry else f"ENTStructureUAI={ecole.uai},{self.options.structures}"

    def run(self):
        for ecole in self.expected.ecoles.values():
            self._structure(ecole)
        for key, person in self.expected.persons.items():
            self._person(key, person)
        for key, entry in self.directory.persons.items():
            if key not in self.expected.persons:
                self._absent(key, entry)
        self._groups()

    def _structure(self, ecole):
        values = self.expected.structure_values(ecole, self.dn_of)
        entry = self.directory.structures.get(ecole.uai)
        jointures = self.expected.structure_jointures(ecole)
        if entry is None:
            values |= {"ENTStructureUAI": [ecole.uai], "ENTStructureJointure": jointures}
            self._add(self.ecole_dn(ecole), rules.STRUCTURE_CLASSES, values)
            return
        changes = self._changes(entry, values, rules.ATTRIBUTES_STRUCTURE)
        lacking = [j for j in jointures if j not in entry.all("ENTStructureJointure")]
        if lacking:
            changes.append((ldap.MOD_ADD, "ENTStructureJointure", encoded(lacking)))
        self._modify(entry, changes)

    def _person(self, key, person):
        values = self.expected.person_values(person, self.dn_of, self.ecole_dn)
        classes = rules.PERSON_CLASSES | rules.ROLE_CLASSES[person.profil]
        entry = self.directory.persons.get(key)
        if entry is None:
            uid = self.uid_of(key)
            nom = person.attributes["ENTPersonNom"][0]
            prenom = person.attributes.get("ENTPersonPrenom", [""])[0]
            values |= {
                "uid": [uid],
                "ENTPersonLogin": [uid],
                "ENTPersonJointure": [key[1] + "$" + key[2]],
                "displayName": [f"{prenom} {nom}".strip()],
            }
            self._add(self.dn_of(key), classes, values)
            return
        changes = self._class_changes(entry, classes)
        changes += self._changes(entry, values, rules.ATTRIBUTES_OF[key[0]])
        for attribute in (ABSENT, "ENTCompteEtat"):
            if entry.all(ABSENT) and entry.all(attribute):
                changes.append((ldap.MOD_DELETE, attribute, None))
        self._modify(entry, changes)

    def _absent(self, key, entry):
        if entry.all(ABSENT) or self.expected.is_unknown(key):
            return
        self.counts["absent"] += 1
        self._modify(
            entry,
            [
                (ldap.MOD_REPLACE, ABSENT, [self.now]),
                (ldap.MOD_REPLACE, "ENTCompteEtat", [b"SUSPENDU"]),
            ],
        )

    def _groups(self):
        wanted = set()
        for group in self.expected.groups():
            wanted.add(fold(group.cn))
            self._group(group)
        for cn, entry in self.directory.groups.items():
            ours = any(
                v.partition("$")[0] in self.expected.feeds for v in entry.all("ENTGroupeJointure")
            )
            if cn not in wanted and ours and not entry.all("ENTGroupeMembreExplicite"):
                self.deletes.append(entry.dn)

    def _group(self, group):
        values = {
            "ENTGroupeNom": [group.nom],
            "ENTGroupeEcole": [self.ecole_dn(group.ecole)],
            "ENTGroupeJointure": [group.jointure],
        }
        members = [self.dn_of(key) for key in group.members or ()]
        entry = self.directory.groups.get(fold(group.cn))
        if entry is None:
            values |= {"cn": [group.cn], "member": members or [""]}
            dn = f"cn={group.cn},{self.options.groups}"
            self._add(dn, rules.GROUP_CLASSES | group.classes, values)
            return
        changes = self._class_changes(entry, rules.GROUP_CLASSES | group.classes)
        changes += self._changes(entry, values, rules.ATTRIBUTES_GROUP)
        if group.members is not None:
            changes += self._member_changes(entry, members)
        self._modify(entry, changes)

    def _member_changes(self, entry, members):
        found = {fold_dn(dn): dn for dn in entry.all("member")}
        want = {fold_dn(dn): dn for dn in (*members, *entry.all("ENTGroupeMembreExplicite")) if dn}
        want |= {folded: dn for folded, dn in found.items() if folded in self.kept}
        want = want or {"": ""}
        missing = [dn for folded, dn in want.items() if folded not in found]
        extra = [dn for folded, dn in found.items() if folded not in want]
        # The new ones first: groupOfNames is never without a member.
        changes = [(ldap.MOD_ADD, "member", encoded(missing))] if missing else []
        return changes + ([(ldap.MOD_DELETE, "member", encoded(extra))] if extra else [])

    def _changes(self, entry, wanted, attributes):
        changes = []
        for attribute in attributes:
            name = attribute.lower()
            found = entry.attributes.get(name, [])
            want = wanted.get(attribute, [])
            if found == want:
                continue
            if {fold_value(name, v) for v in found} == {fold_value(name, v) for v in want}:
                continue
            changes.append((ldap.MOD_REPLACE, attribute, encoded(distinct(name, want)) or None))
        return changes

    @staticmethod
    def _class_changes(entry, wanted):
        classes = entry.classes()
        missing = [SPELLING[name] for name in sorted(wanted - classes)]
        extra = [SPELLING[name] for name in sorted((classes & MANAGED_CLASSES) - wanted)]
        changes = [(ldap.MOD_ADD, "objectClass", encoded(missing))] if missing else []
        return changes + ([(ldap.MOD_DELETE, "objectClass", encoded(extra))] if extra else [])

    def _add(self, dn, classes, values):
        modlist = [("objectClass", encoded(SPELLING[name] for name in sorted(classes)))]
        modlist += [
            (name, encoded(distinct(name.lower(), texts)))
            for name, texts in values.items()
            if texts
        ]
        self.adds.append((dn, modlist))

    def _modify(self, entry, changes):
        if changes:
            self.counts["values"] += len(changes)
            self.modifies.append((entry.dn, changes))


def encoded(texts):
    return [text.encode() for text in texts]


def distinct(name, texts):
    return list({fold_value(name, text): text for text in reversed(texts)}.values())[::-1]


# Writing ------------------------------------------------------------------------------------


class Pipeline:
    """Operations under way, `window` at most."""

    def __init__(self, connection, window):
        self.connection = connection
        self.window = window
        self.pending = {}
        self.done = 0
        self.failed = Counter()

    def send(self, operation, dn, *arguments):
        while len(self.pending) >= self.window:
            self._receive()
        self.pending[operation(dn, *arguments)] = dn

    def drain(self):
        while self.pending:
            self._receive()

    def _receive(self):
        try:
            _, _, message, _ = self.connection.result3(ldap.RES_ANY, all=1)
        except ldap.LDAPError as error:
            # python-ldap raises the outcome of the operation; it names the message it belongs to.
            details = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
            message = details.get("msgid")
            self.failed[type(error).__name__] += 1
            if message not in self.pending:
                raise
        self.pending.pop(message)
        self.done += 1


def write(connection, comparison, window):
    pipeline = Pipeline(connection, window)
    for dn, modlist in comparison.adds:
        pipeline.send(connection.add_ext, dn, modlist)
    pipeline.drain()
    for dn, changes in comparison.modifies:
        pipeline.send(connection.modify_ext, dn, changes)
    for dn in comparison.deletes:
        pipeline.send(connection.delete_ext, dn)
    pipeline.drain()
    return pipeline


# Run ----------------------------------------------------------------------------------------


class Stages:
    def __init__(self):
        self.started = self.last = time.perf_counter()

    def end(self, name):
        now = time.perf_counter()
        print(f"{name}_seconds: {now - self.last:.3f}")
        self.last = now


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--academie", action="append", required=True, metavar="CODE")
    parser.add_argument("--delivery", action="append", required=True, metavar="PATH")
    parser.add_argument("--registry", required=True, metavar="FILE")
    parser.add_argument("--uri", default="ldapi:///")
    parser.add_argument("--base", required=True, metavar="DN")
    parser.add_argument("--bind-dn", metavar="DN", help="simple bind; else SASL EXTERNAL")
    parser.add_argument("--password-file", metavar="FILE", default="/dev/null")
    parser.add_argument("--page", type=int, default=1000)
    parser.add_argument("--window", type=int, default=64)
    parser.add_argument("--dry-run", action="store_true", help="stop before writing")
    options = parser.parse_args()
    if len(options.academie) != len(options.delivery):
        parser.error("as many --academie as --delivery are wanted")
    for branch in ("people", "structures", "groups"):
        setattr(options, branch, f"ou={branch},{options.base}")
    return options


def main():
    options = parse_arguments()
    gc.disable()  # nothing here is cyclic; collecting takes a third of the time to parse
    stages = Stages()
    feeds = [read_feed(path, code) for code, path in zip(options.academie, options.delivery)]
    stages.end("parse")
    expected = Expected(feeds, Registry(options.registry))
    stages.end("derive")
    connection = connect(options)
    directory = Directory(connection, options, expected.feeds)
    stages.end("read")
    comparison = Comparison(expected, directory, options)
    comparison.run()
    stages.end("diff")
    print(f"persons: {len(expected.persons)}")
    print(f"schools: {len(expected.ecoles)}")
    print(f"entries_read: {directory.entries}")
    print(f"adds: {len(comparison.adds)}")
    print(f"modifies: {len(comparison.modifies)}")
    print(f"deletes: {len(comparison.deletes)}")
    print(f"absent: {comparison.counts['absent']}")
    failed = 0
    if not options.dry_run:
        pipeline = write(connection, comparison, options.window)
        stages.end("write")
        failed = sum(pipeline.failed.values())
        print(f"written: {pipeline.done - failed}")
        print(f"failed: {failed}")
        for name, count in sorted(pipeline.failed.items()):
            print(f"failed_{name}: {count}")
    print(f"total_seconds: {time.perf_counter() - stages.started:.3f}")
    print(f"peak_rss_bytes: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
