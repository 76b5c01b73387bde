"""Mails of every kind, from a fixed seed, each with what is to arrive of it.

Nothing here is taken from the programs: what is to become of a header line is known because the line was made
for it, and the identifiers are mapped with Python's own hmac.
"""

import base64
import functools
import hashlib
import hmac
import quopri
import random
import re

SEED = 20261120
COUNT = 500
ORIGIN = "web1.corp.example"
PUBLIC = "shop.example"
LARGE = {450: 1_000_000, 460: 1_500_000, 470: 2_000_000, 480: 5_000_000, 490: 10_000_000, 499: 20_000_000}
SMALL = [0, 1, 2, 3, 10, 76, 78, 997, 998, 999, 1000, 4095, 4096, 4097, 65535, 65536]

KEEP, DROP = "keep", "drop"


class Id(bytes):
    """An identifier that shows the origin."""


class Line:
    """A header field, folded or not: pieces of bytes, some of them identifiers; its end is given later."""

    def __init__(self, fate, *pieces):
        self.fate = fate
        self.pieces = pieces


class Mail:
    def __init__(self, number):
        self.number = number
        self.random = random.Random(SEED * 1000 + number)
        self.by_nullmailer = number % 3 != 2
        self.end = self.random.choice([b"\n", b"\r\n", b"\r\r\n", None])
        self.lines = header_of(self)
        self.blank = self.line_end() if self.lines is not None else b""
        self.body = body_of(self)
        if self.lines is not None and number % 50 == 7:
            self.blank, self.body = b"", b""  # a header alone
        self.ends = [[self.line_end() for _ in line.pieces] for line in self.lines or []]

    @property
    def sender(self):
        return "" if self.number % 20 == 3 else f"bounces+{self.number}@{PUBLIC}"

    @property
    def recipients(self):
        name = "jürgen" if self.is_international else "r"
        return [f"{name}{self.number}.{i}@customer.example" for i in range(1 + self.number % 3)]

    @property
    def is_international(self):
        """Sent with SMTPUTF8 (RFC 6531)."""
        return not self.by_nullmailer and self.number % 7 == 5

    @property
    def parameters(self):
        if self.by_nullmailer:
            return ""
        return f" BODY=8BITMIME SIZE={len(self.wire)}" + (" SMTPUTF8" if self.is_international else "")

    def line_end(self):
        return self.end or self.random.choice([b"\n", b"\r\n", b"\r\r\n"])

    def assembled(self, keep, write):
        """The bytes with those lines that `keep` says, identifiers written by `write`."""
        out = []
        for line, ends in zip(self.lines or [], self.ends):
            if not keep(line):
                continue
            for piece, end in zip(line.pieces, ends):
                # a tuple is one physical line of several pieces
                parts = piece if isinstance(piece, tuple) else (piece,)
                out += [write(part) if isinstance(part, Id) else part for part in parts] + [end]
        return b"".join(out) + self.blank + self.body

    def as_sent(self):
        return self.assembled(lambda line: True, bytes)

    @functools.cached_property
    def wire(self):
        """What goes through the socket after DATA, with the end of data."""
        data = self.as_sent()
        if self.by_nullmailer:
            # nullmailer: splits at LF, and sends each rest with CR LF, whatever it ends with
            lines = data.split(b"\n")
            if lines[-1] == b"":
                lines.pop()
            return b"".join((b"." if l.startswith(b".") else b"") + l + b"\r\n" for l in lines) + b".\r\n"
        stuffed = re.sub(rb"(\A|\r\n)\.", rb"\1..", data)
        return stuffed + (b"" if not data or data.endswith(b"\r\n") else b"\r\n") + b".\r\n"

    def expected(self, key):
        """What is to be in the Maildir: traces gone, canonical line ends, LF."""
        data = self.assembled(lambda line: line.fate == KEEP, lambda i: mapped(key, i))
        if self.by_nullmailer:
            if data and not data.endswith(b"\n"):
                data += b"\n"
        elif data and not data.endswith(b"\r\n"):
            data += b"\r\n"
        return re.sub(rb"\r*\n", b"\n", data)


def mapped(key, identifier):
    digest = hmac.new(key, bytes(identifier), hashlib.sha256).digest()
    return base64.b32encode(digest).decode().lower()[:26].encode() + b"@" + PUBLIC.encode()


def any_bytes(rng, size, but=b"\n"):
    return bytes(rng.randbytes(size)).translate(None, but)


def every_byte(rng):
    values = [b for b in range(256) if b != 10]
    rng.shuffle(values)
    return bytes(values)


def traces(rng, number):
    """Lines that are to go, as those write them who write them."""
    ip = b"10.%d.%d.%d" % (rng.randrange(256), rng.randrange(256), rng.randrange(256))
    host = ORIGIN.encode()
    return [
        Line(DROP, b"Received: (nullmailer pid %d invoked by uid 33);" % number, b"\tFri, 20 Nov 2026 06:28:29 -0000"),
        Line(DROP, b"Received: from app (app [" + ip + b"])", b"\tby " + host + b" (Postfix) with ESMTPSA id 5F41",
             b"\tfor <x@customer.example>; Fri, 20 Nov 2026 06:28:29 +0000 (UTC)"),
        Line(DROP, b"X-PHP-Originating-Script: 33:Mailer.php"),
        Line(DROP, b"x-originating-ip: [" + ip + b"]"),
        Line(DROP, b"X-MAILER : PHPMailer " + any_bytes(rng, 20)),
        Line(DROP, b"User-Agent:\tRoundcube", b" " + any_bytes(rng, 2000)),
        Line(DROP, b"Bcc: hidden@customer.example,", b" other@customer.example"),
        Line(DROP, b"Return-Path: <www-data@" + host + b">"),
        Line(DROP, b"Delivered-To: root@" + host),
        Line(DROP, b"X-AntiAbuse: Primary Hostname - " + host),
        Line(DROP, b"X-Acme-Client-Host: app at " + ip + b" port 33232"),
        Line(DROP, b"Authentication-Results: " + host + b"; auth=pass smtp.auth=alice"),
        Line(DROP, b"ARC-Seal: i=1; cv=none; d=" + host + b"; b=x"),
        Line(DROP, b"X-Spam-Checker-Version: SpamAssassin 4.0.1 on " + host),
        Line(DROP, b"X-MS-Exchange-Organization-AuthSource: EX01.corp.example"),
    ]


def others(rng):
    """Lines that are to stay, however odd."""
    return [
        Line(KEEP, b"To: customer@customer.example"),
        Line(KEEP, b"Subject: " + any_bytes(rng, rng.randrange(60))),
        Line(KEEP, b"Subject: =?utf-8?B?SsO8cmdlbg==?=", b" =?iso-8859-1?Q?_caf=E9?="),
        Line(KEEP, b"Comments: " + every_byte(rng)),
        Line(KEEP, b"comments:" + b"w" * rng.choice([900, 997, 998, 999, 5000])),
        Line(KEEP, b"X-Folded:", b" ", b"\t", b" one", b"\ttwo "),
        Line(KEEP, b"X-Empty:"),
        Line(KEEP, b"X-8bit : J\xc3\xbcrgen \xe9\xff"),
        Line(KEEP, b"List-Unsubscribe: <https://shop.example/u?1>"),
        Line(KEEP, b"List-Unsubscribe-Post: List-Unsubscribe=One-Click"),
        Line(KEEP, b"Auto-Submitted: auto-generated"),
        Line(KEEP, b"X-Loop: lists.shop.example"),
        Line(KEEP, b"X-MS-Has-Attach: yes"),
        Line(KEEP, b"Feedback-ID: 1:2:3:shop"),
        Line(KEEP, b"Thread-Index: AdkX2x5S1rG7Z0ZQSk6Z1w=="),
        Line(KEEP, b"Content-ID: <image001@shop.example>"),
        Line(KEEP, b"DKIM-Signature: v=1; d=shop.example; h=from:to:subject;", b"\tbh=x; b=y"),
    ]


def identifiers(rng, number):
    own = Id(b"%d.%d.nullmailer@%s" % (1795156012 + number, number, ORIGIN.encode()))
    before = Id(b"%d@localhost" % rng.randrange(10**9))
    literal = Id(b"x.%d@[10.0.0.5]" % rng.randrange(10**9))
    foreign = b"CABcd=%d@mail.gmail.com" % rng.randrange(10**9)
    lines = [
        Line(KEEP, (b"Message-Id: <", own, b">")),
        Line(KEEP, (b"In-Reply-To: <", before, b"> (a reply)")),
        Line(KEEP, b"References: <" + foreign + b">", (b" <", before, b">"), (b"\t<", literal, b"> <" + foreign + b">")),
    ]
    if number % 4 == 0:
        lines[0] = Line(KEEP, b"Message-ID: <%d@shop.example>" % number)
    return lines


def header_of(mail):
    """The lines in the order in which they stand, or None for a mail without a header."""
    rng, number = mail.random, mail.number
    if number < len(SMALL) or number % 25 == 9:
        return None
    lines = rng.sample(traces(rng, number), rng.randrange(1, 8)) + rng.sample(others(rng), rng.randrange(1, 12))
    lines += rng.sample(identifiers(rng, number), rng.randrange(0, 4))
    if number % 10 == 4:  # a signature that the scrub breaks
        lines.append(Line(DROP, b"X-Mailer: x"))
        lines.append(Line(DROP, b"DKIM-Signature: v=1; d=shop.example; h=from:", b"\tX-Mailer:to; b=x"))
    rng.shuffle(lines)
    lines.insert(0, Line(KEEP, b"From: Shop <orders@shop.example>"))
    if number % 40 == 5:
        lines.insert(0, Line(KEEP, b"From orders@shop.example Fri Nov 20 06:28:29 2026"))
    if number % 40 == 25:
        lines.insert(0, Line(DROP, b"From www-data@" + ORIGIN.encode() + b" Fri Nov 20 06:28:29 2026"))
    return lines


def size_of(mail):
    if mail.number < len(SMALL):
        return SMALL[mail.number]
    return LARGE.get(mail.number) or min(int(mail.random.lognormvariate(7.5, 1.8)), 300_000)


def text(rng, size, encoding):
    alphabet = "abcdefghij klmnop qrstu vwxyz éüß.,;-=\n"
    return "".join(rng.choices(alphabet, k=min(size, 100_000))).encode(encoding) * max(1, size // 100_000)


def multipart(rng, size):
    half = size // 2
    return (b"--=_b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
            + quopri.encodestring(text(rng, half, "utf-8")) + b"\n--=_b\nContent-Type: image/png\n"
            b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(rng.randbytes(half)) + b"--=_b--\n")


def nested(rng, size):
    """A mail inside the mail: what stands in it is not the header, and stays."""
    return b"Content-Type: message/rfc822\n\nReceived: inner\nX-Mailer: inner\n\n" + text(rng, size, "latin-1")


def dots(rng, size):
    return b"".join(rng.choices([b".\n", b"..\n", b".\r\n", b".\r", b"\n", b"\r\n", b".", b"a.\n", b"\n.\n"], k=size // 2))


BODIES = [
    lambda rng, size: rng.randbytes(size),
    lambda rng, size: text(rng, size, "utf-8"),
    lambda rng, size: text(rng, size, "latin-1"),
    lambda rng, size: text(rng, size, "utf-16"),
    lambda rng, size: text(rng, size, "utf-8").replace(b"\n", b"\r\n"),
    lambda rng, size: text(rng, size, "utf-8").rstrip(b"\n"),
    multipart,
    nested,
    dots,
    lambda rng, size: base64.encodebytes(rng.randbytes(size)),
    lambda rng, size: b"x" * size,
    lambda rng, size: b"\0" * size,
    lambda rng, size: bytes(rng.choices(b"\r\n", k=size)),
    lambda rng, size: bytes(rng.choices(b"\r\n\0 .", k=size)),
    lambda rng, size: b"From www-data Fri Nov 20\nReceived: in the body\n" * (size // 48),
    lambda rng, size: bytes(range(256)) * (size // 256),
]


def body_of(mail):
    size = size_of(mail)
    body = mail.random.choice(BODIES)(mail.random, size)
    if mail.lines is not None:
        return body
    # without a header: nothing at the front that a header or its end could begin with
    return b"" if size == 0 else b"\x01" + body[: size - 1]
