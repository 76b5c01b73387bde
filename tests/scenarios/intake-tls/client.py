"""client.py COMMAND PORT…: what openssl and swaks do not do to a catcher's TLS. Ends with 1 and a word where it is not as it should be."""

import socket
import ssl
import sys
import threading
import time

TIMEOUT = 20


def expect(line, wanted):
    if not line.startswith(wanted.encode()):
        raise SystemExit(f"got {line!r}, wanted {wanted}")


class Plain:
    def __init__(self, port, host="127.0.0.1"):
        self.socket = socket.create_connection((host, port), TIMEOUT)
        self.heard = self.socket.makefile("rb")

    def reply(self):
        line = self.heard.readline()
        while line[3:4] == b"-":
            line = self.heard.readline()
        return line

    def say(self, text, wanted):
        self.socket.sendall(text.encode() + b"\r\n")
        line = self.reply()
        expect(line, wanted)
        return line


def trusting(ca=None):
    context = ssl.create_default_context(cafile=ca)
    if ca is None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def begin_tls(plain, ca=None):
    plain.socket = trusting(ca).wrap_socket(plain.socket, server_hostname="localhost")
    plain.heard = plain.socket.makefile("rb")
    return plain


def started(port, ca=None):
    client = Plain(port)
    expect(client.reply(), "220")
    client.say("EHLO a", "250")
    client.say("STARTTLS", "220")
    return begin_tls(client, ca)


def mail(client, subject):
    client.say("MAIL FROM:<web@app.example>", "250")
    client.say("RCPT TO:<ann@d.example>", "250")
    client.say("DATA", "354")
    client.say(f"Subject: {subject}\r\n\r\nbody\r\n.", "250")


def injection(port):
    """Commands in the segment of STARTTLS: 503, and what is behind is run where it came, outside."""
    client = Plain(port)
    expect(client.reply(), "220")
    client.say("EHLO a", "250")
    client.say("STARTTLS\r\nMAIL FROM:<evil@x.example>\r\nRCPT TO:<evil@x.example>", "503 5.5.1")
    expect(client.reply(), "250 2.1.0")
    expect(client.reply(), "250 2.1.5")
    client.say("STARTTLS", "220 2.0.0")
    begin_tls(client)
    client.say("DATA", "503 5.5.1 Say HELO")
    client.say("MAIL FROM:<web@app.example>", "503 5.5.1 Say HELO")
    client.say("EHLO a", "250")
    client.say("STARTTLS", "503 5.5.1")
    client.say("DATA", "503 5.5.1")
    mail(client, "after an injection")
    client.say("QUIT", "221")


def plain_behind(port):
    """Plain commands right behind STARTTLS, in a segment of their own: they are no handshake, and never run."""
    for pause in (0, 0.05):
        client = Plain(port)
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        expect(client.reply(), "220")
        client.say("EHLO a", "250")
        client.socket.sendall(b"STARTTLS\r\n")
        if pause:
            expect(client.reply(), "220")
        client.socket.sendall(b"MAIL FROM:<evil@x.example>\r\n" * 20)
        try:
            rest = client.heard.read()
        except OSError:
            rest = b""
        if b"2.1.0" in rest and b"503" not in rest:
            raise SystemExit(f"it was run: {rest!r}")


def slow(port, least, most):
    """A handshake that comes byte by byte is cut."""
    start = time.monotonic()
    client = socket.create_connection(("127.0.0.1", port), TIMEOUT)
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 400
    client.settimeout(0.2)
    for byte in hello:
        try:
            client.send(bytes([byte]))
            if client.recv(100) == b"":
                break
        except TimeoutError:
            continue
        except OSError:
            break
    took = time.monotonic() - start
    if not float(least) <= took <= float(most):
        raise SystemExit(f"cut after {took:.1f} s")


def serial(port, ca):
    client = started(int(port), ca)
    return client.socket.getpeercert()["serialNumber"]


def load(port, ca, stop_file):
    """Three long connections and short ones beside them, mail after mail, until the file is there. Prints how many mails."""
    counts, faults = [0] * 4, []

    def gone():
        try:
            open(stop_file)
            return True
        except OSError:
            return False

    def long(number):
        try:
            client = started(port, ca)
            client.say("EHLO a", "250")
            while not gone():
                mail(client, f"long {number}")
                counts[number] += 1
            client.say("QUIT", "221")
        except BaseException as fault:
            faults.append(repr(fault))

    def short(number):
        try:
            while not gone():
                client = started(port, ca)
                client.say("EHLO a", "250")
                mail(client, "short")
                counts[number] += 1
                client.say("QUIT", "221")
        except BaseException as fault:
            faults.append(repr(fault))

    threads = [threading.Thread(target=short if n == 3 else long, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults or not all(counts):
        raise SystemExit(f"{faults} {counts}")
    print(sum(counts))


def without_tls(host, port, wanted):
    """MAIL outside of TLS, and what is pipelined behind it, hear the same 4xx; STARTTLS is still welcome."""
    client = Plain(port, host)
    expect(client.reply(), "220")
    client.say("EHLO a", "250")
    client.say("MAIL FROM:<web@app.example>\r\nRCPT TO:<ann@d.example>\r\nDATA", wanted)
    expect(client.reply(), wanted)
    expect(client.reply(), wanted)
    client.say("STARTTLS", "220")
    begin_tls(client)
    client.say("EHLO a", "250")
    client.say("MAIL FROM:<web@app.example>", "250" if wanted.startswith("451") else wanted)


def main():
    command, *rest = sys.argv[1:]
    if command == "injection":
        injection(int(rest[0]))
    elif command == "plain-behind":
        plain_behind(int(rest[0]))
    elif command == "slow":
        slow(int(rest[0]), rest[1], rest[2])
    elif command == "serial":
        print(serial(rest[0], rest[1]))
    elif command == "load":
        load(int(rest[0]), rest[1], rest[2])
    elif command == "without-tls":
        without_tls(rest[0], int(rest[1]), rest[2])
    else:
        raise SystemExit(f"no {command}")


main()
