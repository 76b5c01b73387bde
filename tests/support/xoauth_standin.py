#!/usr/bin/env python3
"""A mail server that wants XOAUTH2 or OAUTHBEARER and is strict about every byte of it.

    xoauth_standin.py --port N --cert PEM --key KEY --log FILE --tokens FILE [--imap]

SMTP: STARTTLS before AUTH, AUTH before MAIL; takes mail and keeps it in the log. IMAP: TLS from the start,
AUTHENTICATE XOAUTH2, SELECT INBOX. The tokens that are good stand in the file, one a line, `user token`; it is read
for each login. What came, as mechanism and verdict without the token, goes to the log, a line of JSON each.
"""

import argparse, base64, json, socketserver, ssl, sys, threading

lock = threading.Lock()


class Handler(socketserver.StreamRequestHandler):
    timeout = 30

    def note(self, **what):
        with lock, open(self.server.options.log, "a") as log:
            log.write(json.dumps(what) + "\n")

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")
        self.wfile.flush()

    def hear(self):
        line = self.rfile.readline(65536)
        if not line:
            raise EOFError
        if not line.endswith(b"\r\n"):
            raise ValueError("a line without CRLF")
        return line[:-2].decode("utf-8", "replace")

    def start_tls(self):
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb")

    def handle(self):
        try:
            (self.imap if self.server.options.imap else self.smtp)()
        except (EOFError, OSError, ValueError) as end:
            self.note(end=repr(end))

    def is_known(self, user, token):
        with open(self.server.options.tokens) as known:
            return f"{user} {token}" in known.read().splitlines()

    def judge(self, mechanism, text):
        """What is wrong with the client's response; empty if nothing is."""
        try:
            raw = base64.b64decode(text, validate=True).decode("ascii")
        except ValueError:
            return "no base64 of ASCII"
        if base64.b64encode(raw.encode()).decode() != text:
            return "not the base64 of what it means"
        if mechanism == "XOAUTH2":
            parts = raw.split("\x01")
            if len(parts) != 4 or parts[2:] != ["", ""] or not parts[0].startswith("user="):
                return f"not user=…^Aauth=…^A^A: {len(parts)} parts"
            if not parts[1].startswith("auth="):
                return "no auth="
            user, auth = parts[0][5:], parts[1][5:]
        else:  # RFC 7628 3.1: gs2-header, kvsep, *(key=value kvsep), kvsep
            parts = raw.split("\x01")
            if len(parts) < 4 or parts[-2:] != ["", ""] or not parts[0].startswith("n,a=") or not parts[0].endswith(","):
                return "no GS2 header, or no ^A^A at the end"
            user = parts[0][4:-1]
            pairs = dict(part.split("=", 1) for part in parts[1:-2])
            if set(pairs) - {"host", "port", "auth"}:
                return f"unknown keys {sorted(pairs)}"
            auth = pairs.get("auth", "")
        if not auth.startswith("Bearer ") or " " in auth[7:]:
            return "no auth=Bearer TOKEN"
        return "" if self.is_known(user, auth[7:]) else "a token that is not good"

    def smtp(self):
        self.say("220 strict.example ESMTP")
        tls = authenticated = False
        mail = None
        while True:
            line = self.hear()
            verb = line.split(" ")[0].upper()
            if verb == "EHLO":
                self.say("250-strict.example")
                self.say("250-8BITMIME")
                self.say("250 AUTH XOAUTH2 OAUTHBEARER" if tls else "250 STARTTLS")
            elif verb == "STARTTLS" and not tls:
                self.say("220 go")
                self.start_tls()
                tls = True
            elif verb == "AUTH" and not tls:
                self.note(verdict="AUTH without TLS")
                self.say("538 5.7.11 not without TLS")
            elif verb == "AUTH":
                authenticated = self.smtp_auth(line.split(" ")) or authenticated
            elif verb == "MAIL" and not authenticated:
                self.say("530 5.7.0 authenticate first")
            elif verb == "MAIL":
                mail = {"from": line, "to": []}
                self.say("250 2.1.0 ok")
            elif verb == "RCPT" and mail:
                mail["to"].append(line)
                self.say("250 2.1.5 ok")
            elif verb == "DATA" and mail and mail["to"]:
                self.say("354 go on")
                lines = []
                while (line := self.hear()) != ".":
                    lines.append(line)
                self.note(mail=mail, subject=[l for l in lines if l.lower().startswith("subject:")])
                self.say("250 2.0.0 ok")
                mail = None
            elif verb in ("RSET", "NOOP"):
                self.say("250 2.0.0 ok")
            elif verb == "QUIT":
                self.say("221 2.0.0 bye")
                return
            else:
                self.say("503 5.5.1 not now")

    def smtp_auth(self, words):
        mechanism = words[1].upper()
        if mechanism not in ("XOAUTH2", "OAUTHBEARER"):
            self.say("504 5.5.4 no")
            return False
        has_initial = len(words) == 3
        if not has_initial:
            self.say("334 ")
        why = self.judge(mechanism, words[2] if has_initial else self.hear())
        self.note(mechanism=mechanism, initial=has_initial, verdict=why or "good")
        if not why:
            self.say("235 2.7.0 Accepted")
            return True
        self.say("334 " + base64.b64encode(b'{"status":"400","schemes":"Bearer"}').decode())
        self.hear()
        self.say("535 5.7.8 Username and Token not accepted")
        return False

    def imap(self):
        self.start_tls()
        self.say("* OK strict.example ready")
        authenticated = False
        while True:
            tag, verb, *rest = self.hear().split(" ")
            if verb == "AUTHENTICATE" and rest == ["XOAUTH2"]:
                self.say("+ ")
                why = self.judge("XOAUTH2", self.hear())
                self.note(mechanism="XOAUTH2", verdict=why or "good")
                authenticated = not why
                if why:
                    self.say("+ " + base64.b64encode(b'{"status":"400"}').decode())
                    self.hear()
                self.say(f"{tag} OK in" if authenticated else f"{tag} NO [AUTHENTICATIONFAILED] no")
            elif verb == "SELECT" and authenticated and rest == ["INBOX"]:
                self.say("* 3 EXISTS")
                self.say(f"{tag} OK [READ-WRITE] selected")
            elif verb == "LOGOUT":
                self.say(f"{tag} OK bye")
                return
            else:
                self.say(f"{tag} BAD not now")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    for name in ("cert", "key", "log", "tokens"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--imap", action="store_true")
    options = parser.parse_args()
    server = Server(("127.0.0.1", options.port), Handler)
    server.options, server.context = options, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.context.load_cert_chain(options.cert, options.key)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
