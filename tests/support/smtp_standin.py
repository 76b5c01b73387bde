#!/usr/bin/env python3
"""A strict stand-in for a smarthost: SMTP or LMTP, on a port or a socket, with TLS and AUTH, or with a fault.

    smtp_standin.py PORT|SOCKET DIR [--lmtp] [--smtps] [--cert FILE --key FILE] [--client-ca FILE]
                    [--auth MECH,…] [--user NAME --secret WORD] [--announce WORD,…] [--fault NAME] [--most-recipients N]

DIR/mails        each mail that was taken: one JSON object per line: from, to (taken), parameters, data (base64), connection
DIR/commands     each command line that came, with the connection's number in front
DIR/violations   what a client may not do: bare LF, wrong order, a parameter that was not announced, a wrong SIZE, commands
                 behind one that must be the last of its group, AUTH without TLS; empty at the end, or the test fails
DIR/fault        if it is there, its text is the fault from then on

A recipient's local part says what it gets: perm… 550, temp… 450, later-N… 450 for its first N tries, else 250; with LMTP
also end-perm… and end-temp…, refused after the dot.

Faults: greets-554, closes, ehlo-500, no-starttls, injects (behind the 220 of STARTTLS), huge-line, huge-reply, mixed-codes, http,
early-250 (with the 354), plus-503 (behind the 250 of MAIL), more-replies, fewer-replies (after the dot, then a cut), tls-garbage
(instead of the handshake), cut-after-mail, cut-after-rcpt, cut-in-data, cut-after-dot,
silent-after-dot, 421-at-mail, 421-at-rcpt, 421-after-one (mail), 530-at-mail, 552-in-data, 503-at-data, plus-503.
"""
import argparse
import base64
import hashlib
import hmac
import json
import os
import re
import socket
import ssl
import threading
import time

LAST_OF_GROUP = {"EHLO", "LHLO", "HELO", "DATA", "STARTTLS", "QUIT", "AUTH", "NOOP", "VRFY", "EXPN"}


class Gone(Exception):
    pass


class Desk:
    def __init__(self, chosen):
        self.chosen, self.lock, self.tries, self.connections = chosen, threading.Lock(), {}, 0
        os.makedirs(chosen.dir, exist_ok=True)
        self.tls = None
        if chosen.cert:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(chosen.cert, chosen.key)
            if chosen.client_ca:
                self.tls.load_verify_locations(chosen.client_ca)
                self.tls.verify_mode = ssl.CERT_REQUIRED

    def note(self, name, line):
        with self.lock, open(os.path.join(self.chosen.dir, name), "a") as file:
            file.write(line + "\n")

    def fault(self):
        try:
            with open(os.path.join(self.chosen.dir, "fault")) as file:
                return file.read().strip()
        except FileNotFoundError:
            return self.chosen.fault

    def reply_to(self, address):
        local = address.split("@")[0]
        if local.startswith("perm"):
            return b"550 5.1.1 No such user"
        if local.startswith("temp"):
            return b"450 4.2.0 Not now"
        later = re.match(r"later-(\d+)", local)
        with self.lock:
            self.tries[address] = self.tries.get(address, 0) + 1
            if later and self.tries[address] <= int(later[1]):
                return b"450 4.2.0 Later"
        return b"250 2.1.5 Ok"


class Session:
    def __init__(self, desk, sock, number):
        self.desk, self.chosen, self.sock, self.number = desk, desk.chosen, sock, number
        self.rest, self.is_encrypted, self.is_signed_in, self.hello = b"", False, False, None
        self.sender, self.to, self.parameters, self.mails = None, [], {}, 0

    # --- bytes

    def fault(self, *names):
        return self.desk.fault() in names

    def violation(self, words):
        self.desk.note("violations", f"{self.number} {words}")

    def fill(self):
        octets = self.sock.recv(65536)
        if not octets:
            raise Gone
        self.rest += octets

    def line(self):
        while b"\n" not in self.rest:
            self.fill()
        line, self.rest = self.rest.split(b"\n", 1)
        if not line.endswith(b"\r") or b"\r" in line[:-1]:
            self.violation(f"bare line end: {line!r}")
        return line.rstrip(b"\r")

    def say(self, *lines):
        self.sock.sendall(b"".join(line + b"\r\n" for line in lines))

    def say_together(self, *lines):
        """Each in a write of its own (with TLS: a record), and all in one segment."""
        is_tcp = self.sock.family != socket.AF_UNIX
        if is_tcp:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        for line in lines:
            self.say(line)
        if is_tcp:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)

    def cut(self):
        self.sock.close()
        raise Gone

    def silent(self):
        time.sleep(600)

    # --- the dialogue

    def run(self):
        try:
            if self.chosen.smtps:
                self.encrypt()
            self.greet()
            while True:
                self.command(self.line())
        except (Gone, OSError, ssl.SSLError):
            pass
        finally:
            self.sock.close()

    def encrypt(self):
        self.sock = self.desk.tls.wrap_socket(self.sock, server_side=True)
        self.is_encrypted = True

    def greet(self):
        if self.fault("closes"):
            self.cut()
        if self.fault("greets-554"):
            return self.say(b"554 5.7.1 You are not welcome")
        if self.fault("http"):
            return self.say(b"HTTP/1.1 400 Bad Request", b"")
        if self.fault("huge-line"):
            return self.sock.sendall(b"220 " + b"x" * 1_000_000 + b"\r\n")
        return self.say(b"220 mx.example ESMTP")

    def command(self, line):
        text = line.decode("utf-8", "surrogateescape")
        self.desk.note("commands", f"{self.number} {line.decode('latin-1')}")
        verb = text.split(" ")[0].upper()
        if verb in LAST_OF_GROUP and self.rest and verb != "QUIT":
            self.violation(f"more behind {verb}")
        if self.hello and "PIPELINING" not in self.announced() and self.rest:
            self.violation("a group without PIPELINING")
        handle = getattr(self, "do_" + verb.lower(), None)
        if handle is None:
            self.violation(f"unknown: {text}")
            return self.say(b"500 5.5.1 What?")
        return handle(text)

    def announced(self):
        words = [word for word in self.chosen.announce.split(",") if word]
        if self.chosen.cert and not self.is_encrypted and not self.fault("no-starttls"):
            words.append("STARTTLS")
        if self.chosen.auth and (self.is_encrypted or not self.chosen.cert):
            words.append("AUTH " + self.chosen.auth.replace(",", " "))
        return words

    def do_ehlo(self, text, verb="EHLO"):
        if (verb == "LHLO") != self.chosen.lmtp:
            return self.say(b"500 5.5.1 The other hello")
        if self.fault("ehlo-500"):
            return self.say(b"500 5.5.1 No EHLO here")
        if not re.fullmatch(r"[EL]HLO (\[[0-9.]+\]|[A-Za-z0-9.-]+)", text):
            self.violation(f"no sound name: {text}")
        if self.fault("huge-reply"):
            return self.say(*[b"250-" + b"y" * 1000] * 1000, b"250 z")
        if self.fault("mixed-codes"):
            return self.say(b"250-mx.example", b"550 no")
        self.hello, self.sender, self.to = text, None, []
        lines = ["mx.example", *self.announced()]
        return self.say(*[b"250-" + line.encode() for line in lines[:-1]], b"250 " + lines[-1].encode())

    def do_lhlo(self, text):
        return self.do_ehlo(text, "LHLO")

    def do_helo(self, _):
        self.hello = "HELO"
        return self.say(b"250 mx.example")

    def do_starttls(self, _):
        if "STARTTLS" not in self.announced():
            self.violation("STARTTLS was not offered")
            return self.say(b"502 5.5.1 No")
        if self.fault("injects"):
            self.say(b"220 2.0.0 Go", b"250-mx.example", b"250 AUTH PLAIN")
        else:
            self.say(b"220 2.0.0 Go")
        if self.fault("tls-garbage"):
            self.fill()
            self.say(b"454 4.7.0 TLS not available due to temporary reason")
            self.cut()
        self.encrypt()
        self.hello = None
        return None

    # --- AUTH

    def ask(self, challenge=b""):
        self.say(b"334 " + base64.b64encode(challenge))
        line = self.line()
        return base64.b64decode(line, validate=True)

    def do_auth(self, text):
        words = text.split(" ")
        mechanism = words[1].upper()
        if not self.is_encrypted and not self.chosen.clear_auth:
            self.violation("AUTH without TLS")
        if len(text) > 510:
            self.violation("an AUTH line over 512 octets")
        if mechanism not in self.chosen.auth.split(",") or not self.hello:
            self.violation(f"{mechanism} was not offered")
            return self.say(b"504 5.5.4 Not offered")
        first = None
        if len(words) > 2:
            first = b"" if words[2] == "=" else base64.b64decode(words[2], validate=True)
        self.is_signed_in = getattr(self, "auth_" + mechanism.lower().replace("-", "_"))(first)
        return self.say(b"235 2.7.0 Welcome" if self.is_signed_in else b"535 5.7.8 Credentials are not taken")

    def auth_plain(self, first):
        first = self.ask() if first is None else first
        return first == f"\0{self.chosen.user}\0{self.chosen.secret}".encode()

    def auth_login(self, first):
        user = self.ask(b"Username:") if first is None else first
        return (user, self.ask(b"Password:")) == (self.chosen.user.encode(), self.chosen.secret.encode())

    def auth_cram_md5(self, first):
        challenge = b"<1896.697170952@mx.example>"
        answer = self.ask(challenge)
        digest = hmac.new(self.chosen.secret.encode(), challenge, hashlib.md5).hexdigest()
        return first is None and answer == f"{self.chosen.user} {digest}".encode()

    def auth_external(self, first):
        first = self.ask() if first is None else first
        return self.sock.getpeercert() is not None and first in (b"", self.chosen.user.encode())

    def auth_xoauth2(self, first):
        first = self.ask() if first is None else first
        if first == f"user={self.chosen.user}\1auth=Bearer {self.chosen.secret}\1\1".encode():
            return True
        if self.ask(b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}') != b"":
            self.violation("XOAUTH2: the answer to its error is an empty line")
        return False

    def auth_oauthbearer(self, first):
        first = self.ask() if first is None else first
        port = self.sock.getsockname()[1]
        form = rb"n,a=([^,]*),\x01host=([^\x01]+)\x01port=(\d+)\x01auth=Bearer ([A-Za-z0-9._~+/=-]+)\x01\x01"
        match = re.fullmatch(form, first)
        if not match:
            self.violation(f"OAUTHBEARER: not RFC 7628: {first!r}")
            return False
        user = match[1].replace(b"=2C", b",").replace(b"=3D", b"=").decode()
        if (user, match[4].decode()) == (self.chosen.user, self.chosen.secret) and int(match[3]) == port:
            return True
        if self.ask(b'{"status":"invalid_token","scope":"mail"}') != b"\1":
            self.violation("OAUTHBEARER: the answer to its error is one ^A")
        return False

    # --- the mail

    def do_mail(self, text):
        match = re.fullmatch(r"MAIL FROM:<([^<>]*)>((?: [A-Z0-9]+(?:=[!-~]+)?)*)", text)
        if not match or not self.hello or self.sender is not None:
            self.violation(f"unsound or out of order: {text}")
            return self.say(b"503 5.5.1 No")
        if self.chosen.auth and not self.is_signed_in or self.fault("530-at-mail"):
            return self.say(b"530 5.7.0 Sign in first")
        if self.fault("421-at-mail") or (self.fault("421-after-one") and self.mails > 0):
            self.say(b"421 4.3.2 Enough")
            self.cut()
        if self.fault("cut-after-mail"):
            self.cut()
        announced = {word.split(" ")[0] for word in self.announced()}
        self.parameters = dict((word.split("=") + [""])[:2] for word in match[2].split())
        for name, needs in (("SIZE", "SIZE"), ("BODY", "8BITMIME"), ("SMTPUTF8", "SMTPUTF8")):
            if name in self.parameters and needs not in announced:
                self.violation(f"{name} was not announced")
        self.sender = match[1]
        if self.fault("plus-503"):
            return self.say(b"250 2.1.0 Ok", b"503 5.5.1 and what was that?")
        return self.say(b"250 2.1.0 Ok")

    def do_rcpt(self, text):
        match = re.fullmatch(r"RCPT TO:<([^<>]+)>", text)
        if not match or self.sender is None:
            if not match:
                self.violation(f"unsound: {text}")
            return self.say(b"503 5.5.1 MAIL first")
        if self.fault("421-at-rcpt"):
            self.say(b"421 4.3.2 Going down")
            self.cut()
        if len(self.to) >= self.chosen.most_recipients:
            return self.say(b"452 4.5.3 Too many recipients")
        reply = self.desk.reply_to(match[1])
        if reply.startswith(b"250"):
            self.to.append(match[1])
        self.say(reply)
        if self.fault("cut-after-rcpt"):
            self.cut()
        return None

    def do_data(self, _):
        if not self.to:
            return self.say(b"503 5.5.1 No recipients")
        if self.fault("503-at-data"):
            return self.say(b"503 5.5.1 Out of order")
        if self.fault("early-250"):
            self.say_together(b"354 Go", b"250 2.0.0 Ok: queued as EARLY")
        else:
            self.say(b"354 Go")
        data = self.content()
        self.check_content(data)
        if self.fault("cut-after-dot", "cut-after-dot-taken"):
            self.take(data, self.to)
            self.cut()
        if self.fault("silent-after-dot"):
            self.silent()
        return self.end_of_data(data)

    def end_of_data(self, data):
        replies, taken = [], []
        for address in self.to:
            kind = {"end-perm": b"552 5.2.2 Full", "end-temp": b"452 4.2.2 Full"}.get(address[:8])
            if kind is None:
                taken.append(address)
            replies.append(kind or b"250 2.0.0 Ok: queued as %d-%d" % (self.number, self.mails))
        if not self.chosen.lmtp:
            replies, taken = [b"250 2.0.0 Ok: queued as %d-%d" % (self.number, self.mails)], self.to
        if taken:
            self.take(data, taken)
        self.sender, self.to = None, []
        if self.fault("fewer-replies"):
            self.say(*replies[:-1])
            self.cut()
        if self.fault("more-replies"):
            replies.append(b"250 2.0.0 and one more")
        return self.say(*replies)

    def content(self):
        if self.fault("552-in-data"):
            self.fill()
            self.say(b"552 5.3.4 Too big for me")
            self.cut()
        if self.fault("cut-in-data"):
            self.fill()
            self.cut()
        if self.rest:
            self.violation("content before the 354")
        while not (self.rest == b".\r\n" or b"\r\n.\r\n" in self.rest):
            if self.rest.startswith(b".\r\n"):
                break
            self.fill()
        if self.rest.startswith(b".\r\n"):
            data, self.rest = b"", self.rest[3:]
        else:
            data, self.rest = self.rest.split(b"\r\n.\r\n", 1)
            data += b"\r\n"
        if self.rest:
            self.violation("more behind the end of the mail")
        return re.sub(rb"(?m)^\.", b"", data)

    def check_content(self, data):
        if re.search(rb"(?<!\r)\n", data):
            self.violation("bare LF in the content")
        if "SIZE" in self.parameters and int(self.parameters["SIZE"]) != len(data):
            self.violation(f"SIZE={self.parameters['SIZE']} for {len(data)} octets")
        is_eight_bit = any(octet > 127 for octet in data)
        if is_eight_bit != (self.parameters.get("BODY") == "8BITMIME"):
            self.violation(f"8-bit content: {is_eight_bit}, BODY={self.parameters.get('BODY')}")

    def take(self, data, to):
        self.mails += 1
        self.desk.note("mails", json.dumps({
            "from": self.sender, "to": to, "parameters": self.parameters, "connection": self.number,
            "data": base64.b64encode(data).decode()}))

    def do_rset(self, _):
        self.sender, self.to = None, []
        return self.say(b"250 2.0.0 Ok")

    def do_quit(self, _):
        self.say(b"221 2.0.0 Bye")
        self.cut()


def serve(desk, listener):
    while True:
        sock, _ = listener.accept()
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        desk.connections += 1
        threading.Thread(target=Session(desk, sock, desk.connections).run, daemon=True).start()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("place")
    parser.add_argument("dir")
    for name in ("cert", "key", "client-ca", "auth", "user", "secret", "fault"):
        parser.add_argument("--" + name, default="")
    for name in ("lmtp", "smtps", "clear-auth"):
        parser.add_argument("--" + name, action="store_true")
    parser.add_argument("--announce", default="PIPELINING,SIZE 10000000,8BITMIME,SMTPUTF8,ENHANCEDSTATUSCODES")
    parser.add_argument("--most-recipients", type=int, default=1000)
    chosen = parser.parse_args()
    if chosen.place.startswith("/"):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(chosen.place)
    else:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", int(chosen.place)))
    listener.listen(64)
    serve(Desk(chosen), listener)


main()
