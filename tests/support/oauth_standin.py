#!/usr/bin/env python3
"""A provider's OAuth endpoints over TLS, on loopback, that refuse whatever is out of line.

    oauth_standin.py --port N --cert PEM --key KEY --log FILE [--control DIR]

/authorize   GET; answers with a redirect, as after a person's consent (RFC 6749 4.1, RFC 7636)
/token       POST: authorization_code, refresh_token, client_credentials, device_code, jwt-bearer
/device      POST (RFC 8628 3.1)

The client is `postman-client` with the secret `s3cret`. What the stand-in does next stands in files of the
control directory, one word each, taken away when used up unless said otherwise:
    token-status N        answer this HTTP status          token-error CODE     answer this OAuth error
    token-type TYPE       give tokens of this type         token-life N|none    expires_in (stays)
    rotate yes            a new refresh token each time (stays); the old one ends
    device N words…       the answers to the next device questions: pending slow expired denied ok
    trouble huge|cut      a reply of a megabyte; one that ends in its middle
Each request's verdict goes to the log, as a line of JSON without secrets.
"""

import argparse, base64, hashlib, http.server, json, os, pathlib, secrets, ssl, subprocess, sys, tempfile, threading, time
import urllib.parse

CLIENT, SECRET = "postman-client", "s3cret"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
lock = threading.Lock()
codes, refresh_tokens, devices = {}, {"1//first-refresh"}, {}
counter = 0


class Refused(Exception):
    def __init__(self, error, why, status=400):
        self.error, self.why, self.status = error, why, status


def demand(condition, error, why, status=400):
    if not condition:
        raise Refused(error, why, status)


def b64url_decode(text):
    demand("=" not in text, "invalid_grant", "padded base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def parse_form(text):
    pairs = urllib.parse.parse_qsl(text, keep_blank_values=True, strict_parsing=True)
    names = [name for name, _ in pairs]
    demand(len(names) == len(set(names)), "invalid_request", "a parameter comes twice")
    return dict(pairs)


def only(form, *names, optional=()):
    unknown = set(form) - set(names) - set(optional)
    demand(not unknown, "invalid_request", f"unknown parameters {sorted(unknown)}")
    for name in names:
        demand(form.get(name), "invalid_request", f"no {name}")


class Control:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory) if directory else None

    def word(self, name, stays=False):
        if not self.directory or not (self.directory / name).exists():
            return None
        word = (self.directory / name).read_text().strip()
        if not stays:
            (self.directory / name).unlink()
        return word

    def next_device_word(self):
        words = (self.word("device", stays=True) or "ok").split()
        if len(words) > 1:
            (self.directory / "device").write_text(" ".join(words[1:]))
        return words[0]


def new_grant(control, with_refresh, old_refresh=None):
    global counter
    counter += 1
    life = control.word("token-life", stays=True) or "3600"
    answer = {"access_token": f"ya29.token-{counter}-{secrets.token_urlsafe(24)}",
              "token_type": control.word("token-type") or "Bearer", "scope": "mail.send"}
    if life != "none":
        answer["expires_in"] = int(life)
    if with_refresh or (old_refresh and control.word("rotate", stays=True)):
        answer["refresh_token"] = "1//refresh-" + secrets.token_urlsafe(24)
        refresh_tokens.add(answer["refresh_token"])
        refresh_tokens.discard(old_refresh)
    return answer


def authorization_code(form, control):
    only(form, "grant_type", "code", "redirect_uri", "code_verifier")
    asked = codes.pop(form["code"], None)
    demand(asked, "invalid_grant", "no such code, or used before")
    demand(asked["redirect_uri"] == form["redirect_uri"], "invalid_grant", "another redirect_uri")
    verifier = form["code_verifier"]
    demand(43 <= len(verifier) <= 128, "invalid_grant", "a verifier has 43 to 128 characters")
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    demand(digest == asked["code_challenge"], "invalid_grant", "the verifier does not fit")
    return new_grant(control, with_refresh=True)


def refresh(form, control):
    only(form, "grant_type", "refresh_token")
    demand(form["refresh_token"] in refresh_tokens, "invalid_grant", "no such refresh token")
    return new_grant(control, False, form["refresh_token"])


def client_credentials(form, control):
    only(form, "grant_type", "scope")
    return new_grant(control, False)


def device_token(form, control):
    only(form, "grant_type", "device_code")
    device = devices.get(form["device_code"])
    demand(device, "invalid_grant", "no such device code")
    now = time.monotonic()
    demand(now - device["asked_at"] >= device["interval"] - 0.05, "invalid_request", "asked too soon")
    device["asked_at"] = now
    word = control.next_device_word()
    if word == "slow":
        device["interval"] += 5
    errors = {"pending": "authorization_pending", "slow": "slow_down", "expired": "expired_token", "denied": "access_denied"}
    demand(word == "ok", errors.get(word, word), word)
    del devices[form["device_code"]]
    return new_grant(control, with_refresh=True)


def verify_rs256(signed, signature, public_key):
    with tempfile.TemporaryDirectory() as directory:
        pathlib.Path(directory, "signature").write_bytes(signature)
        run = subprocess.run(["openssl", "dgst", "-sha256", "-verify", public_key, "-signature", f"{directory}/signature"],
                             input=signed, capture_output=True)
        return run.returncode == 0


def jwt_bearer(form, control, options, url):
    only(form, "grant_type", "assertion")
    parts = form["assertion"].split(".")
    demand(len(parts) == 3, "invalid_grant", "an assertion has three parts")
    header, claims = (json.loads(b64url_decode(part)) for part in parts[:2])
    demand(header == {"alg": "RS256", "typ": "JWT", "kid": "key-1"}, "invalid_grant", f"header {header}")
    demand(verify_rs256(".".join(parts[:2]).encode(), b64url_decode(parts[2]), options.public_key),
           "invalid_grant", "Invalid JWT Signature.")
    demand(set(claims) == {"iss", "sub", "aud", "iat", "exp", "scope"}, "invalid_grant", f"claims {sorted(claims)}")
    demand(claims["aud"] == url, "invalid_grant", "another audience")
    demand(claims["iss"] == "robot@project.example" and claims["sub"] == options.subject, "unauthorized_client", "who?")
    demand(abs(claims["iat"] - time.time()) < 300 and 0 < claims["exp"] - claims["iat"] <= 3600, "invalid_grant",
           "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.")
    return new_grant(control, False)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20

    def log_message(self, *_):
        pass

    @property
    def options(self):
        return self.server.options

    def note(self, verdict, **more):
        with lock, open(self.options.log, "a") as log:
            log.write(json.dumps({"path": self.path.split("?")[0], "verdict": verdict, **more}) + "\n")

    def answer(self, status, body, headers=()):
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        try:
            url = urllib.parse.urlsplit(self.path)
            demand(url.path == "/authorize", "not_found", "no such page", 404)
            form = parse_form(url.query)
            only(form, "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge",
                 "code_challenge_method", "login_hint", optional=("access_type", "prompt"))
            demand(form["client_id"] == CLIENT and form["response_type"] == "code", "unauthorized_client", "who?")
            demand(form["code_challenge_method"] == "S256" and len(form["code_challenge"]) == 43, "invalid_request", "PKCE")
            demand(len(form["state"]) >= 32, "invalid_request", "a state that can be guessed")
            redirect = urllib.parse.urlsplit(form["redirect_uri"])
            demand(redirect.scheme == "http" and redirect.hostname in ("127.0.0.1", "localhost"), "invalid_request", "redirect")
            code = "4/" + secrets.token_urlsafe(24)
            codes[code] = form
            answer = {"code": code, "state": form["state"]}
            if denied := self.server.control.word("authorize-error"):
                answer = {"error": denied, "state": form["state"]}
            self.note("redirect")
            self.answer(302, b"", [("Location", form["redirect_uri"] + "?" + urllib.parse.urlencode(answer))])
        except (Refused, ValueError) as fault:
            self.note("refused", why=getattr(fault, "why", str(fault)))
            self.answer(400, {"error": "invalid_request"})

    def do_POST(self):
        try:
            self.answer_post()
        except Refused as fault:
            self.note("refused", error=fault.error, why=fault.why)
            self.answer(fault.status, {"error": fault.error, "error_description": fault.why})
        except (ValueError, KeyError) as fault:
            self.note("refused", why=repr(fault))
            self.answer(400, {"error": "invalid_request"})

    def answer_post(self):
        control = self.server.control
        body = self.rfile.read(int(self.headers["Content-Length"])).decode("ascii")
        demand(self.headers.get_all("Content-Type") == ["application/x-www-form-urlencoded"], "invalid_request", "content type")
        form = parse_form(body)
        if trouble := control.word("trouble"):
            self.note("trouble", what=trouble)
            self.close_connection = True
            if trouble == "huge":
                return self.answer(200, {"access_token": "x" * 1000000, "token_type": "Bearer"})
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"access_token\": \"ya")
            return
        if status := control.word("token-status"):
            self.note("status", status=int(status))
            retry = control.word("retry-after")
            return self.answer(int(status), b"<html>trouble</html>", [("Retry-After", retry)] if retry else [])
        if error := control.word("token-error"):
            raise Refused(error, "as the test wants it")
        with lock:
            answer, grant = self.grant(form, control)
        self.note("granted", grant=grant)
        self.answer(200, answer)

    def grant(self, form, control):
        if self.path == "/device":
            only(form, "client_id", "scope")
            demand(form["client_id"] == CLIENT, "unauthorized_client", "who?")
            code = secrets.token_urlsafe(24)
            devices[code] = {"asked_at": time.monotonic(), "interval": 1}
            base = f"https://localhost:{self.options.port}/enter"
            return {"device_code": code, "user_code": "WDJB-MJHT", "verification_uri": base,
                    "verification_uri_complete": base + "?user_code=WDJB-MJHT", "expires_in": 60, "interval": 1}, "device"
        demand(self.path == "/token", "not_found", "no such page", 404)
        kind = form.get("grant_type")
        if kind == JWT_GRANT:
            return jwt_bearer(form, control, self.options, f"https://127.0.0.1:{self.options.port}/token"), kind
        self.check_client(form)
        kinds = {"authorization_code": authorization_code, "refresh_token": refresh,
                 "client_credentials": client_credentials, DEVICE_GRANT: device_token}
        demand(kind in kinds, "unsupported_grant_type", str(kind))
        return kinds[kind](form, control), kind

    def check_client(self, form):
        if self.options.basic:
            wanted = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
            demand(self.headers.get("Authorization") == wanted, "invalid_client", "basic authentication", 401)
            return
        demand("Authorization" not in self.headers, "invalid_request", "two ways of client authentication")
        good = form.pop("client_id", "") == CLIENT and form.pop("client_secret", "") == SECRET
        demand(good, "invalid_client", "client_id or client_secret", 401)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--cert", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--log", required=True)
    parser.add_argument("--control")
    parser.add_argument("--basic", action="store_true")
    parser.add_argument("--public-key", default="")
    parser.add_argument("--subject", default="web@shop.example")
    options = parser.parse_args()
    server = Server(("127.0.0.1", options.port), Handler)
    server.options, server.control = options, Control(options.control)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.cert, options.key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
