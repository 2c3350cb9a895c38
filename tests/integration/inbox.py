"""A scene whose deliveries arrive by themselves, for the tests of what becomes of them."""

import json
import os
import tarfile

from daemon import DaemonTest

ALERT = """#!/bin/sh
cat >> "$1"
"""


class InboxTest(DaemonTest):
    """A scene whose académies deliver into the inbox of the daemon."""

    def inbox_scene(self, more="", inbox="", **arguments):
        scene = self.scene(**arguments)
        scene.generate()
        scene.inbox = os.path.join(scene.place, "inbox")
        scene.alerts = os.path.join(scene.place, "alerts")
        script = os.path.join(scene.place, "alert")
        with open(script, "w", encoding="utf-8") as f:
            f.write(ALERT)
        os.chmod(script, 0o700)
        scene.extra = ('[inbox]\ndirectory = "inbox"\nsettle_seconds = 1\n'
                       f'{inbox or "patience_minutes = 0"}\n[notify]\ncommand = ["{script}", "{scene.alerts}"]\n{more}\n')
        scene.write_config()
        with open(scene.config, encoding="utf-8") as f:
            text = f.read()
        for code in scene.codes():
            text = text.replace(f'delivery = "deliveries/{code}"\n', "")
        with open(scene.config, "w", encoding="utf-8") as f:
            f.write(text)
        for code in scene.codes():
            os.makedirs(os.path.join(scene.inbox, code))
        return scene

    @staticmethod
    def archive(scene, code):
        path = os.path.join(scene.place, f"ENT1DVA.{scene.date}.tgz")
        with tarfile.open(path, "w:gz") as tar:
            for name in sorted(os.listdir(os.path.join(scene.deliveries, code))):
                tar.add(os.path.join(scene.deliveries, code, name), name)
        return path

    def drop(self, scene, code=None):
        code = code or scene.codes()[0]
        path = self.archive(scene, code)
        os.rename(path, os.path.join(scene.inbox, code, os.path.basename(path)))

    @staticmethod
    def told(scene):
        if not os.path.exists(scene.alerts):
            return []
        with open(scene.alerts, encoding="utf-8") as f:
            return [json.loads(line) for line in f if line.endswith("\n") and line.strip()]

    def stored(self, scene, *parts):
        folder = os.path.join(scene.place, "state", *parts)
        return sorted(os.listdir(folder)) if os.path.isdir(folder) else []
