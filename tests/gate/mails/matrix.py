"""The matrix: places x encodings x spellings, pair by pair. Each mail has one secret in it, and a twin that has none."""
import base64
import os
import random

from . import body_places, envelope_places, header_encodings, header_places, inner_places
from .draft import Draft
from .values import make_secrets

OF_DROPPED_FIELDS = 3  # encodings for each place where the name alone decides


class Cell:
    """One mail and its twin, as written by the same hand."""

    def __init__(self, where, row, place, encoding, stream, secret, index, by_name=False, rewrite=""):
        self.where, self.row, self.place, self.encoding, self.stream = where, row, place, encoding, stream
        self.secret, self.spelling, self.twin = secret, secret.spellings[index], secret.twins[index]
        self.by_name, self.rewrite = by_name, rewrite

    def record(self, number, draft, carrier, twin):
        assert draft.octets() != twin.octets() or draft.reverse_path != twin.reverse_path
        text = lambda octets: base64.b64encode(octets).decode()
        return {
            "number": number, "where": self.where, "row": self.row, "place": self.place, "encoding": self.encoding, "stream": self.stream,
            "form": self.spelling.form, "label": self.spelling.label, "text": self.spelling.text, "kind": self.secret.kind,
            "origin": list(self.secret.origins), "rewrite": [self.rewrite] if self.rewrite else [], "by_name": self.by_name,
            "reverse_path": text(draft.reverse_path), "content": text(draft.octets()), "carrier": text(carrier),
            "twin_reverse_path": text(twin.reverse_path), "twin_content": text(twin.octets()),
        }


class Deck:
    """All spellings in turn, so that none is left out whatever the places are."""

    def __init__(self, secrets, rng):
        self.rng = rng
        self.cards = [(secret, i) for secret in secrets for i in range(len(secret.spellings))]
        self.queue = []
        self.refused = set()

    def draw(self, asker, suits):
        """The next spelling that `suits`, which is asked once for each spelling that it refuses."""
        for _ in range(2):
            for at, card in enumerate(self.queue):
                if (asker, card) in self.refused:
                    continue
                if suits(*self.cards[card]):
                    return self.cards[self.queue.pop(at)]
                self.refused.add((asker, card))
            if len(self.queue) < 2 * len(self.cards):
                self.queue += self.rng.sample(range(len(self.cards)), len(self.cards))
        return None


def twice(write, secret, twin, seed):
    """Both texts, written with the same dice."""
    one = write(secret, random.Random(seed))
    return (one, write(twin, random.Random(seed))) if one is not None else None


def in_slot(place, octets):
    if "PARAM" not in place.template:
        return place.template.encode().replace("§".encode(), octets)
    if octets[:1] not in (b"=", b"*"):
        octets = b'="' + octets + b'"'
    name = place.template.split("PARAM")[0].split()[-1]
    return place.template.encode().replace(b"PARAM", octets.replace(b"PARAM", name.encode()))


def header_mail(place, octets, seed):
    return Draft().set(place.field.encode(), in_slot(place, octets), random.Random(seed))


class Matrix:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.secrets = make_secrets(self.rng)
        self.deck = Deck(self.secrets, self.rng)

    def records(self, count=None):
        makers = list(self.header_cells()) + list(self.inner_cells()) + list(self.body_cells()) + list(self.envelope_cells())
        makers += list(self.spelling_cells())
        while count and len(makers) < count:
            makers += list(self.spelling_cells())
        number = 0
        for make in makers:
            made = make()
            if made is not None:
                yield made.pop("cell").record(number, **made)
                number += 1

    # Every place with every encoding that it can have; the spellings take turns.
    def header_cells(self):
        for place in header_places.PLACES:
            fit = [e for e in header_encodings.ENCODINGS if place.slot in e.slots]
            if place.by_name:
                fit = fit[:1] + self.rng.sample(fit[1:], min(OF_DROPPED_FIELDS - 1, len(fit) - 1))
            for encoding in fit:
                yield lambda p=place, e=encoding: self.header_cell(p, e)

    def header_cell(self, place, encoding, card=None):
        def write(secret, index, seed):
            return twice(encoding.write, secret.spellings[index].text, secret.twins[index].text, seed)
        picked = self.pick(("header", encoding.name), write, card)
        if picked is None:
            return None
        secret, index, seed, (carrier, twin) = picked
        name = f"{place.field}: {place.template}" if place.template != "§" else place.field
        cell = Cell("header", place.row, name, encoding.name, encoding.stream, secret, index, place.by_name)
        return {"cell": cell, "draft": header_mail(place, carrier, seed), "carrier": whole_carrier(place, carrier),
                "twin": header_mail(place, twin, seed)}

    def inner_cells(self):
        for place in inner_places.PLACES:
            for encoding in header_encodings.ENCODINGS:
                if place.slot in encoding.slots:
                    yield lambda p=place, e=encoding: self.inner_cell(p, e)

    def inner_cell(self, place, encoding, card=None):
        def write(secret, index, seed):
            if secret.spellings[index].in_headers_only:
                return None
            return twice(encoding.write, secret.spellings[index].text, secret.twins[index].text, seed)
        picked = self.pick(("inner", encoding.name), write, card)
        if picked is None:
            return None
        secret, index, seed, written = picked
        if place.slot == "parameter":
            written = tuple(octets if octets[:1] in (b"=", b"*") else b'="' + octets + b'"' for octets in written)
        cell = Cell("inner field", place.row, place.name, encoding.name, encoding.stream, secret, index)
        draft, twin = (place.wrap(octets) for octets in written)
        return {"cell": cell, "draft": draft, "carrier": difference(draft, twin), "twin": twin}

    def body_cells(self):
        for place in body_places.PLACES:
            for encoding in place.encodings:
                yield lambda p=place, e=encoding: self.body_cell(p, e)

    def body_cell(self, place, encoding, card=None):
        def write(secret, index, seed):
            if secret.spellings[index].in_headers_only:
                return None
            return twice(encoding.write, secret.spellings[index].text, secret.twins[index].text, seed)
        picked = self.pick(("body", encoding.name), write, card)
        if picked is None:
            return None
        secret, index, _, (leaf, twin_leaf) = picked
        where = "attachment" if place.row == 48 else "body"
        cell = Cell(where, place.row, place.name, encoding.name, encoding.stream, secret, index)
        draft, twin = place.wrap(leaf), place.wrap(twin_leaf)
        return {"cell": cell, "draft": draft, "carrier": difference(draft, twin), "twin": twin}

    def envelope_cells(self):
        for place in envelope_places.PLACES:
            for secret in self.secrets:
                for index, spelling in enumerate(secret.spellings):
                    fits = "@" not in spelling.text and "/" not in spelling.text and spelling.form != "base64"
                    fits = fits and not (place.rewrite and (spelling.in_headers_only or spelling.text.endswith(".")))
                    if secret.kind in place.kinds and fits:
                        yield lambda p=place, s=secret, i=index: self.envelope_cell(p, s, i)

    def envelope_cell(self, place, secret, index):
        text, twin = secret.spellings[index].text, secret.twins[index].text
        rewrite = place.rewrite.replace("§", text)
        cell = Cell("envelope", place.row, place.name, "plain", "raw", secret, index, rewrite=rewrite)
        return {"cell": cell, "draft": place.write(text.encode()), "carrier": text.encode(), "twin": place.write(twin.encode())}

    # And every spelling with a third of the encodings; the places take turns.
    def spelling_cells(self):
        open_places = [p for p in header_places.PLACES if not p.by_name]
        for card in self.deck.cards:
            for encoding in self.rng.sample(header_encodings.ENCODINGS, len(header_encodings.ENCODINGS) // 3):
                fit = [p for p in open_places + inner_places.PLACES if p.slot in encoding.slots]
                place = self.rng.choice(fit)
                cell_of = self.inner_cell if isinstance(place, inner_places.InnerPlace) else self.header_cell
                yield lambda p=place, e=encoding, c=card, cell_of=cell_of: cell_of(p, e, c)
            for place in self.rng.sample(body_places.PLACES, 2):
                for encoding in self.rng.sample(place.encodings, len(place.encodings) // 5):
                    yield lambda p=place, e=encoding, c=card: self.body_cell(p, e, c)

    def pick(self, asker, write, card):
        """A spelling that the encoding can write, and what it wrote."""
        seed = self.rng.getrandbits(32)
        if card is not None:
            written = write(*card, seed)
            return (*card, seed, written) if written and None not in written else None
        found = []

        def suits(secret, index):
            written = write(secret, index, seed)
            if written is None or None in written:
                return False
            found.append(written)
            return True
        card = self.deck.draw(asker, suits)
        return (*card, seed, found[-1]) if card else None


def whole_carrier(place, carrier):
    """A parameter's pieces are told apart by its name."""
    if "PARAM" not in place.template:
        return carrier
    return in_slot(place, carrier)


def difference(draft, twin):
    """What stands in the mail that does not stand in its twin, with a little around it."""
    one, two = draft.octets(), twin.octets()
    begin = len(os.path.commonprefix([one, two]))
    end = len(one) - len(os.path.commonprefix([one[::-1], two[::-1]]))
    return one[max(0, begin - 8):max(begin + 1, end) + 8]
