"""One installation in a directory of its own: a spool, the three programs on loopback, the sendmail stand-in.

Programs are started, watched and ended by process id. A Site remembers each death of the courier with what its
ledger knew at that moment; the account needs it to say whether a mail that came twice lies in window W5."""
import base64
import contextlib
import http.client
import json
import os
import random
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time

from .ledger import Ledger
from .program import PATIENCE, Handle, Program, wait_until
from .smarthost import Smarthost

SOURCE = os.environ.get("MAIL_SOURCE") or os.path.realpath(os.path.join(os.path.dirname(__file__), "../../.."))
BUILDS = [os.path.join(SOURCE, "build", preset, "bin") for preset in ("release", "dev", "asan")]
BIN = os.environ.get("MAIL_BIN") or next((b for b in BUILDS if os.path.exists(b + "/postoffice")), BUILDS[0])
CANNOT_RUN = 77  # CTest's SKIP_RETURN_CODE
PROGRAMS = ("postoffice", "postmaster", "postman")


def skip(reason):
    print(f"SKIPPED: {reason}")
    sys.exit(CANNOT_RUN)


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            sys.exit(f"FAILED: {program} is not here; run: scripts/install-deps test")


def free_port():
    """Below the kernel's own: no connection of anybody's takes it while its program is down."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("postmaster", timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Site:
    """spool, state  where they lie; beside everything else unless told (a campaign puts them on its own disk)."""

    def __init__(self, root, spool=None, state=None):
        self.root, self.spool = root, spool or root + "/spool"
        self.state, self.socket, self.port = state or root + "/courier", root + "/postmaster.socket", free_port()
        self.sendmail, self.maildir = root + "/sendmail", None
        shutil.copy(BIN + "/campaign_sendmail", self.sendmail)
        open(self.sendmail + ".log", "a").close()
        self.smarthost = Smarthost(self.sendmail) if os.environ.get("MAIL_WAY_OUT") == "smtp" else None
        self.running, self.deaths, self.ledger = {}, [], Ledger(self.state + "/ledger")
        self.given_back = set()  # tokens of leases
        self.options = {name: [] for name in PROGRAMS}  # a campaign's own
        self.always = {name: shlex.split(os.environ.get(f"MAIL_{name.upper()}_OPTIONS", "")) for name in PROGRAMS}
        if way := os.environ.get("MAIL_COMMIT"):  # files|journal: how postoffice commits, instead of as it does by itself
            self.always["postoffice"] += ["--commit", way]

    def command(self, name):
        way_out = f"maildir:{self.maildir}" if self.maildir else f"sendmail:{self.sendmail}"
        if self.smarthost:
            way_out = f"smtp:127.0.0.1:{self.smarthost.port}"
        fixed = {
            "postoffice": ["127.0.0.1", str(self.port), "--spool", self.spool],
            "postmaster": ["serve", "--spool", self.spool, "--listen", "unix:" + self.socket],
            "postman": ["unix:" + self.socket, "--state", self.state, "--deliver", way_out],
        }
        return [f"{BIN}/{name}", *fixed[name], *self.options[name], *self.always[name]]

    def start(self, name, prefix=(), environment=None, tracer=None):
        """tracer  is put on the program before its first call"""
        program = Program(self.command(name), f"{self.root}/{name}.log", prefix, environment, tracer)
        self.running[name] = program
        if name != "postman":
            wait_until(lambda: not program.is_running or self.answers(name), PATIENCE, f"{name} starts")
        return program

    def answers(self, name):
        try:
            with socket.socket(socket.AF_INET if name == "postoffice" else socket.AF_UNIX) as probe:
                probe.connect(("127.0.0.1", self.port) if name == "postoffice" else self.socket)
                return True
        except OSError:
            return False

    def must_run(self, *names):
        for name in names:
            if name not in self.running or not self.running[name].is_running:
                if not self.start(name).is_running:
                    raise RuntimeError(f"{name} does not start: {self.running[name].words()[-500:]}")

    def end(self, *names):
        return [self.running[name].stop() for name in names or list(self.running) if self.running[name].is_running]

    def end_or_kill(self, name, seconds=20):
        """Returns whether it heard TERM; else it is killed."""
        program = self.running[name]
        program.signal(signal.SIGTERM)
        if program.is_running and not Handle(program.process.pid).has_ended(seconds):
            self.kill(name)
            return False
        program.wait(PATIENCE)
        return True

    def kill(self, name):
        """With KILL, as a power cut of the machine would, but for what the kernel still writes."""
        if name not in self.running or not self.running[name].is_running:
            return
        self.running[name].kill()
        if name == "postman":
            self.note_courier_death()

    def note_courier_death(self):
        self.deaths.append((time.monotonic_ns(), self.ledger.unended()))

    # --- the courier's requests, made by the campaign itself

    def ask(self, method, target, body=None):
        """returns  status, the answer's JSON or its octets"""
        connection = UnixConnection(self.socket)
        try:
            connection.request(method, target, None if body is None else json.dumps(body))
            answer = connection.getresponse()
            octets = answer.read()
            return answer.status, json.loads(octets) if octets[:1] in b"{[" and octets else octets
        finally:
            connection.close()

    def deliver(self, record):
        """As postman would, without its ledger."""
        data = record["data"].encode()
        content = base64.b64decode(data) if record["data_encoding"] == "base64" else data
        command = [self.sendmail, "-i", "-f", record["mail_from"], "--", *record["rcpt_tos"]]
        subprocess.run(command, input=content.replace(b"\r\n", b"\n"), check=True)

    def release_leases(self):
        """A killed courier's leases last 15 minutes. They are given back by the tokens that the journal holds."""
        for token in self.lease_tokens() - self.given_back:
            if self.ask("DELETE", f"/v1/leases/{token}")[0] == 204:
                self.given_back.add(token)

    def lease_tokens(self):
        journals = b""
        for slot in (0, 1):
            try:
                with open(f"{self.spool}/state/journal.{slot}", "rb") as journal:
                    journals += journal.read()
            except FileNotFoundError:
                pass
        return {token.decode() for token in re.findall(rb'\["([0-9a-f]{32})",[1-9][0-9]*\]', journals)}

    # --- what lies where

    def has(self, mail_id, directory):
        return os.path.exists(f"{self.spool}/{directory}/{mail_id}.json")

    def waiting(self):
        return len(os.listdir(self.spool + "/messages"))

    def carry_all(self, rounds=20):
        """Couriers, one after the other, until nothing waits or nothing moves any more. Returns what waits.
        postoffice runs, too: what it has taken and not yet laid into messages/ (a commit journal) comes first."""
        self.must_run("postoffice", "postmaster")
        for number in range(rounds):
            self.release_leases()
            if not self.waiting():
                break
            if number > 0:
                self.reboot()  # a fault that struck sendmail has put mail off
            self.start("postman").wait(900)
        return self.waiting()

    def reboot(self):
        """Another boot id for postmaster: leases end, deferred mail is due. Needs root."""
        self.end("postmaster")
        boot_id = self.root + "/boot_id"
        with open(boot_id, "w") as file:
            file.write(f"{os.urandom(4).hex()}-0000-4000-8000-{os.urandom(6).hex()}\n")
        place = "/proc/sys/kernel/random/boot_id"
        mount = f"mount --bind {boot_id} {place} && exec \"$@\""
        # A name space keeps every mount alive, another site's disk too, whose power may be cut: unless it follows ours.
        space = ["unshare", "--mount", "--propagation", "slave"]
        self.start("postmaster", prefix=[*space, "sh", "-c", mount, "sh"])
