#!/usr/bin/env python3
"""corpus.py send PORT IDS        sends the mails over SMTP, and writes the id of each into IDS
corpus.py compare MAILDIR IDS KEY  holds what was delivered against what is to arrive"""

import concurrent.futures
import os
import re
import socket
import sys
import time

import mails

SENDERS = 4


class Client:
    """Just enough SMTP, with the bytes in our own hands."""

    def __init__(self, port, hello):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.replies = self.socket.makefile("rb")
        self.expect(b"220")
        self.say(hello)
        self.expect(b"250")

    def say(self, line):
        self.socket.sendall(line.encode() + b"\r\n")

    def expect(self, code):
        while True:
            line = self.replies.readline()
            if not line.startswith(code):
                raise SystemExit(f"wanted {code}, got {line}")
            if line[3:4] != b"-":
                return line

    def send(self, mail):
        self.say(f"MAIL FROM:<{mail.sender}>{mail.parameters}")
        self.expect(b"250")
        for recipient in mail.recipients:
            self.say(f"RCPT TO:<{recipient}>")
            self.expect(b"250")
        self.say("DATA")
        self.expect(b"354")
        self.socket.sendall(mail.wire)
        return re.search(rb"queued as ([0-9a-f]{32})", self.expect(b"250")).group(1).decode()

    def quit(self):
        self.say("QUIT")
        self.expect(b"221")


def send_share(port, share):
    """Every fourth mail, on two connections; gives {number: (id, bytes)}."""
    plain, extended = Client(port, "HELO web1"), Client(port, "EHLO web1")
    sent = {}
    for number in range(share, mails.COUNT, SENDERS):
        mail = mails.Mail(number)
        client = plain if mail.by_nullmailer else extended
        sent[number] = client.send(mail), len(mail.wire)
    plain.quit()
    extended.quit()
    return sent


def send(port, ids_file):
    started = time.monotonic()
    sent = {}
    with concurrent.futures.ThreadPoolExecutor(SENDERS) as pool:
        for share in pool.map(lambda share: send_share(port, share), range(SENDERS)):
            sent |= share
    with open(ids_file, "w") as ids:
        ids.writelines(sent[number][0] + "\n" for number in range(mails.COUNT))
    size = sum(size for _, size in sent.values())
    print(f"sent {mails.COUNT} mails, {size} bytes, seed {mails.SEED}, in {time.monotonic() - started:.1f} s")


def first_difference(got, wanted):
    at = next((i for i, (a, b) in enumerate(zip(got, wanted)) if a != b), min(len(got), len(wanted)))
    return f"at byte {at} of {len(wanted)} ({len(got)} came): {got[at - 30:at + 50]!r} for {wanted[at - 30:at + 50]!r}"


def compare(maildir, ids_file, key_file):
    key = open(key_file, "rb").read()
    delivered = {}
    for name in os.listdir(f"{maildir}/new"):
        delivered[re.search(r"[0-9a-f]{32}", name).group()] = f"{maildir}/new/{name}"
    equal = size = dropped = rewritten = 0
    seen = set()
    for number, spool_id in enumerate(open(ids_file).read().split()):
        mail = mails.Mail(number)
        wanted = mail.expected(key)
        got = open(delivered.pop(spool_id), "rb").read() if spool_id in delivered else None
        if got != wanted:
            print(f"mail {number} differs", "(not delivered)" if got is None else first_difference(got, wanted))
            continue
        equal += 1
        size += len(got)
        seen |= set(mail.body)
        dropped += sum(line.fate == mails.DROP for line in mail.lines or [])
        rewritten += mail.as_sent() != mail.assembled(lambda line: True, lambda i: mails.mapped(key, i))
    print(f"{mails.COUNT} mails, {equal} equal, {size} bytes; {dropped} lines scrubbed, identifiers mapped in "
          f"{rewritten} mails; {len(seen)} byte values; {len(delivered)} files nobody sent")
    return equal == mails.COUNT and not delivered and len(seen) == 256


if __name__ == "__main__":
    if sys.argv[1] == "send":
        send(int(sys.argv[2]), sys.argv[3])
    elif not compare(*sys.argv[2:5]):
        sys.exit(1)
