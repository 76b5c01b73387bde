"""client.py STEP PORT [ARGUMENT...]: the clients of the scenario catcher-limits, one step each."""

import contextlib
import fcntl
import os
import resource
import signal
import socket
import sys
import termios
import threading
import time

TIMEOUT = 90  # a deadline, not a pace


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT)
        self.heard = self.socket.makefile("rb")

    def reply(self):
        while True:
            line = self.heard.readline()
            if not line or line[3:4] == b" ":
                return line.decode().rstrip()

    def send(self, data):
        self.socket.sendall(data)

    def say(self, line, wanted):
        self.send(line.encode() + b"\r\n")
        expect(self.reply(), wanted)

    def greet(self):
        expect(self.reply(), "220")
        self.say("HELO app.example", "250")
        return self

    def open_mail(self, sender="a@app.example", parameters=""):
        self.say(f"MAIL FROM:<{sender}>{parameters}", "250")
        self.say("RCPT TO:<ann@example.org>", "250")
        self.say("DATA", "354")

    def reset(self):
        """Gone without a word."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self.close()

    def close(self):
        self.heard.close()
        self.socket.close()


def expect(reply, wanted):
    if not reply.startswith(wanted):
        raise SystemExit(f"heard {reply!r}, wanted {wanted!r}")


def step_send(port, sender):
    client = Client(port).greet()
    client.open_mail(sender)
    client.send(b"Subject: x\r\n\r\nx\r\n.\r\n")
    expect(client.reply(), "250 2.0.0")


def send_unheard(port, content, tail=b""):
    """One mail; the 250 is awaited, so that it was written, but nothing is said afterwards."""
    client = Client(port).greet()
    client.open_mail()
    client.send(content + b".\r\n" + tail)
    reply = client.reply()
    expect(reply, "250 2.0.0 Ok: queued as ")
    client.reset()
    return reply.split()[-1]


def step_resend(port):
    ids = {send_unheard(port, b"Subject: lost reply\r\n\r\n") for _ in range(3)}
    if len(ids) != 1:
        raise SystemExit(f"several ids: {ids}")


def step_resend_after_quit(port):
    ids = {send_unheard(port, b"Subject: quit\r\n\r\n", b"QUIT\r\n") for _ in range(3)}
    if len(ids) != 1:
        raise SystemExit(f"several ids: {ids}")


def wait_until_heard(client):
    """Until the server's kernel has all that was sent: nothing is left in the send queue."""
    while fcntl.ioctl(client.socket, termios.TIOCOUTQ, b"\0" * 4) != b"\0" * 4:
        pass


def step_resend_after_late_quit(port):
    """The disk takes its time; QUIT comes in a segment of its own, before the 250."""
    ids = set()
    for _ in range(2):
        client = Client(port).greet()
        client.open_mail()
        client.send(b"Subject: late quit\r\n\r\n.\r\n")
        wait_until_heard(client)
        time.sleep(0.2)  # long enough for a read of its own; if it is not, the step only shows less
        client.send(b"QUIT\r\n")
        reply = client.reply()
        expect(reply, "250 2.0.0")
        expect(client.reply(), "221")
        client.close()
        ids.add(reply)
    if len(ids) != 1:
        raise SystemExit(f"several ids: {ids}")


def step_term_in_commit(port, process):
    client = Client(port).greet()
    client.open_mail()
    client.send(b"Subject: term\r\n\r\n.\r\n")
    wait_until_heard(client)
    os.kill(int(process), signal.SIGTERM)
    expect(client.reply(), "250 2.0.0")
    expect(client.reply(), "421 4.3.2")


def step_term_twice(port, process):
    writer = Client(port).greet()
    writer.open_mail()
    writer.send(b"Subject: cut\r\n\r\nhalf")
    idle = Client(port).greet()
    wait_until_heard(writer)
    os.kill(int(process), signal.SIGTERM)
    expect(idle.reply(), "421 4.3.2")  # the first TERM has been heard
    os.kill(int(process), signal.SIGTERM)
    expect(writer.reply(), "421 4.3.2")


def step_equal_mails(port):
    for _ in range(2):
        client = Client(port).greet()
        client.open_mail()
        client.send(b"Subject: equal\r\n\r\n.\r\n")
        expect(client.reply(), "250")
        client.say("QUIT", "221")
        client.close()


def step_connections(port, most):
    most = int(most)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, most + 100)), hard))
    clients = [Client(port) for _ in range(most)]
    for client in clients:
        expect(client.reply(), "220")
    expect(Client(port).reply(), "421 4.3.2")
    clients[0].say("QUIT", "221")
    clients[0].close()
    while True:  # the server sees the close a moment later
        late = Client(port)
        if late.reply().startswith("220"):
            break
    clients[1].say("HELO still.here", "250")


def step_descriptors(port):
    clients = [Client(port) for _ in range(100)]
    expect(clients[0].reply(), "220")
    for client in clients[:60]:
        client.close()
    expect(clients[99].reply(), "220")


def step_expect(port, wanted):
    client = Client(port)
    expect(client.reply(), wanted)
    if client.reply():
        raise SystemExit("more was said")


def step_silence(port, wanted):
    client = Client(port).greet()
    expect(client.reply(), wanted)
    if client.heard.read():
        raise SystemExit("not closed")


def step_trickle(port, wanted):
    client = Client(port).greet()
    client.socket.settimeout(0.2)
    line = b""
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        while not line:
            client.send(b"x")
            with contextlib.suppress(TimeoutError):
                line = client.socket.recv(100)
    expect(line.decode(), wanted)


def step_big_mails(port, count, size, least_stored, parameters=""):
    replies = []
    start = threading.Barrier(int(count))
    block = (b"x" * 98 + b"\r\n") * 1000

    def send_one():
        client = Client(port).greet()
        client.open_mail(parameters=parameters and " " + parameters)
        start.wait()
        client.send(b"Subject: big %d\r\n\r\n" % threading.get_ident())
        for _ in range(int(size) // len(block)):
            client.send(block)
        client.send(b".\r\n")
        replies.append(client.reply())
        client.say("QUIT", "221")

    threads = [threading.Thread(target=send_one) for _ in range(int(count))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = sum(reply.startswith("250 2.0.0") for reply in replies)
    put_off = sum(reply.startswith("452 4.3.1") for reply in replies)
    print(f"stored {stored}, put off {put_off}")
    if stored < int(least_stored) or stored + put_off != int(count):
        raise SystemExit(f"replies: {replies}")


def step_no_room(port):
    client = Client(port).greet()
    client.send(b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n")
    for _ in range(3):
        expect(client.reply(), "452 4.3.1")
    client.say("QUIT", "221")


def step_fill(port):
    """Sends until it is put off ten times; prints how many were taken."""
    taken = put_off = 0
    client = Client(port).greet()
    while put_off < 10:
        client.send(b"MAIL FROM:<a@b.example>\r\n")
        reply = client.reply()
        if reply.startswith("250"):
            client.say("RCPT TO:<c@d.example>", "250")
            client.say("DATA", "354")
            client.send(b"Subject: %d\r\n\r\n" % taken + b"x" * 200000 + b"\r\n.\r\n")
            reply = client.reply()
        if reply.startswith("250"):
            taken += 1
        else:
            expect(reply, "452 4.3.1")
            put_off += 1
    client.say("QUIT", "221")
    if taken < 3:
        raise SystemExit(f"only {taken} taken")
    print(taken)


def step_term(port):
    """One client in the middle of a mail, one idle; waits for a line on stdin once both are there."""
    writer = Client(port).greet()
    writer.open_mail()
    writer.send(b"Subject: slow\r\n\r\nhalf")
    idle = Client(port).greet()
    print("ready", flush=True)
    sys.stdin.readline()
    expect(idle.reply(), "421 4.3.2")
    with contextlib.suppress(ConnectionRefusedError):
        Client(port)
        raise SystemExit("a new connection was taken")
    writer.send(b" the mail\r\n.\r\n")
    expect(writer.reply(), "250 2.0.0")
    expect(writer.reply(), "421 4.3.2")
    print("done", flush=True)


if __name__ == "__main__":
    globals()["step_" + sys.argv[1].replace("-", "_")](int(sys.argv[2]), *sys.argv[3:])
