"""The reverse-path and the mbox line (rows 37 and 38): once to be held, once with a map that cleans them."""
from dataclasses import dataclass
from typing import Callable

from .draft import Draft


@dataclass(frozen=True)
class EnvelopePlace:
    row: int
    name: str
    write: Callable  # (octets) -> Draft
    kinds: tuple  # of values that can stand there
    rewrite: str = ""  # an operator's rule; § is the value


PLACES = []
HOSTS = ("host", "suffix")


def place(row, name, kinds, rewrite=""):
    def register(write):
        PLACES.append(EnvelopePlace(row, name, write, kinds, rewrite))
        return write
    return register


@place(37, "reverse-path", HOSTS + ("address", "network"))
def domain(octets):
    return Draft(reverse_path=b"www-daten@" + octets)


@place(37, "reverse-path, unqualified", ("user",))
def unqualified(octets):
    return Draft(reverse_path=octets)


@place(37, "reverse-path, local part", HOSTS)
def local_part(octets):
    return Draft(reverse_path=octets + b"=app@shop.example")


@place(38, "reverse-path, VERP", HOSTS)
def verp(octets):
    return Draft(reverse_path=b"bounces+4711=ann=customer.example@" + octets)


@place(38, "reverse-path, SRS", HOSTS)
def srs(octets):
    return Draft(reverse_path=b"SRS0=HHH=TT=" + octets + b"=alice@shop.example")


@place(38, "reverse-path, VERP, mapped", HOSTS, "@§=@shop.example")
def verp_mapped(octets):
    return verp(octets)


@place(37, "reverse-path, mapped", HOSTS, "@§=app@shop.example")
def domain_mapped(octets):
    return domain(octets)


@place(39, "From, mapped", HOSTS, "www@§=app@shop.example")
def from_mapped(octets):
    return Draft().set(b"From", b"Shop <www@" + octets + b">")


@place(37, "mbox line", HOSTS + ("user",))
def mbox_line(octets):
    draft = Draft()
    draft.fields.insert(0, (b"From www@" + octets + b" Fri Nov 20 08:00", b"00 2026"))
    return draft
