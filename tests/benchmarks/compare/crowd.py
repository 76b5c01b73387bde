"""Many connections held open from one process: idle ones, and ones that send one byte at a time."""
import resource
import socket
import threading
import time


def raise_descriptor_limit():
    """Returns how many files one process may have open."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


class Idle:
    """Clients that said EHLO and then nothing more."""

    def __init__(self, address):
        self.address, self.sockets = address, []

    def grow(self, number):
        while len(self.sockets) < number:
            some = min(200, number - len(self.sockets))
            fresh = [socket.create_connection(self.address, 60) for _ in range(some)]
            for connection in fresh:
                connection.recv(512)
                connection.sendall(b"EHLO idle.example\r\n")
            for connection in fresh:
                connection.recv(4096)
            self.sockets += fresh

    def close(self):
        for connection in self.sockets:
            connection.close()
        self.sockets = []


class Dribble:
    """Clients in the middle of a mail, each of which sends one byte in `pause` seconds."""

    def __init__(self, address, number, pause=10):
        self.pause, self.is_over = pause, threading.Event()
        self.idle = Idle(address)
        self.idle.grow(number)
        for connection in self.idle.sockets:
            connection.sendall(b"MAIL FROM:<slow@slow.example>\r\nRCPT TO:<ann@customer.example>\r\nDATA\r\n")
        self.thread = threading.Thread(target=self.dribble, daemon=True)
        self.thread.start()

    def dribble(self):
        began, turn = time.monotonic(), 0
        while not self.is_over.is_set():
            for number, connection in enumerate(self.idle.sockets):
                due = began + self.pause * (turn + number / len(self.idle.sockets))
                if self.is_over.wait(max(0, due - time.monotonic())):
                    return
                try:
                    connection.send(b"x")
                except OSError:
                    pass  # the server has had enough of it
            turn += 1

    def close(self):
        self.is_over.set()
        self.thread.join()
        self.idle.close()
