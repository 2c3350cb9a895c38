"""Reads LDIF content records (RFC 2849) as `ldapsearch -LLL` prints them."""

import base64


class Entry:
    """An entry: attribute names in lower case, values as text."""

    __slots__ = ("dn", "attributes")

    def __init__(self, dn):
        self.dn = dn
        self.attributes = {}

    def all(self, name):
        return self.attributes.get(name.lower(), [])

    def first(self, name):
        return self.attributes.get(name.lower(), [""])[0]

    def classes(self):
        return {value.lower() for value in self.attributes.get("objectclass", ())}


def _logical_lines(lines):
    """Continued lines joined, comments left out."""
    held = None
    for line in lines:
        line = line.rstrip("\r\n")
        if line.startswith(" ") and held is not None:
            held += line[1:]
            continue
        if held is not None and not held.startswith("#"):
            yield held
        held = line
    if held is not None and not held.startswith("#"):
        yield held


def read_ldif(lines):
    entry = None
    for line in _logical_lines(lines):
        if not line:
            if entry is not None:
                yield entry
            entry = None
            continue
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError(f"not an LDIF line: {line[:60]!r}")
        if value.startswith(":"):
            value = base64.b64decode(value[1:].strip()).decode("utf-8", "surrogateescape")
        elif value.startswith("<"):
            raise ValueError(f"values by URL are not read: {name}")
        else:
            value = value.lstrip(" ")
        name = name.lower()
        if name == "version" and entry is None:
            continue
        if name == "dn":
            entry = Entry(value)
        elif entry is None:
            raise ValueError(f"value without an entry: {name}")
        else:
            entry.attributes.setdefault(name, []).append(value)
    if entry is not None:
        yield entry


def load_ldif(path):
    with open(path, encoding="utf-8") as file:
        return list(read_ldif(file))
