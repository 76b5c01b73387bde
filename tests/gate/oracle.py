"""What a reader may come to see of a mail, by Python's own decoders: is a text in it, in any of its views?

Knows nothing of the gate. It sees more than a reader would (each view is decoded twice), so that it may cry wolf but
does not sleep."""
import base64
import binascii
import email
import email.header
import email.policy
import gzip
import html
import io
import re
import urllib.parse
import zipfile

TOKEN = re.compile(rb"[A-Za-z0-9+/_-]{12,}={0,2}")
HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){8,}")
WORD = re.compile(r"(\?=)\s*(=\?)")
EXTENDED = re.compile(r"(?i)[;\s](\w[\w-]*)\*(\d+)?(\*)?=(\"(?:\\.|[^\"\\])*\"|[^;\s]+)")
CHARSETS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be", "utf-7", "cp037")


def texts(octets):
    for charset in CHARSETS:
        yield octets.decode(charset, "ignore")
    if octets[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield octets.decode("utf-16", "ignore")
    if octets[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
        yield octets.decode("utf-32", "ignore")


def is_in(text, needle):
    text, needle = text.lower(), needle.lower()
    bare = re.sub(r"\s+", " ", text)
    without_tags = re.sub(r"(?s)<!--.*?-->|<[^<>]*>", "", html.unescape(text))
    views = [text, bare, html.unescape(text), without_tags.replace("\xad", "").replace("\u200b", ""),
             urllib.parse.unquote(text), text.replace("\\", "")]
    return any(needle in view for view in views)


def from_token(token):
    """The text behind a run of base64, wherever it began."""
    standard = token.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
    for skip in range(4):
        piece = standard[skip:]
        piece = piece[:len(piece) // 4 * 4 + (0 if len(piece) % 4 == 1 else len(piece) % 4)]
        try:
            yield base64.b64decode(piece + b"=" * (-len(piece) % 4))
        except (binascii.Error, ValueError):
            pass


def tokens(octets):
    for token in TOKEN.findall(octets):
        yield from from_token(token)
    for token in HEX.findall(octets):
        yield binascii.unhexlify(token[:len(token) // 2 * 2])


def decoded_words(text):
    text = WORD.sub(r"\1\2", text)
    joined = b""
    out = []
    for piece, charset in email.header.decode_header(re.sub(r"(\?=)(=\?)", r"\1 \2", text)):
        piece = piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogateescape")
        joined += piece
        try:
            out.append(piece.decode((charset or "utf-8").split("*")[0], "ignore"))
        except LookupError:
            out.append(piece.decode("latin-1"))
    yield "".join(out)
    yield joined.decode("utf-8", "ignore")


def parameters(text):
    """RFC 2231: the pieces of each name, in the order of their numbers."""
    found = {}
    for name, number, star, value in EXTENDED.findall(text):
        value = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
        found.setdefault(name.lower(), []).append((int(number or 0), value))
    for values in found.values():
        joined = "".join(value for _, value in sorted(values))
        charset, _, rest = joined.partition("'")
        octets = urllib.parse.unquote_to_bytes(rest.partition("'")[2] if rest else joined)
        yield octets.decode("utf-8", "ignore")
        try:
            yield octets.decode(charset or "utf-8", "ignore")
        except LookupError:
            pass


def header_views(message):
    for name, value in message.items():
        octets = f"{name}: {value}".encode("utf-8", "surrogateescape")
        text = re.sub(r"\r?\n(?=[ \t])", "", octets.decode("utf-8", "replace"))
        yield text
        yield re.sub(r"=([0-9A-Fa-f]{2})", lambda m: chr(int(m[1], 16)), text)
        yield from decoded_words(text)
        yield from parameters(text)
        for blob in list(tokens(octets)) + list(tokens(re.sub(rb"\r?\n[ \t]", b"", octets))):
            yield from texts(blob)


def members(octets, depth=0):
    if depth > 3:
        return
    if octets[:2] == b"\x1f\x8b":
        try:
            inner = gzip.decompress(octets)
        except (OSError, EOFError):
            return
        yield inner
        yield from members(inner, depth + 1)
    elif b"PK\3\4" in octets:
        try:
            with zipfile.ZipFile(io.BytesIO(octets)) as archive:
                for info in archive.infolist():
                    yield info.filename.encode()
                    inner = archive.read(info)
                    yield inner
                    yield from members(inner, depth + 1)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
            return


def part_views(part):
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return
    yield from texts(payload)
    charset = part.get_content_charset()
    if charset:
        try:
            yield payload.decode(charset, "ignore")
        except LookupError:
            pass
    for member in members(payload):
        yield from texts(member)
    for blob in tokens(payload):
        yield from texts(blob)


def views(content):
    yield from texts(content)
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    for part in message.walk():
        yield from header_views(part)
        yield from part_views(part)


def shows(content, needles):
    """The first of the needles that a reader may see; None where there is none."""
    for view in views(content):
        for needle in needles:
            if is_in(view, needle):
                return needle
    return None
