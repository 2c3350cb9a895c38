"""The control API over the network: `entsync` and other clients with tokens and certificates, each with its role;
what check-config refuses; a reload that takes all of it or nothing."""

import http.client
import json
import os
import signal
import socket
import ssl

from authority import Authority, fingerprint
from control import ControlTest
from scene import DONE, FAILED, OUT_OF_SYNC, USAGE, wait_until


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Network(ControlTest):
    def network_scene(self, **arguments):
        scene = self.control_scene(**arguments)
        scene.port = free_port()
        self.authority = Authority(scene.place)
        certificate, key = self.authority.issue("server", "IP:127.0.0.1,DNS:localhost")
        self.console = self.authority.issue("console")
        scene.url = f"https://127.0.0.1:{scene.port}"
        self.tokens_file = os.path.join(scene.place, "tokens")
        self.write(self.tokens_file, "")
        self.tokens = {}
        scene.network = (f'[control.tcp]\naddress = "127.0.0.1"\nport = {scene.port}\n'
                         f'certificate_file = "{certificate}"\nkey_file = "{key}"\n'
                         f'tokens_file = "{self.tokens_file}"\nclient_ca_file = "{self.authority.certificate}"\n'
                         '[[control.tcp.client]]\nname = "console"\nrole = "operator"\n'
                         f'certificate_sha256 = ["{fingerprint(self.console[0])}"]\n')
        scene.extra += scene.network
        scene.write_config()
        for role in ("operator", "auditor", "viewer"):
            self.add_token(scene, role, role)
        return scene

    @staticmethod
    def write(path, text):
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, 0o600)

    def add_token(self, scene, name, role, *more):
        token, line = scene.entsync("token", "new", "--name", name, "--role", role, *more).stdout.splitlines()
        with open(self.tokens_file, "a", encoding="utf-8") as f:
            f.write(line + "\n")
        self.tokens[name] = os.path.join(scene.place, name + ".token")
        self.write(self.tokens[name], token + "\n")
        return token

    def remote(self, scene, name, *words, code=DONE):
        return scene.entsync(*words, "--url", scene.url, "--ca-file", self.authority.certificate, "--token-file",
                             self.tokens[name], code=code)

    def get(self, scene, target, token=None):
        return self.request(scene, "GET", target, token)

    @staticmethod
    def secret(path):
        with open(path, encoding="utf-8") as f:
            return f.read().strip()

    def request(self, scene, method, target, token=None, body=None):
        context = ssl.create_default_context(cafile=self.authority.certificate)
        connection = http.client.HTTPSConnection("127.0.0.1", scene.port, timeout=30, context=context)
        headers = {"Authorization": "Bearer " + token} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, target, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text, answer

    def test_each_credential_has_its_role_and_the_journal_its_name(self):
        scene = self.network_scene()
        scene.entsync("check-config")
        daemon = self.ready(scene)
        for name in ("operator", "auditor", "viewer"):
            self.assertIn("running since", self.remote(scene, name, "status").stdout)
        for name in ("auditor", "viewer"):
            self.assertIn("CTL-015", self.remote(scene, name, "run", "start", "--reason", "x", code=FAILED).stderr)
        self.remote(scene, "operator", "run", "start", "--reason", "from afar")
        self.assertTrue(wait_until(lambda: "RUN-004" in daemon.log(), 120), daemon.log())
        self.remote(scene, "viewer", "run", "follow")
        with_certificate = ("--url", scene.url, "--ca-file", self.authority.certificate, "--certificate",
                            self.console[0], "--key", self.console[1])
        scene.entsync("run", "start", "--reason", "by certificate", *with_certificate)
        self.assertTrue(wait_until(lambda: daemon.log().count("RUN-004") == 2, 120), daemon.log())
        status, _, answer = self.get(scene, "/v1/status")
        self.assertEqual((401, 'Bearer realm="entsync"'), (status, answer.getheader("WWW-Authenticate")))
        self.assertEqual(401, self.get(scene, "/v1/status", "entsync-" + 64 * "0")[0])
        self.assertEqual(DONE, daemon.end())
        journal = scene.entsync("audit", "all").stdout
        for trace in ("token:operator", "token:viewer", "certificate:console", "from afar", "access-refused"):
            self.assertIn(trace, journal)
        self.assertNotIn("entsync-0000", journal + daemon.log())

    def test_a_desk_far_away_plans_looks_and_reloads(self):
        scene = self.network_scene()
        daemon = self.ready(scene)
        for words in ((), ("--summary",), ("--json",)):
            here, there = (done.stdout.splitlines() for done in (
                scene.entsync("plan", *words), self.remote(scene, "operator", "plan", *words)))
            # The first line has the id of a plan, the last one of JSON the digest of all before.
            self.assertEqual(here[1:-1], there[1:-1], words)
            self.assertEqual(len(here), len(there), words)
        self.remote(scene, "operator", "plan", "--check", code=OUT_OF_SYNC)
        self.assertIn("CTL-015", self.remote(scene, "viewer", "plan", "--summary", code=FAILED).stderr)
        self.remote(scene, "operator", "plan", "--out", "x", code=USAGE)
        self.assertEqual(scene.entsync("registry", "list").stdout, self.remote(scene, "viewer", "registry", "list").stdout)
        self.assertIn("took nothing", self.remote(scene, "viewer", "deliveries", "list").stdout)
        self.assertIn("entsync_", self.remote(scene, "viewer", "metrics").stdout)
        self.assertIn("CTL-015", self.remote(scene, "viewer", "reload", code=FAILED).stderr)
        self.assertIn("taken", self.remote(scene, "operator", "reload", "--reason", "from a desk").stdout)
        self.assertTrue(wait_until(lambda: "RUN-044" in daemon.log()), daemon.log())
        self.assertEqual(DONE, daemon.end())
        journal = scene.entsync("audit", "actor", "token:operator").stdout
        self.assertEqual(2, journal.count("plan of everything shown"))
        self.assertIn("from a desk", journal)

    def test_a_token_for_some_schools_reaches_these_alone(self):
        scene = self.network_scene()
        daemon = self.ready(scene)
        self.remote(scene, "operator", "run", "start", "--reason", "first load")
        self.assertTrue(wait_until(lambda: "RUN-004" in daemon.log(), 120), daemon.log())
        whole = self.request(scene, "GET", "/v1/registry", self.secret(self.tokens["viewer"]))[1]
        mine, other = json.loads(whole)["schools"][0]["uai"], "0660713S"
        for role in ("operator", "auditor", "viewer"):
            self.add_token(scene, "school-" + role, role, "--school", mine)
        daemon.process.send_signal(signal.SIGHUP)
        self.assertTrue(wait_until(lambda: "RUN-044" in daemon.log()), daemon.log())

        def asked(role, method, target, body=None):
            return self.request(scene, method, target, self.secret(self.tokens["school-" + role]), body)[:2]

        def is_up():
            try:
                return asked("viewer", "GET", "/v1/health")[0] == 200
            except OSError:
                return False

        self.assertTrue(wait_until(is_up), daemon.log())
        listed = json.loads(asked("viewer", "GET", "/v1/registry")[1])["schools"]
        self.assertEqual([mine], [school["uai"] for school in listed])
        look = {"reason": "look", "plan_only": True}
        self.assertEqual(200, asked("operator", "POST", "/v1/sync", {**look, "school": mine})[0])
        self.assertEqual(200, asked("auditor", "GET", "/v1/audit?school=" + mine)[0])
        refusals = (("operator", "POST", "/v1/sync", {**look, "school": other}),
                    ("operator", "POST", "/v1/sync", {**look, "academie": scene.codes()[0]}),
                    ("operator", "POST", "/v1/runs", {"reason": "x"}), ("operator", "GET", "/v1/holds"),
                    ("auditor", "GET", "/v1/audit?school=" + other), ("auditor", "GET", "/v1/audit"),
                    ("auditor", "POST", "/v1/sync", {**look, "school": mine}), ("viewer", "GET", "/v1/status"))
        for refusal in refusals:
            status, text = asked(*refusal)
            self.assertEqual((403, True), (status, "CTL-015" in text or "ADM-012" in text), (refusal, text))
        self.assertEqual(DONE, daemon.end())
        journal = scene.entsync("audit", "all").stdout
        self.assertIn("is outside the schools of the role", journal)
        self.assertEqual(len(refusals), journal.count("access-refused"), journal)

    def test_the_client_trusts_nobody_else(self):
        scene = self.network_scene()
        daemon = self.ready(scene)
        other = Authority(scene.place, "other")
        wrong = ("status", "--url", scene.url, "--token-file", self.tokens["viewer"])
        self.assertIn("CTL-036", scene.entsync(*wrong, "--ca-file", other.certificate, code=FAILED).stderr)
        self.assertIn("CTL-036", scene.entsync(*wrong, code=FAILED).stderr)
        named = scene.url.replace("127.0.0.1", "127.0.0.2")
        self.assertIn("CTL-03", scene.entsync("status", "--url", named, "--ca-file", self.authority.certificate,
                                              "--token-file", self.tokens["viewer"], code=FAILED).stderr)
        plain = scene.url.replace("https", "http")
        self.assertIn("CTL-035", scene.entsync("status", "--url", plain, code=FAILED).stderr)
        os.chmod(self.tokens["viewer"], 0o644)
        self.assertIn("CTL-043", self.remote(scene, "viewer", "status", code=FAILED).stderr)
        self.assertEqual(DONE, daemon.end())

    def test_a_reload_takes_new_tokens_whole_or_not_at_all(self):
        scene = self.network_scene()
        daemon = self.ready(scene)
        late = self.add_token(scene, "late", "viewer", "--expires", "2020-01-01")
        fresh = self.add_token(scene, "fresh", "viewer")
        self.assertEqual(401, self.get(scene, "/v1/status", fresh)[0])
        with open(self.tokens_file, encoding="utf-8") as f:
            right = f.read()
        self.write(self.tokens_file, right + "nonsense\n")
        daemon.process.send_signal(signal.SIGHUP)
        self.assertTrue(wait_until(lambda: "RUN-041" in daemon.log()), daemon.log())
        self.assertIn("CTL-044", daemon.log())
        viewer = self.secret(self.tokens["viewer"])
        self.assertEqual(200, self.get(scene, "/v1/status", viewer)[0])
        self.write(self.tokens_file, "\n".join(line for line in right.splitlines() if not line.startswith("viewer:")))
        daemon.process.send_signal(signal.SIGHUP)
        self.assertTrue(wait_until(lambda: "RUN-044" in daemon.log()), daemon.log())

        def is_up():
            try:
                return self.get(scene, "/v1/status", fresh)[0] == 200
            except OSError:
                return False

        self.assertTrue(wait_until(is_up), daemon.log())
        self.assertEqual(401, self.get(scene, "/v1/status", viewer)[0])
        self.assertEqual(401, self.get(scene, "/v1/status", late)[0])
        self.assertEqual(DONE, daemon.end())
        self.assertIn("the token late has expired", daemon.log())

    def test_check_config_refuses_what_would_be_open_to_everybody(self):
        scene = self.network_scene()
        whole = scene.extra

        def refused(text, *words):
            scene.extra = text
            scene.write_config()
            errors = scene.entsync("check-config", code=USAGE).stderr
            for word in words:
                self.assertIn(word, errors)

        without = whole[:whole.index("tokens_file")]
        refused(without, "control.tcp.address", "nobody could show who he is")
        for address in ("0.0.0.0", "::", "::ffff:0.0.0.0"):
            refused(whole.replace("127.0.0.1", address), "CTL-040", "all interfaces")
        refused(whole.replace("tokens\"", "missing\""), "CTL-042")
        refused(whole.replace('role = "operator"', 'role = "root"'), "control.tcp.client", "is not a role")
        os.chmod(self.tokens_file, 0o640)
        refused(whole, "CTL-043")
        scene.entsync("token", "new", "--name", "a:b", "--role", "viewer", code=USAGE)
