"""Compares the entries of a directory with the expected state; what it proves stands in
check_directory.py."""

from collections import Counter

import expected as rules
from expected import fold, fold_dn, fold_value

CATEGORY_OF_CLASS = {
    "entauxeleve": "Eleve",
    "entauxpersreleleve": "PersRelEleve",
    "entauxenseignant": "PersEducNat",
    "entauxdirection": "PersEducNat",
    "entauxnonensetab": "PersEducNat",
}
ABSENT = "ENTCompteAbsentDepuis"
# Written by the server or by the synchroniser for itself: not values of the ENT.
NOT_ENT = set(
    "entcompteetat entcompteabsentdepuis entcomptesuppression entcomptelimitation modifytimestamp modifiersname entrycsn contextcsn "
    "structuralobjectclass subschemasubentry hassubordinates memberof objectclass".split()
)


class Difference:
    __slots__ = ("kind", "subject", "attribute", "text", "missing", "extra")

    def __init__(self, kind, subject, attribute, text, missing=(), extra=()):
        self.kind = kind
        self.subject = subject
        self.attribute = rules.SPELLING.get(attribute, attribute)
        self.text = text
        self.missing = sorted(missing)
        self.extra = sorted(extra)

    def line(self, with_values):
        where = self.subject + (" " + self.attribute if self.attribute else "")
        line = f"{self.kind}: {where}: {self.text}"
        if with_values and self.missing:
            line += f" missing={self.missing}"
        if with_values and self.extra:
            line += f" extra={self.extra}"
        return line


class Checker:
    def __init__(
        self,
        expected,
        entries,
        base=None,
        allow_absent=False,
        left_alone=frozenset(),
        restricted=frozenset(),
        waiting=frozenset(),
        before=(),
    ):
        """Keys of persons of whom the night decides nothing, and of restricted ones, to whose entries nothing is
        written; UAIs of schools whose classes stay, delivered or not; entries as they were before the run."""
        self._before = {fold_dn(entry.dn): entry.attributes for entry in before}
        self.expected = expected
        self.left_alone = left_alone
        self.restricted = restricted
        self.waiting = waiting
        self.base = fold_dn(base) if base else None
        self.allow_absent = allow_absent
        self.differences = []
        self.counts = Counter()
        self.entries = [entry for entry in entries if self._under_base(entry)]
        self.by_dn = {fold_dn(entry.dn): entry for entry in self.entries}
        self.person_of = {}
        self.keys_of = {}  # folded DN → keys of the feeds
        self.structure_of = {}
        self.group_of = {}
        self._index()
        self._memo = {}

    def _under_base(self, entry):
        dn = fold_dn(entry.dn)
        return self.base is None or dn == self.base or dn.endswith("," + self.base)

    def report(self, kind, subject, attribute, text, missing=(), extra=()):
        self.differences.append(Difference(kind, subject, attribute, text, missing, extra))

    # Index -----------------------------------------------------------------------------------

    def _index(self):
        for dn, entry in self.by_dn.items():
            classes = entry.classes()
            if "entperson" in classes:
                self._index_person(dn, entry, classes)
            elif "entstructure" in classes:
                self._index_once(
                    self.structure_of, entry, entry.all("ENTStructureUAI"), "UAI", str.upper
                )
            elif "entgroupe" in classes:
                self._index_once(self.group_of, entry, entry.all("cn")[:1], "cn", fold)

    def _index_once(self, index, entry, values, what, normal):
        for value in values:
            if normal(value) in index:
                self.report("duplicate", entry.dn, "", f"{what} {value} is on another entry too")
            index.setdefault(normal(value), entry)

    def _index_person(self, dn, entry, classes):
        categories = {CATEGORY_OF_CLASS[name] for name in classes if name in CATEGORY_OF_CLASS}
        keys = []
        for value in entry.all("ENTPersonJointure"):
            academie, _, identifier = value.partition("$")
            if academie in self.expected.feeds:
                keys += [(category, academie, identifier) for category in sorted(categories)]
                if not categories:
                    self.report("class", value, "objectClass", "no class of role (invariant 6)")
        # A pupil who came under a new key keeps the old one: it is no key of a feed any more.
        delivered = [key for key in keys if key in self.expected.persons]
        keys = delivered or keys
        self.keys_of[dn] = keys
        if len(delivered) > 1:
            self.report("duplicate", entry.dn, "", f"one entry with {len(keys)} keys of the feeds")
        for key in keys:
            if key in self.person_of:
                self.report(
                    "duplicate", name_of(key), "", "two entries with one jointure (invariant 5)"
                )
            self.person_of.setdefault(key, entry)

    def dn_of(self, key):
        entry = self.person_of.get(key)
        return entry.dn if entry else None

    def ecole_dn(self, ecole):
        entry = self.structure_of.get(ecole.uai)
        return entry.dn if entry else None

    # Run -------------------------------------------------------------------------------------

    def run(self):
        self._check_structures()
        self._check_persons()
        self._check_surplus_persons()
        self._check_groups()
        self._check_links_resolve()
        self._check_uniqueness()
        return self.differences

    def _compare(self, subject, entry, wanted, attributes, tolerate=lambda attribute, value: False):
        """Values of `attributes`, which the feed owns: wanted ones and no other."""
        for attribute in attributes:
            name = attribute.lower()
            found = entry.attributes.get(name, [])
            want = wanted.get(attribute, [])
            if found == want:
                continue
            found_folded = {fold_value(name, value): value for value in found}
            want_folded = {fold_value(name, value): value for value in want}
            missing = [
                value
                for folded, value in want_folded.items()
                if folded not in found_folded and not self._leads_to_restricted(name, value)
            ]
            extra = [
                value
                for folded, value in found_folded.items()
                if folded not in want_folded
                and not tolerate(name, value)
                and not self._leads_to_restricted(name, value)
            ]
            if isinstance(want, rules.PartOfValues):
                kept = self._before.get(fold_dn(entry.dn), {}).get(name, ())
                extra = [value for value in extra if value not in kept]
            if missing or extra:
                text = f"{len(missing)} value(s) missing, {len(extra)} too many"
                self.report("value", subject, attribute, text, missing, extra)

    def _leads_to_restricted(self, attribute, value):
        if not self.restricted or attribute not in rules.DN_VALUED | rules.DN_COMPOSITES:
            return False
        return self._is_restricted(fold_dn(value.partition("$")[0]))

    def _is_restricted(self, dn):
        return any(key in self.restricted for key in self.keys_of.get(dn, ()))

    def _check_classes(self, subject, entry, wanted, managed):
        classes = entry.classes()
        missing = wanted - classes
        extra = (classes & managed) - wanted
        if missing or extra:
            text = "missing " + ", ".join(sorted(missing)) if missing else "not of this role"
            self.report("class", subject, "objectClass", text, missing, extra)

    def _check_rdn(self, subject, entry, attribute, branch):
        rdn, _, parent = entry.dn.partition(",")
        name, _, value = rdn.partition("=")
        if fold(name) != fold(attribute) or fold(value) not in map(fold, entry.all(attribute)):
            self.report("place", subject, "dn", f"the RDN is not the entry's {attribute}")
        if self.base and fold_dn(parent) != f"{branch},{self.base}":
            self.report("place", subject, "dn", f"not directly below {branch}")

    # Structures

    def _check_structures(self):
        for uai, ecole in self.expected.ecoles.items():
            self.counts["structures"] += 1
            subject = f"école {uai}"
            entry = self.structure_of.get(uai)
            if entry is None:
                self.report("missing", subject, "", "no entry for this school in scope")
                continue
            self._check_classes(subject, entry, rules.STRUCTURE_CLASSES, set())
            self._check_rdn(subject, entry, "ENTStructureUAI", "ou=structures")
            wanted = self.expected.structure_values(ecole, self.dn_of)
            attributes = rules.ATTRIBUTES_STRUCTURE
            if uai in self.waiting:
                attributes = [name for name in attributes if name not in rules.CLASSES_OF_STRUCTURE]
            self._compare(subject, entry, wanted, attributes, self._tolerated_link)
            lacking = set(self.expected.structure_jointures(ecole)) - set(
                entry.all("ENTStructureJointure")
            )
            if lacking:
                self.report("value", subject, "ENTStructureJointure", "jointure missing", lacking)
        for uai, entry in self.structure_of.items():
            if uai in self.expected.ecoles or not self._is_of_feeds(entry, "ENTStructureJointure"):
                continue
            if uai in self.expected.registry.etat:
                self.counts["structures_outside"] += 1  # enrolled once: the entry stays
            else:
                self.report(
                    "surplus", f"école {uai}", "", "an entry, but the school is not enrolled"
                )

    def _is_of_feeds(self, entry, attribute):
        return any(value.partition("$")[0] in self.expected.feeds for value in entry.all(attribute))

    # Persons

    def _check_persons(self):
        for key, person in self.expected.persons.items():
            self.counts[person.profil] += 1
            entry = self.person_of.get(key)
            subject = name_of(key)
            if entry is None:
                if key not in self.restricted:
                    self.report("missing", subject, "", f"no entry for this {person.profil}")
                continue
            if key in self.restricted:
                self.counts["restricted"] += 1
                continue
            self._check_person(subject, person, entry)

    def _check_person(self, subject, person, entry):
        role = rules.ROLE_CLASSES[person.profil]
        self._check_classes(subject, entry, rules.PERSON_CLASSES | role, set(CATEGORY_OF_CLASS))
        self._check_rdn(subject, entry, "uid", "ou=people")
        wanted = self.expected.person_values(person, self.dn_of, self.ecole_dn)
        self._compare(
            subject, entry, wanted, rules.ATTRIBUTES_OF[person.key[0]], self._tolerated_link
        )
        for attribute in ("uid", "ENTPersonLogin", "displayName"):
            if not entry.first(attribute):
                self.report("value", subject, attribute, "must be there from the creation on")
        if entry.all(ABSENT) or fold(entry.first("ENTCompteEtat")) == "suspendu":
            self.report("absence", subject, ABSENT, "marked absent or suspended, but delivered")

    def _tolerated_link(self, attribute, value):
        """Links that the feed does not own: to entries that are not of the feeds, to persons of
        whom the delivery cannot tell, and to absent ones."""
        if attribute in rules.DN_COMPOSITES:
            value = value.partition("$")[0]
        elif attribute not in rules.DN_VALUED:
            return False
        dn = fold_dn(value)
        target = self.by_dn.get(dn)
        if target is None:
            return False
        if "entperson" in target.classes():
            return self._is_tolerated_person(dn, target)
        if "entstructure" in target.classes():
            return not self._is_of_feeds(target, "ENTStructureJointure")
        return False

    def _is_tolerated_person(self, dn, entry):
        """Whether the entry of a person may be where the feed did not put it."""
        keys = self.keys_of.get(dn, [])
        if not keys or any(self._is_unknown(key, entry) for key in keys):
            return True
        if any(key in self.expected.persons for key in keys):
            return False
        if self._is_outside(entry):
            return True
        return bool(self.allow_absent and entry.all(ABSENT))

    def _check_surplus_persons(self):
        for key, entry in self.person_of.items():
            if key in self.expected.persons:
                continue
            if self._is_unknown(key, entry):
                self.counts["unknown"] += 1
            elif entry.all(ABSENT):
                self.counts["absent"] += 1
                if not self.allow_absent:
                    self.report(
                        "absence", name_of(key), "", "marked absent, still in the directory"
                    )
            elif self._is_outside(entry):
                self.counts["outside"] += 1
            else:
                self.report(
                    "surplus",
                    name_of(key),
                    "",
                    "in the directory, but neither delivered nor absent",
                )

    def _is_unknown(self, key, entry):
        """The delivery cannot tell of this person, or of a pupil of this responsable."""
        if key in self.restricted:
            return True
        if key in self.expected.persons:
            return False
        if key in self.left_alone or self.expected.is_unknown(key):
            return True
        if key[0] != "PersRelEleve":
            return False
        pupils = [fold_dn(dn) for dn in entry.all("ENTAuxPersRelEleveEleve")]
        return any(
            self.expected.is_unknown(pupil) and pupil not in self.expected.persons
            for dn in pupils
            for pupil in self.keys_of.get(dn, [])
        )

    def _is_outside(self, entry):
        """Only of schools that are not in scope (any more): the feed says nothing of him."""
        memo = self._memo.get(entry.dn)
        if memo is None:
            memo = self._memo[entry.dn] = self._find_outside(entry)
        return memo

    def _find_outside(self, entry):
        schools = set()
        for attribute in (
            "ENTPersonStructRattach",
            "ENTEleveClasses",
            "ENTPersonFonctions",
            "ENTEnsFonctionDir",
        ):
            schools.update(fold_dn(value.partition("$")[0]) for value in entry.all(attribute))
        if schools:
            return not any(self._is_in_scope(dn) for dn in schools)
        pupils = [self.by_dn.get(fold_dn(dn)) for dn in entry.all("ENTAuxPersRelEleveEleve")]
        pupils = [pupil for pupil in pupils if pupil is not None]
        return bool(pupils) and all(
            pupil.all("ENTPersonStructRattach") and self._is_outside(pupil) for pupil in pupils
        )

    def _is_in_scope(self, dn):
        structure = self.by_dn.get(dn)
        return (
            structure is not None
            and structure.first("ENTStructureUAI").upper() in self.expected.ecoles
        )

    # Groups

    def _check_groups(self):
        wanted = set()
        for group in self.expected.groups():
            self.counts["groups"] += 1
            wanted.add(fold(group.cn))
            entry = self.group_of.get(fold(group.cn))
            subject = f"group {group.cn}"
            if entry is None:
                self.report("missing", subject, "", "no entry for this group")
                continue
            managed = {"entclasse", "entprofil"}
            self._check_classes(subject, entry, rules.GROUP_CLASSES | group.classes, managed)
            self._check_rdn(subject, entry, "cn", "ou=groups")
            ecole = self.ecole_dn(group.ecole)
            values = {
                "ENTGroupeNom": [group.nom],
                "ENTGroupeEcole": [ecole] if ecole else [],
                "ENTGroupeJointure": [group.jointure],
            }
            self._compare(subject, entry, values, rules.ATTRIBUTES_GROUP)
            self._check_members(subject, group, entry)
        self._check_surplus_groups(wanted)

    def _check_surplus_groups(self, wanted):
        # The class of a pupil of whom the delivery cannot tell may keep its groups.
        kept = {
            entry.first("ENTGroupeJointure")
            for entry in self.group_of.values()
            if self._has_unknown_member(entry)
        }
        for cn, entry in self.group_of.items():
            jointure = entry.first("ENTGroupeJointure")
            if cn in wanted or not self._is_of_feeds(entry, "ENTGroupeJointure"):
                continue
            if any(entry.all("ENTGroupeMembreExplicite")) or jointure in kept:
                continue
            if cn.partition("_")[0].upper() in self.waiting:
                continue
            if not self._is_group_outside(entry):
                self.report("surplus", f"group {cn}", "", "no school or class asks for this group")

    def _is_group_outside(self, entry):
        dn = fold_dn(entry.first("ENTGroupeEcole"))
        return dn in self.by_dn and not self._is_in_scope(dn)

    def _has_unknown_member(self, entry):
        return any(self._is_tolerated_member(fold_dn(dn)) for dn in entry.all("member"))

    def _check_members(self, subject, group, entry):
        found = {fold_dn(value) for value in entry.all("member")}
        if not found:
            self.report("member", subject, "member", "groupOfNames without any value")
        if "" in found and len(found) > 1:
            self.report("member", subject, "member", "the empty DN beside members")
        found.discard("")
        if group.members is None:
            return
        explicit = {fold_dn(value) for value in entry.all("ENTGroupeMembreExplicite")} - {""}
        wanted = {fold_dn(dn) for dn in map(self.dn_of, group.members) if dn}
        missing = {dn for dn in (wanted | explicit) - found if not self._is_restricted(dn)}
        extra = {dn for dn in found - wanted - explicit if not self._is_tolerated_member(dn)}
        if missing or extra:
            text = f"{len(missing)} member(s) missing, {len(extra)} too many"
            self.report("member", subject, "member", text, missing, extra)

    def _is_tolerated_member(self, dn):
        """Members whom the feed does not place stay: an absence takes nobody out of a group, and who
        is not of the feeds was put there by somebody else."""
        target = self.by_dn.get(dn)
        return target is not None and self._is_tolerated_person(dn, target)

    # Invariants

    def _check_links_resolve(self):
        for entry in self.entries:
            for attribute, values in entry.attributes.items():
                if attribute in rules.DN_VALUED:
                    heads = values
                elif attribute in rules.DN_COMPOSITES:
                    heads = [head for head in (v.partition("$")[0] for v in values) if "=" in head]
                else:
                    continue
                dangling = [head for head in heads if head and fold_dn(head) not in self.by_dn]
                if dangling:
                    text = f"{len(dangling)} DN(s) of no entry (invariant 1)"
                    self.report("dangling", self._label(entry), attribute, text, (), dangling)
        self._check_links_of_absent()

    def _label(self, entry):
        dn = fold_dn(entry.dn)
        keys = self.keys_of.get(dn)
        return name_of(keys[0]) if keys else entry.dn

    def _check_links_of_absent(self):
        """A responsable names an absent pupil only if the pupil names him too (invariant 2)."""
        for key, person in self.expected.persons.items():
            entry = self.person_of.get(key)
            if person.profil != "responsable" or entry is None:
                continue
            own = fold_dn(entry.dn)
            for dn in entry.all("ENTAuxPersRelEleveEleve"):
                pupil = self.by_dn.get(fold_dn(dn))
                if pupil is None or not pupil.all(ABSENT):
                    continue
                named = {fold_dn(v.partition("$")[0]) for v in pupil.all("ENTElevePersRelEleve")}
                if own not in named:
                    self.report(
                        "link",
                        name_of(key),
                        "ENTAuxPersRelEleveEleve",
                        "only at one end (invariant 2)",
                    )

    def _check_uniqueness(self):
        for attribute in ("uid", "ENTPersonLogin"):
            seen = {}
            for entry in self.entries:
                for value in entry.all(attribute):
                    other = seen.setdefault(fold(value), entry)
                    if other is not entry:
                        text = f"also on {self._label(other)} (invariant 5)"
                        self.report("duplicate", self._label(entry), attribute, text)

    def check_tombstones(self, identifiers):
        """Identifiers of deleted accounts are never given again (invariant 5)."""
        for entry in self.entries:
            for attribute in ("uid", "ENTPersonLogin"):
                if any(fold(value) in identifiers for value in entry.all(attribute)):
                    self.report(
                        "duplicate",
                        self._label(entry),
                        attribute,
                        "was a deleted account's (invariant 5)",
                    )

    def check_before(self, entries):
        """What belongs to the ENT is as it was before the run (invariant 4)."""
        for old in entries:
            if not self._under_base(old):
                continue
            new = self.by_dn.get(fold_dn(old.dn))
            if new is None:
                self._check_removal(old)
                continue
            owned = self._owned_attributes(new)
            for attribute in (old.attributes.keys() | new.attributes.keys()) - owned - NOT_ENT:
                if sorted(self._standing(attribute, old)) != sorted(new.all(attribute)):
                    text = "belongs to the ENT and changed (invariant 4)"
                    self.report("ent", self._label(new), attribute, text)

    def _standing(self, attribute, old):
        """Values, but of those that lead to entries only which still are somewhere: no link outlives its target."""
        values = old.all(attribute)
        if attribute in rules.DN_VALUED:
            return [value for value in values if not value or fold_dn(value) in self.by_dn]
        if attribute in rules.DN_COMPOSITES:
            heads = [(value, value.partition("$")[0]) for value in values]
            return [value for value, head in heads if "=" not in head or fold_dn(head) in self.by_dn]
        return values

    def _owned_attributes(self, entry):
        """In lower case; none of an entry that is not of the feeds."""
        owned = ()
        if self._is_of_feeds(entry, "ENTPersonJointure"):
            categories = {CATEGORY_OF_CLASS.get(name) for name in entry.classes()} - {None}
            owned = ["ENTPersonJointure"]
            for category in categories:
                owned += rules.ATTRIBUTES_OF[category]
        elif self._is_of_feeds(entry, "ENTStructureJointure"):
            owned = ["ENTStructureJointure", *rules.ATTRIBUTES_STRUCTURE]
        elif self._is_of_feeds(entry, "ENTGroupeJointure"):
            owned = ["member", *rules.ATTRIBUTES_GROUP]
        return {name.lower() for name in owned}

    def _check_removal(self, old):
        if not self._owned_attributes(old):
            self.report("ent", old.dn, "", "not of the feeds, and gone (invariant 4)")
        elif any(old.all("ENTGroupeMembreExplicite")):
            self.report(
                "ent", old.dn, "", "a group with members added by hand is gone (invariant 4)"
            )


def name_of(key):
    category, academie, identifier = key
    return f"{academie}/{category}/{identifier}"
