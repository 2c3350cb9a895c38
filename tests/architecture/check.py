#!/usr/bin/env python3
"""Rules of the house that a compiler does not know.

  check.py includes   who may include whom, and what the pure core must not name
  check.py headers    every header compiles alone (compiler and flags after `--`)
  check.py messages   every message code is documented once, and stands for one thing

Run from anywhere; exit status 1 when a rule is broken, each breach on a line of its own.
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ("daemon", "connectors", "config")

# component -> components it may include besides itself; a component is a folder of daemon/ or connectors/,
# or config. main -> runtime -> {connectors, journal, state, config} -> core -> std.
ALLOWED = {
    "core": set(),
    "digest": set(),
    "secret": {"core"},
    "sqlite": {"core"},
    "journal": {"core", "digest", "sqlite"},
    "vault": {"core", "digest", "secret", "sqlite", "journal"},
    "state": {"core", "digest", "secret", "sqlite"},
    "config": {"core", "digest"},
    "connectors/aaf": {"core", "digest"},
    "connectors/collectivite": {"core", "digest"},
    "connectors/ldap": {"core", "digest", "secret"},
    "control": {"core", "digest", "secret"},
    "runtime": {"core", "digest", "secret", "sqlite", "journal", "vault", "state", "config",
                "connectors/aaf", "connectors/collectivite", "connectors/ldap", "control"},
    "verify": {"core", "digest", "sqlite", "journal"},
    "programs": {"core", "digest", "secret", "sqlite", "journal", "vault", "state", "config",
                 "connectors/aaf", "connectors/collectivite", "connectors/ldap", "control", "runtime"},
}

# The core is values and functions: headers of std without input, output, time of day, threads or chance.
CORE_STD = set("""algorithm any array bit bitset cctype charconv chrono climits cmath compare concepts cstddef cstdint cstdio
cstdlib cstring deque exception functional initializer_list iterator limits list map memory new numeric optional queue
ranges set span stdexcept string string_view tuple type_traits typeinfo unordered_map unordered_set utility variant
vector""".split())
CORE_LIBRARIES = ("boost/system/", "boost/unordered/", "unicode/")
CORE_FORBIDDEN = re.compile(
    r"system_clock::now|steady_clock|high_resolution_clock|std::filesystem|spdlog|\basio\b|ldap\.h|sqlite|"
    r"\bf(open|printf|puts|write)\s*\(|std::(cout|cerr|clog|ofstream|ifstream|thread|jthread|mutex|async|random_device|"
    r"rand|time|getenv|system)\b|\bgettimeofday\b|\bclock_gettime\b")
CONFIG_LIBRARIES = ("toml++/",)
# HTTP is spoken in one room.
HTTP_LIBRARIES = ("boost/beast/", "boost/beast.hpp")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
CODE = re.compile(r'"([A-Z]{2,5}-[0-9]{3})"')


def files(folders, suffixes):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes and path.is_file():
                yield path


def without_comments(text):
    """The code alone, line breaks kept; strings are left as they are."""
    pattern = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|//[^\n]*|/\*.*?\*/', re.DOTALL)

    def replace(match):
        found = match.group(0)
        return found if found[0] in "\"'" else re.sub(r"[^\n]", " ", found)

    return pattern.sub(replace, text)


def component_of(path):
    parts = path.relative_to(ROOT).parts
    if parts[0] == "daemon":
        return parts[1] if len(parts) > 2 else "programs"
    if parts[0] == "connectors":
        return "/".join(parts[:2])
    return parts[0]


def resolve(including, name):
    for base in (including.parent, ROOT, ROOT / "daemon", ROOT / "tests"):
        if (base / name).is_file():
            return (base / name).resolve()
    return None


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def check_includes():
    for path in files(SOURCES, {".hpp", ".cpp"}):
        component = component_of(path)
        shown = path.relative_to(ROOT)
        text = without_comments(path.read_text())
        if component not in ALLOWED:
            yield f"{shown}: unknown component '{component}': say in {pathlib.Path(__file__).name} whom it may include"
            continue
        for match in INCLUDE.finditer(text):
            place = f"{shown}:{line_of(text, match.start())}"
            kind, name = match.groups()
            if kind == '"':
                target = resolve(path, name)
                if target is None:
                    if not (ROOT / "daemon" / component / (pathlib.Path(name).name + ".in")).exists():
                        yield f"{place}: \"{name}\" is no file of the project"
                    continue
                other = component_of(target)
                if other != component and other not in ALLOWED[component]:
                    yield f"{place}: {component} must not include {other} ({name})"
            elif component == "core" and name not in CORE_STD and not name.startswith(CORE_LIBRARIES):
                yield f"{place}: the core must not include <{name}>"
            elif component != "control" and name.startswith(HTTP_LIBRARIES):
                yield f"{place}: only control may include <{name}>"
            elif component == "config" and "/" in name and not name.startswith(CONFIG_LIBRARIES):
                yield f"{place}: config must not include <{name}>"
        if component == "core":
            for match in CORE_FORBIDDEN.finditer(text):
                yield f"{shown}:{line_of(text, match.start())}: the core must not use {match.group(0).strip()}"


def proven_by_the_build():
    """Headers that some source includes before anything else: the build compiles them alone already."""
    proven = set()
    for path in files(SOURCES + ("tests",), {".cpp"}):
        first = INCLUDE.search(without_comments(path.read_text()))
        if first and first.group(1) == '"':
            proven.add(resolve(path, first.group(2)))
    return proven


def check_headers(compiler):
    proven = proven_by_the_build()
    headers = [path for path in files(SOURCES + ("tests",), {".hpp"}) if path not in proven]
    with tempfile.TemporaryDirectory() as folder:

        def compile_alone(header):
            unit = pathlib.Path(folder) / (re.sub(r"\W", "_", str(header.relative_to(ROOT))) + ".cpp")
            unit.write_text(f'#include "{header}"\n#include "{header}"\n')
            done = subprocess.run([*compiler, "-fsyntax-only", str(unit)], capture_output=True, text=True)
            return header, done.returncode, done.stderr

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for header, status, errors in pool.map(compile_alone, headers):
                if status != 0:
                    first = next((line for line in errors.splitlines() if "error" in line), errors[:300])
                    yield f"{header.relative_to(ROOT)}: does not compile alone: {first.strip()}"
    if not headers or not proven:
        yield "no header was found"


def check_messages():
    used = {}
    for path in files(SOURCES, {".hpp", ".cpp"}):
        text = without_comments(path.read_text())
        for match in CODE.finditer(text):
            if text[:match.start()].rstrip().endswith(("==", "!=")):
                continue  # asks for a code, gives none
            used.setdefault(match.group(1), []).append((path, line_of(text, match.start())))
    for code, places in sorted(used.items()):
        components = sorted({component_of(path) for path, _ in places})
        if len(components) > 1:
            yield f"{code} is used by {' and '.join(components)}: two meanings share a code"
    guide = ROOT / "docs" / "messages.md"
    if not guide.exists():
        yield "docs/messages.md is missing"
        return
    documented = {}
    for number, line in enumerate(guide.read_text().splitlines(), 1):
        row = re.match(r"\|\s*`?([A-Z]{2,5}-[0-9]{3})`?\s*\|", line)
        if not row:
            continue
        code = row.group(1)
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) < 4 or not all(cells[:4]):
            yield f"docs/messages.md:{number}: {code} needs what happened, what the program does, what you can do"
        if code in documented:
            yield f"docs/messages.md:{number}: {code} is documented twice (line {documented[code]} too)"
        documented[code] = number
    for code in sorted(used.keys() - documented.keys()):
        path, line = used[code][0]
        yield f"{code} ({path.relative_to(ROOT)}:{line}) is not in docs/messages.md"
    for code in sorted(documented.keys() - used.keys()):
        yield f"docs/messages.md:{documented[code]}: {code} is used nowhere"


def self_test():
    """The checks see what they are for."""
    sample = '#include <thread> // x\n// #include <ldap.h>\nauto t = std::chrono::system_clock::now(); /* "AAA-001" */\n'
    code = without_comments(sample)
    assert [m.group(2) for m in INCLUDE.finditer(code)] == ["thread"]
    assert CORE_FORBIDDEN.search(code) and not CODE.search(code)
    assert CODE.findall('error("AAF-012", place)') == ["AAF-012"]
    assert "thread" not in CORE_STD and component_of(ROOT / "connectors/aaf/x.hpp") == "connectors/aaf"
    return []


def main():
    task = sys.argv[1] if len(sys.argv) > 1 else ""
    if task == "includes":
        breaches = [*self_test(), *check_includes()]
    elif task == "headers" and "--" in sys.argv:
        breaches = list(check_headers(sys.argv[sys.argv.index("--") + 1:]))
    elif task == "messages":
        breaches = list(check_messages())
    else:
        print(__doc__, file=sys.stderr)
        return 2
    for breach in breaches:
        print(breach)
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
