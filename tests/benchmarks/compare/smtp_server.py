"""What all SMTP servers of the comparison have in common."""
import os

from .program import Program, free_port


class SmtpServer:
    """name     as in the table
    durable  "yes", "no" or "stores nothing": what its 250 says
    store    the directory whose files are counted and cleared between runs; None where nothing lies in files
    suffix   what a stored mail's file name ends with"""

    name, durable, suffix = "", "no", ""

    def __init__(self, bench):
        self.bench, self.address, self.program, self.store = bench, ("127.0.0.1", free_port()), None, None

    def command(self):
        raise NotImplementedError

    def environment(self):
        return None

    @classmethod
    def is_here(cls):
        return True

    def prepare(self):
        pass

    def start(self):
        self.prepare()
        self.program = Program(self.command(), self.bench.log(self.name.replace(" ", "-")), self.environment())
        self.program.serves(self.address)

    def stop(self):
        self.program.stop()

    def stored(self):
        """How many mails lie there; None where that cannot be known."""
        if self.store is None:
            return None
        return sum(name.endswith(self.suffix) for _, _, files in os.walk(self.store) for name in files)

    def empty(self):
        if self.store is None:
            return
        for directory, _, files in os.walk(self.store):
            for name in files:
                os.unlink(f"{directory}/{name}")


class NamedPeer(SmtpServer):
    """One that somebody else has started: --peer NAME=HOST:PORT."""

    durable = "?"

    def __init__(self, bench, text):
        super().__init__(bench)
        self.name, _, address = text.partition("=")
        host, _, port = address.rpartition(":")
        self.address = (host, int(port))

    def start(self):
        pass

    def stop(self):
        pass
