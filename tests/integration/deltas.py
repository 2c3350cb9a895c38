"""Complets and Deltas of a trial region, side by side: nights of entsync-gen as both, and Deltas written by
hand. They lie in a drop folder per académie, as an académie's transfer leaves them there."""

import os
import re
import shutil
import xml.sax.saxutils
from datetime import date, timedelta

from scene import program

CATEGORIES = ("EtabEducNat", "Eleve", "PersRelEleve", "PersEducNat")
KIND = {"EtabEducNat": "categorieStructure"}
OPENING = ('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">\n'
           "<ficAlimMENESR>\n")


def after(day, days):
    """The day so many days after a compact one."""
    then = date(int(day[:4]), int(day[4:6]), int(day[6:])) + timedelta(days=days)
    return then.strftime("%Y%m%d")


def head(category, key):
    return (f'<operationalAttributes><attr name="{KIND.get(category, "categoriePersonne")}"><value>{category}'
            f"</value></attr></operationalAttributes>\n<identifier><id>{key}</id></identifier>\n")


def modify(category, key, **attributes):
    """A modifyRequest; an attribute without values is emptied."""
    text = ""
    for name, values in attributes.items():
        inside = "".join(f"<value>{xml.sax.saxutils.escape(value)}</value>" for value in values) or "<value/>"
        text += f'<modification name="{name}" operation="replace">{inside}</modification>\n'
    return category, f"<modifyRequest>\n{head(category, key)}<modifications>\n{text}</modifications>\n</modifyRequest>\n"


def delete(category, key):
    return category, f"<deleteRequest>\n{head(category, key)}</deleteRequest>\n"


class Drop:
    """The drop folders of a scene whose first Complet is generated, and the nights after it."""

    def __init__(self, scene):
        self.scene = scene
        scene.generate()
        self.folder = os.path.join(scene.place, "drop")
        self.day = scene.date
        self.number = 0
        with open(scene.config, encoding="utf-8") as f:
            text = f.read()
        with open(scene.config, "w", encoding="utf-8") as f:
            f.write(text.replace('delivery = "deliveries/', 'delivery = "drop/'))
        self.put_complet()

    def code(self):
        return self.scene.codes()[0]

    def place(self, code, name):
        path = os.path.join(self.folder, code, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def put(self, source, name):
        """Copies what lies below `source`, an académie in each folder, into the drop folders."""
        for code in self.scene.codes():
            shutil.copytree(os.path.join(source, code), self.place(code, name))

    def put_complet(self):
        self.put(self.scene.deliveries, self.day)

    def next_night(self, days=1, nights=1):
        """Lets nights pass. The folder of the Delta; the Complet becomes that of scene.deliveries."""
        self.number += nights
        self.day = after(self.day, days)
        delta = os.path.join(self.scene.place, "delta-" + self.day)
        arguments = ("--night", str(self.number))
        self.scene.run(program("entsync-gen"), "night", "--state", self.scene.state_file, "--date", self.day,
                       "--out", delta, "--delta", "--keep-state", *arguments)
        self.scene.evolve("night", self.day, *arguments)
        return delta

    def put_delta(self, source):
        self.put(source, self.day + ".Delta")

    def write_delta(self, day, requests, name=None):
        """A Delta of these requests, of all categories, in the first académie's drop folder."""
        code = self.code()
        folder = self.place(code, name or day + ".Delta")
        os.makedirs(folder)
        for category in CATEGORIES:
            text = "".join(request for of, request in requests if of == category)
            file = f"ENTOCC_{code[3:]}_Delta_{day}_{category}_0000.xml"
            with open(os.path.join(folder, file), "w", encoding="utf-8") as f:
                f.write(OPENING + text + "</ficAlimMENESR>\n")
        return folder

    def remove(self, name):
        for code in self.scene.codes():
            shutil.rmtree(self.place(code, name))


def renamed(folder, day):
    """Gives the files of a delivery another day in their names, and nothing else."""
    for name in os.listdir(folder):
        os.rename(os.path.join(folder, name),
                  os.path.join(folder, re.sub(r"_\d{8}_", f"_{day}_", name)))


def entries(scene):
    """All entries as text, in order, without what the server adds."""
    text = scene.ldap("ldapsearch", "-LLL", "-o", "ldif-wrap=no", "-b", scene.base, "*")
    blocks = []
    for block in text.strip().split("\n\n"):
        dn, *values = block.splitlines()
        blocks.append("\n".join([dn, *sorted(values)]))
    return "\n\n".join(sorted(blocks))


def changed_entries(before, now):
    """DNs of entries that differ between two answers of scene.dump()."""
    def by_dn(text):
        return {block.splitlines()[0]: block for block in text.strip().split("\n\n")}
    old, new = by_dn(before), by_dn(now)
    return {dn[4:] for dn in old.keys() | new.keys() if old.get(dn) != new.get(dn)}
