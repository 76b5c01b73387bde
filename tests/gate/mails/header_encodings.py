"""Ways to write a text in a header field (RFC 2047, 2231, 3986, 5322). Each gives the octets to put there, or None where
it does not suit the text. The stream named is the one in which the text can be read again."""
import base64
import binascii
import quopri
from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class HeaderEncoding:
    name: str
    stream: str
    slots: frozenset  # of places: "free", "id", "parameter", "url", "trace"
    write: Callable  # (text, rng) -> bytes or None


ENCODINGS = []


def encoding(name, stream, *slots):
    def register(write):
        ENCODINGS.append(HeaderEncoding(name, stream, frozenset(slots), write))
        return write
    return register


def is_ascii(text):
    return all(ord(c) < 128 for c in text)


def halves(text, rng):
    cut = rng.randint(1, len(text) - 1)
    return text[:cut], text[cut:]


def b_word(text, charset="utf-8", name=None):
    return f"=?{name or charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def q_word(text, charset="utf-8", all_escaped=True, label=None):
    octets = text.encode(charset)
    body = "".join(f"={octet:02X}" if all_escaped or octet in b"=?_ " or octet > 126 else chr(octet) for octet in octets)
    return f"=?{label or charset}?Q?{body}?="


@encoding("plain", "raw", "free", "id", "url", "trace", "line")
def plain(text, rng):
    return text.encode()


@encoding("on a line of its own", "raw", "free", "trace")
def on_its_own_line(text, rng):
    return b"\r\n\t" + text.encode()


@encoding("folded at a space", "unfolded", "free", "trace")
def folded_at_a_space(text, rng):
    return text.replace(" ", "\r\n ").encode() if " " in text else None


@encoding("folded at a space, tabs", "unfolded", "free")
def folded_with_tabs(text, rng):
    return text.replace(" ", "\r\n\t").encode() if " " in text else None


@encoding("encoded word B", "encoded_words", "free", "trace")
def encoded_word_b(text, rng):
    return b_word(text).encode()


@encoding("encoded word Q, all escaped", "encoded_words", "free")
def encoded_word_q(text, rng):
    return q_word(text).encode()


@encoding("encoded word Q, some escaped", "encoded_words", "free")
def encoded_word_q_some(text, rng):
    words = [f"={ord(c):02x}" if c in ".-/: @" or (rng.random() < 0.3 and is_ascii(c)) else c for c in text]
    return ("=?us-ascii?q?" + "".join(words) + "?=").encode() if is_ascii(text) else None


@encoding("encoded words, cut", "encoded_words", "free")
def encoded_words_cut(text, rng):
    one, two = halves(text, rng)
    return f"{b_word(one)} {b_word(two)}".encode()


@encoding("encoded words, cut and folded", "encoded_words", "free", "trace")
def encoded_words_cut_and_folded(text, rng):
    return "\r\n ".join(q_word(c) for c in text).encode()


@encoding("encoded words, B then Q", "encoded_words", "free")
def encoded_words_b_then_q(text, rng):
    one, two = halves(text, rng)
    return f"{b_word(one)}\r\n\t{q_word(two, 'iso-8859-1') if is_ascii(two) else q_word(two)}".encode()


@encoding("encoded words without space between", "encoded_words", "free")
def encoded_words_without_space(text, rng):
    one, two = halves(text, rng)
    return f"{q_word(one)}{b_word(two)}".encode()


@encoding("encoded word, cut inside a character", "encoded_words", "free")
def encoded_word_cut_inside_a_character(text, rng):
    octets = text.encode()
    cuts = [i for i in range(1, len(octets)) if octets[i] & 0xC0 == 0x80]
    if not cuts:
        return None
    word = lambda piece: b"=?utf-8?B?" + base64.b64encode(piece) + b"?="
    return word(octets[:cuts[0]]) + b" " + word(octets[cuts[0]:])


@encoding("encoded word in UTF-16", "encoded_words", "free")
def encoded_word_utf16(text, rng):
    return b_word(text, "utf-16-be", "utf-16be").encode()


@encoding("encoded word in UTF-7", "encoded_words", "free")
def encoded_word_utf7(text, rng):
    return f"=?utf-7?Q?{utf7(text).decode()}?=".encode()


@encoding("encoded word in ISO-2022-JP", "encoded_words", "free")
def encoded_word_iso_2022_jp(text, rng):
    if not is_ascii(text):
        return None
    return ("=?iso-2022-jp?B?" + base64.b64encode(("日本" + text + "語").encode("iso-2022-jp")).decode() + "?=").encode()


@encoding("encoded word with a language", "encoded_words", "free")
def encoded_word_with_a_language(text, rng):
    return q_word(text, label="UTF-8*en").encode()


@encoding("encoded word inside quotes", "encoded_words", "free")
def encoded_word_inside_quotes(text, rng):
    return f'"{b_word(text)}"'.encode()


@encoding("encoded word, no padding", "encoded_words", "free")
def encoded_word_without_padding(text, rng):
    return b_word(text + "!" * ((1 - len(text.encode())) % 3)).replace("=?=", "?=").replace("=?=", "?=").encode()


@encoding("raw UTF-8", "raw", "free", "id", "url", "line")
def raw_utf8(text, rng):
    return None if is_ascii(text) else text.encode()


@encoding("percent, all", "percent", "free", "url", "trace")
def percent_all(text, rng):
    return b"https://" + "".join(f"%{octet:02X}" for octet in text.encode()).encode() + b"/u"


@encoding("percent, some", "percent", "url", "free", "id", "line")
def percent_some(text, rng):
    signs = [c if is_ascii(c) and c not in ".-:/ @[]" and rng.random() < 0.7 else "".join(f"%{o:02x}" for o in c.encode()) for c in text]
    return ("u=" + "".join(signs)).encode()


def token(shift, alphabet=None, padded=True):
    def write(text, rng):
        filler = b"ab" * 8
        encoded = base64.b64encode(filler[:shift] + b"\x00v=" + text.encode() + b";" + filler[:9], altchars=alphabet)
        return encoded if padded else encoded.rstrip(b"=")
    return write


for shift in range(3):
    encoding(f"base64 token, shift {shift}", "header_token", "free", "id", "trace", "parameter")(token(shift))
encoding("base64url token", "header_token", "free", "id", "url")(token(1, b"-_", False))
encoding("base64 token, no padding", "header_token", "free")(token(2, None, False))


def utf16_token(charset):
    return lambda text, rng: base64.b64encode(text.encode(charset)) if is_ascii(text) and len(text) > 5 else None


encoding("base64 token, UTF-16", "header_token", "free", "id", "trace", "parameter")(utf16_token("utf-16-le"))
encoding("base64 token, UTF-16 BE", "header_token", "free", "id")(utf16_token("utf-16-be"))


@encoding("hex token, UTF-16", "header_token", "free", "id")
def hex_token_utf16(text, rng):
    return binascii.hexlify(text.encode("utf-16-le")) if is_ascii(text) and len(text) > 3 else None


@encoding("base64 token, folded", "header_token", "free")
def token_folded(text, rng):
    whole = token(0)(text + " and more" * 8, rng)
    return b"\r\n\t".join(whole[i:i + 32] for i in range(0, len(whole), 32))


@encoding("hex token", "header_token", "free", "id", "trace", "parameter", "url")
def hex_token(text, rng):
    return binascii.hexlify(b"v=" + text.encode() + b"; and so on")


@encoding("hex token, upper", "header_token", "free", "id")
def hex_token_upper(text, rng):
    return binascii.hexlify(text.encode() + b"; and so on").upper()


@encoding("quoted-printable, as DKIM's z=", "percent", "z")
def dkim_qp(text, rng):
    """RFC 6376 2.11: only what a tag list cannot hold."""
    return b"".join(b"=%02X" % octet if octet < 33 or octet > 126 or octet in b";=|" else b"%c" % octet for octet in text.encode())


@encoding("parameter, quoted", "raw", "parameter")
def parameter_quoted(text, rng):
    return b'="' + text.encode() + b'"'


@encoding("parameter, with quoted pairs", "parameters", "parameter")
def parameter_with_quoted_pairs(text, rng):
    return ('="' + "".join(("\\" if c in ".-/: " else "") + c for c in text) + '"').encode() if any(c in ".-/: " for c in text) else None


@encoding("parameter, percent", "parameters", "parameter")
def parameter_extended(text, rng):
    return b"*=utf-8'en'" + "".join(f"%{octet:02X}" for octet in text.encode()).encode()


def pieces(text, count, rng):
    cuts = sorted(rng.sample(range(1, len(text)), min(count - 1, len(text) - 1)))
    return [text[a:b] for a, b in zip([0] + cuts, cuts + [len(text)])]


@encoding("parameter in pieces", "parameters", "parameter")
def parameter_in_pieces(text, rng):
    cut = pieces(text, 3, rng)
    joined = ";\r\n\tPARAM".join(f'*{i}="{piece}"' for i, piece in enumerate(cut))
    return joined.encode()


@encoding("parameter in pieces, percent", "parameters", "parameter")
def parameter_in_pieces_percent(text, rng):
    cut = pieces(text, 4, rng)
    percent = lambda piece: "".join(f"%{octet:02x}" for octet in piece.encode())
    return ("*0*=utf-8''" + percent(cut[0]) + "".join(f"; PARAM*{i}*={percent(p)}" for i, p in enumerate(cut[1:], 1))).encode()


@encoding("parameter in pieces, out of order", "parameters", "parameter")
def parameter_out_of_order(text, rng):
    cut = pieces(text, 3, rng)
    named = [(i, f'*{i}="{piece}"') for i, piece in enumerate(cut)]
    order = named[1:] + named[:1]
    return "; PARAM".join(piece for _, piece in order).encode()


@encoding("parameter in UTF-16", "parameters", "parameter")
def parameter_utf16(text, rng):
    return b"*=utf-16be''" + "".join(f"%{octet:02X}" for octet in text.encode("utf-16-be")).encode()


@encoding("parameter, encoded word", "encoded_words", "parameter")
def parameter_encoded_word(text, rng):
    return f'="{b_word(text)}"'.encode()


@encoding("parameter, encoded words cut", "encoded_words", "parameter")
def parameter_encoded_words(text, rng):
    one, two = halves(text, rng)
    return f'="{b_word(one)}\r\n {q_word(two)}"'.encode()


def utf7(text):
    """All of it shifted (RFC 2152), as no encoder would write but every decoder reads."""
    shifted = base64.b64encode(text.encode("utf-16-be")).rstrip(b"=")
    return b"+" + shifted + b"-"
