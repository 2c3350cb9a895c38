"""Changes to deliveries that the generator does not make: pupils who are late, delivered twice, struck off by mistake or in
no class yet. Everything works on whole records of files as they lie on the disk."""

import glob
import os
import re

RECORD = re.compile(rb"<addRequest>.*?</addRequest>\n?", re.S)
ID = re.compile(rb"<identifier><id>([^<]*)</id>")
INE = re.compile(rb'name="ENTEleveINE"><value>([^<]+)<')
RESPONSABLES = re.compile(rb'name="ENTEleveAutoriteParentale">(.*?)</attr>', re.S)
CLASSES = re.compile(rb'(<attr name="ENTPersonClasses">)(.*?)(</attr>)', re.S)
ATTACHED = re.compile(rb'name="ENTPersonStructRattach"><value>([^<]*)<')


class Delivery:
    """The records of one académie's delivery, as text; `write` puts back what was changed."""

    def __init__(self, folder):
        self.folder = folder
        self._parts = {}

    def part(self, category):
        """(path, text) of the parts of a category, in order."""
        if category not in self._parts:
            self._parts[category] = []
            for path in sorted(glob.glob(os.path.join(self.folder, f"*_{category}_*.xml"))):
                with open(path, "rb") as file:
                    self._parts[category].append([path, file.read(), False])
        return self._parts[category]

    def records(self, category):
        """id → record."""
        return {
            ID.search(record)[1]: record
            for _, text, _ in self.part(category)
            for record in RECORD.findall(text)
        }

    def identifiers(self, category):
        return {i.decode() for i in self.records(category)}

    def rewrite(self, category, change):
        """`change` gets each record and gives what stands there from now on."""
        for part in self.part(category):
            part[1], part[2] = RECORD.sub(lambda found: change(found[0]), part[1]), True

    def drop(self, category, ids):
        if ids:
            self.rewrite(category, lambda record: b"" if ID.search(record)[1] in ids else record)

    def add(self, category, records):
        """Records whose id is not there yet."""
        known = self.records(category)
        new = b"".join(r for identifier, r in records.items() if identifier not in known)
        if new:
            part = self.part(category)[-1]
            at = part[1].rindex(b"</ficAlimMENESR>")
            part[1], part[2] = part[1][:at] + new + part[1][at:], True

    def take_classes_out(self, keeps=lambda structure: False):
        """No pupil is in a class, but of schools that keep them."""

        def change(record):
            if keeps(ATTACHED.search(record)[1]):
                return record
            return CLASSES.sub(rb"\1<value/>\3", record)

        self.rewrite("Eleve", change)

    def remove(self, category):
        """The files of a category are lost."""
        for path, _, _ in self.part(category):
            os.remove(path)
        self._parts[category] = []

    def write(self):
        for parts in self._parts.values():
            for part in parts:
                if part[2]:
                    # A new file: the old one may be linked to elsewhere.
                    os.remove(part[0])
                    with open(part[0], "wb") as file:
                        file.write(part[1])
                    part[2] = False


def pupils_by_ine(delivery):
    found = {}
    for identifier, record in delivery.records("Eleve").items():
        ine = INE.search(record)
        if ine:
            found[ine[1]] = (identifier, record)
    return found


def responsables_of(record):
    found = RESPONSABLES.search(record)
    return set(re.findall(rb"<value>(\d+)\$", found[1])) if found else set()
