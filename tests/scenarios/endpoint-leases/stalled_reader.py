"""stalled_reader.py SOCKET COUNT: couriers that ask for a large mail each and read only its beginning."""
import socket
import sys
import time

path, count = sys.argv[1], int(sys.argv[2])
stalled = []
while len(stalled) < count:
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    client.sendall(b"POST /v1/leases?max=1&wait=20 HTTP/1.1\r\nHost: mail\r\n\r\n")
    if client.recv(12) == b"HTTP/1.1 200":
        stalled.append(client)
        print("stalled", len(stalled), flush=True)
while True:
    time.sleep(60)
