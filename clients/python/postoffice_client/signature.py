"""The signed text of POST /v1/messages (docs/intake-http.md), and appengine-mailer's old formula. Pure."""
import base64
import hashlib
import hmac

PATH = "/v1/messages"


def signed_text(mail_from, rcpt_to, idempotency_key, body, time, nonce, query=""):
    """Ten lines, each ended by LF. Values are bytes or str, empty where the field is not sent."""
    values = ["PostOffice-HMAC-SHA256", "POST", PATH, query, mail_from, rcpt_to, idempotency_key,
              hashlib.sha256(body).hexdigest(), str(time), nonce]
    return b"".join((v.encode("utf-8") if isinstance(v, str) else v) + b"\n" for v in values)


def signature_field(key, text, time, nonce):
    """The value of PostOffice-Signature."""
    digest = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode("ascii")
    return f"time={time}, nonce={nonce}, hmac-sha256={digest}"


def legacy_signature(key, message):
    """appengine-mailer's: base64 of HMAC-SHA1 over the message, no time and no nonce in it."""
    return base64.b64encode(hmac.new(key, message, hashlib.sha1).digest()).decode("ascii").strip()
