"""early.py PORT: takes one connection's mail until its content begins, lets the client fill every buffer, says 552 and hangs up."""
import socket
import sys
import time

server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    client = server.accept()[0]
    try:
        client.sendall(b"220 early\r\n")
        lines = b""
        while b"DATA\r\n" not in lines:
            lines = client.recv(1000)
            if not lines:
                raise ConnectionError
            for line in lines.splitlines():
                client.sendall(b"354 go\r\n" if line == b"DATA" else b"250 ok\r\n")
        client.recv(1000)
        time.sleep(0.3)
        client.sendall(b"552 5.3.4 Too large\r\n")
    except OSError:
        pass  # the look whether the port is open
    client.close()
