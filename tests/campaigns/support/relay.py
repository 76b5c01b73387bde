"""A relay between a client and a server that knows what it passes, and can end the connection after any byte."""
import select
import socket
import struct
import threading

UP, DOWN = "up", "down"  # to the server, to the client


def address_family(address):
    return socket.AF_UNIX if isinstance(address, str) else socket.AF_INET


class Relay:
    """cut_after   how many octets of a direction a connection may pass before it is cut; none: all
    only        cut_after is for connections whose request holds this; others pass
    on_request  called with all octets that went up so far, before the last of them are passed on; True cuts
    with_reset  ends a cut connection with a reset instead of an orderly close
    passed      the most octets that went each way in a connection that `only` is for
    last        the octets that went each way in the last such connection that ended; None: there was none"""

    def __init__(self, here, there):
        self.here, self.there = here, there
        self.cut_after, self.only, self.on_request, self.with_reset = {}, b"", None, False
        self.passed, self.last = {UP: 0, DOWN: 0}, None
        self.listener = socket.socket(address_family(here))
        self.listener.bind(here)
        self.listener.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.socket(address_family(self.there))
            try:
                server.connect(self.there)
            except OSError:
                client.close()
                continue
            threading.Thread(target=Passage(self, client, server).run, daemon=True).start()


class Passage:
    """One connection, by one thread: a close must be one at once."""

    def __init__(self, owner, client, server):
        self.owner, self.ends, self.seen = owner, {UP: (client, server), DOWN: (server, client)}, {UP: b"", DOWN: b""}
        self.limits = {}

    def run(self):
        was_cut, open_ways = False, [UP, DOWN]
        try:
            while open_ways and not was_cut:
                if self.owner.only in self.seen[UP]:
                    self.limits = self.owner.cut_after
                was_cut = self.is_at_limit()
                ready = [] if was_cut else select.select([self.ends[way][0] for way in open_ways], [], [])[0]
                for way in [way for way in open_ways if self.ends[way][0] in ready]:
                    if not (octets := self.ends[way][0].recv(65536)):
                        open_ways.remove(way)
                        self.ends[way][1].shutdown(socket.SHUT_WR)
                    elif was_cut := self.pass_on(way, octets):
                        break
        except OSError:
            pass
        self.close(was_cut)

    def is_at_limit(self):
        return any(len(self.seen[way]) >= limit for way, limit in self.limits.items())

    def pass_on(self, way, octets):
        """Returns whether the connection is to be cut."""
        self.seen[way] += octets
        if way == UP and self.owner.only in self.seen[UP]:
            self.limits = self.owner.cut_after
        if way == UP and self.owner.on_request and self.owner.on_request(self.seen[UP]):
            return True
        extra = max(0, len(self.seen[way]) - self.limits.get(way, len(self.seen[way])))
        self.ends[way][1].sendall(octets[:len(octets) - extra])
        return self.is_at_limit()

    def close(self, was_cut):
        if self.owner.only in self.seen[UP]:
            for way, seen in self.seen.items():
                self.owner.passed[way] = max(self.owner.passed[way], len(seen))
            self.owner.last = {way: seen[:self.limits.get(way)] for way, seen in self.seen.items()}
        for end in self.ends[UP]:
            if was_cut and self.owner.with_reset:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            end.close()
