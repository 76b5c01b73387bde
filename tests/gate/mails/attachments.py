"""Ways to have a text in an attachment: archives, documents, calendars (leaks catalogue, row 48)."""
import gzip
import io
import struct
import tarfile
import zipfile
import zlib

from .body_encodings import BodyEncoding, Leaf, around, base64_leaf, plain_leaf

ENCODINGS = []
ZIP, GZIP = "application/zip", "application/gzip"
WHEN = (2026, 11, 20, 8, 0, 0)


def encoding(name, stream="archive"):
    def register(write):
        ENCODINGS.append(BodyEncoding(name, stream, write))
        return write
    return register


def zip_of(members, method=zipfile.ZIP_DEFLATED, comment=b"", member_comment=b""):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, octets in members:
            info = zipfile.ZipInfo(name, WHEN)
            info.compress_type = method
            info.comment = member_comment
            archive.writestr(info, octets)
        archive.comment = comment
    return file.getvalue()


def gzip_of(octets, name=b"", comment=b""):
    flags = (8 if name else 0) | (16 if comment else 0)
    head = b"\x1f\x8b\x08" + bytes([flags]) + b"\0\0\0\0\0\xff"
    extra = (name + b"\0" if name else b"") + (comment + b"\0" if comment else b"")
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return head + extra + packer.compress(octets) + packer.flush() + struct.pack("<II", zlib.crc32(octets), len(octets) & 0xFFFFFFFF)


def report(text):
    """Enough around the value that a packer has something to do."""
    return (around(text) + "line after line after line\r\n" * 20).encode()


@encoding("zip, stored, base64", "transfer")
def zip_stored(text, rng):
    return base64_leaf(zip_of([("a.txt", report(text))], zipfile.ZIP_STORED), ZIP)


@encoding("zip, deflated")
def zip_deflated(text, rng):
    return base64_leaf(zip_of([("readme.txt", b"nothing"), ("a.txt", report(text))]), ZIP)


@encoding("zip, as an unknown type")
def zip_unknown_type(text, rng):
    return base64_leaf(zip_of([("a.txt", report(text))]), 'application/octet-stream; name="a.bin"')


@encoding("zip, binary")
def zip_binary(text, rng):
    octets = zip_of([("a.txt", report(text))])
    return Leaf(ZIP, "binary", octets, octets)


@encoding("zip, member's name", "transfer")
def zip_member_name(text, rng):
    return base64_leaf(zip_of([(text, b"nothing")]), ZIP)


@encoding("zip, its comment", "transfer")
def zip_comment(text, rng):
    return base64_leaf(zip_of([("a.txt", b"nothing")], comment=b"by " + text.encode()), ZIP)


@encoding("zip, a member's comment", "transfer")
def zip_member_comment(text, rng):
    return base64_leaf(zip_of([("a.txt", b"nothing")], member_comment=b"by " + text.encode() + b"."), ZIP)


@encoding("zip in a zip")
def zip_in_zip(text, rng):
    return base64_leaf(zip_of([("inner.zip", zip_of([("a.txt", report(text))]))]), ZIP)


@encoding("zip in a zip, member's name")
def zip_in_zip_name(text, rng):
    return base64_leaf(zip_of([("inner.zip", zip_of([(text.replace("/", "_") if text.startswith("/") else text, b"nothing")]))]), ZIP) \
        if "/" not in text else None


@encoding("zip behind a program")
def zip_behind_a_program(text, rng):
    return base64_leaf(b"MZ" + bytes(range(256)) + zip_of([("a.txt", report(text))]), "application/octet-stream")


class Pipe(io.RawIOBase):
    """Cannot seek, so that zipfile writes sizes after the member (a data descriptor)."""
    def __init__(self):
        self.octets = bytearray()

    def writable(self):
        return True

    def write(self, octets):
        self.octets += octets
        return len(octets)


@encoding("zip, streamed")
def zip_streamed(text, rng):
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in (("one.txt", b"nothing " * 30), ("a.txt", report(text))):
            archive.writestr(zipfile.ZipInfo(name, WHEN), octets, zipfile.ZIP_DEFLATED)
    return base64_leaf(bytes(pipe.octets), ZIP)


@encoding("zip64")
def zip64(text, rng):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo("a.txt", WHEN)
        info.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(info, "w", force_zip64=True) as member:
            member.write(report(text))
    return base64_leaf(file.getvalue(), ZIP)


@encoding("zip, bzip2 inside")
def zip_bzip2(text, rng):
    return base64_leaf(zip_of([("a.txt", report(text))], zipfile.ZIP_BZIP2), ZIP)


@encoding("zip, LZMA inside")
def zip_lzma(text, rng):
    return base64_leaf(zip_of([("a.txt", report(text))], zipfile.ZIP_LZMA), ZIP)


@encoding("office document")
def office(text, rng):
    core = f'<?xml version="1.0"?><Properties><Company>{text}</Company></Properties>'.encode()
    members = [("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:document/>" * 50), ("docProps/app.xml", core)]
    return base64_leaf(zip_of(members), "application/vnd.openxmlformats-officedocument.wordprocessingml.document")


@encoding("office document, references in its XML")
def office_references(text, rng):
    core = ("<Properties><Company>" + "".join(f"&#{ord(c)};" for c in text) + "</Company></Properties>").encode()
    return base64_leaf(zip_of([("docProps/app.xml", core)]), "application/vnd.openxmlformats-officedocument.wordprocessingml.document")


@encoding("gzip")
def gzip_plain(text, rng):
    return base64_leaf(gzip.compress(report(text), mtime=0), GZIP)


@encoding("gzip, its file name", "transfer")
def gzip_name(text, rng):
    return base64_leaf(gzip_of(b"nothing", text.encode()), GZIP) if "\0" not in text else None


@encoding("gzip, its comment", "transfer")
def gzip_comment(text, rng):
    return base64_leaf(gzip_of(b"nothing", b"", text.encode()), GZIP)


@encoding("gzip, second member")
def gzip_second(text, rng):
    return base64_leaf(gzip_of(b"nothing ") + gzip_of(report(text)), GZIP)


@encoding("gzip in a gzip")
def gzip_in_gzip(text, rng):
    return base64_leaf(gzip_of(gzip_of(report(text))), GZIP)


@encoding("tar.gz")
def tar_gz(text, rng):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        info = tarfile.TarInfo("var/log/mail.log")
        octets = report(text)
        info.size = len(octets)
        archive.addfile(info, io.BytesIO(octets))
    return base64_leaf(gzip_of(file.getvalue()), "application/x-gtar")


@encoding("zip in a gzip")
def zip_in_gzip(text, rng):
    return base64_leaf(gzip_of(zip_of([("a.txt", report(text))])), GZIP)


@encoding("UTF-16 text in a zip")
def zip_utf16(text, rng):
    return base64_leaf(zip_of([("a.txt", report(text).decode().encode("utf-16"))]), ZIP)


@encoding("PDF", "transfer")
def pdf(text, rng):
    octets = b"%PDF-1.4\n1 0 obj<</Producer(" + text.encode() + b")>>endobj\ntrailer<</Info 1 0 R>>\n%%EOF\n\xe2\xe3\xcf\xd3"
    return base64_leaf(octets, "application/pdf")


@encoding("image with a text chunk", "transfer")
def png(text, rng):
    octets = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(text) + 9) + b"tEXtSoftware\0" + text.encode() + bytes(range(128, 256))
    return base64_leaf(octets, "image/png")


@encoding("calendar", "raw")
def calendar(text, rng):
    written = text.encode()
    body = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:4711@" + written + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    return Leaf("text/calendar; charset=utf-8; method=REQUEST", "8bit", body, written)


@encoding("card in base64", "transfer")
def card(text, rng):
    return base64_leaf(f"BEGIN:VCARD\r\nVERSION:4.0\r\nURL:{text}\r\nEND:VCARD\r\n".encode(), "text/vcard")


@encoding("JSON", "raw")
def json_text(text, rng):
    return plain_leaf(b'{"host":"' + text.encode() + b'"}', "application/json")


@encoding("PGP armour's comment", "raw")
def armour(text, rng):
    written = text.encode()
    body = b"-----BEGIN PGP MESSAGE-----\r\nComment: " + written + b"\r\n\r\nwcBMA0J1bmNoIG9mIG9jdGV0cyBoZXJl\r\n=aB3d\r\n-----END PGP MESSAGE-----\r\n"
    return Leaf("text/plain", "7bit", body, written)


@encoding("S/MIME", "transfer")
def smime(text, rng):
    octets = b"\x30\x82\x03\x11\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\x0c" + bytes([len(text.encode()) + 1]) + b"*" + text.encode() + bytes(range(200, 240))
    return base64_leaf(octets, "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m")
