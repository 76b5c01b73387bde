"""One POST over HTTPS: certificates verified, no redirect, no proxy, the answer bounded."""
import http.client
import ipaddress
import ssl
import urllib.parse

from .errors import ConfigurationError

MAX_ANSWER = 65536


def is_loopback(host):
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Transport:
    """url  https://HOST[:PORT][/PREFIX]; http:// to loopback only: mail is in what goes over the wire."""

    def __init__(self, url, timeout, ca_file=None):
        try:
            parts = urllib.parse.urlsplit(url or "")
            self.host, self.port = parts.hostname, parts.port
        except ValueError as error:
            raise ConfigurationError(f"{url}: {error}") from None
        if parts.scheme not in ("http", "https") or not self.host or parts.query or parts.fragment or parts.username:
            raise ConfigurationError(f"{url}: not an URL like https://mail.example.com/intake")
        if parts.scheme == "http" and not is_loopback(self.host):
            raise ConfigurationError(f"{url}: http:// only to this machine, say https://")
        self.prefix = parts.path.rstrip("/")
        self.timeout = timeout
        self.tls = ssl.create_default_context(cafile=ca_file) if parts.scheme == "https" else None

    def post(self, path, headers, body):
        """(status, headers, body). Raises OSError or http.client.HTTPException."""
        if self.tls:
            connection = http.client.HTTPSConnection(self.host, self.port, timeout=self.timeout, context=self.tls)
        else:
            connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        try:
            connection.request("POST", self.prefix + path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read(MAX_ANSWER)
        finally:
            connection.close()
