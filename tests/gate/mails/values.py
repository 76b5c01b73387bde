"""Origin values and the spellings in which each may show; each has a twin, which is one step beside it."""
import base64
import ipaddress
import random
from dataclasses import dataclass

WORDS = "amber birch cedar delta ember fjord grove haven inlet jetty knoll larch maple north ocean poppy quartz ridge".split()


@dataclass(frozen=True)
class Spelling:
    form: str  # as common/privacy/origin_search.h names it
    label: str  # which of the form's spellings
    text: str
    in_headers_only: bool = False


@dataclass(frozen=True)
class Secret:
    kind: str
    origins: tuple  # what --origin is given
    spellings: tuple
    twins: tuple  # the same spellings of a value that is no secret


def in_base64(text, shift):
    """A token that holds the text and begins and ends elsewhere, as blobs do."""
    return base64.b64encode(b"\x01\x7f\x02"[:shift] + b"host=" + text.encode() + b";end" + b"~" * ((3 - shift) % 3)).decode()


def base64_spellings(text):
    return [Spelling("base64", f"aligned {shift}", in_base64(text, shift)) for shift in range(3)]


def v4_spellings(address):
    a, b, c, d = octets = [int(part) for part in address.split(".")]
    number = int(ipaddress.IPv4Address(address))
    dotted = lambda pattern: ".".join(pattern % octet for octet in octets)
    high, low = number >> 16, number & 0xFFFF
    return [
        Spelling("plain", "dotted", address),
        Spelling("plain", "literal", f"[{address}]"),
        Spelling("plain", "with port", f"{address}:8080"),
        Spelling("zero_padded", "all octets", dotted("%03d")),
        Spelling("octal", "dotted", dotted("0%o")),
        Spelling("hexadecimal", "dotted 0x", dotted("0x%x")),
        Spelling("hexadecimal", "0x", f"0x{number:08x}"),
        Spelling("mapped_ipv6", "dotted tail", f"::ffff:{address}"),
        Spelling("mapped_ipv6", "upper", f"::FFFF:{address}"),
        Spelling("mapped_ipv6", "hex tail", f"::ffff:{high:x}:{low:x}"),
        Spelling("mapped_ipv6", "padded tail", f"::ffff:{high:04x}:{low:04x}"),
        Spelling("mapped_ipv6", "literal", f"[IPv6:::ffff:{address}]"),
        Spelling("mapped_ipv6", "not compressed", f"0:0:0:0:0:ffff:{high:x}:{low:x}"),
        Spelling("mapped_ipv6", "full", f"0000:0000:0000:0000:0000:ffff:{high:04x}:{low:04x}"),
        Spelling("reverse_name", "in-addr.arpa", f"{d}.{c}.{b}.{a}.in-addr.arpa"),
        Spelling("reverse_name", "upper", f"{d}.{c}.{b}.{a}.IN-ADDR.ARPA"),
        Spelling("reverse_name", "static", f"{d}.{c}.{b}.{a}.static.isp.example"),
        Spelling("dashed", "ip-", f"ip-{a}-{b}-{c}-{d}"),
        Spelling("dashed", "cloud host", f"ec2-{a}-{b}-{c}-{d}.compute.example"),
        Spelling("dashed", "bare", f"{a}-{b}-{c}-{d}.static.isp.example"),
        Spelling("integer", "decimal", str(number)),
        Spelling("hexadecimal", "bare", f"{number:08x}"),
        Spelling("hexadecimal", "bare upper", f"{number:08X}"),
        Spelling("hexadecimal", "dotted", dotted("%02x")),
        Spelling("octal", "one number", f"0{number:o}"),
    ] + base64_spellings(address)


def v6_spellings(address):
    ip = ipaddress.IPv6Address(address)
    groups = ip.exploded.split(":")
    low = int(ip) & 0xFFFFFFFF
    tail = ipaddress.IPv4Address(low)
    plain = str(ip)
    return [
        Spelling("plain", "compressed", plain),
        Spelling("plain", "upper", plain.upper()),
        Spelling("plain", "literal", f"[IPv6:{plain}]"),
        Spelling("plain", "in brackets", f"[{plain}]"),
        Spelling("full_ipv6", "full", ip.exploded),
        Spelling("full_ipv6", "full upper", ip.exploded.upper()),
        Spelling("full_ipv6", "not compressed", ":".join(group.lstrip("0") or "0" for group in groups)),
        Spelling("full_ipv6", "dotted tail", ":".join(groups[:6]) + f":{tail}"),
        Spelling("reverse_name", "ip6.arpa", ip.reverse_pointer),
        Spelling("hexadecimal", "bare", f"{int(ip):032x}"),
        Spelling("hexadecimal", "0x", f"0x{int(ip):032x}"),
    ] + base64_spellings(plain)


def host_spellings(host):
    mixed = "".join(c.upper() if i % 2 else c for i, c in enumerate(host))
    return [
        Spelling("plain", "lower", host),
        Spelling("plain", "upper", host.upper()),
        Spelling("plain", "mixed case", mixed),
        Spelling("plain", "with its dot", host + "."),
        Spelling("plain", "in a URL", f"https://{host}:8443/a?b=c"),
        Spelling("plain", "in an address", f"root@{host}"),
        Spelling("short_name", "first label", host.split(".")[0], in_headers_only=True),
    ] + base64_spellings(host)


def suffix_spellings(suffix, label):
    return [
        Spelling("plain", "one label", label + suffix),
        Spelling("plain", "two labels", f"{label}.rack3{suffix}"),
        Spelling("plain", "upper", (label + suffix).upper()),
        Spelling("plain", "in an address", f"root@{label}{suffix}"),
    ] + base64_spellings(label + suffix)


def idn_spellings(unicode_host, given_in_punycode):
    ascii_host = unicode_host.encode("idna").decode()
    if given_in_punycode:
        return [Spelling("plain", "punycode as given", ascii_host), Spelling("unicode", "of punycode", unicode_host),
                Spelling("plain", "punycode upper", ascii_host.upper())]
    return [Spelling("plain", "unicode as given", unicode_host), Spelling("punycode", "of unicode", ascii_host),
            Spelling("punycode", "upper", ascii_host.upper())]


def word_spellings(word):
    return [Spelling("plain", "as given", word), Spelling("plain", "upper", word.upper())] + base64_spellings(word)


def path_spellings(path):
    return [
        Spelling("plain", "as given", path),
        Spelling("plain", "with more", path + "/public/index.php"),
        Spelling("plain", "in a URL", "file://" + path),
    ] + base64_spellings(path)


def pair(kind, origin, make, secret, twin):
    spellings, twins = make(secret), make(twin)
    return Secret(kind, (origin,), tuple(spellings), tuple(twins))


def make_secrets(rng):
    """One of each kind of value, drawn anew for each seed; some kinds twice."""
    small = lambda: rng.randint(10, 98)  # two digits, so that each spelling differs from each other
    secrets = []
    for first in (10, rng.choice([45, 62, 78, 94])):
        b, c, d = small(), small(), small()
        secrets.append(pair("address", f"{first}.{b}.{c}.{d}", v4_spellings, f"{first}.{b}.{c}.{d}", f"{first}.{b}.{c}.{d + 1}"))
        net = f"{first}.{b + 1}.0.0/16"
        secrets.append(pair("network", net, v4_spellings, f"{first}.{b + 1}.{c}.{d}", f"{first}.{b + 2}.{c}.{d}"))
    group = lambda: f"{rng.randint(0x10, 0xFFE):x}"
    prefix = f"2001:db8:{group()}:{group()}"
    last = rng.randint(2, 0xF0)
    secrets.append(pair("address", f"{prefix}::{last:x}", v6_spellings, f"{prefix}::{last:x}", f"{prefix}::{last + 1:x}"))
    third = rng.randint(0x10, 0xFFE)
    secrets.append(pair("network", f"2001:db8:{third:x}::/48", v6_spellings,
                        f"2001:db8:{third:x}:7::{last:x}", f"2001:db8:{third + 1:x}:7::{last:x}"))
    first, second, third = rng.sample(WORDS, 3)
    number = rng.randint(2, 8)
    secrets.append(pair("host", f"{first}{number}.{second}.example", host_spellings,
                        f"{first}{number}.{second}.example", f"{first}{number + 1}.{second}.example"))
    secrets.append(pair("suffix", f"*.{third}.example", lambda s: suffix_spellings(s, "db9"), f".{third}.example", f".{third}s.example"))
    umlaut = rng.choice(["büro", "zürich", "köln", "größe".replace("ß", "s")])
    for punycode in (False, True):
        host = f"{umlaut}{number + punycode}.{first}.example"
        origin = host.encode("idna").decode() if punycode else host
        secrets.append(pair("host", origin, lambda h, p=punycode: idn_spellings(h, p), host, f"{umlaut}x{number}.{first}.example"))
    word = f"{second}-{third}"
    secrets.append(pair("user", word, word_spellings, word, f"{second}s-{third}"))
    path = f"/srv/{first}/{third}"
    secrets.append(pair("path", path, path_spellings, path, f"/srv/{first}s/{third}"))
    phrase = f"project {third} {first}"
    secrets.append(pair("text", f"text:{phrase}", word_spellings, phrase, f"project {third} {second}"))
    return secrets
