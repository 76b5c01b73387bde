"""attacks.py SOCKET PID: raw bytes to postmaster, one connection each."""
import os
import re
import socket
import sys
import threading
import time

PATH, PID = sys.argv[1], sys.argv[2]
PATIENCE = 30  # seconds for a server that must close; it does so at once, or at its own deadline of 10 s


def connect():
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.settimeout(PATIENCE)
    client.connect(PATH)
    return client


def read_all(client):
    """What comes until the server closes. A reset counts as a close."""
    answer = b""
    try:
        while piece := client.recv(65536):
            answer += piece
    except (ConnectionResetError, BrokenPipeError):
        pass
    return answer


def statuses(answer):
    return [int(code) for code in re.findall(rb"^HTTP/1\.[01] (\d{3}) ", answer, re.M)]


def send(pieces):
    """Sends bytes, or pieces for as long as the server takes them; returns the answer and how many went out."""
    client = connect()
    sent = 0
    try:
        for piece in [pieces] if isinstance(pieces, bytes) else pieces:
            client.sendall(piece)
            sent += len(piece)
    except (BrokenPipeError, ConnectionResetError):
        pass
    answer = read_all(client)
    client.close()
    return answer, sent


def memory(what):
    with open(f"/proc/{PID}/status") as file:
        return int(re.search(what + r":\s+(\d+) kB", file.read()).group(1))


def descriptors():
    return len(os.listdir(f"/proc/{PID}/fd"))


def head(*lines, method="POST", target="/v1/leases"):
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: mail", *lines, "", ""]).encode("latin-1")


SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: mail\r\n\r\n"
ROWS = [
    # facts of other servers: what stock libraries answered 200 to, or waited on
    ("two different lengths", head("Content-Length: 6", "Content-Length: 5") + b"abcdef" + SMUGGLED, 400),
    ("length and chunked", head("Content-Length: 6", "Transfer-Encoding: chunked") + b"0\r\n\r\n" + SMUGGLED, 400),
    ("length of nought and chunked", head("Content-Length: 0", "Transfer-Encoding: chunked") + b"0\r\n\r\n" + SMUGGLED, 400),
    ("chunked, gzip", head("Transfer-Encoding: chunked, gzip") + b"0\r\n\r\n" + SMUGGLED, 411),
    ("xchunked", head("Transfer-Encoding: xchunked") + b"0\r\n\r\n" + SMUGGLED, 411),
    ("length -1", head("Content-Length: -1") + SMUGGLED, 400),
    ("length +4", head("Content-Length: +4") + b"abcd" + SMUGGLED, 400),
    ("length 4, 4", head("Content-Length: 4, 4") + b"abcd" + SMUGGLED, 400),
    ("space before the colon", head("Content-Length : 6") + b"abcdef" + SMUGGLED, 400),
    ("folded line", head("X-One: a", " b") + SMUGGLED, 400),
    ("no Host", b"GET /healthz HTTP/1.1\r\n\r\n" + SMUGGLED, 400),
    ("NUL in a value", head("X-One: a\0b") + SMUGGLED, 400),
    ("forged REMOTE_ADDR", head("REMOTE_ADDR: 6.6.6.6", method="GET", target="/healthz") + SMUGGLED, 400),
    ("5,000 headers", head(*[f"X-{n}: a" for n in range(5000)]) + SMUGGLED * 20, 431),
    ("bare LF", b"GET /healthz HTTP/1.1\nHost: mail\n\n" + SMUGGLED, 400),
    # attacks on the body
    ("requests inside a refused body", head("Content-Length: 28000", method="GET") + SMUGGLED * 700, 400),
    ("requests inside a chunked body", head("Transfer-Encoding: chunked") + b"6d60\r\n" + SMUGGLED * 700, 411),
    ("requests behind a request", SMUGGLED * 3, 200),
    ("requests behind a body", head("Content-Length: 2", target="/v1/leases?bogus=1") + b"{}" + SMUGGLED * 700, 400),
    ("length over the limit", head("Content-Length: 1048577") + SMUGGLED, 413),
    ("length beyond 64 bits", head("Content-Length: 99999999999999999999999") + SMUGGLED, 413),
    ("chunk of size -2", head("Transfer-Encoding: chunked") + b"-2\r\n" + SMUGGLED, 411),
    ("encoded body", head("Content-Encoding: gzip", "Content-Length: 20") + b"\x1f\x8b" + b"a" * 18, 415),
    ("Expect", head("Expect: 100-continue", "Content-Length: 6"), 417),
    ("8 KB of ranges", head("Range: bytes=" + "0-1," * 1900 + "0-1", method="GET", target="/healthz"), 200),
    ("a long path", head(method="GET", target="/" + "a" * 9000), 414),
    ("a multipart body with a 1 MB file name",
     head("Content-Type: multipart/form-data; boundary=x", "Content-Length: 1000057", target="/v1/leases")
     + b'--x\r\nContent-Disposition: form-data; name="a"; filename="' + b"f" * 1_000_000, 400),
    ("a form", head("Content-Type: application/x-www-form-urlencoded", "Content-Length: 5", target="/v1/leases") + b"max=5", 400),
    ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 500, 400),
    ("the HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0" * 100, 505),
    ("absolute-form", head(method="GET", target="http://mail/healthz"), 400),
    ("TRACE", head(method="TRACE", target="/"), 501),
]


def endless(first, piece, total):
    yield first
    for _ in range(total // len(piece)):
        yield piece


MB = 1024 * 1024
FLOODS = [
    # what, pieces, status, and how many MB may at most be taken before the server lets go
    ("a header line without end", endless(head()[:-2] + b"X-One: ", b"a" * 65536, 200 * MB), 431),
    ("200,000 headers", endless(head()[:-2], b"X-One: aaaa\r\n" * 5000, 3 * MB), 431),
    ("a chunked body of 300 MB", endless(head("Transfer-Encoding: chunked"), b"10000\r\n" + b"a" * 65536 + b"\r\n", 300 * MB), 411),
    ("a body of 300 MB without a length", endless(head(), b"a" * 65536, 300 * MB), 204),
    ("a body of 300 MB behind a length", endless(head("Content-Length: 314572800"), b"a" * 65536, 300 * MB), 413),
]


def check(sentence, holds, seen=""):
    if not holds:
        sys.exit(f"FAILED: {sentence} {seen}")
    print("ok ", sentence, flush=True)


def attack_all():
    for what, request, status in ROWS:
        answer, _ = send(request)
        check(f"{what}: one answer, {status}, closed", statuses(answer) == [status], answer[:300])
        lower = answer.lower()
        check(f"{what}: says nothing about the server", b"\r\nserver:" not in lower and b"exception" not in lower, answer[:300])


def flood_all():
    for what, pieces, status in FLOODS:
        answer, sent = send(pieces)
        # A client that keeps writing may lose the answer to a reset; it never gets another one.
        check(f"{what}: at most one answer, closed", statuses(answer) in ([status], []), answer[:300])


def slow_head(results):
    """One byte a second: each read is in time, the whole is not."""
    client = connect()
    client.settimeout(1)
    answer = b""
    for byte in SMUGGLED * 4:
        try:
            client.send(bytes([byte]))
            answer = client.recv(65536)
            break
        except TimeoutError:
            continue
        except (BrokenPipeError, ConnectionResetError):
            break
    results["slow"] = statuses(answer)


def slow_body(results):
    client = connect()
    client.sendall(head("Content-Length: 1000"))
    results["answered early"] = False
    client.settimeout(3)
    try:
        client.recv(1)
        results["answered early"] = True
    except TimeoutError:
        pass
    client.close()


def idle_connections():
    """300 that say nothing, more than the cap: the next request is served long before their deadline."""
    idle = [connect() for _ in range(300)]
    for client in idle[:100]:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: m")
    begun = time.monotonic()
    answer, _ = send(SMUGGLED)
    check("300 idle connections do not hold up the next request", statuses(answer) == [200], answer[:300])
    check("  and it is served before they are given up", time.monotonic() - begun < 9)
    for client in idle:
        client.close()


def half_bodies():
    """300 that send half a body and then nothing: they make room, too."""
    clients = [connect() for _ in range(300)]
    for client in clients:
        try:
            client.sendall(head("Content-Length: 5") + b"ab")
        except OSError:
            pass  # made room already
    begun = time.monotonic()
    answer, _ = send(SMUGGLED)
    check("300 half bodies do not hold up the next request", statuses(answer) == [200], answer[:300])
    check("  and it is served before they are given up", time.monotonic() - begun < 15)
    for client in clients:
        client.close()


def many_bodies():
    """Each announces 1 MiB; only so many may be under way at a time, and they count until they are closed."""
    clients = [connect() for _ in range(32)]
    for client in clients:
        client.sendall(head("Content-Length: 1048576") + b"a")
    refused = 0
    until = time.monotonic() + PATIENCE
    while not refused and time.monotonic() < until:
        clients.append(connect())
        clients[-1].sendall(head("Content-Length: 1048576"))
        for client in clients:
            client.settimeout(0.05)
            try:
                refused += statuses(client.recv(4096)) == [503]
            except TimeoutError:
                pass
    check("bodies under way are bounded: 503", refused)
    answer, _ = send(SMUGGLED)
    check("requests without a body are answered meanwhile", statuses(answer) == [200], answer)
    for client in clients:
        client.close()


def main():
    answer, _ = send(SMUGGLED)
    check("a sound request is answered", statuses(answer) == [200], answer)
    before_fds, before = descriptors(), memory("VmRSS")

    idle_connections()
    half_bodies()
    many_bodies()
    results = {}
    slow = [threading.Thread(target=target, args=(results,)) for target in (slow_head, slow_body)]
    for thread in slow:
        thread.start()
    attack_all()
    flood_all()
    for thread in slow:
        thread.join()
    check("a head of one byte a second is cut by its total deadline", results["slow"] == [408], results)
    check("a body that does not come is waited for, not answered", not results["answered early"])

    peak = memory("VmHWM")
    check(f"memory stayed flat ({before} kB before, {peak} kB at most)", peak < before + 24 * 1024)
    until = time.monotonic() + 20
    while descriptors() > before_fds and time.monotonic() < until:
        time.sleep(0.05)
    check("no descriptor is left behind", descriptors() <= before_fds, f"{descriptors()} > {before_fds}")
    answer, _ = send(SMUGGLED)
    check("a sound request is answered as before", statuses(answer) == [200], answer)


main()
