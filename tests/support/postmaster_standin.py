#!/usr/bin/env python3
"""A stand-in for postmaster: lends the records of a directory, or answers as no postmaster should.

    postmaster_standin.py PORT DIR [--cert FILE --key FILE] [--client-ca FILE] [--mode MODE] [--user NAME:PASSWORD]

DIR/mails/<id>.json    what is handed out, oldest first; a delivered, failed or held one is removed
DIR/outcomes           every outcome that was told, one JSON object per line
DIR/requests           every request: method and target, one per line
DIR/mode               if it is there, its text is the mode from then on

Modes: lease (the default), original, cut-original, and the faults: html, cut, 500, 502, redirect, huge, header, deep, notjson,
refuse-outcomes (takes them, answers 500), drop-outcomes (takes them, and ends the connection).
"""
import argparse
import base64
import http.server
import json
import os
import ssl
import sys
import threading
import time


class Desk:
    def __init__(self, root, least_defer):
        self.root = root
        self.least_defer = least_defer  # seconds; a deferred mail stays away so long at least
        self.mails = os.path.join(root, "mails")
        os.makedirs(self.mails, exist_ok=True)
        self.lock = threading.Lock()
        self.lent = {}   # id -> end of its lease
        self.leases = 0

    def mode(self, default):
        try:
            with open(os.path.join(self.root, "mode")) as file:
                return file.read().strip() or default
        except FileNotFoundError:
            return default

    def note(self, name, line):
        with self.lock, open(os.path.join(self.root, name), "a") as file:
            file.write(line + "\n")

    def waiting(self):
        return sorted(name for name in os.listdir(self.mails) if not name.startswith("."))

    def lend(self, most, seconds):
        with self.lock:
            now = time.monotonic()
            names = [n for n in self.waiting() if self.lent.get(n, 0) <= now][:most]
            for name in names:
                self.lent[name] = now + seconds
            self.leases += bool(names)
            texts = []
            for name in names:
                with open(os.path.join(self.mails, name)) as file:
                    texts.append(file.read().strip())
            return f"{self.leases:032x}", texts

    def settle(self, outcome):
        name = outcome["id"] + ".json"
        path = os.path.join(self.mails, name)
        with self.lock:
            if not os.path.exists(path):
                return False
            if outcome["outcome"] == "deferred":
                self.lent[name] = time.monotonic() + max(self.least_defer, outcome.get("retry_after", 300))
            else:
                os.unlink(path)
                self.lent.pop(name, None)
        return True


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", kind="application/json", headers=()):
        self.send_response(status)
        if kind and status != 204:
            self.send_header("Content-Type", kind)
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def may_ask(self):
        wanted = self.server.user
        if not wanted:
            return True
        return self.headers.get("Authorization") == "Basic " + base64.b64encode(wanted.encode()).decode()

    def do_GET(self):
        self.serve()

    def do_POST(self):
        self.serve()

    def do_DELETE(self):
        self.serve()

    def serve(self):
        desk = self.server.desk
        desk.note("requests", f"{self.command} {self.path}")
        sent = self.body()
        mode = desk.mode(self.server.mode)
        if not self.may_ask():
            return self.answer(401, b'{"title":"Unauthorized"}', "application/problem+json")
        fault = getattr(self, "mode_" + mode.replace("-", "_"), None)
        if fault and fault(sent):
            return None
        path = self.path.split("?")[0]
        prefix = self.server.prefix
        if not path.startswith(prefix):
            return self.answer(404, b"{}")
        path = path[len(prefix):]
        if mode in ("original", "cut-original"):
            return self.hand_out_original(path)
        if self.command == "POST" and path == "/v1/leases":
            return self.lend()
        if self.command == "POST" and path.endswith("/outcomes"):
            return self.settle(sent)
        if self.command == "POST" and path.endswith("/renewal"):
            return self.answer(200, b'{"seconds":900,"expires":"2026-11-20T09:00:00Z"}')
        if self.command == "DELETE":
            return self.answer(204)
        return self.answer(404, b"{}")

    def lend(self):
        query = dict(part.split("=") for part in self.path.split("?")[1].split("&"))
        seconds = int(self.server.seconds or query["seconds"])
        until = time.monotonic() + int(query.get("wait", 0))
        while True:
            lease, texts = self.server.desk.lend(int(query["max"]), seconds)
            if texts or time.monotonic() >= until:
                break
            time.sleep(0.02)
        if not texts:
            return self.answer(204)
        body = '{"lease":"%s","seconds":%d,"expires":"2026-11-20T09:00:00Z","messages":[%s]}' % (
            lease, seconds, ",".join(texts))
        return self.answer(200, body.encode())

    def settle(self, sent):
        desk = self.server.desk
        settled, unknown = [], []
        for outcome in json.loads(sent)["outcomes"]:
            desk.note("outcomes", json.dumps(outcome, sort_keys=True))
            (settled if desk.settle(outcome) else unknown).append(outcome["id"])
        return self.answer(200, json.dumps({"settled": settled, "unknown": unknown}).encode())

    def hand_out_original(self, path):
        """As the Python PostMaster: at most 50 records in an array, each deleted as it is read."""
        if path != "/":
            return self.answer(404, b'{"title": "404 Not Found"}')
        if self.command != "GET":
            return self.answer(405, b'{"title": "405 Method Not Allowed"}', headers=[("Allow", "GET, OPTIONS")])
        desk = self.server.desk
        records = []
        with desk.lock:
            for name in desk.waiting()[:50]:
                path = os.path.join(desk.mails, name)
                try:
                    with open(path) as file:
                        records.append(json.load(file))
                except ValueError:
                    pass  # dropped without a word, as it did
                os.unlink(path)
        body = json.dumps(records).encode()
        if desk.mode(self.server.mode) != "cut-original":
            return self.answer(200, body)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) * 4 // 5])
        self.close_connection = True
        return None

    def mode_html(self, _):
        self.answer(200, b"<html><body>Welcome to nginx!</body></html>", "text/html")
        return True

    def mode_500(self, _):
        self.answer(500, b"{}")
        return True

    def mode_502(self, _):
        self.answer(502, b"<html>502 Bad Gateway</html>", "text/html")
        return True

    def mode_redirect(self, _):
        self.answer(301, b"", "text/html", [("Location", "https://elsewhere.example/")])
        return True

    def mode_notjson(self, _):
        self.answer(200, b'{"lease":')
        return True

    def mode_deep(self, _):
        self.answer(200, b'{"lease":"a","seconds":900,"messages":' + b"[" * 5_000_000 + b"]" * 5_000_000 + b"}")
        return True

    def mode_huge(self, _):
        """1 GB of JSON."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.close_connection = True
        piece = b'"' + b"a" * (1 << 20) + b'",'
        try:
            self.wfile.write(b'{"lease":"a","seconds":900,"messages":[')
            for _ in range(1024):
                self.wfile.write(piece)
        except OSError:
            self.server.desk.note("requests", "gone")
        return True

    def mode_header(self, _):
        """A header line without an end."""
        self.close_connection = True
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
            for _ in range(1024):
                self.wfile.write(b"a" * (1 << 20))
        except OSError:
            self.server.desk.note("requests", "gone")
        return True

    def mode_cut(self, sent):
        if not self.path.split("?")[0].endswith("/v1/leases"):
            return False
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "100000")
        self.end_headers()
        self.wfile.write(b'{"lease":"abc","seconds":900,"messages":[{"id":"')
        self.wfile.flush()
        self.close_connection = True
        return True

    def mode_refuse_outcomes(self, sent):
        if not self.path.endswith("/outcomes"):
            return False
        self.answer(500, b"{}")
        return True

    def mode_drop_outcomes(self, sent):
        """The answer is lost after the outcomes were taken."""
        if not self.path.endswith("/outcomes"):
            return False
        for outcome in json.loads(sent)["outcomes"]:
            self.server.desk.note("outcomes", json.dumps(outcome, sort_keys=True))
        self.close_connection = True
        return True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # a client that goes away is what many of these tests are about


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("root")
    parser.add_argument("--mode", default="lease")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--client-ca", help="ask for a client certificate that this CA signed")
    parser.add_argument("--user")
    parser.add_argument("--prefix", default="")
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--least-defer", type=int, default=0)
    chosen = parser.parse_args()
    server = Server(("127.0.0.1", chosen.port), Handler)
    server.desk = Desk(chosen.root, chosen.least_defer)
    server.mode, server.user = chosen.mode, chosen.user
    server.prefix, server.seconds = chosen.prefix, chosen.seconds
    if chosen.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chosen.cert, chosen.key)
        if chosen.client_ca:
            context.load_verify_locations(chosen.client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
