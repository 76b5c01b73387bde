"""Mail to PostOffice over signed HTTP: Client(url, key).send(message)."""
from .client import Client
from .errors import ConfigurationError, PostOfficeError, RefusedError, TemporaryError
from .keys import read_key_file

__all__ = ["Client", "ConfigurationError", "PostOfficeError", "RefusedError", "TemporaryError", "read_key_file"]
