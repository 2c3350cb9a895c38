"""A scene whose programs run at the hour that `at` says."""

import os

from scene import Scene, program


class ClockScene(Scene):
    at = None  # "2026-09-15 03:00:00"

    def run_then(self, name, *arguments, code=0):
        # The clock is set by a library that is loaded before all others, AddressSanitizer's too.
        sanitizer = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        return self.run("env", f"ASAN_OPTIONS={sanitizer}", "faketime", "-f", f"@{self.at}", program(name), *arguments, code=code)

    def entsyncd(self, code=0, *more):
        return self.run_then("entsyncd", "--once", "--config", self.config, *more, code=code)

    def entsync(self, *arguments, code=0):
        return self.run_then("entsync", *arguments, "--config", self.config, code=code)
