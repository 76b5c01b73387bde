"""A mail in the making: fields in order, a body, and where the secret stands in it."""
from dataclasses import dataclass, field

QUIET = [
    (b"From", b"Shop <orders@shop.example>"),
    (b"To", b"Ann Lee <ann@customer.example>"),
    (b"Subject", b"Your order 4711"),
    (b"Date", b"Fri, 20 Nov 2026 08:00:00 +0000"),
    (b"Message-ID", b"<order-4711@shop.example>"),
    (b"MIME-Version", b"1.0"),
]
QUIET_BODY = b"Dear Ann,\r\n\r\nyour order is on its way.\r\n"


@dataclass
class Draft:
    fields: list = field(default_factory=lambda: list(QUIET))
    body: bytes = QUIET_BODY
    reverse_path: bytes = b"orders@shop.example"

    def set(self, name, value, rng=None):
        """In the place of the field of this name; a new one stands anywhere."""
        for at, (known, _) in enumerate(self.fields):
            if known.lower() == name.lower():
                self.fields[at] = (name, value)
                return self
        self.fields.insert(rng.randint(0, len(self.fields)) if rng else len(self.fields), (name, value))
        return self

    def octets(self):
        return b"".join(name + b": " + value + b"\r\n" for name, value in self.fields) + b"\r\n" + self.body
