#!/usr/bin/env python3
"""Checks a directory dump against AAF deliveries and the registry, independently of the
synchroniser.

What the directory must hold is computed by expected.py from the records themselves; every
difference is printed, one a line, without personal data (use --values to see values of invented
data). Entries and attributes that belong to the ENT are tolerated: other attributes, members
added by hand, entries without a jointure of the académies, teacher–class links.

Invariants proven: (1) every DN, alone or at the head of a composite, resolves; (2)
pupil–responsable links agree at both ends; (3) members are those of the rule and those added by
hand; (4) with --before, no attribute of the ENT changed; (5) jointures, uid and login are
unique and, with --tombstones, not reused; (6) nobody is without a class of role; (7) every
school named is one of the directory with a valid UAI.

Exit codes: 0 the directory is as it must be, 1 it is not, 2 wrong usage or unreadable input.
"""

import argparse
import gc
import json
import sys
from collections import Counter

from aaf import DeliveryError, read_delivery
from directory_check import Checker, Difference
from expected import Expected, Registry, fold
from ldif_reader import load_ldif


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--academie",
        action="append",
        required=True,
        metavar="CODE",
        help="prefix of the jointures, e.g. AC-TOULOUSE; one before each --delivery",
    )
    parser.add_argument(
        "--delivery",
        action="append",
        required=True,
        metavar="PATH",
        help="directory, .tgz or .zip of this académie's Complet",
    )
    parser.add_argument("--registry", required=True, metavar="FILE", help="registre.toml")
    parser.add_argument(
        "--ldif", required=True, metavar="FILE", help="output of ldapsearch -LLL -o ldif-wrap=no"
    )
    parser.add_argument("--base", metavar="DN", help="only entries below; also checks their places")
    parser.add_argument(
        "--allow-absent",
        "--ignore-absent",
        dest="allow_absent",
        action="store_true",
        help="persons marked absent may exist beyond the delivery",
    )
    parser.add_argument(
        "--before", metavar="FILE", help="LDIF of before the run: what is the ENT's must not differ"
    )
    parser.add_argument(
        "--tombstones", metavar="FILE", help="identifiers that may not be used again, one a line"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--values", action="store_true", help="print values: for invented data only"
    )
    parser.add_argument(
        "--limit", type=int, default=0, metavar="N", help="print N differences at most"
    )
    options = parser.parse_args(arguments)
    if len(options.academie) != len(options.delivery):
        parser.error("as many --academie as --delivery are wanted")
    if len(set(options.academie)) != len(options.academie):
        parser.error("an --academie is named twice")
    return options


def check(options):
    feeds = [read_delivery(path, code) for code, path in zip(options.academie, options.delivery)]
    checker = Checker(
        Expected(feeds, Registry(options.registry)),
        load_ldif(options.ldif),
        options.base,
        options.allow_absent,
    )
    checker.run()
    if options.before:
        checker.check_before(load_ldif(options.before))
    if options.tombstones:
        with open(options.tombstones, encoding="utf-8") as file:
            checker.check_tombstones({fold(line) for line in file if line.strip()})
    return checker


def print_result(checker, options):
    shown = checker.differences[: options.limit or None]
    by_kind = Counter(difference.kind for difference in checker.differences)
    if options.json:
        names = Difference.__slots__ if options.values else Difference.__slots__[:4]
        result = {
            "equal": not checker.differences,
            "counts": dict(checker.counts),
            "differences_by_kind": dict(by_kind),
            "differences": [{name: getattr(d, name) for name in names} for d in shown],
        }
        print(json.dumps(result, ensure_ascii=False, indent=1))
        return
    for difference in shown:
        print(difference.line(options.values))
    for name, count in sorted(checker.counts.items()):
        print(f"checked {name}: {count}")
    for kind, count in sorted(by_kind.items()):
        print(f"differences {kind}: {count}")
    print(f"differences: {len(checker.differences)}")


def main(arguments=None):
    options = parse_arguments(arguments)
    gc.disable()  # nothing here is cyclic; collecting takes a third of the time
    try:
        checker = check(options)
    except (DeliveryError, OSError, ValueError, KeyError) as error:
        print(f"check_directory: {error}", file=sys.stderr)
        return 2
    print_result(checker, options)
    return 1 if checker.differences else 0


if __name__ == "__main__":
    sys.exit(main())
