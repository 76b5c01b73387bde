"""Django: EMAIL_BACKEND = "postoffice_client.django.EmailBackend".

Settings: POSTOFFICE_URL; POSTOFFICE_KEY, or POSTOFFICE_KEY_FILE; and where wanted POSTOFFICE_CA_FILE, EMAIL_TIMEOUT.
"""
from email.utils import parseaddr

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address

from .client import Client
from .errors import ConfigurationError, PostOfficeError
from .keys import read_key_file


def setting(name):
    return getattr(settings, name, None) or None


def client_from_settings():
    url, key, key_file = setting("POSTOFFICE_URL"), setting("POSTOFFICE_KEY"), setting("POSTOFFICE_KEY_FILE")
    if not url:
        raise ConfigurationError("POSTOFFICE_URL is not set.")
    if not key and not key_file:
        raise ConfigurationError("POSTOFFICE_KEY is not set.")
    return Client(url, key or read_key_file(key_file), timeout=setting("EMAIL_TIMEOUT") or 30,
                  ca_file=setting("POSTOFFICE_CA_FILE"))


def address_of(text, encoding):
    """What stands in the envelope: without the name, an international domain as Django writes it."""
    try:
        return parseaddr(sanitize_address(text, encoding))[1]
    except ValueError as error:
        raise ConfigurationError(str(error)) from error


class EmailBackend(BaseEmailBackend):
    """Bcc is in the envelope only. With fail_silently, a mail that was not taken is not counted."""

    def __init__(self, fail_silently=False, client=None, **kwargs):
        super().__init__(fail_silently=fail_silently)
        self._client = client

    def send_messages(self, email_messages):
        """Returns how many were taken."""
        sent = 0
        for message in email_messages or []:
            try:
                sent += self._send(message)
            except (PostOfficeError, OSError):
                if not self.fail_silently:
                    raise
        return sent

    def make_client(self):
        return client_from_settings()

    def _send(self, message):
        if not message.recipients():
            return 0
        self._client = self._client or self.make_client()
        encoding = message.encoding or settings.DEFAULT_CHARSET
        recipients = [address_of(recipient, encoding) for recipient in message.recipients()]
        self._client.send(message.message().as_bytes(linesep="\r\n"), address_of(message.from_email, encoding), recipients)
        return 1
