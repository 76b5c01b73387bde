"""Keys: lines of a file, their octets as they stand."""
from .errors import ConfigurationError

LEAST_OCTETS = 16


def as_key(key):
    """str or bytes in, bytes out; not empty, not short."""
    if not isinstance(key, (str, bytes, bytearray)):  # bytes(20) were twenty zeros
        raise ConfigurationError(f"a key is str or bytes, not {type(key).__name__}")
    octets = key.encode("utf-8") if isinstance(key, str) else bytes(key)
    if len(octets) < LEAST_OCTETS:
        raise ConfigurationError(f"the key has {len(octets)} octets, at least {LEAST_OCTETS} are wanted")
    return octets


def read_key_file(path):
    """The first line that is a key: lines that are empty or begin with # are none."""
    with open(path, "rb") as lines:
        for line in lines:
            key = line.rstrip(b"\r\n")
            if key and not key.startswith(b"#"):
                return as_key(key)
    raise ConfigurationError(f"no key in {path}")
