#!/usr/bin/env python3
"""A strict stand-in for Gmail's API, over TLS: it takes what the discovery document of gmail:v1 says of
users.messages.send, and refuses anything out of line with 400 and a word in DIR/refusals.

    gmail_standin.py PORT CERT KEY DIR

DIR/accepted/N.eml        each message taken, as it would be sent;  DIR/accepted/N.rcpts  whom To, Cc and Bcc name
DIR/requests              a line each: METHOD TARGET TYPE BYTES STATUS
DIR/tokens                the access tokens that are good, one per line: "TOKEN SCOPE…"
DIR/script                the next answers, one per line, taken off the top: "STATUS REASON [RETRY-AFTER [MESSAGE]]",
                          "cut-before" (no answer, half read), "cut-after" (taken, no answer), "junk" (200 without an id)
"""
import base64
import email
import email.policy
import email.utils
import http.server
import json
import os
import re
import socket
import ssl
import sys
import threading

PORT, CERT, KEY, DIR = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
SEND = "/gmail/v1/users/me/messages/send"
UPLOAD = "/upload" + SEND + "?uploadType=media"
SCOPES = {"https://www.googleapis.com/auth/gmail.send"}
MOST_JSON = 5 * 1024 * 1024 + 64
MOST_UPLOAD = 36700160
lock = threading.Lock()


class Refusal(Exception):
    pass


def error(status, reason, message):
    return json.dumps({"error": {"code": status, "message": message,
                                 "errors": [{"message": message, "domain": "global", "reason": reason}]}}).encode()


def next_line_of_script():
    path = os.path.join(DIR, "script")
    with lock:
        lines = open(path).read().splitlines() if os.path.exists(path) else []
        if lines:
            with open(path + ".new", "w") as rest:
                rest.write("".join(line + "\n" for line in lines[1:]))
            os.rename(path + ".new", path)
    return lines[0] if lines else ""


def raw_of(body):
    try:
        message = json.loads(body)
    except ValueError:
        raise Refusal("not JSON")
    if set(message) != {"raw"} or not isinstance(message["raw"], str):
        raise Refusal("not an object with raw alone")
    raw = message["raw"]
    if not re.fullmatch(r"[A-Za-z0-9_-]*={0,2}", raw) or len(raw) % 4:
        raise Refusal("raw is not base64url with padding")
    octets = base64.urlsafe_b64decode(raw)
    if base64.urlsafe_b64encode(octets).decode() != raw:
        raise Refusal("raw is not what its octets encode to")
    return octets


def recipients_of(octets):
    head = octets.split(b"\r\n\r\n", 1)[0]
    if re.search(rb"(?<!\r)\n|\r(?!\n)", head):
        raise Refusal("line ends in the header")
    message = email.message_from_bytes(octets, policy=email.policy.compat32)
    fields = [str(value) for name in ("to", "cc", "bcc") for value in message.get_all(name, [])]
    found = [address for _, address in email.utils.getaddresses(fields) if address]
    if not found:
        raise Refusal("Recipient address required")
    for address in found:
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
            raise Refusal("Invalid To header")
    return found


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def note(self, status):
        length, kind = self.headers.get("Content-Length", "-"), self.headers.get("Content-Type", "-")
        with lock, open(os.path.join(DIR, "requests"), "a") as log:
            log.write(f"{self.command} {self.path} {kind} {length} {status}\n")

    def answer(self, status, body, retry_after=None):
        self.note(status)
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        self.wfile.write(body)
        self.status = status

    def do_GET(self):
        self.answer(404, error(404, "notFound", "Not Found"))

    def do_POST(self):
        self.status = 0
        length = int(self.headers.get("Content-Length", "-1"))
        kind = self.headers.get("Content-Type", "")
        try:
            self.serve(length, kind)
        except Refusal as refusal:
            with lock, open(os.path.join(DIR, "refusals"), "a") as log:
                log.write(f"{refusal}\n")
            self.answer(400, error(400, "invalidArgument", str(refusal)))

    def serve(self, length, kind):
        script = next_line_of_script()
        if script == "cut-before":
            self.rfile.read(min(length, 1000))
            return self.cut()
        if length < 0 or self.headers.get("Transfer-Encoding"):
            raise Refusal("no Content-Length")
        body = self.rfile.read(length)
        if not self.is_authorized():
            return
        if script and script not in ("cut-after", "junk"):
            status, reason, *more = script.split(" ", 3)
            message = more[1] if len(more) > 1 else "as the script says"
            return self.answer(int(status), error(int(status), reason, message),
                               more[0] if more and more[0] != "-" else None)
        octets = self.message_in(kind, body)
        self.accept(octets, recipients_of(octets))
        if script == "cut-after":
            return self.cut()
        self.answer(200, b"{}" if script == "junk" else json.dumps(
            {"id": f"18c2f{self.number:04x}", "threadId": f"18c2f{self.number:04x}", "labelIds": ["SENT"]}).encode())

    def is_authorized(self):
        words = self.headers.get_all("Authorization") or []
        token = words[0][len("Bearer "):] if len(words) == 1 and words[0].startswith("Bearer ") else None
        known = dict((line.split()[0], set(line.split()[1:])) for line in open(os.path.join(DIR, "tokens")) if line.split())
        if token not in known:
            self.answer(401, error(401, "authError", "Invalid Credentials"))
        elif not known[token] & SCOPES:
            self.answer(403, error(403, "insufficientPermissions", "Request had insufficient authentication scopes."))
        elif known[token] - SCOPES:
            raise Refusal("more scopes than gmail.send")
        return self.status == 0

    def message_in(self, kind, body):
        if self.path == SEND:
            if kind != "application/json":
                raise Refusal("content type of JSON")
            if len(body) > MOST_JSON:
                raise Refusal("over 5 MB of JSON")
            return raw_of(body)
        if self.path == UPLOAD:
            if kind != "message/rfc822":
                raise Refusal("content type of an upload")
            if len(body) > MOST_UPLOAD:
                raise Refusal("over maxSize")
            return body
        raise Refusal("no such method: " + self.path)

    def accept(self, octets, recipients):
        with lock:
            place = os.path.join(DIR, "accepted")
            self.number = len(os.listdir(place)) // 2 + 1
            with open(os.path.join(place, f"{self.number}.eml"), "wb") as out:
                out.write(octets)
            with open(os.path.join(place, f"{self.number}.rcpts"), "w") as out:
                out.write("".join(recipient + "\n" for recipient in recipients))

    def cut(self):
        self.note("cut")
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, address):
        pass


os.makedirs(os.path.join(DIR, "accepted"), exist_ok=True)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERT, KEY)
server = Server(("127.0.0.1", PORT), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
