"""EMAIL_BACKEND = "appengine_mailer.django_email_backend.GmailBackend", with EMAIL_APPENGINE_PROXY_URL; the key is the
project's SECRET_KEY. EMAIL_APPENGINE_LEGACY = True signs by the old formula."""
from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

from .gmail import GmailProxy, MessageSendingFailure


class GmailBackend(BaseEmailBackend):
    def send_messages(self, email_messages):
        """Returns how many were taken."""
        proxy = GmailProxy(SECRET_KEY=settings.SECRET_KEY, URL=getattr(settings, "EMAIL_APPENGINE_PROXY_URL", None),
                           fail_silently=self.fail_silently, legacy=getattr(settings, "EMAIL_APPENGINE_LEGACY", False))
        return sum(bool(self._send(proxy, message)) for message in email_messages or [])

    @staticmethod
    def _send(proxy, message):
        if not message.recipients():
            return False
        mail = message.message()
        if message.bcc:  # Django leaves it out; the server takes it off, after it has the envelope
            del mail["Bcc"]
            mail["Bcc"] = ", ".join(message.bcc)
        return proxy.send_mail(mail)


__all__ = ["GmailBackend", "MessageSendingFailure"]
