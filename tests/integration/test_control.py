"""The control API of a running daemon, asked as its clients ask it: over the socket, by accounts with and
without a role. docs/openapi.json is held against what it answers."""

import getpass
import glob
import grp
import json
import os
import re
import statistics
import subprocess
import threading
import time

from control import AUDITORS, OPERATORS, OTHERS, SOCKET, VIEWERS, Connection, ControlTest, ask
from scene import DONE, FAILED, HELD, PEOPLE, SOURCE, wait_until

ROLE_OF = {OPERATORS: {"operator", "viewer"}, AUDITORS: {"auditor", "viewer"}, VIEWERS: {"viewer"}, OTHERS: set()}

with open(os.path.join(SOURCE, "docs", "openapi.json"), encoding="utf-8") as f:
    OPENAPI = json.load(f)


# Run by itself: the account that it becomes may read neither this file nor the tests' Python.
CLIENT = """
import json, os, socket, sys
groups, number, path, request = json.loads(sys.argv[1])
os.setgroups(groups); os.setgid(number); os.setuid(65534)
s = socket.socket(socket.AF_UNIX); s.settimeout(60); s.connect(path); s.sendall(request.encode())
answer = b""
while piece := s.recv(65536):
    answer += piece
print(answer.decode())
"""


def as_group(group, path, method, target, body=None):
    """Status and text of the answer to an account whose group this is."""
    content = "" if body is None else json.dumps(body)
    request = (f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
               "Content-Type: application/json\r\n" f"Content-Length: {len(content)}\r\n\r\n{content}")
    arguments = [[grp.getgrnam(SOCKET).gr_gid], grp.getgrnam(group).gr_gid, path, request]
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    done = subprocess.run([*sudo, "/usr/bin/python3", "-c", CLIENT, json.dumps(arguments)],
                          stdout=subprocess.PIPE, text=True, check=True)
    return int(done.stdout.split()[1]), done.stdout


def check(test, schema, value, where):
    """The part of JSON Schema that the description uses."""
    if "$ref" in schema:
        schema = {**OPENAPI["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]],
                  **{k: v for k, v in schema.items() if k != "$ref"}}
    if schema.get("nullable") and value is None:
        return
    if "oneOf" in schema:
        fitting = 0
        for one in schema["oneOf"]:
            try:
                check(test, one, value, where)
                fitting += 1
            except AssertionError:
                pass
        test.assertEqual(1, fitting, where)
        return
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}
    test.assertIsInstance(value, kinds[schema["type"]], where)
    if "enum" in schema:
        test.assertIn(value, schema["enum"], where)
    if schema["type"] == "object":
        test.assertLessEqual(set(schema["required"]), set(value), where)
        test.assertLessEqual(set(value), set(schema["properties"]), where)
        for key, inner in value.items():
            check(test, schema["properties"][key], inner, f"{where}.{key}")
    if schema["type"] == "array":
        for number, inner in enumerate(value):
            check(test, schema["items"], inner, f"{where}[{number}]")


class Control(ControlTest):
    def validated(self, scene, method, pattern, body=None, **names):
        """Asks, and holds the answer against its description."""
        target = pattern
        for name, value in names.items():
            target = target.replace("{" + name + "}", value)
        status, answer = ask(scene.socket, method, target, body)
        operation = OPENAPI["paths"][pattern.split("?")[0]][method.lower()]
        self.assertIn(str(status), operation["responses"], (method, target, answer))
        (kind, content), = operation["responses"][str(status)]["content"].items()
        if kind == "application/json":
            check(self, content["schema"], answer, f"{method} {target} {status}")
        return status, answer

    def test_every_endpoint_is_described_and_answers_as_described(self):
        made = set()
        for path in glob.glob(os.path.join(SOURCE, "daemon/runtime/administration/*.cpp")):
            with open(path, encoding="utf-8") as source:
                made |= set(re.findall(r'"(GET|POST)",\s+"(/v1/[^"]*)"', source.read()))
        self.assertEqual({(m.upper(), p) for p, ms in OPENAPI["paths"].items() for m in ms}, made)
        scene = self.control_scene(persons=4000)
        daemon = self.ready(scene)
        for pattern in ("/v1/status", "/v1/health", "/v1/metrics", "/v1/schedule", "/v1/deliveries", "/v1/runs",
                        "/v1/holds", "/v1/rights", "/v1/requests", "/v1/reviews"):
            self.assertEqual(200, self.validated(scene, "GET", pattern)[0])
        self.assertEqual(400, self.validated(scene, "POST", "/v1/runs", {})[0])
        self.assertEqual(409, self.validated(scene, "POST", "/v1/runs/current/cancel", {"reason": "x"})[0])
        status, asked = self.validated(scene, "POST", "/v1/runs", {"reason": "first load"})
        self.assertEqual(202, status)
        self.assertTrue(wait_until(lambda: "RUN-004" in daemon.log(), 120), daemon.log())
        run = self.validated(scene, "GET", "/v1/runs/{id}", id=asked["run"])[1]
        self.assertIn("eleve", run["report"])
        self.assertEqual(404, self.validated(scene, "GET", "/v1/runs/{id}", id="20200101T000000Z-0000")[0])
        self.assertIn("entsync_last_run_exit_code 0", self.validated(scene, "GET", "/v1/metrics")[1])
        scene.check()
        dn, _, key = scene.a_pupil()
        scene.modify(f"dn: {dn}\nchangetype: modify\nreplace: sn\nsn: Autre\n")
        self.whole_plan(scene)
        self.assertEqual(400, self.validated(scene, "POST", "/v1/sync", {"reason": "x"})[0])
        wanted = {"person": key, "reason": "the school called"}
        plan = self.validated(scene, "POST", "/v1/sync", {**wanted, "plan_only": True})[1]
        self.assertIn("Autre", plan["plan"])
        self.assertEqual(["Autre"], dict(scene.search(PEOPLE, "(sn=Autre)"))[dn]["sn"])
        result = self.validated(scene, "POST", "/v1/sync", {**wanted, "agreed": plan["digest"]})
        self.assertEqual(200, result[0], result)
        self.assertEqual([], scene.search(PEOPLE, "(sn=Autre)"))
        self.assertIn("the school called", scene.entsync("audit", "person", key).stdout)
        self.assertEqual(200, self.validated(scene, "GET", "/v1/explain?subject=" + key.replace("/", "%2F"))[0])
        scene.defect("lost-pupils-30")
        self.validated(scene, "POST", "/v1/runs", {"reason": "again"})
        self.assertTrue(wait_until(lambda: "HOLD-011" in daemon.log(), 120), daemon.log())
        self.assertTrue(wait_until(lambda: self.validated(scene, "GET", "/v1/status")[1]["under_way"] is None))
        self.assertEqual((503, {"state": "held"}), self.validated(scene, "GET", "/v1/health"))
        held = self.validated(scene, "GET", "/v1/holds")[1]["holds"]
        self.assertIn("absent", self.validated(scene, "GET", "/v1/holds/{id}", id=held[0]["id"])[1]["reasons"][0])
        self.assertEqual(HELD, scene.entsync("status", code=HELD).returncode)
        approve = self.validated(scene, "POST", "/v1/holds/{id}/approve", {"reason": "a merger"}, id=held[0]["id"])
        self.assertEqual(200, approve[0], approve)
        scene.entsync("plan", "--check", code=DONE)
        self.assertEqual(404, self.validated(scene, "POST", "/v1/holds/{id}/reject", {"reason": "x"}, id="1")[0])
        self.assertEqual(400, self.validated(scene, "GET", "/v1/schedule?count=0")[0])
        self.assertEqual(400, self.validated(scene, "POST", "/v1/readings", {"reason": "x"})[0])
        self.assertEqual(200, self.validated(scene, "POST", "/v1/readings", {"reason": "x", "what": "a plan"})[0])
        for verb in ("link", "separate"):
            pattern = "/v1/reviews/" + verb
            self.assertEqual(400, self.validated(scene, "POST", pattern, {"subject": key})[0])
            self.assertEqual(404, self.validated(scene, "POST", pattern, {"subject": key, "reason": "x"})[0])
        self.assertEqual(200, self.validated(scene, "POST", "/v1/reload", {})[0])
        self.assertTrue(wait_until(lambda: "RUN-044" in daemon.log()), daemon.log())
        self.assertTrue(wait_until(lambda: os.path.exists(scene.socket)))
        self.journal_is_read_through_the_daemon(scene, key)
        self.assertEqual(DONE, daemon.end())
        self.assertIn("whole", scene.entsync("audit", "verify").stdout)

    def whole_plan(self, scene):
        """One entry was changed by somebody else."""
        for wrong in ({}, {"reason": "x", "form": "xml"}, {"reason": "x", "wait": -1}):
            self.assertEqual(400, self.validated(scene, "POST", "/v1/plan", wrong)[0], wrong)
        text = self.validated(scene, "POST", "/v1/plan", {"reason": "look"})[1]
        self.assertIn("Autre", text["plan"])
        self.assertEqual((1, DONE), (text["changes"], text["exit_code"]))
        as_json = self.validated(scene, "POST", "/v1/plan", {"reason": "look", "form": "json"})[1]["plan"]
        counts = self.validated(scene, "POST", "/v1/plan", {"summary": True})[1]
        self.assertNotIn("plan", counts)
        self.assertEqual(scene.entsync("plan", "--summary").stdout, counts["counts"] + counts["verdict"])
        self.assertEqual(["Autre"], [v["sn"][0] for _, v in scene.search(PEOPLE, "(sn=Autre)", "sn")])
        self.assertEqual(1, len(json.loads(as_json)["changes"]))

    def test_what_cannot_be_journaled_is_not_shown(self):
        scene = self.control_scene(persons=4000)
        scene.entsyncd()
        scene.defect("lost-pupils-30")
        scene.entsyncd(HELD)
        _, _, key = scene.a_pupil()
        part = {"person": key, "reason": "look", "plan_only": True}
        daemon = self.ready(scene)
        held = ask(scene.socket, "GET", "/v1/holds")[1]["holds"][0]["id"]
        person = key.replace("/", "%2F")
        readings = {  # every endpoint that shows persons, or what was read of them
            "/v1/holds/{id}": ("GET", "/v1/holds/" + held, None),
            "/v1/reviews": ("GET", "/v1/reviews?subject=" + person, None),
            "/v1/requests": ("GET", "/v1/requests", None),
            "/v1/rights": ("GET", "/v1/rights?subject=" + person, None),
            "/v1/explain": ("GET", "/v1/explain?subject=" + person, None),
            "/v1/audit": ("GET", "/v1/audit?person=" + person, None),
            "/v1/audit/verification": ("GET", "/v1/audit/verification", None),
            "/v1/sync": ("POST", "/v1/sync", part),
            "/v1/plan": ("POST", "/v1/plan", {"reason": "look"}),
        }
        of_roles = {pattern for pattern, methods in OPENAPI["paths"].items()
                    if methods.get("get", {}).get("x-role") in ("operator", "auditor")}
        self.assertEqual(of_roles | {"/v1/sync", "/v1/plan"}, set(readings))
        commands = [("hold", "show", held), ("hold", "show", held, "--summary"), ("review", "show", key),
                    ("explain", key)]
        alone = [("review", "list"), ("audit", "person", key),
                 ("sync", "--person", key, "--plan-only", "--reason", "look")]
        with self.journal_taken(scene):
            for method, target, body in readings.values():
                status, answer = ask(scene.socket, method, target, body)
                self.assertEqual((503, "ADM-004"), (status, answer["problem"]["code"]), target)
            for target in ("/v1/runs", "/v1/reload", "/v1/stop"):  # nor does anybody act
                status, answer = ask(scene.socket, "POST", target, {"reason": "at once"})
                self.assertEqual((503, "ADM-004"), (status, answer["problem"]["code"]), target)
            self.assertIsNone(ask(scene.socket, "GET", "/v1/status")[1]["under_way"])
            for command in commands:
                done = scene.entsync(*command, code=FAILED)
                self.assertEqual("", done.stdout)
                self.assertIn("ADM-004", done.stderr)
            done = scene.entsync("plan", code=FAILED)
            self.assertEqual("", done.stdout)
            self.assertIn("ADM-004", done.stderr)
            # Counts are nobody's.
            self.assertEqual(200, ask(scene.socket, "POST", "/v1/plan", {"summary": True})[0])
        planned = scene.entsync("plan", code=HELD).stdout.partition("\n")[2]  # without its id
        for method, target, body in readings.values():
            self.assertEqual(200, ask(scene.socket, method, target, body)[0], target)
        whole = ask(scene.socket, "POST", "/v1/plan", {"reason": "look"})[1]
        self.assertEqual(planned, (whole["plan"] + whole["verdict"] + whole["rejected"]).partition("\n")[2])
        self.assertEqual(HELD, whole["exit_code"])
        by_daemon = [scene.entsync(*command).stdout for command in commands]
        self.assertEqual(DONE, daemon.end())
        with self.journal_taken(scene):
            for command in commands + alone:
                done = scene.entsync(*command, code=FAILED)
                self.assertEqual("", done.stdout, command)
                self.assertIn("READ-003", done.stderr, command)
            self.assertEqual("", scene.entsync("plan", code=FAILED).stdout)
            scene.entsync("plan", "--summary", code=HELD)
        self.assertEqual(planned, scene.entsync("plan", code=HELD).stdout.partition("\n")[2])
        for command, shown in zip(commands, by_daemon):
            self.assertEqual(shown, scene.entsync(*command).stdout, command)
        for command in alone:
            scene.entsync(*command)
        journal = scene.entsync("audit", "all").stdout
        for what, times in ((f"held plan {held} shown", 5), (f"review of {key} shown", 3), ("review list shown", 1),
                            (f"explanation of {key} shown", 3), (f"plan of person {key} shown", 2),
                            ("plan of everything shown", 4)):
            self.assertEqual(times, journal.count(what), what)

    def test_commands_decide_through_the_daemon(self):
        scene = self.control_scene(more='[schedule]\nrun = ["2199-01-01 02:30"]', persons=4000)
        scene.entsyncd()
        scene.defect("lost-pupils-30")
        scene.entsyncd(HELD)
        alone = scene.entsync("hold", "list", code=HELD).stdout
        daemon = self.ready(scene)
        self.assertEqual(alone, scene.entsync("hold", "list", code=HELD).stdout)
        held = alone.split()[0]
        self.assertIn("2199-01-01 02:30", scene.entsync("schedule").stdout)
        with open(scene.config, encoding="utf-8") as f:
            text = f.read()
        with open(scene.config, "w", encoding="utf-8") as f:
            f.write(text.replace("2199-01-01", "2198-02-02"))
        self.assertIn("2199-01-01 02:30", scene.entsync("schedule", "-n", "1").stdout)
        self.assertIn("HOLD-002", scene.entsync("hold", "approve", "none", "--reason", "x", code=FAILED).stderr)
        scene.entsync("hold", "reject", held, "--reason", "not yet")
        self.assertIn("nothing waits", scene.entsync("hold", "list").stdout)
        scene.entsync("run", "start", "--reason", "again")
        self.assertTrue(wait_until(lambda: ask(scene.socket, "GET", "/v1/holds")[1]["holds"], 120))
        self.assertTrue(wait_until(lambda: ask(scene.socket, "GET", "/v1/status")[1]["under_way"] is None, 60))
        held = scene.entsync("hold", "list", code=HELD).stdout.split()[0]
        approved = scene.entsync("hold", "approve", held, "--reason", "a merger").stdout
        self.assertIn(approved.split()[1], daemon.log())
        scene.entsync("plan", "--check", code=DONE)
        self.assertEqual(DONE, daemon.end())
        journal = scene.entsync("audit", "actor", "user:" + getpass.getuser()).stdout
        self.assertIn("a merger", journal)
        self.assertIn("not yet", journal)

    def journal_is_read_through_the_daemon(self, scene, key):
        person = key.replace("/", "%2F")
        page = self.validated(scene, "GET", f"/v1/audit?person={person}&limit=1&form=json")[1]
        self.assertEqual(1, page["records"])
        more = self.validated(scene, "GET", f"/v1/audit?person={person}&form=json&after={page['next']}")[1]
        self.assertIsNone(more["next"])
        whole = scene.entsync("audit", "person", key, "--form", "json", "--ticket", "DPO-7").stdout
        # The readings of the two pages are in the story by then.
        self.assertTrue(whole.startswith(page["text"] + more["text"]))
        self.assertIn("ticket DPO-7", scene.entsync("audit", "actor", "user:" + getpass.getuser()).stdout)
        self.assertEqual(400, self.validated(scene, "GET", "/v1/audit?form=xml")[0])
        self.assertEqual(400, self.validated(scene, "GET", "/v1/audit?limit=0")[0])
        self.assertEqual(400, self.validated(scene, "GET", "/v1/audit?from=yesterday")[0])
        self.assertTrue(self.validated(scene, "GET", "/v1/audit/verification")[1]["whole"])
        self.assertIn("whole", scene.entsync("audit", "verify").stdout)
        schools = self.validated(scene, "GET", "/v1/registry")[1]["schools"]
        self.assertIn("inscrite", {school["state"] for school in schools if school["in_scope"]})
        statement = self.validated(scene, "GET", "/v1/registry/statement?annee=2026-2027")[1]
        self.assertLess(0, statement["accounts"]["eleve"])
        self.assertIn("was last written", scene.entsync("explain", key, "sn").stdout)
        self.assertEqual(404, self.validated(scene, "GET", "/v1/explain?subject=AC-NONE%2FEleve%2F1")[0])

    def test_each_verb_is_for_the_roles_that_are_described_and_refusals_are_journaled(self):
        scene = self.control_scene()
        daemon = self.ready(scene)
        refused = 0
        for pattern, methods in OPENAPI["paths"].items():
            for method, operation in methods.items():
                for group, roles in ROLE_OF.items():
                    if pattern.endswith("/events") or pattern == "/v1/reload":
                        continue
                    target = pattern.replace("{id}", "none")
                    status, answer = as_group(group, scene.socket, method.upper(), target,
                                              {} if method == "post" else None)
                    allowed = operation["x-role"] in roles
                    self.assertEqual(allowed, status != 403, (group, method, pattern, status, answer))
                    refused += 0 if allowed else 1
        self.assertEqual(DONE, daemon.end())
        journal = scene.entsync("audit", "all").stdout
        # Groups are played by one user, so that the second refusal of a verb is a repetition.
        repeated = [int(count) for count in re.findall(r"([0-9]+) more like", journal)]
        self.assertEqual(refused, journal.count("access-refused") - len(repeated) + sum(repeated))
        self.assertEqual(journal.count("access-refused"), daemon.log().count("ADM-003"))

    def test_a_client_that_is_refused_in_a_loop_does_not_fill_the_journal(self):
        scene = self.control_scene()
        daemon = self.ready(scene)
        for _ in range(7):
            self.assertEqual(403, as_group(VIEWERS, scene.socket, "POST", "/v1/runs", {"reason": "x"})[0])
        self.assertEqual(403, as_group(VIEWERS, scene.socket, "POST", "/v1/reload", {})[0])
        self.assertEqual(2, daemon.log().count("ADM-003"))
        self.assertEqual(DONE, daemon.end())
        journal = scene.entsync("audit", "all").stdout
        self.assertEqual(3, journal.count("access-refused"))
        self.assertIn("6 more like POST /v1/runs", journal)

    def test_status_stays_quick_and_a_part_is_queued_while_a_run_is_under_way(self):
        scene = self.control_scene(persons=6000)
        daemon = self.ready(scene)
        ask(scene.socket, "POST", "/v1/runs", {"reason": "first load"})
        self.assertTrue(wait_until(lambda: ask(scene.socket, "GET", "/v1/status")[1]["under_way"]))
        events = []

        def follow():
            connection = Connection(scene.socket)
            connection.request("GET", "/v1/runs/current/events")
            for line in connection.getresponse():
                if line.startswith(b"event:"):
                    events.append(line.decode().split()[1])

        follower = threading.Thread(target=follow)
        follower.start()
        times = []
        while ask(scene.socket, "GET", "/v1/status")[1]["under_way"]:
            started = time.perf_counter()
            self.assertEqual(200, ask(scene.socket, "GET", "/v1/status")[0])
            times.append(time.perf_counter() - started)
            time.sleep(0.06)
        follower.join(60)
        self.assertGreater(len(times), 10)
        self.assertLess(statistics.quantiles(times, n=100)[98], 0.5, times)
        self.assertIn("progress", events)
        self.assertIn("ended", events)
        self.assertEqual(DONE, daemon.end())
        scene.check()

    def test_a_cancelled_run_finishes_what_is_in_flight_and_the_daemon_goes_on(self):
        scene = self.control_scene(persons=4000)
        daemon = self.ready(scene)
        ask(scene.socket, "POST", "/v1/runs", {"reason": "first load"})
        some = lambda: len(scene.search(PEOPLE, "(ENTPersonLogin=*)", "1.1")) >= 50
        self.assertTrue(wait_until(some), daemon.log())
        self.assertIn("cancelling", scene.entsync("run", "cancel", "--reason", "wrong day").stdout)
        self.assertTrue(wait_until(lambda: "RUN-004" in daemon.log(), 60), daemon.log())
        self.assertNotIn("  open  ", scene.entsync("audit", "all").stdout)
        self.assertIn("wrong day", scene.entsync("audit", "all").stdout)
        scene.entsync("run", "start", "--reason", "go on")
        self.assertTrue(wait_until(lambda: ask(scene.socket, "GET", "/v1/status")[1]["under_way"]))
        self.assertRegex(scene.entsync("run", "follow").stdout, r"apply .* changes, \d+\.\d s, \d+/s")
        self.assertTrue(wait_until(lambda: daemon.log().count("RUN-004") == 2, 120), daemon.log())
        scene.check()
        self.assertIn("last run", scene.entsync("status").stdout)
        run = scene.entsync("run", "list").stdout.split()[0]
        self.assertIn(run, scene.entsync("run", "show", run).stdout)
        self.assertEqual(DONE, daemon.end())

    def test_without_a_daemon_the_command_says_so(self):
        scene = self.control_scene()
        self.assertIn("CTL-", scene.entsync("status", code=FAILED).stderr)

