"""An SMTP client by hand: one line out, one reply in, each mail timed."""
import socket
import time

from .spools import content


class Refused(Exception):
    pass


class Client:
    def __init__(self, address, timeout=60):
        self.socket = socket.create_connection(address, timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.replies = self.socket.makefile("rb")
        self.expect("220")
        self.ask(b"EHLO client.example", "250")

    def expect(self, code):
        """The last line of a reply."""
        while (line := self.replies.readline().decode()) and line[3:4] == "-":
            pass
        if not line.startswith(code):
            raise Refused(line.strip() or "the connection ended")
        return line

    def ask(self, line, code):
        self.socket.sendall(line + b"\r\n")
        return self.expect(code)

    def send(self, mail, recipient="ann@customer.example"):
        """The seconds from the first command to the 250."""
        began = time.monotonic()
        self.ask(b"MAIL FROM:<orders@shop.example> SIZE=%d" % len(mail), "250")
        self.ask(b"RCPT TO:<%s>" % recipient.encode(), "250")
        self.ask(b"DATA", "354")
        self.socket.sendall(mail)
        self.ask(b".", "250")
        return time.monotonic() - began

    def close(self):
        """With QUIT, which confirms that the last 250 was read."""
        self.ask(b"QUIT", "221")
        self.replies.close()
        self.socket.close()


def times(address, mails):
    """Of mails of 4 KB, one after the other on one connection."""
    client, mail = Client(address), content()
    try:
        return [client.send(mail) for _ in range(mails)]
    finally:
        client.close()
