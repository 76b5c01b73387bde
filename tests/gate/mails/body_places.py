"""Where in a body a part may stand: alone, in multiparts, in nested mails and reports (the catalogue's rows 41 to 49)."""
from dataclasses import dataclass
from typing import Callable

from . import attachments, body_encodings
from .body_encodings import Leaf, base64_leaf, qp
from .draft import Draft


@dataclass(frozen=True)
class BodyPlace:
    row: int
    name: str
    wrap: Callable  # (Leaf) -> Draft
    encodings: tuple = tuple(body_encodings.ENCODINGS)


PLACES = []
TEXT = Leaf("text/plain; charset=utf-8", "7bit", b"Good morning.\r\n", b"")
HTML = Leaf("text/html; charset=utf-8", "7bit", b"<p>Good morning.</p>\r\n", b"")


def place(row, name, encodings=None):
    def register(wrap):
        PLACES.append(BodyPlace(row, name, wrap, tuple(encodings or body_encodings.ENCODINGS)))
        return wrap
    return register


def whole(leaf):
    """A part with its fields, as it stands between boundary lines."""
    fields = leaf.fields() if leaf.type else []
    return b"".join(field + b"\r\n" for field in fields) + b"\r\n" + leaf.body


def multipart(parts, boundary="part-7f3a", preamble=b"", epilogue=b"", closed=True):
    mark = b"--" + boundary.encode()
    body = preamble + b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts)
    return body + (mark + b"--\r\n" if closed else b"") + epilogue


def holder(type, parts, boundary="part-7f3a", **more):
    return Leaf(f'{type}; boundary="{boundary}"', "", multipart(parts, boundary, **more), b"")


def mail(leaf):
    draft = Draft()
    for field in leaf.fields() if leaf.type else []:
        name, value = field.split(b": ", 1)
        draft.set(name, value)
    draft.body = leaf.body
    return draft


def nested(leaf):
    """A whole mail, to stand inside another one."""
    inner = mail(leaf)
    inner.set(b"Subject", b"Fwd: Your order 4711").set(b"Message-ID", b"<order-4712@shop.example>")
    return inner.octets()


@place(47, "the mail's text")
def alone(leaf):
    return mail(leaf)


@place(47, "second part")
def second(leaf):
    return mail(holder("multipart/mixed", [whole(TEXT), whole(leaf)]))


@place(46, "alternative")
def alternative(leaf):
    return mail(holder("multipart/alternative", [whole(TEXT), whole(leaf)]))


@place(46, "related, four deep")
def related(leaf):
    inner = holder("multipart/related", [whole(HTML), whole(leaf)], "part-4")
    for depth in (3, 2):
        inner = holder("multipart/mixed", [whole(TEXT), whole(inner)], f"part-{depth}")
    return mail(holder("multipart/mixed", [whole(inner)]))


@place(47, "boundary that never closes")
def unclosed(leaf):
    return mail(holder("multipart/mixed", [whole(TEXT), whole(leaf)], closed=False))


@place(49, "signed part")
def signed(leaf):
    signature = whole(Leaf("application/pgp-signature", "7bit", b"-----BEGIN PGP SIGNATURE-----\r\n\r\nwsB=\r\n-----END PGP SIGNATURE-----\r\n", b""))
    return mail(holder('multipart/signed; micalg=pgp-sha256; protocol="application/pgp-signature"', [whole(leaf), signature]))


@place(43, "forwarded mail")
def forwarded(leaf):
    return mail(holder("multipart/mixed", [whole(TEXT), b"Content-Type: message/rfc822\r\n\r\n" + nested(leaf)]))


@place(43, "the mail is a forwarded one")
def forwarded_whole(leaf):
    return mail(Leaf("message/rfc822", "", nested(leaf), b""))


@place(43, "forwarded in base64")
def forwarded_base64(leaf):
    return mail(holder("multipart/mixed", [whole(TEXT), whole(base64_leaf(nested(leaf), "message/rfc822"))]))


@place(43, "forwarded in quoted-printable")
def forwarded_qp(leaf):
    return mail(holder("multipart/mixed", [whole(TEXT), whole(Leaf("message/global", "quoted-printable", qp(nested(leaf)), b""))]))


@place(43, "forwarded five times")
def forwarded_often(leaf):
    for _ in range(5):
        leaf = Leaf("message/rfc822", "", nested(leaf), b"")
    return mail(leaf)


@place(43, "digest")
def digest(leaf):
    return mail(holder("multipart/digest", [b"\r\n" + nested(TEXT), b"\r\n" + nested(leaf)]))


@place(41, "returned mail of a report")
def returned(leaf):
    status = whole(Leaf("message/delivery-status", "", b"Reporting-MTA: dns; mx.customer.example\r\n\r\nFinal-Recipient: rfc822; ann@customer.example\r\n"
                        b"Action: failed\r\nStatus: 5.1.1\r\n", b""))
    return mail(holder('multipart/report; report-type=delivery-status', [whole(TEXT), status, b"Content-Type: message/rfc822\r\n\r\n" + nested(leaf)]))


@place(48, "attachment", attachments.ENCODINGS)
def attachment(leaf):
    return mail(holder("multipart/mixed", [whole(TEXT), b'Content-Disposition: attachment; filename="a.bin"\r\n' + whole(leaf)]))


@place(48, "text as attachment")
def text_attachment(leaf):
    return mail(holder("multipart/mixed", [whole(TEXT), b'Content-Disposition: attachment; filename="a.txt"\r\n' + whole(leaf)]))


@place(48, "the mail is the attachment", attachments.ENCODINGS)
def attachment_alone(leaf):
    return mail(leaf)


@place(48, "attachment of a forwarded mail", attachments.ENCODINGS)
def nested_attachment(leaf):
    inner = holder("multipart/mixed", [whole(TEXT), whole(leaf)], "inner-1")
    return mail(holder("multipart/mixed", [whole(TEXT), b"Content-Type: message/rfc822\r\n\r\n" + nested(inner)]))
