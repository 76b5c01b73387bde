"""Clean mails, ordinary and awkward: full of what looks like a value of the origin and is none."""
import base64
import binascii
import hashlib
import quopri
import random
import uuid
from dataclasses import dataclass
from pathlib import Path

from .attachments import GZIP, ZIP, gzip_of, zip_of
from .body_encodings import Leaf, base64_leaf
from .body_places import TEXT, holder, mail, nested, whole
from .draft import Draft
from .header_encodings import b_word, q_word


@dataclass(frozen=True)
class Values:
    """What somebody named (or his machine learned), and texts that are near to it but are not it."""
    name: str
    named: tuple
    near: tuple
    learned: tuple = ()


HAND = Values("one machine", ("10.0.0.5", "web1.internal.example", "www-data", "/srv/www/shop"), (
    "110.0.0.53", "110.0.0.5", "10.0.0.53", "10.0.0.50", "210.0.0.5", "10.0.0.5.1", "1.10.0.0.5", "10.0.0.512", "10.0.0", "10.0.5",
    "10,0,0,5", "10.0.0.6", "5.0.0.10", "10.0.0.256", "100.0.0.5", "version 10.0.19041.1", "10.05.2026 10:00", "kernel 5.10.0.0.5.2",
    "1677721650", "1167772165", "167772164", "167,772,165", "+49 1677 72165", "0.16777216", "IBAN DE02 1677 7216 5100 00",
    "0b000005", "0x0a0000051", "0x1a000005", "f0a000005e", "d41d8cd98f000a000005998ecf8427e1", "a3f0a000005", "0a:00:00:05:be:ef",
    "010.000.000.053", "1010.000.000.005", "012.0.0.055", "012000000055", "::ffff:10.0.0.53", "::ffff:a00:50", "fff:a00:5::1",
    "15.0.0.10.in-addr.arpa", "5.0.0.100.in-addr.arpa", "ip-10-0-0-53", "ip-110-0-0-5", "978-10-0-0-5-3", "10-0-0-5-7", "1-10-0-0-5",
    "myweb1.internal.example", "web11.internal.example", "web1.internal.examples", 
    "web1xinternal.example", "web2.internal.example", "internal.example", "aweb1", "web12", "web1a",
    
    "www-database", "awww-data", "www-data2", "www_data", "wwwdata", "www-dat", "www-datas.csv",
    "/srv/www/shopping", "/srv/www/sho", "/srv/www", "/srv/wwws/shop", "srv/www/shops",
))
NETWORKS = Values("networks", ("10.0.0.0/8", "192.168.0.0/16", "2001:db8:12::/48", "*.corp.example"), (
    "110.0.0.53", "11.0.0.1", "9.255.255.255", "192.169.0.1", "192.167.255.255", "1.192.168.0.1", "10.0.19041.1", "10.0.648.204",
    "10.15.7", "10.4", "192.168", "10.2.3.4.5", "8.8.10.1", "172.16.0.1", "Chrome/110.0.5481.178", "0.10.20.300",
    "170123456", "0170 1234567", "+49 171 2345678", "167772165", "184549375", "tel:170-123-456",
    "0a000005", "0a1b2c3d", "0A141E28", "#0a0a0a", "#0a141e28", "commit 0a1b2c3d4e",
    "0a:1b:2c:3d:4e:5f", "c0:a8:00:01:10:00", "10:00::", "10:00", "at 10:20:30", "2026-10-11", "10-20-30", "030-10-20-30-40", "10-11-12-13-14",
    "2001:db8:13::1", "2001:db8:120::1", "2001:db8:1200::", "1:2001:db8:12::1:2:3:4:5:6", "a::b", "std::vector", "Foo::Bar", "::", "dead::beef",
    "2001:db9:12::1", "12:30:45.678", "2001-12-12", "20010db80012",
    "mycorp.example", "corp.example", "corp.example.org", "www.mycorp.example", "a.corp.examples", "x.corpexample", "acorp.example", "db.corp-example",
))
WORDS = Values("short words", ("nginx", "user:deploy", "host:gate7.example", "text:Nordlicht", "path:/opt/app"), (
    "nginxd", "mynginx", "nginx2", "deployment", "redeploy", "deployed", "employ", "gate7.examples", "gate77.example", "mygate7.example",
    "gate70", "Nordlichter", "Nordlichte", "Nord licht", "/opt/apps", "/opt/application/x", "/opt/ap", "Gate 7", "gate 7",
))
# Words that come by chance in what a signature or a key decodes to, and in base64.
LETTERS = Values("two letters", ("qx", "user:zq7"), (
    "qxs", "aqx", "qx2", "2qx", "q x", "QXX", "zq", "zq77", "azq7", "zq 7", "zq-7",
))
NAMES = Values("names of the world", ("bücher.example", "xn--zrich-kva.example", "2001:db8::5", "203.0.113.7"), (
    "buecher.example", "bucher.example", "bücherei.example", "xn--bcher-kva2.example", "xn--bcherei-n2a.example", "zuerich.example", "zürichs.example",
    "zürich.examples", "2001:db8::50", "2001:db8::1:5", "2001:db8:0:0:0:0:0:50", "2001:db8::6", "12001:db8::5", "203.0.113.70", "203.0.113.77",
    "1203.0.113.7", "3405803792", "cb00710", "cb0071070", "203-0-113-70", "7.113.0.203", "70.113.0.203.in-addr.arpa", "::ffff:203.0.113.70",
))
# What a machine knows of itself and many others are called, too: it never stops a mail, and never changes a Subject.
LEARNED = Values("learned and common", (), (
    "mail", "the mail server", "192.168.1.10", "10.0.0.5", "Mail from mail", "web", "192.168.1.10:8080", "http://192.168.1.10/", "172.17.0.1",
), ("host:mail", "host:web", "192.168.1.10", "10.0.0.5", "172.17.0.1"))
SETS = (HAND, NETWORKS, WORDS, NAMES, LEARNED)
LETTER_MAILS = 500
AWKWARD = sorted((Path(__file__).parent.parent / "awkward").glob("*.eml"))


def hexadecimal(rng, count):
    return "%0*x" % (count, rng.getrandbits(4 * count))


def token(rng, count):
    return base64.b64encode(rng.randbytes(count)).decode()


def digits(rng, count):
    return "".join(rng.choice("0123456789") for _ in range(count))


# Numbers and names as mails are full of them, by chance near to anything. First digits keep them out of the sets above.
ORDINARY = (
    lambda r: str(uuid.UUID(int=r.getrandbits(128), version=4)),
    lambda r: str(uuid.UUID(int=r.getrandbits(128), version=4)).replace("-", "").upper(),
    lambda r: hashlib.md5(r.randbytes(8)).hexdigest(),
    lambda r: hashlib.sha256(r.randbytes(8)).hexdigest(),
    lambda r: "sha1-" + token(r, 20),
    lambda r: "#" + hexadecimal(r, 6),
    lambda r: "rgba(10, 0, 0, .5)",
    lambda r: f"+{r.randint(1, 99)} {digits(r, 3)} {digits(r, 7)}",
    lambda r: f"({digits(r, 3)}) {digits(r, 3)}-{digits(r, 4)}",
    lambda r: f"{r.randint(1990, 2030)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}T{r.randint(0, 23):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}Z",
    lambda r: f"{r.randint(1, 28)}.{r.randint(1, 12)}.{r.randint(1990, 2030)}",
    lambda r: ":".join(hexadecimal(r, 2) for _ in range(6)),
    lambda r: f"v{r.randint(0, 30)}.{r.randint(0, 99)}.{r.randint(0, 99)}",
    lambda r: f"Mozilla/5.0 (X11; Linux x86_64) Chrome/{r.randint(60, 130)}.0.{r.randint(1000, 9999)}.{r.randint(1, 255)}",
    lambda r: f"EUR {r.randint(1, 999)},{r.randint(0, 99):02}",
    lambda r: f"{r.uniform(-90, 90):.6f}, {r.uniform(-180, 180):.6f}",
    lambda r: f"1Z{digits(r, 16)}",
    lambda r: f"DE{digits(r, 20)}",
    lambda r: f"978-{r.randint(0, 9)}-{digits(r, 4)}-{digits(r, 4)}-{r.randint(0, 9)}",
    lambda r: f"https://click.news.example/t/{token(r, 33).replace('+', '-').replace('/', '_')}?utm_id={digits(r, 12)}",
    lambda r: f"https://www.shop.example/p/{r.randint(1, 9999)}?q=100%25%20wool&s={hexadecimal(r, 32)}",
    lambda r: f"<CAF+{token(r, 24).replace('/', '_')}@mail.gmail.example>",
    lambda r: f"<{digits(r, 10)}.{digits(r, 5)}.JavaMail.root@build.partner.example>",
    lambda r: "std::map<std::string, int>::iterator",
    lambda r: f"chapter {r.randint(1, 9)}.{r.randint(1, 9)}.{r.randint(1, 9)}",
    lambda r: f"{r.randint(1, 9)}::{r.randint(10, 59)}",
)
SENTENCES = ("Please see {} and tell us.", "The number is {}.", "Ref: {}", "({})", "<{}>", "{}, {}", "id={}", "\"{}\"", "{}\t{}", "It was {}; it is {}.")
SUBJECTS = ("About {}", "Re: {}", "[{}] new", "{}: done", "{}")


class CleanMails:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.turns = {values.name: [] for values in (*SETS, LETTERS)}

    def some(self, values):
        """A near miss, or something ordinary; the hand-made ones take turns, so that each comes."""
        if self.rng.random() < 0.6:
            turns = self.turns[values.name]
            if not turns:
                turns += self.rng.sample(values.near, len(values.near))
            return turns.pop()
        return self.rng.choice(ORDINARY)(self.rng)

    def sentence(self, values):
        pattern = self.rng.choice(SENTENCES)
        return pattern.format(*(self.some(values) for _ in range(pattern.count("{}"))))

    def text(self, values):
        return "Dear Ann,\r\n\r\n" + "\r\n".join(self.sentence(values) for _ in range(self.rng.randint(2, 6))) + "\r\n\r\nYours\r\n"

    def page(self, values):
        cells = "".join(f"<tr><td>{self.escaped(self.some(values))}</td> <td style=\"color:#{hexadecimal(self.rng, 6)}\">{self.escaped(self.some(values))}</td></tr>\r\n"
                        for _ in range(3))
        return f"<html><head><style>td {{ margin: 10px 0 0 5px }}</style></head><body><table>\r\n{cells}</table></body></html>\r\n"

    def escaped(self, text):
        return text.replace("&", "&amp;").replace("<", "&lt;")

    # Ways to write them; each gives a Draft.
    def plain(self, values):
        return mail(Leaf("text/plain; charset=utf-8", "8bit", self.text(values).encode(), b""))

    def quoted(self, values):
        body = quopri.encodestring(self.text(values).replace("\r\n", "\n").encode()).replace(b"\n", b"\r\n")
        # A soft break makes a word begin at a line's begin: as it stands there, that is a word of its own.
        return mail(Leaf("text/plain; charset=utf-8", "quoted-printable", body, b"")) if b"=\r\n" not in body else self.plain(values)

    def in_base64(self, values):
        return mail(base64_leaf(self.text(values).encode()))

    def html(self, values):
        page = Leaf("text/html; charset=utf-8", "8bit", self.page(values).encode(), b"")
        return mail(holder("multipart/alternative", [whole(Leaf("text/plain; charset=utf-8", "8bit", self.text(values).encode(), b"")), whole(page)]))

    def utf16(self, values):
        return mail(base64_leaf(self.text(values).encode("utf-16"), "text/plain; charset=utf-16"))

    def picture(self, values):
        octets = b"\x89PNG\r\n\x1a\n" + self.rng.randbytes(self.rng.randint(2000, 30000))
        part = b'Content-Disposition: attachment; filename="photo 10.0.5.png"\r\n' + whole(base64_leaf(octets, "image/png"))
        return mail(holder("multipart/mixed", [whole(TEXT), part]))

    def archive(self, values):
        members = [("a.txt", self.text(values).encode()), ("b.bin", self.rng.randbytes(3000))]
        return mail(holder("multipart/mixed", [whole(TEXT), whole(base64_leaf(zip_of(members), ZIP)), whole(base64_leaf(gzip_of(members[0][1]), GZIP))]))

    def forwarded(self, values):
        inner = nested(Leaf("text/plain; charset=utf-8", "8bit", self.text(values).encode(), b""))
        return mail(holder("multipart/mixed", [whole(TEXT), b"Content-Type: message/rfc822\r\n\r\n" + inner]))

    def invitation(self, values):
        body = ("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n" f"UID:{uuid.UUID(int=self.rng.getrandbits(128))}@calendar.partner.example\r\n"
                f"DTSTART:20261120T100000Z\r\nSUMMARY:{self.some(values)}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
        return mail(Leaf("text/calendar; charset=utf-8; method=REQUEST", "8bit", body.encode(), b""))

    def armoured(self, values):
        lines = "\r\n".join(token(self.rng, 48) for _ in range(20))
        return mail(Leaf("text/plain", "7bit", f"-----BEGIN PGP MESSAGE-----\r\n\r\n{lines}\r\n=aB3d\r\n-----END PGP MESSAGE-----\r\n".encode(), b""))

    def bounced(self, values):
        status = (f"Reporting-MTA: dns; mx.customer.example\r\nArrival-Date: Fri, 20 Nov 2026 08:00:00 +0000\r\n\r\n"
                  f"Final-Recipient: rfc822; bob@customer.example\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 {self.some(values)}\r\n")
        parts = [whole(TEXT), whole(Leaf("message/delivery-status", "", status.encode(), b"")), b"Content-Type: message/rfc822\r\n\r\n" + nested(TEXT)]
        return mail(holder("multipart/report; report-type=delivery-status", parts))

    BODIES = (plain, plain, quoted, in_base64, html, html, utf16, picture, archive, forwarded, invitation, armoured, bounced)

    # Fields that stay as they are.
    def with_fields(self, draft, values):
        subject = self.rng.choice(SUBJECTS).format(self.some(values))
        draft.set(b"Subject", self.rng.choice((lambda t: t, lambda t: b_word(t), lambda t: q_word(t)))(subject).encode())
        rng, pick = self.rng, self.rng.random
        if pick() < 0.3:
            draft.set(b"Message-ID", f"<{token(rng, 21).replace('/', '.').rstrip('=')}@mail.shop.example>".encode())
        if pick() < 0.3:
            draft.set(b"References", f"<{token(rng, 21).replace('/', '.')}@mx.partner.example>\r\n <{uuid.UUID(int=rng.getrandbits(128), version=4)}@news.example>".encode(), rng)
        if pick() < 0.3:
            draft.set(b"DKIM-Signature", f"v=1; a=rsa-sha256; c=relaxed/relaxed; d=shop.example; s=s1;\r\n\th=From:To:Subject; bh={token(rng, 32)};\r\n\tb={token(rng, 128)}".encode(), rng)
        if pick() < 0.2:
            draft.set(b"List-Unsubscribe", f"<https://www.shop.example/u/{token(rng, 15).replace('/', '_')}>".encode(), rng)
            draft.set(b"List-Unsubscribe-Post", b"List-Unsubscribe=One-Click", rng)
        if pick() < 0.2:
            draft.set(b"Thread-Index", base64.b64encode(rng.randbytes(22)), rng)
        if pick() < 0.2:
            draft.set(b"Feedback-ID", f"{digits(rng, 9)}:{digits(rng, 6)}:news:shop".encode(), rng)
        if pick() < 0.2:
            draft.set(b"X-Entity-Ref-ID", str(uuid.UUID(int=rng.getrandbits(128), version=4)).encode(), rng)
        if pick() < 0.2:
            draft.set(b"X-Tracking", binascii.hexlify(rng.randbytes(24)), rng)
        if pick() < 0.2:
            draft.set(b"Comments", self.sentence(values).encode(), rng)
        return draft

    def record(self, number, values, name, content):
        text = lambda octets: base64.b64encode(octets).decode()
        return {"number": number, "name": name, "values": values.name, "origin": list(values.named), "learned": list(values.learned),
                "content": text(content), "reverse_path": text(b"orders@shop.example")}

    def records(self, count):
        """The ones made by hand, each beside each set of values; then others by chance."""
        number = 0
        for path in AWKWARD:
            for values in SETS:
                yield self.record(number, values, path.name, path.read_bytes().replace(b"\n", b"\r\n"))
                number += 1
        while number < count:
            values = SETS[number % len(SETS)]
            body = self.rng.choice(self.BODIES)
            yield self.record(number, values, body.__name__, self.with_fields(body(self, values), values).octets())
            number += 1
        # Base64 in the middle of a text is read as text, whatever it decodes to: there two letters may come by chance.
        bodies = [body for body in self.BODIES if body is not CleanMails.armoured]
        for number in range(number, number + LETTER_MAILS):
            body = self.rng.choice(bodies)
            yield self.record(number, LETTERS, body.__name__, self.with_fields(body(self, LETTERS), LETTERS).octets())
