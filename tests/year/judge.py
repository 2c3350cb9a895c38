"""Says after each night whether the directory is what deliveries, registry and decisions ask for.

The records are compared by the independent checker (tests/checker), the ends of accounts by accounts.py. What did not
change since the night before – nearly everything – is not parsed again.
"""

import os
import sys
from collections import Counter
from datetime import date

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "checker"))

import aaf  # noqa: E402
from accounts import Accounts, Delays, Night  # noqa: E402
from directory_check import ABSENT, Checker, name_of  # noqa: E402
from expected import Expected, Feed, Registry, fold, fold_dn  # noqa: E402
from ldif_reader import read_ldif  # noqa: E402

END = "ENTCompteSuppression"
CUT = ("ENTEleveClasses", "ENTEleveGroupes", "ENTElevePersRelEleve", "ENTPersonFonctions")


class FeedReader:
    """Reads a delivery; the records that were there the night before come from memory."""

    def __init__(self):
        self._known = {}

    def read(self, folder, academie):
        feed, known = Feed(academie), {}
        for category, name, opener in aaf.parts_of(folder):
            with opener() as stream:
                text = stream.read()
            head, *blocks = text.split(b"<addRequest>")
            for block in blocks:
                body = block.partition(b"</addRequest>")[0]
                record = self._known.get((category, body))
                if record is None:
                    record = self._parse(category, head, body, name)
                known[category, body] = record
                feed.add(category, *record)
        self._known = known
        return feed

    @staticmethod
    def _parse(category, head, body, name):
        kept = _One()
        reader = aaf._RecordReader(kept, category)
        reader.parser.Parse(head + b"<addRequest>" + body + b"</addRequest></ficAlimMENESR>", True)
        if kept.record is None:
            raise aaf.DeliveryError(f"{name}: a record that cannot be read alone")
        return kept.record


class _One:
    def __init__(self):
        self.record = None

    def add(self, _, identifier, attributes):
        self.record = (identifier, attributes)


class LdifReader:
    def __init__(self):
        self._known = {}

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            blocks = file.read().split("\n\n")
        known, entries = {}, []
        for block in blocks:
            found = self._known.get(block)
            if found is None:
                found = list(read_ldif((block + "\n\n").splitlines(keepends=True)))
            known[block] = found
            entries += found
        self._known = known
        return entries


class Judge:
    def __init__(self, base, calendar):
        self.base = base
        self.calendar = calendar
        self.accounts = Accounts(
            Delays(*calendar.delays), {p: Delays(*d) for p, d in calendar.delays_of_profil.items()}
        )
        self.readers = {}
        self.ldif = LdifReader()
        self.entries = []  # of last night
        self.owners = {}  # uid or login → account, for ever
        self.classes = {}  # UAI → names of the groups of its classes, last night
        self.counts = Counter()
        self.differences = []

    def report(self, subject, text):
        self.differences.append(f"{subject}: {text}")

    def judge(self, night):
        """Lines that say what is wrong; none: all is as it must be."""
        self.differences = []
        before = self.ldif.read(night.before) if night.before else self.entries
        entries = self.ldif.read(night.ldif)
        if night.is_refused:
            if {e.dn: e.attributes for e in before} != {e.dn: e.attributes for e in entries}:
                self.report("directory", "changed by a run that was refused")
        else:
            self._judge_run(night, before, entries)
        self.entries = entries
        return self.differences

    def _judge_run(self, night, before, entries):
        today = night.today
        registry = Registry(night.registry, today)
        feeds, dates = {}, {}
        for academie, (folder, delivered) in night.feeds.items():
            reader = self.readers.setdefault(academie, FeedReader())
            feeds[academie], dates[academie] = reader.read(folder, academie), delivered
        left_out = self._leave_out(feeds, night.decisions)
        expected = Expected(list(feeds.values()), registry)
        doubted = set()
        if namesakes := self.accounts.namesakes(feeds, night.decisions):
            doubted = self._leave_out_namesakes(feeds, expected, namesakes, night.decisions)
            expected = Expected(list(feeds.values()), registry)
        known = Night(
            today,
            dates,
            expected,
            {academie: self.calendar.is_frozen(today) for academie in feeds},
            {academie: self.calendar.is_rolling_over(dates[academie]) for academie in feeds},
            {uai: date.fromisoformat(d) if d else today for uai, d in registry.ended.items()},
            left_out & {*night.decisions.objected, *night.decisions.died},
            doubted,
        )
        self.accounts.pass_night(known, night.decisions)
        waiting = known.waiting_schools()
        held = {key for key, account in self.accounts.of_key.items() if account.held or account.doubted}
        checker = Checker(
            expected, entries, self.base, True, held, night.decisions.restricted, waiting, before
        )
        for difference in checker.run():
            self.differences.append(difference.line(True))
        start = len(checker.differences)
        checker.check_before(before)
        for difference in checker.differences[start:]:
            self.differences.append(difference.line(True))
        self._check_accounts(checker, today, night.decisions)
        self._check_cut(checker, today)
        self._check_waiting(checker, waiting)
        self.counts.update(checker.counts)

    def _leave_out(self, feeds, decisions):
        """Who objected or died is not delivered to this directory, nor is the second record of a pupil."""
        left_out = {*decisions.objected, *decisions.died, *self.accounts.doubles(feeds)}
        for account in {id(a): a for a in map(self.accounts.of_key.get, left_out) if a}.values():
            if any(key in decisions.objected or key in decisions.died for key in account.keys):
                left_out.update(account.keys)
        return {
            key for key in left_out if feeds[key[1]].records[key[0]].pop(key[2], None) is not None
        }

    def _leave_out_namesakes(self, feeds, expected, namesakes, decisions):
        """Nobody is made of the record of a pupil who may be there under another key, and whose account that may be stays
        as it is, until a person decides. The accounts that nobody else has."""
        doubted = set()
        for key, accounts in namesakes.items():
            if key not in expected.persons:
                continue
            del feeds[key[1]].records[key[0]][key[2]]
            self.counts["left to a person"] += 1
            for account in accounts:
                if not any(k in expected.persons or k in decisions.objected or k in decisions.died for k in account.keys):
                    doubted.add(account)
        return doubted

    def _check_accounts(self, checker, today, decisions):
        for account in self.accounts.all():
            subject = name_of(account.keys[-1])
            entry = next((checker.person_of[k] for k in account.keys if k in checker.person_of), None)
            if entry is None:
                self.report(subject, "no entry for this account")
                continue
            self._check_identifiers(subject, account, entry)
            if any(key in decisions.restricted for key in account.keys):
                if entry.first("ENTCompteLimitation") != "GEL":
                    self.report(subject, "restricted, and not marked")
                continue
            if account.is_entitled or account.doubted:
                continue
            self._expect(subject, entry, ABSENT, account.since)
            self._expect(subject, entry, END, account.end)
            state = fold(entry.first("ENTCompteEtat"))
            if (state == "suspendu") != self.accounts.is_suspended(account, today):
                self.report(subject, f"ENTCompteEtat is '{state}', absent since {account.since}")
        for key, entry in checker.person_of.items():
            if key not in self.accounts.of_key:
                self.report(name_of(key), f"an entry ({entry.dn}) without an account that has to be")

    def _expect(self, subject, entry, attribute, day):
        wanted = day.strftime("%Y%m%d000000Z") if day else ""
        if entry.first(attribute) != wanted:
            self.report(subject, f"{attribute} is '{entry.first(attribute)}', not '{wanted}'")

    def _check_identifiers(self, subject, account, entry):
        uid = entry.first("uid")
        if account.uid is not None and account.uid != uid:
            self.report(subject, f"identifier {uid}, and it was {account.uid}")
        account.uid = uid
        owner = self.owners.setdefault(uid, account)
        if owner is not account and not set(owner.keys) & set(account.keys) and (
            owner.ine is None or owner.ine != account.ine
        ):
            self.report(subject, f"identifier {uid} was {name_of(owner.keys[0])}'s")
        self.owners[uid] = account

    def late_deletions(self, every):
        """The law gives three months (arrêté of 30 November 2006, art. 6); the shortest are of 89 days. Nights that are
        not lived through, before one that is refused and before the next, are none of the program's."""
        return self.accounts.latest.days > 89 + 2 * (every - 1)

    def _check_cut(self, checker, today):
        """A suspended account is in nothing any more that the source made."""
        suspended = set()
        for account in self.accounts.all():
            if not self.accounts.is_suspended(account, today) or account.doubted:
                continue
            entry = next((checker.person_of[k] for k in account.keys if k in checker.person_of), None)
            if entry is None or entry.all("ENTCompteLimitation"):
                continue
            suspended.add(fold_dn(entry.dn))
            for attribute in CUT:
                if entry.all(attribute):
                    self.report(name_of(account.keys[-1]), f"suspended, with {attribute}")
        for entry in checker.entries:
            explicit = {fold_dn(dn) for dn in entry.all("ENTGroupeMembreExplicite")}
            left = suspended & {fold_dn(dn) for dn in entry.all("member")} - explicit
            if left:
                self.report(entry.dn, f"{len(left)} suspended members")

    def _check_waiting(self, checker, waiting):
        """The classes of schools that have not rolled over stand."""
        now = {}
        for cn in checker.group_of:
            now.setdefault(cn.partition("_")[0].upper(), set()).add(cn)
        for uai in waiting:
            lost = self.classes.get(uai, set()) - now.get(uai, set())
            if lost:
                self.report(f"école {uai}", f"{len(lost)} groups gone before the school rolled over")
        self.classes = now

    def summary(self):
        people = sum(self.counts[p] for p in ("eleve", "responsable", "enseignant", "directeur", "personnel"))
        return (
            f"{len(self.accounts.all())} accounts at the end, {self.accounts.deleted} deleted, the latest "
            f"{self.accounts.latest.days} days after the loss; {len(self.owners)} identifiers, none given twice; "
            f"{people} comparisons of delivered persons, {self.counts['absent']} of absent ones"
        )
