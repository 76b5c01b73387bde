"""An origin side's POST /v1/messages after the contract alone: origin.py PORT DIR KEY [CERT KEYFILE].

DIR/mails   one JSON object per mail taken: from, to, body (base64), key
DIR/asked   one line per request: its status, its Idempotency-Key and its nonce
DIR/fault   if it is there: `lost` (takes the mail, closes without an answer), `seen` (409 for one request), or a status

A request with a known Idempotency-Key gets the first id again, and no second mail.
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import re
import ssl
import sys
import time

PORT, DIR, KEY = int(sys.argv[1]), sys.argv[2], sys.argv[3].encode()
KNOWN = {}


def note(name, text):
    with open(os.path.join(DIR, name), "a") as file:
        file.write(text + "\n")


def field(handler, name):
    return handler.headers[name].encode("latin-1").decode()


def is_signed(handler, body):
    fields = dict(part.strip().split("=", 1) for part in handler.headers["PostOffice-Signature"].split(","))
    if sorted(fields) != ["hmac-sha256", "nonce", "time"] or not re.fullmatch("[A-Za-z0-9_-]{22,64}", fields["nonce"]):
        return False
    lines = ["PostOffice-HMAC-SHA256", "POST", "/v1/messages", "", field(handler, "Mail-From"), field(handler, "Rcpt-To"),
             handler.headers["Idempotency-Key"], hashlib.sha256(body).hexdigest(), fields["time"], fields["nonce"]]
    wanted = base64.b64encode(hmac.new(KEY, "".join(line + "\n" for line in lines).encode(), hashlib.sha256).digest())
    return wanted == fields["hmac-sha256"].encode() and abs(time.time() - int(fields["time"])) <= 300


class Origin(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def fault(self):
        try:
            with open(os.path.join(DIR, "fault")) as file:
                return file.read().strip()
        except FileNotFoundError:
            return ""

    def answer(self, status, **members):
        note("asked", f"{status} {self.headers['Idempotency-Key']} {self.headers['PostOffice-Signature']}")
        text = json.dumps(members).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = self.fault()
        if self.path != "/post/v1/messages" or not is_signed(self, body):
            return self.answer(401, detail="signature")
        if fault.isdigit():
            return self.answer(int(fault), detail="as the test wants it")
        if fault == "seen":
            os.remove(os.path.join(DIR, "fault"))
            return self.answer(409, detail="nonce")
        key = self.headers["Idempotency-Key"]
        if key not in KNOWN:
            KNOWN[key] = os.urandom(16).hex()
            note("mails", json.dumps({"from": field(self, "Mail-From"), "to": field(self, "Rcpt-To"), "key": key,
                                      "body": base64.b64encode(body).decode()}))
        if fault == "lost":
            note("asked", f"lost {key} -")
            self.close_connection = True
            return None
        return self.answer(202, id=KNOWN[key])


server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Origin)
if len(sys.argv) > 4:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[4], sys.argv[5])
    server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
