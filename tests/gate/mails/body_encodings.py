"""Ways to write a text in the body of a part: transfer encodings, charsets, HTML, URLs (RFC 2045, 2152, 3986, HTML).
Each gives a Leaf, the header fields and body of a part, or None where it does not suit the text."""
import base64
import binascii
import html
from dataclasses import dataclass
from typing import Callable

from .header_encodings import is_ascii, utf7

BEFORE, AFTER = "Good morning,\r\nthe value is ", " today.\r\nYours\r\n"


@dataclass(frozen=True)
class Leaf:
    type: str
    encoding: str  # Content-Transfer-Encoding, or ""
    body: bytes
    carrier: bytes  # the octets in which the text is; they stand once in the body

    def fields(self):
        fields = [b"Content-Type: " + self.type.encode()]
        if self.encoding:
            fields.append(b"Content-Transfer-Encoding: " + self.encoding.encode())
        return fields


@dataclass(frozen=True)
class BodyEncoding:
    name: str
    stream: str
    write: Callable  # (text, rng) -> Leaf or None


ENCODINGS = []


def encoding(name, stream):
    def register(write):
        ENCODINGS.append(BodyEncoding(name, stream, write))
        return write
    return register


def plain_leaf(written, type="text/plain; charset=utf-8", transfer="8bit"):
    return Leaf(type, transfer, BEFORE.encode() + written + AFTER.encode(), written)


def lines(octets, width=76):
    return b"\r\n".join(octets[i:i + width] for i in range(0, len(octets), width)) + b"\r\n"


def base64_leaf(octets, type="text/plain; charset=utf-8", width=76, transfer="base64"):
    body = lines(base64.b64encode(octets), width)
    return Leaf(type, transfer, body, body)


def around(text):
    return BEFORE + text + AFTER


def escaped(octet):
    return b"=%02X" % octet


def qp(octets):
    """Every octet but line ends escaped, lines of at most 76."""
    written = bytearray()
    width = 0
    for octet in octets:
        if width > 72:
            written += b"=\r\n"
            width = 0
        written += escaped(octet)
        width += 3
    return bytes(written) + b"\r\n"


@encoding("plain", "raw")
def plain(text, rng):
    return plain_leaf(text.encode(), transfer="7bit" if is_ascii(text) else "8bit")


@encoding("no fields at all", "raw")
def without_fields(text, rng):
    leaf = plain_leaf(text.encode())
    return Leaf("", "", leaf.body, leaf.carrier)


@encoding("quoted-printable, all escaped", "transfer")
def qp_all(text, rng):
    written = b"".join(map(escaped, text.encode()))
    return plain_leaf(written, transfer="quoted-printable")


@encoding("quoted-printable, lower case", "transfer")
def qp_lower(text, rng):
    written = b"".join(b"=%02x" % o if chr(o) in ".-/: @[]" or o > 126 else b"%c" % o for o in text.encode())
    return plain_leaf(written, transfer="Quoted-Printable") if b"=" in written else None


@encoding("quoted-printable, soft break inside", "transfer")
def qp_soft(text, rng):
    cut = rng.randint(1, len(text) - 1)
    if not is_ascii(text):
        return None
    return plain_leaf((text[:cut] + "=\r\n" + text[cut:]).encode(), transfer="quoted-printable")


@encoding("quoted-printable, soft break with spaces", "transfer")
def qp_soft_spaces(text, rng):
    cut = rng.randint(1, len(text) - 1)
    return plain_leaf((text[:cut] + "= \t\r\n" + text[cut:]).encode(), transfer="quoted-printable") if is_ascii(text) else None


@encoding("base64", "transfer")
def base64_whole(text, rng):
    return base64_leaf(("x" * rng.randint(0, 80) + " " + around(text)).encode())


@encoding("base64, short lines", "transfer")
def base64_short_lines(text, rng):
    return base64_leaf(around(text).encode(), width=5)


@encoding("base64, one line", "transfer")
def base64_one_line(text, rng):
    return base64_leaf(around(text).encode(), width=10_000, transfer="BASE64")


@encoding("base64 with other signs between", "transfer")
def base64_with_junk(text, rng):
    body = b"!".join(base64.b64encode(around(text).encode())[i:i + 3] for i in range(0, 4000, 3)).rstrip(b"!") + b"\r\n"
    return Leaf("text/plain", "base64", body, body)


@encoding("base64, two texts joined", "transfer")
def base64_joined(text, rng):
    body = lines(base64.b64encode(b"Good morning!.") + base64.b64encode(around(text).encode()))
    return Leaf("text/plain", "base64", body, body)


@encoding("base64 under a commented name", "transfer")
def base64_commented(text, rng):
    return base64_leaf(around(text).encode(), transfer="(as ever) base64 (so)")


def uu(octets, name=b"a.txt"):
    rows = b"".join(binascii.b2a_uu(octets[i:i + 45]).rstrip(b"\n") + b"\r\n" for i in range(0, len(octets), 45))
    return b"begin 644 " + name + b"\r\n" + rows + b"`\r\nend\r\n"


@encoding("uuencode in text", "uuencode")
def uuencode_in_text(text, rng):
    block = uu(("x" * rng.randint(1, 60) + " " + around(text)).encode())
    return Leaf("text/plain", "7bit", b"See below.\r\n\r\n" + block + b"\r\nYours\r\n", block)


@encoding("uuencode, backquotes", "uuencode")
def uuencode_backquotes(text, rng):
    block = uu(around(text).encode()).replace(b" ", b"`").replace(b"begin`644`", b"begin 644 ")
    return Leaf("text/plain", "7bit", b"See below.\r\n" + block, block)


@encoding("uuencode as transfer encoding", "uuencode")
def uuencode_as_transfer(text, rng):
    block = uu(around(text).encode())
    return Leaf("application/octet-stream", "x-uuencode", block, block)


def charset(name, codec, label=None, stream="charset"):
    @encoding(f"{name} in base64", stream)
    def write(text, rng):
        try:
            octets = around(text).encode(codec)
        except UnicodeEncodeError:
            return None
        return base64_leaf(octets, f"text/plain; charset={label or codec}")


charset("UTF-16 with its mark", "utf-16")
charset("UTF-16BE", "utf-16-be", "utf-16be")
charset("UTF-16LE", "utf-16-le", "utf-16le")
charset("UTF-32", "utf-32")
charset("UTF-32BE", "utf-32-be", "UTF-32BE")
charset("EBCDIC", "cp037", "ibm037")


@encoding("UTF-16 unnamed", "charset")
def utf16_unnamed(text, rng):
    return base64_leaf(around(text).encode("utf-16"), "text/plain")


@encoding("UTF-16BE as it stands", "charset")
def utf16_raw(text, rng):
    octets = text.encode("utf-16-be")
    if b"\n" in octets or b"\r" in octets:
        return None
    body = "The value is ".encode("utf-16-be") + octets + " today.".encode("utf-16-be")
    return Leaf("text/plain; charset=UTF-16BE", "binary", body, octets)


@encoding("UTF-7", "charset")
def utf7_text(text, rng):
    written = utf7(text)
    return plain_leaf(written, "text/plain; charset=utf-7", "7bit")


@encoding("UTF-7, some shifted", "charset")
def utf7_some(text, rng):
    if not is_ascii(text):
        return None
    written = b"".join(utf7(c) if c in ".-:/@ []" else c.encode() for c in text)
    return plain_leaf(written, 'text/plain; charset="UTF-7"', "7bit") if b"+" in written else None


@encoding("ISO-2022-JP in quoted-printable", "charset")
def iso_2022_jp(text, rng):
    """The value in full-width signs' company, and between two escape sequences that say nothing."""
    if not is_ascii(text):
        return None
    cut = rng.randint(1, len(text) - 1)
    octets = "日本".encode("iso-2022-jp") + text[:cut].encode() + b"\x1b(J\x1b(B" + text[cut:].encode()
    body = qp(octets)
    return Leaf("text/plain; charset=iso-2022-jp", "quoted-printable", body, body)


@encoding("UTF-16 in quoted-printable", "charset")
def utf16_qp(text, rng):
    body = qp(around(text).encode("utf-16"))
    return Leaf("text/plain; charset=utf-16", "quoted-printable", body, body)


def html_leaf(written, transfer="8bit"):
    body = b"<html><body><p>Good morning, see " + written + b" there.</p></body></html>\r\n"
    return Leaf("text/html; charset=utf-8", transfer, body, written)


def html_encoding(name):
    def register(write):
        @encoding(f"HTML, {name}", "html")
        def leaf(text, rng):
            written = write(text, rng)
            return written if written is None or isinstance(written, Leaf) else html_leaf(written.encode())
        return write
    return register


@html_encoding("decimal references")
def html_decimal(text, rng):
    return "".join(f"&#{ord(c)};" for c in text)


@html_encoding("hexadecimal references")
def html_hex(text, rng):
    return "".join(f"&#x{ord(c):x};" if rng.random() < 0.5 else f"&#X{ord(c):04X};" for c in text)


@html_encoding("references without semicolon")
def html_open(text, rng):
    return "".join(f"&#{ord(c)}" for c in text)


NAMED = {".": "&period;", "/": "&sol;", ":": "&colon;", "-": "&#45;", "@": "&commat;", "[": "&lsqb;", "]": "&rsqb;", "ö": "&ouml;", "ü": "&uuml;"}


@html_encoding("named references")
def html_named(text, rng):
    written = "".join(NAMED.get(c, c) for c in text)
    return None if written == text else written


@html_encoding("cut by tags")
def html_tags(text, rng):
    cut = rng.randint(1, len(text) - 1)
    return f"{html.escape(text[:cut])}<b></b>{html.escape(text[cut:])}"


@html_encoding("each sign in a tag")
def html_spans(text, rng):
    return "".join(f'<span class="c">{html.escape(c)}</span>' for c in text)


@html_encoding("cut by a comment")
def html_comment(text, rng):
    cut = rng.randint(1, len(text) - 1)
    return f"{text[:cut]}<!-- 1 > 0 -->{text[cut:]}"


@html_encoding("cut by wbr")
def html_wbr(text, rng):
    return "<wbr>".join(text)


@html_encoding("cut by a soft hyphen")
def html_shy(text, rng):
    cut = rng.randint(1, len(text) - 1)
    return f"{text[:cut]}&shy;{text[cut:]}"


@html_encoding("cut by a zero width space")
def html_zwsp(text, rng):
    cut = rng.randint(1, len(text) - 1)
    return f"{text[:cut]}&#8203;{text[cut:]}"


@html_encoding("in an attribute")
def html_attribute(text, rng):
    return '<img src="' + "".join(f"&#{ord(c)};" for c in text) + '" alt="">'


@html_encoding("in a comment")
def html_in_comment(text, rng):
    return f"<!-- made at {text} -->"


@html_encoding("in quoted-printable")
def html_qp(text, rng):
    written = qp("".join(f"&#{ord(c)};" for c in text).encode())
    return html_leaf(written, "quoted-printable")


@html_encoding("in base64 and UTF-16")
def html_utf16(text, rng):
    return base64_leaf(("<p>" + "".join(f"&#{ord(c)};" for c in text) + "</p>").encode("utf-16"), "text/html; charset=utf-16")


@html_encoding("in XHTML's name")
def html_xhtml(text, rng):
    written = "".join(f"&#{ord(c)};" for c in text).encode()
    return Leaf("application/xhtml+xml", "8bit", b"<p>" + written + b"</p>\r\n", written)


def percent(text, rng=None):
    return "".join((f"%{o:02X}" if rng is None else f"%{o:02x}") if rng is None or o > 126 or chr(o) in ".-/: @" or rng.random() < 0.4 else chr(o) for o in text.encode())


@encoding("percent in text", "percent")
def percent_in_text(text, rng):
    return plain_leaf(b"https://www.shop.example/r?to=" + percent(text).encode())


@encoding("percent in text, some", "percent")
def percent_some(text, rng):
    written = percent(text, rng)
    return plain_leaf(b"https://www.shop.example/r?to=" + written.encode()) if "%" in written else None


@encoding("percent in HTML", "percent")
def percent_in_html(text, rng):
    return html_leaf(f'<a href="https://{percent(text)}/">here</a>'.encode())


@encoding("percent in base64", "percent")
def percent_in_base64(text, rng):
    return base64_leaf(around("http://" + percent(text)).encode())
