"""Client(url, key).send(message): one mail, durable on the other side when it returns."""
import email.generator
import email.message
import http.client
import io
import json
import re
import secrets
import time

from . import signature
from .errors import ConfigurationError, RefusedError, TemporaryError
from .keys import as_key
from .transport import Transport

RETRIES = 2
LONGEST_PAUSE = 5.0
NONCE_USED = 409


def as_octets(message):
    if isinstance(message, email.message.Message):  # not as_bytes(): subclasses change its arguments
        octets = io.BytesIO()
        email.generator.BytesGenerator(octets, mangle_from_=False).flatten(message, linesep="\r\n")
        return octets.getvalue()
    return message.encode("utf-8") if isinstance(message, str) else bytes(message)


def as_path(address):
    """<a@b>, as the fields have it."""
    if re.search(r"[\x00-\x1f\x7f<>]", address):
        raise ConfigurationError(f"not an address: {address!r}")
    return f"<{address}>".encode("utf-8")


def detail_of(body):
    """Of a problem+json; else the first line of what came."""
    text = body.decode("utf-8", "replace").strip()
    try:
        problem = json.loads(text)
        return str(problem.get("detail") or problem.get("title") or text)
    except (ValueError, AttributeError):
        return text.split("\n", 1)[0][:200]


def id_of(body):
    try:
        return str(json.loads(body.decode("utf-8"))["id"])
    except (ValueError, KeyError, TypeError):
        return None


class Client:
    """
    url             https://HOST[/PREFIX]; http:// to this machine only
    key             str or bytes, 16 octets at least
    timeout         seconds for each step of a request
    ca_file         authorities to trust, PEM; else the system's
    default_sender  the envelope sender where send() is given none; else the header's
    """

    def __init__(self, url, key, *, timeout=30, ca_file=None, default_sender=None):
        self.transport = Transport(url, timeout, ca_file)
        self.key = as_key(key)
        self.default_sender = default_sender

    def send(self, message, sender=None, recipients=None, idempotency_key=None):
        """Returns the mail's id. Tries three times within seconds, as one mail.

        sender           "" is the null sender; None: default_sender, else the header's
        recipients       None: those of the header, Bcc included
        idempotency_key  for a try again after TemporaryError; up to 255 visible ASCII characters
        """
        if isinstance(recipients, str):
            raise ConfigurationError("recipients is a list of addresses")
        body = as_octets(message)
        sender = self.default_sender if sender is None else sender
        fields = {"Mail-From": b"" if sender is None else as_path(sender),
                  "Rcpt-To": b"" if recipients is None else b", ".join(map(as_path, recipients)),
                  "Idempotency-Key": (idempotency_key or secrets.token_urlsafe(24)).encode("utf-8")}
        if recipients is not None and not fields["Rcpt-To"]:
            raise ConfigurationError("no recipient")
        if not re.fullmatch(rb"[\x21-\x7e]{1,255}", fields["Idempotency-Key"]):
            raise ConfigurationError("an idempotency_key has 1 to 255 visible ASCII characters")
        for attempt in range(RETRIES):
            try:
                return self._send_once(body, fields)
            except TemporaryError as error:
                time.sleep(min(getattr(error, "retry_after", 0.2 * 4**attempt), LONGEST_PAUSE))
        return self._send_once(body, fields)

    def _send_once(self, body, fields):
        key = fields["Idempotency-Key"].decode("ascii")
        try:
            status, headers, answer = self.transport.post(signature.PATH, self._headers(body, fields), body)
        except (OSError, http.client.HTTPException) as error:
            raise TemporaryError(f"{type(error).__name__}: {error}", key) from error
        if status == 202 and id_of(answer):
            return id_of(answer)
        if status < 300 or status >= 500 or status in (NONCE_USED, 429):
            error = TemporaryError(f"{status} {detail_of(answer)}", key)
            if re.fullmatch(r"[0-9]{1,4}", headers.get("Retry-After", "")):
                error.retry_after = float(headers["Retry-After"])
            raise error
        raise RefusedError(status, detail_of(answer))

    def _headers(self, body, fields):
        """Signed anew each time: a nonce counts once."""
        now, nonce = int(time.time()), secrets.token_urlsafe(24)
        text = signature.signed_text(fields["Mail-From"], fields["Rcpt-To"], fields["Idempotency-Key"], body, now, nonce)
        sent = {name: value for name, value in fields.items() if value}
        return {**sent, "Content-Type": "message/rfc822",
                "PostOffice-Signature": signature.signature_field(self.key, text, now, nonce)}
