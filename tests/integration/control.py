"""A daemon with a control socket, and a client that asks it."""

import contextlib
import fcntl
import http.client
import json
import os
import shutil
import socket
import tempfile

from daemon import NEVER, DaemonTest

# Groups that every Debian has; nobody is in them here but for a test.
OPERATORS, AUDITORS, VIEWERS, OTHERS, SOCKET = "operator", "news", "games", "irc", "users"


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(60)
        self.sock.connect(self.path)


def ask(path, method, target, body=None):
    connection = Connection(path)
    headers = {"Content-Type": "application/json"} if body is not None else {}
    connection.request(method, target, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    kind = answer.getheader("Content-Type") or ""
    return answer.status, json.loads(text) if kind.startswith("application/json") else text


class ControlTest(DaemonTest):
    def control_scene(self, more=NEVER, **arguments):
        scene = self.scene(**arguments)
        scene.generate()
        folder = tempfile.mkdtemp(prefix="entsync-control-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        os.chmod(folder, 0o755)
        scene.socket = os.path.join(folder, "control.sock")
        scene.extra = (f'{more}\n[control]\nsocket = "{scene.socket}"\nsocket_group = "{SOCKET}"\n'
                       f'operator_groups = ["{OPERATORS}"]\nauditor_groups = ["{AUDITORS}"]\n'
                       f'viewer_groups = ["{VIEWERS}"]\n')
        scene.write_config()
        return scene

    @contextlib.contextmanager
    def journal_taken(self, scene):
        """As if another process were writing it."""
        with open(os.path.join(scene.place, "state", "journal.lock"), "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
