"""out_of_descriptors.py SOCKET LOG: more connections than the server has descriptors. It must rest, not
spin, and serve again when there are some."""
import socket
import sys
import time

PATH, LOG = sys.argv[1], sys.argv[2]
REST = "no new connections for a moment"


def connect():
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.settimeout(30)
    client.connect(PATH)
    return client


def rests():
    with open(LOG) as file:
        return file.read().count(REST)


many = [connect() for _ in range(100)]
until = time.monotonic() + 20
while rests() < 3 and time.monotonic() < until:
    time.sleep(0.05)
seen, begun = rests(), time.monotonic()
if seen < 3:
    sys.exit("FAILED: the server never said that it is out of descriptors")
while time.monotonic() - begun < 2:
    time.sleep(0.1)
# Two a second, not thousands.
if rests() - seen > 10:
    sys.exit(f"FAILED: it spins: {rests() - seen} tries in 2 s")
print("ok  out of descriptors, it rests between its tries")
for client in many:
    client.close()
last = connect()
last.sendall(b"GET /healthz HTTP/1.1\r\nHost: mail\r\n\r\n")
if not last.recv(100).startswith(b"HTTP/1.1 200 "):
    sys.exit("FAILED: it does not serve afterwards")
print("ok  it serves again when there are descriptors")
