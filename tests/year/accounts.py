"""What must become of accounts over the nights, told from deliveries, registry and decisions alone.

The clock of an account's end, a second time: written from docs/ownership.md, not from the program.
An account is entitled while a delivery in scope asks for it; when none does, it is dated, suspended
and deleted on days that are known from the first. `Accounts.pass_night` takes one night in;
afterwards each account says what its entry has to look like.
"""

import calendar
import unicodedata
from datetime import date, timedelta

ELEVE, RESPONSABLE = "Eleve", "PersRelEleve"


def three_months_after(day):
    month = day.month + 3
    year, month = day.year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def letters(name):
    """Accents and hyphens make no other name."""
    return "".join(c for c in unicodedata.normalize("NFKD", name).upper() if "A" <= c <= "Z") or name.casefold()


def namesake_key(record):
    """Of a pupil, who is told by INE or, without one, by names and birth date."""
    wanted = ("ENTPersonDateNaissance", "ENTPersonNom", "ENTPersonPrenom")
    if any(not record.get(name) for name in wanted):
        return None
    birth, nom, prenom = (record[name][0] for name in wanted)
    return birth, letters(nom), letters(prenom)


class Delays:
    def __init__(self, suspend, delete):
        self.suspend = timedelta(suspend)
        self.delete = timedelta(delete)


class Account:
    """One person's account, under all the keys that the person had."""

    __slots__ = (
        "keys", "profil", "schools", "pupils", "ine", "birth", "name", "since", "end", "held", "doubted", "uid"
    )

    def __init__(self, key):
        self.keys = [key]
        self.profil = None
        self.schools = set()  # UAIs, as last delivered
        self.pupils = set()  # keys of a responsable's pupils, as last delivered
        self.ine = self.birth = None
        self.name = None  # a pupil's names and birth date, as last delivered
        self.since = self.end = None
        self.held = False  # not delivered, and nobody may say yet that he left
        self.doubted = False  # nobody may say yet whether he came back under another key
        self.uid = None  # seen in the directory, and never another

    @property
    def is_entitled(self):
        return self.since is None and not self.held


class Decisions:
    """What people decided of persons, by key."""

    def __init__(self):
        self.restricted = set()
        self.objected = {}  # key → day of the acceptance
        self.died = {}  # key → day of the death
        self.confirmed = set()  # deaths whose deletion two people confirmed
        self.linked = {}  # key of a record → key of the account that a person gave it
        self.separated = set()  # (key of a record, key of an account) that are two people


class Night:
    """What is known of one night."""

    def __init__(self, today, dates, expected, is_frozen, is_rolling_over, ended, left_out, doubted):
        self.today = today
        self.dates = dates  # académie → date of its delivery
        self.expected = expected
        self.is_frozen = is_frozen  # académie → today is in a freeze
        self.is_rolling_over = is_rolling_over  # académie → the delivery is in a roll-over
        self.ended = ended  # UAI → day from which the agreement is ended
        self.left_out = left_out  # keys of delivered persons who objected or died
        self.doubted = doubted  # accounts that may be those of somebody who came under another key

    def waiting_schools(self):
        """In a roll-over: schools none of whose pupils is placed in a class."""
        return {
            uai
            for uai, ecole in self.expected.ecoles.items()
            if self.is_rolling_over[ecole.academie]
            and not any(not classe.regroupement and classe.eleves for classe in ecole.classes)
        }


class Accounts:
    def __init__(self, delays, delays_of_profil):
        self.delays = delays
        self.delays_of_profil = delays_of_profil
        self.of_key = {}
        self.gone = {}  # key → account that was deleted
        self.deleted = 0
        self.latest = timedelta(0)  # longest time from a loss to the deletion, where no person's decision was waited for
        self.decided = set()  # keys of whom a person ever decided something

    def all(self):
        return {id(account): account for account in self.of_key.values()}.values()

    def delays_of(self, account):
        return self.delays_of_profil.get(account.profil, self.delays)

    def pass_night(self, night, decisions):
        self._take_in(night, decisions)
        self.decided |= decisions.restricted | decisions.died.keys()
        waiting = night.waiting_schools()
        # Pupils first: responsables follow them.
        for account in sorted(self.all(), key=lambda a: a.keys[0][0] == RESPONSABLE):
            if not any(key in night.expected.persons for key in account.keys):
                self._pass_without(account, night, decisions, waiting)

    def doubles(self, feeds):
        """Keys of pupils whose account goes on under another key that is delivered too."""
        found = set()
        for academie, feed in feeds.items():
            for identifier, record in feed.records[ELEVE].items():
                key = (ELEVE, academie, identifier)
                ine = record.get("ENTEleveINE", [None])[0]
                if ine is None or key in self.of_key:
                    continue
                other = self.of_ine.get(ine)
                if other and any(identifier in feeds[a].records[ELEVE] for _, a, identifier in other.keys):
                    found.add(key)
        return found

    def namesakes(self, feeds, decisions):
        """Key of a pupil who is new → accounts that may be his: they have his names and birth date, and no INE tells them
        apart. Two records of one delivery are two pupils."""
        new = {}
        of_ine = self.of_ine
        for academie, feed in feeds.items():
            for identifier, record in feed.records[ELEVE].items():
                key = (ELEVE, academie, identifier)
                ine = record.get("ENTEleveINE", [None])[0]
                if key not in self.of_key and key not in decisions.linked and ine not in of_ine:
                    new.setdefault(namesake_key(record), []).append((key, ine))
        new.pop(None, None)
        found = {}
        for account in self.all():
            for key, ine in new.get(account.name, ()) if account.name else ():
                delivered = {a for _, a, i in account.keys if i in feeds[a].records[ELEVE]}
                if (account.ine and ine) or key[1] in delivered:
                    continue
                if not any((key, other) in decisions.separated for other in account.keys):
                    found.setdefault(key, []).append(account)
        return found

    @property
    def of_ine(self):
        return {account.ine: account for account in self.of_key.values() if account.ine}

    def _take_in(self, night, decisions):
        of_ine = self.of_ine
        gone_ine = {account.ine: account for account in self.gone.values() if account.ine}
        for key, person in night.expected.persons.items():
            ine = person.attributes.get("ENTEleveINE", [None])[0]
            account = self.of_key.get(key)
            if account is None:  # the pupil may have come under a new key
                account = of_ine.get(ine) or self.of_key.get(decisions.linked.get(key))
                if account is not None:
                    account.keys.append(key)
                    self.of_key[key] = account
            if account is None:
                account = self.of_key[key] = Account(key)
                before = self.gone.get(key) or gone_ine.get(ine)
                if before is not None:
                    account.uid = before.uid  # the same person, the same identifier
            account.profil = person.profil
            account.schools = {ecole.uai for ecole in person.ecoles}
            account.pupils = {link for link, _ in person.links} if key[0] == RESPONSABLE else set()
            account.ine = ine
            account.name = namesake_key(person.attributes) if key[0] == ELEVE else None
            account.since = account.end = None
            account.held = account.doubted = False

    def _pass_without(self, account, night, decisions, waiting):
        if any(key in decisions.restricted for key in account.keys):
            account.held = account.since is None
            return
        account.doubted = account in night.doubted
        if account.doubted:
            account.held = account.since is None
            return
        if account.since is None:
            since = self._loss(account, night, decisions, waiting)
            account.held = since is None
            if since is None:
                return
            account.since = since
            account.end = min(since + self.delays_of(account).delete, three_months_after(since))
        elif night.today >= account.end and self._may_go(account, decisions):
            self._delete(account, night.today)

    @staticmethod
    def _may_go(account, decisions):
        return all(key in decisions.confirmed for key in account.keys if key in decisions.died)

    def _loss(self, account, night, decisions, waiting):
        """The day of the loss of entitlement; None: nobody may say so tonight."""
        decided = {**decisions.objected, **decisions.died}
        for key in account.keys:
            if key in decided:
                return decided[key]
        if any(self.of_key[key].held for key in account.pupils if key in self.of_key):
            return None
        if account.schools and all(uai in night.ended for uai in account.schools):
            return min(night.ended[uai] for uai in account.schools)
        # A responsable follows the last of his pupils.
        if account.pupils and all(key in night.left_out for key in account.pupils):
            return max(decided[key] for key in account.pupils)
        academies = [key[1] for key in account.keys]
        if any(night.expected.is_unknown(key) for key in account.keys):
            return None
        if any(night.is_frozen[academie] for academie in academies):
            return None
        if account.schools & waiting:
            return None
        return night.dates[account.keys[-1][1]]

    def _delete(self, account, today):
        self.deleted += 1
        if not self.decided.intersection(account.keys):
            self.latest = max(self.latest, today - account.since)
        for key in account.keys:
            del self.of_key[key]
            self.gone[key] = account

    def is_suspended(self, account, today):
        return account.since is not None and today >= account.since + self.delays_of(account).suspend
