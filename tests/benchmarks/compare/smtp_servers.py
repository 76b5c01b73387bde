"""The SMTP servers beside which postoffice is measured, each as its operator would have it: store, and hand on later."""
import subprocess

from .exim import Exim
from .postfix import Postfix
from .smtp_load import postfix_environment
from .smtp_server import NamedPeer, SmtpServer
from .workbench import BIN, PYTHON, STANDINS, has_module, part


class PostOffice(SmtpServer):
    """options  of the command line, for a way to commit"""

    durable, suffix = "yes", ".json"

    def __init__(self, bench, name="postoffice", options=(), spool="postoffice"):
        super().__init__(bench)
        self.name, self.options = name, list(options)
        self.spool = bench.image.directory(spool)
        self.store = self.spool + "/messages"

    def command(self):
        return [f"{BIN}/postoffice", self.address[0], str(self.address[1]), "--spool", self.spool,
                "--min-free", "1000000", "--max-connections", "15000", *self.options]


class SmtpSink(SmtpServer):
    name, durable = "smtp-sink", "stores nothing"

    def command(self):
        return [part("postfix") + "/usr/sbin/smtp-sink", "-u", "nobody", f"127.0.0.1:{self.address[1]}", "1024"]

    def environment(self):
        return postfix_environment()


class Aiosmtpd(SmtpServer):
    name, durable = "aiosmtpd, no-op handler", "stores nothing"

    @classmethod
    def is_here(cls):
        return has_module("aiosmtpd")

    def command(self):
        return [PYTHON, "-m", "aiosmtpd", "-n", "-c", "aiosmtpd.handlers.Sink", "-l",
                f"127.0.0.1:{self.address[1]}"]


class PythonPostOffice(SmtpServer):
    """A stand-in for the original: a JSON file for each mail, written in place, never synced."""

    name, durable = "the Python PostOffice", "no"

    def __init__(self, bench):
        super().__init__(bench)
        self.store = bench.image.directory("python-postoffice")

    @classmethod
    def is_here(cls):
        return has_module("aiosmtpd")

    def command(self):
        return [PYTHON, STANDINS + "/python_postoffice.py", str(self.address[1]), self.store]


def postoffice_modes(bench):
    """A server for each way to commit that this build has; the default first."""
    words = subprocess.run([f"{BIN}/postoffice", "--help"], capture_output=True, text=True).stdout
    if "--commit " not in words:
        return [PostOffice(bench)]
    return [PostOffice(bench, f"postoffice, {mode}", ["--commit", mode], f"postoffice-{mode}")
            for mode in ("journal", "files")]


def all_servers(bench):
    """Those whose packages are here: scripts/bench installs all of them, the tests do without some."""
    kinds = [kind for kind in (Postfix, Exim, Aiosmtpd, PythonPostOffice, SmtpSink) if kind.is_here()]
    return [*postoffice_modes(bench), *(kind(bench) for kind in kinds), *(NamedPeer(bench, peer) for peer in bench.peers)]
