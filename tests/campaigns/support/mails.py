"""The mails of a campaign: what was sent, what was heard of it. Each try has an envelope of its own, so that
what arrives says which try it was."""
import hashlib
import random
import socket
import threading
import time

from .program import PATIENCE


class Try:
    """One way through the SMTP dialogue. `reply` is what came after the final dot: None, or its first line."""

    def __init__(self, mail, number):
        self.sender = f"{mail.name}.{number}@app.example"
        self.recipients = [f"{word}.{mail.name}.{number}@delivery.example" for word in mail.words]
        self.ended_data, self.reply = False, None

    @property
    def is_heard(self):
        return self.reply is not None and self.reply.startswith(b"250")

    @property
    def id(self):
        return self.reply.split()[-1].decode() if self.is_heard else None


class Mail:
    """One mail of the application, tried until a 250 is heard. `words` begin its recipients' addresses; see
    sendmail_standin.cpp for those that are refused."""

    def __init__(self, name, words, body):
        self.name, self.words, self.tries = name, words, []
        header = f"From: <app@app.example>\r\nTo: <someone@delivery.example>\r\nSubject: {name}\r\n\r\n"
        self.content = header.encode() + body
        self.sha256 = hashlib.sha256(self.content.replace(b"\r\n", b"\n")).hexdigest()

    def new_try(self):
        self.tries.append(Try(self, len(self.tries) + 1))
        return self.tries[-1]

    @property
    def heard(self):
        return next((attempt for attempt in self.tries if attempt.is_heard), None)


class Book:
    """All mails of a campaign. Makes new ones: sizes, octets and numbers of recipients from a seed."""

    SIZES = (60, 300, 300, 2000, 20000, 120000)

    def __init__(self, seed, sizes=SIZES):
        self.mails, self.choice, self.sizes, self.lock = [], random.Random(seed), sizes, threading.Lock()

    def new(self, size=None, words=None, octets=None):
        with self.lock:
            size = size or self.choice.choice(self.sizes)
            words = words or [f"r{i}" for i in range(self.choice.choice((1, 1, 1, 3)))]
            octets = octets if octets is not None else self.choice.random() < 0.2
            noise = self.choice.randbytes(30).replace(b"\r", b"x").replace(b"\n", b"x")
            line = noise if octets else b"x" * 70
            body = (line + b"\r\n") * max(1, size // len(line)) + b"The end.\r\n.\r\n"
            mail = Mail(f"m{len(self.mails) + 1}", words, body)
            self.mails.append(mail)
            return mail


class Client:
    """One SMTP connection. Every call returns a reply's first line, or None when the connection is gone."""

    def __init__(self, port, seconds=30):
        self.replies = self.connection = None
        try:
            self.connection = socket.create_connection(("127.0.0.1", port), seconds)
            self.replies = self.connection.makefile("rb")
            self.greeting = self.line()
        except OSError:
            self.greeting = None

    def line(self):
        try:
            line = self.replies.readline()
            return line if line.endswith(b"\n") else None
        except OSError:
            return None

    def ask(self, octets):
        try:
            self.connection.sendall(octets)
        except (OSError, AttributeError):
            return None
        return self.line()

    def submit(self, mail, attempt=None):
        """One try of one mail, or an earlier one in the same words. Returns whether its 250 was heard."""
        attempt = attempt or mail.new_try()
        lines = [f"MAIL FROM:<{attempt.sender}>"] + [f"RCPT TO:<{address}>" for address in attempt.recipients] + ["DATA"]
        for line in lines:
            reply = self.ask(line.encode() + b"\r\n")
            if reply is None:
                return False
            if reply[:1] not in b"23":
                self.ask(b"RSET\r\n")
                return False
        attempt.ended_data = True  # from here on nobody can know, until there is a reply
        attempt.reply = self.ask(mail.content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        return attempt.is_heard

    def hello(self):
        return self.greeting is not None and self.ask(b"HELO app\r\n") is not None

    def close(self, quit_first=True):
        if quit_first:
            self.ask(b"QUIT\r\n")
        for open_end in (self.replies, self.connection):
            if open_end is not None:
                open_end.close()


def submit_all(port, mails, seconds=30):
    """Over one connection, as far as it goes. Returns those whose 250 was not heard."""
    client = Client(port, seconds)
    if client.hello():
        for mail in mails:
            if not client.submit(mail) and client.ask(b"NOOP\r\n") is None:
                break
    client.close()
    return [mail for mail in mails if mail.heard is None]


def submit_until_heard(port, mails, seconds=PATIENCE):
    """As nullmailer does: again and again. Raises if that takes too long."""
    deadline = time.monotonic() + seconds
    while mails := submit_all(port, mails):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(mails)} mails are not taken: {[t.reply for t in mails[0].tries[-1:]]}")
        time.sleep(0.02)


class Load:
    """Clients that send new mails side by side until they are told to end. Each mail is tried until its 250."""

    def __init__(self, book, port, clients=4, pause=0.3):
        self.book, self.port, self.pause, self.stop = book, port, pause, threading.Event()
        self.threads = [threading.Thread(target=self.run) for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def run(self):
        while not self.stop.is_set():
            mail = self.book.new()
            while mail.heard is None and not (self.stop.is_set() and not mail.tries):
                if submit_all(self.port, [mail]):
                    self.stop.wait(0.1)  # as a client does before it tries again
                    if self.stop.is_set():
                        return
            self.stop.wait(self.book.choice.uniform(0, self.pause))

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()
