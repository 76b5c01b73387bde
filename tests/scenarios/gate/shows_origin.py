#!/usr/bin/env python3
"""shows_origin.py MAILBOX: prints where the origin shows in any mail of it, and exits 1 then. Shares nothing with
the gate: it decodes with Python's library, and looks for each form with a plain `in`."""
import base64
import email
import email.header
import mailbox
import re
import sys
import urllib.parse

FORMS = ["internal.example", "203.0.113.", "web1", "www-data", "/var/www", "3405803853", "cb00714d", "203-0-113-77",
         "113.0.203", b"internal.example".hex()]


def decoded_tokens(text):
    for token in re.findall(r"[A-Za-z0-9+/]{12,}={0,2}", text):
        padded = token.rstrip("=")
        yield base64.b64decode(padded + "=" * (-len(padded) % 4) if len(padded) % 4 != 1 else padded[:-1]).decode("latin-1")


def readings(text):
    yield text
    yield re.sub(r"\r?\n[ \t]", "", text)
    yield urllib.parse.unquote(text)
    yield from decoded_tokens(text)
    yield "".join(word.decode(charset or "latin-1", "replace") if isinstance(word, bytes) else word
                  for word, charset in email.header.decode_header(text))


def mails(path):
    with open(path, "rb") as file:
        if not file.read(5) == b"From ":
            file.seek(0)
            yield email.message_from_binary_file(file)
            return
    yield from mailbox.mbox(path)


found = 0
for mail in mails(sys.argv[1]):
    texts = [(name, value) for name, value in mail._headers]
    for part in mail.walk():
        if not part.is_multipart():
            texts.append(("body", part.get_payload(decode=True).decode("latin-1")))
    for name, text in texts:
        shown = sorted({form for reading in readings(str(text)) for form in FORMS if form in reading.lower()})
        if shown:
            print(f"{name}: {', '.join(shown)}")
            found += 1
sys.exit(1 if found else 0)
