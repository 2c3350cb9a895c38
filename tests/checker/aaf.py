"""Reads an AAF delivery (directory, .tgz or .zip) into a Feed, with expat, one record at a time."""

import html.entities
import os
import re
import tarfile
import xml.parsers.expat
import zipfile

from expected import CATEGORIES, Feed

FILE_NAME = re.compile(r"_(?P<date>\d{8})_(?P<category>[A-Za-z]+)_(?P<part>\d{4})\.xml$")


class DeliveryError(Exception):
    """The delivery cannot be read whole."""


class _RecordReader:
    def __init__(self, feed, category):
        self._feed = feed
        self._category = category
        self._attributes = None
        self._name = None
        self._text = None
        self._identifier = ""
        parser = xml.parsers.expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.SkippedEntityHandler = self._entity
        self.parser = parser

    def _start(self, tag, attributes):
        if tag == "attr":
            self._name = attributes.get("name", "")
        elif tag in ("value", "id"):
            self._text = []
        elif tag == "attributes":
            self._attributes = {}
        elif tag == "addRequest":
            self._identifier = ""
        elif tag in ("modifyRequest", "deleteRequest"):
            raise DeliveryError(f"line {self.parser.CurrentLineNumber}: {tag} in a Complet")

    def _data(self, data):
        if self._text is not None:
            self._text.append(data)

    def _entity(self, name, is_parameter):
        if self._text is not None and not is_parameter:
            self._text.append(html.entities.entitydefs.get(name, ""))

    def _end(self, tag):
        if tag == "value":
            text = "".join(self._text).strip()
            self._text = None
            # An attribute may occur twice; what is not empty is merged.
            if text and self._attributes is not None:
                self._attributes.setdefault(self._name, []).append(text)
        elif tag == "id":
            self._identifier = "".join(self._text).strip()
            self._text = None
        elif tag == "addRequest":
            self._feed.add(self._category, self._identifier, self._attributes or {})
            self._attributes = None


def read_part(feed, category, stream, name):
    reader = _RecordReader(feed, category)
    try:
        reader.parser.ParseFile(stream)
    except (xml.parsers.expat.ExpatError, DeliveryError) as error:
        raise DeliveryError(f"{name}: {error}") from error


def _directory_parts(path):
    for name in os.listdir(path):
        yield name, lambda name=name: open(os.path.join(path, name), "rb")


def parts_of(path):
    """(category, name, open) of each part, in order; DeliveryError when a category lacks."""
    archive = None
    if os.path.isdir(path):
        offered = list(_directory_parts(path))
    elif path.endswith(".zip"):
        archive = zipfile.ZipFile(path)
        offered = [
            (info.filename, lambda info=info: archive.open(info)) for info in archive.infolist()
        ]
    else:
        archive = tarfile.open(path)
        offered = [
            (member.name, lambda member=member: archive.extractfile(member))
            for member in archive.getmembers()
            if member.isfile()
        ]
    found = []
    for name, opener in offered:
        match = FILE_NAME.search(name)
        if match and match["category"] in CATEGORIES:
            found.append((CATEGORIES.index(match["category"]), match["part"], name, opener))
    found.sort(key=lambda part: part[:3])
    missing = set(range(len(CATEGORIES))) - {part[0] for part in found}
    if missing:
        raise DeliveryError(
            f"{path}: no file of {', '.join(CATEGORIES[i] for i in sorted(missing))}"
        )
    return [(CATEGORIES[index], name, opener) for index, _, name, opener in found]


def read_delivery(path, academie):
    feed = Feed(academie)
    try:
        for category, name, opener in parts_of(path):
            with opener() as stream:
                read_part(feed, category, stream, name)
    except (OSError, tarfile.TarError, zipfile.BadZipFile, EOFError) as error:
        raise DeliveryError(f"{path}: {error}") from error
    return feed
