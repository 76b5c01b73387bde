"""What may go wrong. Whatever is raised, the caller still has the mail."""


class PostOfficeError(Exception):
    """The mail was not taken."""


class ConfigurationError(PostOfficeError, ValueError):
    """The URL, the key or an address cannot be used; nothing was sent."""


class TemporaryError(PostOfficeError):
    """Try again later. The server may have taken the mail and its answer been lost: with the same `idempotency_key`, a
    second try makes no second mail."""

    def __init__(self, detail, idempotency_key=None):
        super().__init__(detail)
        self.idempotency_key = idempotency_key


class RefusedError(PostOfficeError):
    """The server said no, and will say so again: `status` and `detail` tell why."""

    def __init__(self, status, detail):
        super().__init__(f"{status} {detail}")
        self.status = status
        self.detail = detail
