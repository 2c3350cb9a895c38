"""Certificates for the tests, made with openssl when they are needed: nothing secret, nothing to expire in the
repository."""

import os
import subprocess


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Authority:
    def __init__(self, folder, name="ca"):
        self.folder = folder
        self.certificate, self.key = self.path(name + ".pem"), self.path(name + ".key")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                "-subj", "/CN=" + name, "-addext", "keyUsage=critical,keyCertSign", "-out", self.certificate,
                "-keyout", self.key)

    def path(self, name):
        return os.path.join(self.folder, name)

    def issue(self, name, alternative=None):
        """Paths of a certificate and its key, which is its owner's alone."""
        certificate, key, request = self.path(name + ".pem"), self.path(name + ".key"), self.path(name + ".csr")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name,
                "-out", request, "-keyout", key)
        os.chmod(key, 0o600)
        extensions = self.path(name + ".ext")
        with open(extensions, "w", encoding="utf-8") as f:
            f.write(f"subjectAltName={alternative}\n" if alternative else "basicConstraints=CA:FALSE\n")
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-days", "1",
                "-set_serial", str(int.from_bytes(os.urandom(8), "big")), "-extfile", extensions, "-out", certificate)
        return certificate, key


def fingerprint(certificate):
    """As an administrator copies it."""
    done = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"], check=True,
                          stdout=subprocess.PIPE, text=True)
    return done.stdout.strip().split("=")[1]
