"""Where in a body a field, or text outside all parts, may stand: the fields of nested mails, reports and parts."""
from dataclasses import dataclass
from typing import Callable

from .body_encodings import Leaf, base64_leaf, qp
from .body_places import TEXT, holder, mail, multipart, nested, whole
from .draft import QUIET, Draft


@dataclass(frozen=True)
class InnerPlace:
    row: int
    name: str
    slot: str
    wrap: Callable  # (octets) -> Draft


PLACES = []


def place(row, name, slot="free"):
    def register(wrap):
        PLACES.append(InnerPlace(row, name, slot, wrap))
        return wrap
    return register


def with_field(field):
    """A whole mail with this field in it."""
    return b"".join(name + b": " + value + b"\r\n" for name, value in QUIET[:4]) + field + b"\r\n\r\nGood morning.\r\n"


INNER_FIELDS = [
    ("Subject", b"Subject: about ", b"", "free"),
    ("X-Originating-IP", b"X-Originating-IP: ", b"", "free"),
    ("Received", b"Received: from web by ", b"; Fri, 20 Nov 2026 08:00:00 +0000", "free"),
    ("Message-ID", b"Message-ID: <4711@", b">", "id"),
    ("List-Unsubscribe", b"List-Unsubscribe: <https://", b"/u>", "url"),
]
for name, before, after, slot in INNER_FIELDS:
    @place(43, f"{name} of a forwarded mail", slot)
    def of_forwarded(octets, before=before, after=after):
        return mail(holder("multipart/mixed", [whole(TEXT), b"Content-Type: message/rfc822\r\n\r\n" + with_field(before + octets + after)]))

    @place(43, f"{name} of a mail forwarded in base64", slot)
    def of_forwarded_base64(octets, before=before, after=after):
        return mail(holder("multipart/mixed", [whole(TEXT), whole(base64_leaf(with_field(before + octets + after), "message/rfc822"))]))

    @place(41, f"{name} of returned fields", slot)
    def of_returned(octets, before=before, after=after):
        fields = with_field(before + octets + after).split(b"\r\n\r\n")[0] + b"\r\n"
        return mail(holder("multipart/report; report-type=delivery-status", [whole(TEXT), whole(Leaf("text/rfc822-headers", "", fields, b""))]))


@place(43, "Subject of returned fields in quoted-printable")
def of_returned_qp(octets):
    fields = b"From: Shop <orders@shop.example>\r\nSubject: about " + octets + b"\r\n"
    return mail(holder("multipart/report", [whole(TEXT), whole(Leaf("text/rfc822-headers", "quoted-printable", qp(fields), b""))]))


@place(43, "Subject, five mails deep")
def deep(octets):
    inner = with_field(b"Subject: about " + octets)
    for _ in range(4):
        inner = nested(Leaf("message/rfc822", "", inner, b""))
    return mail(Leaf("message/rfc822", "", inner, b""))


STATUS_FIELDS = [("Reporting-MTA", b"dns; "), ("Received-From-MTA", b"dns; "), ("Remote-MTA", b"dns; "), ("Final-Recipient", b"rfc822; www@"),
                 ("Diagnostic-Code", b"smtp; 550 5.1.1 no such user on "), ("X-Actual-Recipient", b"rfc822; www@")]
for name, before in STATUS_FIELDS:
    @place(42, f"{name} of a delivery report", "free" if name == "Diagnostic-Code" else "id")
    def of_status(octets, name=name, before=before):
        status = b"Arrival-Date: Fri, 20 Nov 2026 08:00:00 +0000\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n" + name.encode() + b": " + before + octets + b"\r\n"
        return mail(holder("multipart/report; report-type=delivery-status", [whole(TEXT), whole(Leaf("message/delivery-status", "", status, b""))]))


@place(42, "a delivery report in base64")
def of_status_base64(octets):
    status = b"Reporting-MTA: dns; mx.customer.example\r\n\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 by " + octets + b"\r\n"
    return mail(holder("multipart/report", [whole(TEXT), whole(base64_leaf(status, "message/delivery-status"))]))


@place(44, "Reporting-UA of a receipt")
def of_receipt(octets):
    fields = b"Reporting-UA: " + octets + b"; App 1.2\r\nFinal-Recipient: rfc822; ann@customer.example\r\nDisposition: automatic-action; displayed\r\n"
    return mail(holder("multipart/report; report-type=disposition-notification", [whole(TEXT), whole(Leaf("message/disposition-notification", "", fields, b""))]))


@place(44, "MDN-Gateway of a receipt", "id")
def of_receipt_gateway(octets):
    fields = b"MDN-Gateway: dns; " + octets + b"\r\nDisposition: automatic-action; displayed\r\n"
    return mail(holder("multipart/report", [whole(TEXT), whole(Leaf("message/disposition-notification", "", fields, b""))]))


def part_with(field):
    return mail(holder("multipart/mixed", [whole(TEXT), field + b"\r\nContent-Type: text/plain\r\n\r\nGood morning.\r\n"]))


@place(20, "Content-ID of a part", "id")
def part_id(octets):
    return part_with(b"Content-ID: <image001@" + octets + b">")


@place(20, "Content-Location of a part", "url")
def part_location(octets):
    return part_with(b"Content-Location: https://" + octets + b"/a.png")


@place(22, "Content-Description of a part")
def part_description(octets):
    return part_with(b"Content-Description: made on " + octets)


@place(22, "filename of a part", "parameter")
def part_filename(octets):
    return part_with(b"Content-Disposition: attachment; filename" + octets.replace(b"PARAM", b"filename"))


@place(22, "name of a part's type", "parameter")
def part_name(octets):
    part = b"Content-Type: application/pdf; name" + octets.replace(b"PARAM", b"name") + b"\r\n\r\n%PDF-1.4\r\n"
    return mail(holder("multipart/mixed", [whole(TEXT), part]))


@place(43, "external body", "parameter")
def external_body(octets):
    part = b"Content-Type: message/external-body; access-type=local-file; name" + octets.replace(b"PARAM", b"name") + b"\r\n\r\nContent-Type: image/png\r\n\r\n"
    return mail(holder("multipart/mixed", [whole(TEXT), part]))


@place(43, "Subject in a piece of a mail")
def partial(octets):
    return mail(Leaf('message/partial; id="4711@shop.example"; number=1; total=2', "", b"Subject: about " + octets + b"\r\n\r\nGood morning.\r\n", b""))


@place(47, "preamble", "line")
def preamble(octets):
    return mail(holder("multipart/mixed", [whole(TEXT)], preamble=b"This mail has parts, says " + octets + b".\r\n"))


@place(47, "epilogue", "line")
def epilogue(octets):
    return mail(holder("multipart/mixed", [whole(TEXT)], epilogue=b"\r\nsent by " + octets + b" \r\n"))


@place(21, "boundary and its lines", "id")
def boundary(octets):
    name = b"=_" + octets + b"_1"
    lines = b"--" + name + b"\r\n" + whole(TEXT) + b"\r\n--" + name + b"--\r\n"
    return mail(Leaf("multipart/mixed", "", lines, b"")).set(b"Content-Type", b'multipart/mixed; boundary="' + name + b'"')


@place(47, "boundary that is not named", "line")
def boundary_unnamed(octets):
    return mail(Leaf("multipart/mixed", "", multipart([whole(TEXT), b"\r\nvalue " + octets + b" here\r\n"]), b""))


@place(12, "field behind a broken line", "line")
def behind_broken_line(octets):
    draft = Draft()
    draft.body = b"this is no field\r\nX-Source-Dir: " + octets + b"\r\n\r\nGood morning.\r\n"
    return draft
