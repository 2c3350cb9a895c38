"""The daemon as a service manager runs it, for the tests of what it does by itself."""

import os
import signal
import socket
import subprocess

from scene import SceneTest, kill, program, wait_until

EVERY_SECOND = '[schedule]\nrun = ["*:*:*"]\n'
NEVER = '[schedule]\nrun = ["*-01-01 00:00"]\ntime_zone = "UTC"\n'


class Daemon:
    """entsyncd without --once, with a service manager's socket to listen on."""

    def __init__(self, scene, watchdog=False):
        self.log_path = os.path.join(scene.place, "entsyncd.err")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        path = os.path.join(scene.place, "notify")
        if os.path.exists(path):
            os.unlink(path)
        self.socket.bind(path)
        self.socket.settimeout(0.01)
        environment = {**os.environ, "NOTIFY_SOCKET": path}
        if watchdog:
            environment["WATCHDOG_USEC"] = "400000"
        self.heard = []
        with open(self.log_path, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen([program("entsyncd"), "--config", scene.config],
                                            stdout=subprocess.DEVNULL, stderr=log, env=environment)

    def log(self):
        with open(self.log_path, encoding="utf-8") as f:
            return f.read()

    def said(self, text):
        """Whether the service manager was told `text` by now."""
        try:
            while True:
                self.heard.append(self.socket.recv(4096).decode())
        except (TimeoutError, BlockingIOError):
            pass
        return any(text in message for message in self.heard)

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(timeout=60)

    def close(self):
        if self.process.poll() is None:
            kill(self.process)
        self.socket.close()


class DaemonTest(SceneTest):
    def daemon(self, scene, **options):
        daemon = Daemon(scene, **options)
        self.addCleanup(daemon.close)
        return daemon

    def ready(self, scene, **options):
        daemon = self.daemon(scene, **options)
        self.assertTrue(wait_until(lambda: daemon.said("READY=1")), daemon.log())
        return daemon
