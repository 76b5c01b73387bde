"""Spools that are full before the measuring begins: records as postoffice writes them, and as the Python PostOffice."""
import hashlib
import json
import os

from .program import Program, wait_until
from .workbench import BIN

# What a web application's mail shows of its server, and what the gate looks for below.
HEADER = b"""\
Received: from web1.internal.example ([10.20.30.41]) by web1.internal.example with ESMTP; Fri, 20 Nov 2026 08:00:00 +0000\r
Received: (nullmailer pid 812 invoked by uid 33); Fri, 20 Nov 2026 08:00:00 -0000\r
X-PHP-Originating-Script: 33:Mailer.php\r
From: Shop <orders@shop.example>\r
To: Ann <ann@customer.example>\r
Subject: Your order\r
Message-ID: <20261120080000.%d@web1.internal.example>\r
Date: Fri, 20 Nov 2026 08:00:00 +0000\r
MIME-Version: 1.0\r
Content-Type: text/plain; charset=utf-8\r
\r
"""
ORIGIN = ["--learn", "no", "--origin", "web1.internal.example", "--origin", "10.20.30.0/24", "--origin", "203.0.113.77",
          "--origin", "/srv/shop", "--origin", "user:deploy"]
LINE = b"Two of the blue ones, and the parcel goes out tomorrow; the number is below.\r\n"


def content(octets=4096, number=1):
    """number  makes a mail differ from the next: one that is sent again word for word before its 250 was confirmed is
    taken for the same mail"""
    return HEADER % number + LINE * max(1, (octets - len(HEADER)) // len(LINE))


def record(octets=4096):
    """A record's text, octet for octet as postoffice writes it, and where in it the id stands."""
    mail = content(octets)
    text = json.dumps({"id": "0" * 32, "mail_from": "orders@shop.example", "rcpt_tos": ["ann@customer.example"],
                       "subject": "Your order", "data": mail.decode(), "data_encoding": "utf-8",
                       "timestamp": "2026-11-20T08:00:00.000000", "sha256": hashlib.sha256(mail).hexdigest()},
                      separators=(",", ":"), ensure_ascii=False).encode()
    before, after = text.split(b"0" * 32, 1)
    return before, after


class Filler:
    """Ids that sort by when they were made, never the same twice."""

    made = 0

    @staticmethod
    def ids(mails):
        for _ in range(mails):
            Filler.made += 1
            yield b"%012x7000800000000000%04x" % (0x019000000000 + Filler.made, Filler.made & 0xffff)

    def fill(self, messages, mails, octets=4096):
        """Aside, then renamed: a running postmaster sees whole records only."""
        before, after = record(octets)
        aside = os.path.dirname(messages) + "/aside"
        for mail_id in self.ids(mails):
            with open(aside, "wb", buffering=0) as file:
                file.write(before + mail_id + after)
            os.rename(aside, f"{messages}/{mail_id.decode()}.json")

    def fill_unwatched(self, messages, mails, octets=4096):
        """In place, with as few calls as there can be: a million of them take time."""
        before, after = record(octets)
        directory = os.open(messages, os.O_RDONLY | os.O_DIRECTORY)
        for mail_id in self.ids(mails):
            file = os.open(mail_id + b".json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=directory)
            os.write(file, before + mail_id + after)
            os.close(file)
        os.close(directory)

    def fill_original(self, messages, mails, octets=4096):
        mail = content(octets).decode()
        text = json.dumps({"mail_from": "orders@shop.example", "rcpt_tos": ["ann@customer.example"],
                           "subject": "Your order", "body": mail.partition("\r\n\r\n")[2], "data": mail,
                           "timestamp": "2026-11-20T08:00:00.000000"})
        for _ in range(mails):
            Filler.made += 1
            with open(f"{messages}/{Filler.made:032x}", "w") as file:
                file.write(text)


class Origin:
    """A spool on the image, and the postmaster that hands it out."""

    def __init__(self, bench, name="origin", options=()):
        self.bench, self.name, self.options = bench, name, [*ORIGIN, *options]
        self.spool = bench.image.directory(name, mode=0o700)
        self.messages = bench.image.directory(name + "/messages", mode=0o700)
        self.socket, self.program = f"{bench.home}/{name}.socket", None

    def fill(self, mails, octets=4096):
        is_watched = self.program is not None and self.program.is_running()
        (Filler().fill if is_watched else Filler().fill_unwatched)(self.messages, mails, octets)
        self.bench.image.settle()

    def start(self, seconds=60):
        command = [f"{BIN}/postmaster", "--spool", self.spool, "--listen", "unix:" + self.socket, "--quiet",
                   *self.options]
        self.program = Program(command, self.bench.log(self.name))
        self.program.serves(self.socket, seconds)

    def waiting(self):
        return len(os.listdir(self.messages))

    def wait_empty(self, seconds=60):
        wait_until(lambda: not self.waiting(), seconds, f"{self.name} is empty")

    def stop(self):
        self.program.stop()
