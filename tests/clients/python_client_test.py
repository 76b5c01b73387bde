#!/usr/bin/env python3
"""The Python client without a network but loopback's: what it signs, beside openssl; what it makes of each answer."""
import email.message
import hashlib
import http.server
import os
import re
import subprocess
import sys
import tempfile
import threading
import unittest

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
sys.path[:0] = [os.path.join(TREE, "clients/python"), os.path.join(TREE, "tests/support")]
import appengine_client  # noqa: E402
from appengine_mailer import gmail  # noqa: E402
from postoffice_client import Client, ConfigurationError, RefusedError, TemporaryError, client, read_key_file  # noqa: E402
from postoffice_client import signature  # noqa: E402

KEY = "0123456789abcdef-key"
ID = "01a1f82e507a7000821163e1a2e225d9"
BODY = b"Subject: hi\r\n\r\n\xff\x00x\r\n"


def openssl_hmac(digest, key, text):
    command = ["openssl", "dgst", f"-{digest}", "-mac", "HMAC", "-macopt", f"key:{key}", "-binary"]
    octets = subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True).stdout
    return subprocess.run(["openssl", "base64", "-A"], input=octets, stdout=subprocess.PIPE, check=True).stdout.decode()


class Server:
    """Answers each request with the next of `answers`, (status, headers, body); keeps what came."""

    def __init__(self, *answers):
        self.answers, self.requests = list(answers), []
        test = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                test.requests.append((self.path, dict(self.headers), body))
                status, headers, answer = test.answers.pop(0)
                if status == 0:  # the answer is lost
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(answer))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


TAKEN = (202, {}, f'{{"id":"{ID}"}}'.encode())
PROBLEM = b'{"title":"Unauthorized","detail":"signature"}'


class Signature(unittest.TestCase):
    def test_the_signed_text_is_ten_lines_with_the_digest_of_the_body(self):
        text = signature.signed_text("<a@b.example>", "<c@d.example>, <e@f.example>", "key-1", BODY, 1795163247, "n" * 22)
        self.assertEqual(text.split(b"\n"), [
            b"PostOffice-HMAC-SHA256", b"POST", b"/v1/messages", b"", b"<a@b.example>", b"<c@d.example>, <e@f.example>",
            b"key-1", hashlib.sha256(BODY).hexdigest().encode(), b"1795163247", b"n" * 22, b""])

    def test_openssl_signs_the_same(self):
        text = signature.signed_text("", "", "", BODY, 1, "n" * 22)
        field = signature.signature_field(KEY.encode(), text, 1, "n" * 22)
        self.assertEqual(field, f"time=1, nonce={'n' * 22}, hmac-sha256={openssl_hmac('sha256', KEY, text)}")

    def test_the_old_formula_as_openssl_and_as_written_out(self):
        old = signature.legacy_signature(KEY.encode(), BODY)
        self.assertEqual(old, openssl_hmac("sha1", KEY, BODY))
        self.assertEqual(len(old), 28)
        for key in (KEY.encode(), b"k" * 100):
            self.assertEqual(appengine_client.base64.b64encode(appengine_client.hmac_sha1(key, BODY)).decode(),
                             signature.legacy_signature(key, BODY))


class Sending(unittest.TestCase):
    def setUp(self):
        self.pauses = []
        client.time.sleep, self.sleep = self.pauses.append, client.time.sleep

    def tearDown(self):
        client.time.sleep = self.sleep

    def test_the_envelope_is_sent_and_signed_and_the_id_comes_back(self):
        with Server(TAKEN) as server:
            self.assertEqual(Client(server.url, KEY).send(BODY, sender="", recipients=["a@d.example", "grüße@d.example"]), ID)
        path, headers, body = server.requests[0]
        self.assertEqual((path, body), ("/v1/messages", BODY))
        self.assertEqual(headers["Mail-From"], "<>")
        to = headers["Rcpt-To"].encode("latin-1")
        self.assertEqual(to, "<a@d.example>, <grüße@d.example>".encode())
        signed = re.fullmatch(r"time=(\d+), nonce=([\w-]{22,64}), hmac-sha256=(\S+)", headers["PostOffice-Signature"])
        text = signature.signed_text("<>", to, headers["Idempotency-Key"], BODY, signed[1], signed[2])
        self.assertEqual(signed[3], openssl_hmac("sha256", KEY, text))

    def test_without_an_envelope_no_field_names_one(self):
        with Server(TAKEN) as server:
            Client(server.url + "/intake/", KEY).send("Subject: x\n\nx")
        path, headers, _ = server.requests[0]
        self.assertEqual(path, "/intake/v1/messages")
        self.assertFalse({"Mail-From", "Rcpt-To"} & set(headers))

    def test_an_email_message_is_written_with_crlf(self):
        message = email.message.EmailMessage()
        message["To"], message["Bcc"] = "a@d.example", "b@d.example"
        message.set_content("From here\nGrüße\n")
        with Server(TAKEN) as server:
            Client(server.url, KEY).send(message)
        body = server.requests[0][2]
        self.assertNotIn(b"\n", body.replace(b"\r\n", b""))
        self.assertIn(b"Bcc: b@d.example\r\n", body)
        self.assertIn(b"\r\nFrom here\r\n", body)

    def test_trouble_is_tried_again_as_the_same_mail_signed_anew(self):
        for trouble in ((503, {"Retry-After": "2"}, b""), (500, {}, b""), (409, {}, PROBLEM), (429, {}, b""), (0, {}, b"")):
            with self.subTest(status=trouble[0]), Server(trouble, TAKEN) as server:
                self.assertEqual(Client(server.url, KEY).send(BODY), ID)
                first, second = (headers for _, headers, _ in server.requests)
                self.assertEqual(first["Idempotency-Key"], second["Idempotency-Key"])
                self.assertNotEqual(first["PostOffice-Signature"], second["PostOffice-Signature"])
        self.assertEqual(self.pauses[0], 2.0)

    def test_after_three_times_it_is_the_callers_with_the_key_to_go_on(self):
        with Server(*[(503, {}, PROBLEM)] * 3) as server:
            with self.assertRaises(TemporaryError) as caught:
                Client(server.url, KEY).send(BODY, idempotency_key="mine")
        self.assertEqual(caught.exception.idempotency_key, "mine")
        self.assertIn("signature", str(caught.exception))

    def test_a_refusal_is_not_tried_again_and_tells_why(self):
        for status in (301, 400, 401, 403, 404, 413, 422):
            with self.subTest(status=status), Server((status, {"Location": "/x"}, PROBLEM)) as server:
                with self.assertRaises(RefusedError) as caught:
                    Client(server.url, KEY).send(BODY)
                self.assertEqual((caught.exception.status, caught.exception.detail), (status, "signature"))
                self.assertEqual(len(server.requests), 1)

    def test_an_answer_that_says_202_without_an_id_is_no_yes(self):
        for answer in (b"", b"ok", b"[]", b'{"id":1', b"\xff"):
            with self.subTest(answer=answer), Server(*[(202, {}, answer)] * 3) as server:
                with self.assertRaises(TemporaryError):
                    Client(server.url, KEY).send(BODY)

    def test_nobody_there_is_temporary(self):
        with Server() as server:
            pass
        with self.assertRaises(TemporaryError):
            Client(server.url, KEY).send(BODY)


class Configuration(unittest.TestCase):
    def test_what_cannot_be_used_is_refused_before_anything_is_sent(self):
        for url in ("http://mail.example.com", "ftp://x", "mail.example.com", "https://", "https://x:y", "https://u@x",
                    "https://x?y", "https://[::1", None):
            with self.subTest(url=url), self.assertRaises(ConfigurationError):
                Client(url, KEY)
        for key in ("", "short", b"fifteen octets!", None, 20):
            with self.subTest(key=key), self.assertRaises(ConfigurationError):
                Client("https://mail.example.com", key)
        sound = Client("http://127.0.0.1:9", KEY)
        for arguments in ({"sender": "a@b>\r\nX: y"}, {"recipients": ["a\x00@b"]}, {"recipients": []},
                          {"recipients": "a@b.example"}, {"idempotency_key": "a b"}, {"idempotency_key": "x" * 256}):
            with self.subTest(arguments=arguments), self.assertRaises(ConfigurationError):
                sound.send(BODY, **arguments)

    def test_the_first_key_of_a_file_counts(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"# keys\n\n" + KEY.encode() + b"\r\nanother-key-of-the-file\n")
            file.flush()
            self.assertEqual(read_key_file(file.name), KEY.encode())
        with tempfile.NamedTemporaryFile() as empty, self.assertRaises(ConfigurationError):
            read_key_file(empty.name)


class OldNames(unittest.TestCase):
    def setUp(self):
        self.environment = dict(os.environ)
        client.time.sleep, self.sleep = lambda _: None, client.time.sleep

    def tearDown(self):
        os.environ.clear()
        os.environ.update(self.environment)
        client.time.sleep = self.sleep
        gmail.ENVDIR = "/etc/envdir"

    def test_url_and_key_by_argument_environment_and_envdir_in_that_order(self):
        with tempfile.TemporaryDirectory() as gmail.ENVDIR:
            with self.assertRaisesRegex(gmail.MessageSendingFailure, "GMAIL_SECRET_KEY is not set."):
                gmail.GmailProxy().send_mail(email.message.Message())
            for name, value in (("GMAIL_PROXY_URL", "http://127.0.0.1:9"), ("GMAIL_SECRET_KEY", KEY)):
                with open(os.path.join(gmail.ENVDIR, name), "w", encoding="utf-8") as file:
                    file.write(value + "\nsecond line\n")
            self.assertEqual(gmail.setting_of("GMAIL_SECRET_KEY"), KEY)
            os.environ["GMAIL_SECRET_KEY"] = "of-the-environment"
            self.assertEqual(gmail.setting_of("GMAIL_SECRET_KEY"), "of-the-environment")
            self.assertEqual(gmail.setting_of("GMAIL_SECRET_KEY", "argument"), "argument")

    def test_true_or_a_failure_or_false_when_silent(self):
        with Server(TAKEN, (401, {}, PROBLEM), (401, {}, PROBLEM)) as server:
            proxy = gmail.GmailProxy(SECRET_KEY=KEY, URL=server.url)
            self.assertIs(proxy.send_mail(email.message.Message()), True)
            with self.assertRaisesRegex(gmail.MessageSendingFailure, "401 signature"):
                proxy.send_mail(email.message.Message())
            self.assertIs(gmail.GmailProxy(KEY, server.url, fail_silently=True).send_mail(email.message.Message()), False)

    def test_the_old_form_is_signed_over_the_octets_that_are_sent(self):
        message = email.message.Message()
        message["To"] = "a b+c@d.example"
        message.set_payload("x=1&y\n")
        with Server((204, {}, b""), (400, {}, b"Signature doesn't match")) as server:
            proxy = gmail.GmailProxy(KEY, server.url, fix_sender=True, legacy=True)
            self.assertIs(proxy.send_mail(message), True)
            with self.assertRaisesRegex(gmail.MessageSendingFailure, "400 Signature doesn't match"):
                proxy.send_mail(message)
        path, _, body = server.requests[0]
        form = gmail.urllib.parse.parse_qs(body.decode("ascii"), strict_parsing=True)
        self.assertEqual(path, "/")
        self.assertEqual(form["signature"], [openssl_hmac("sha1", KEY, form["msg"][0].encode())])
        self.assertEqual(form["fix_sender"], ["true"])

    def test_a_sender_that_is_not_allowed_is_replaced_with_fix_sender(self):
        os.environ["GMAIL_DEFAULT_SENDER"] = "noreply@app.example"
        with Server((403, {}, PROBLEM), TAKEN, (403, {}, PROBLEM)) as server:
            self.assertIs(gmail.GmailProxy(KEY, server.url, fix_sender=True).send_mail(email.message.Message()), True)
            with self.assertRaises(gmail.MessageSendingFailure):
                gmail.GmailProxy(KEY, server.url).send_mail(email.message.Message())
        self.assertEqual(server.requests[1][1]["Mail-From"], "<noreply@app.example>")


if __name__ == "__main__":
    unittest.main()
