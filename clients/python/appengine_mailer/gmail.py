"""GmailProxy(...).send_mail(msg), as it was. It signs as PostOffice wants it; `legacy=True` by the old formula, for a server
that has --http-legacy-hmac-sha1.

URL and key: the argument, else GMAIL_PROXY_URL and GMAIL_SECRET_KEY of the environment, else the first line of the file of
that name in /etc/envdir."""
import http.client
import os
import urllib.parse

from postoffice_client import Client, PostOfficeError, RefusedError
from postoffice_client.client import as_octets, detail_of
from postoffice_client.keys import as_key
from postoffice_client.signature import legacy_signature
from postoffice_client.transport import Transport

ENVDIR = "/etc/envdir"
NOT_ALLOWED = 403


class MessageSendingFailure(Exception):
    """The mail was not taken; the text says why."""


def setting_of(name, argument=None):
    """None where nobody sets it."""
    if argument or os.environ.get(name):
        return argument or os.environ[name]
    try:
        with open(os.path.join(ENVDIR, name), encoding="utf-8") as lines:
            return lines.readline().rstrip("\r\n") or None
    except OSError:
        return None


def needed(name, argument):
    value = setting_of(name, argument)
    if not value:
        raise MessageSendingFailure(f"{name} is not set.")
    return value


class GmailProxy:
    """fix_sender  a sender that the server does not allow is replaced by the default one, in the envelope: with `legacy` by
    the server's, else by GMAIL_DEFAULT_SENDER (found as the URL is), if there is one."""

    def __init__(self, SECRET_KEY=None, URL=None, fix_sender=False, fail_silently=False, legacy=False, timeout=30, ca_file=None):
        self.secret_key, self.url, self.fix_sender, self.fail_silently = SECRET_KEY, URL, fix_sender, fail_silently
        self.legacy, self.timeout, self.ca_file = legacy, timeout, ca_file

    def send_mail(self, msg):
        """True; MessageSendingFailure, or with fail_silently False."""
        try:
            key, url = needed("GMAIL_SECRET_KEY", self.secret_key), needed("GMAIL_PROXY_URL", self.url)
            if self.legacy:
                self._post_form(key, url, as_octets(msg))
            else:
                self._post_message(key, url, msg)
            return True
        except (MessageSendingFailure, PostOfficeError, OSError, http.client.HTTPException) as error:
            if self.fail_silently:
                return False
            raise MessageSendingFailure(str(error)) from error

    def _post_message(self, key, url, msg):
        client = Client(url, key, timeout=self.timeout, ca_file=self.ca_file)
        try:
            client.send(msg)
        except RefusedError as error:
            default_sender = setting_of("GMAIL_DEFAULT_SENDER")
            if error.status != NOT_ALLOWED or not self.fix_sender or not default_sender:
                raise
            client.send(msg, sender=default_sender)

    def _post_form(self, key, url, octets):
        form = {"msg": octets, "signature": legacy_signature(as_key(key), octets)}
        if self.fix_sender:
            form["fix_sender"] = "true"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _, body = Transport(url, self.timeout, self.ca_file).post(
            "/", headers, urllib.parse.urlencode(form).encode("ascii"))
        if status != 204:
            raise MessageSendingFailure(f"{status} {detail_of(body)}")
