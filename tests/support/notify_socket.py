#!/usr/bin/env python3
"""What systemd would hear: binds PATH as $NOTIFY_SOCKET and writes each message to FILE, one line, its lines joined by |."""
import os
import socket
import sys

path, log = sys.argv[1:3]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(path)
os.chmod(path, 0o666)
with open(log, "a", encoding="utf-8") as told:
    while True:
        message = listener.recv(65536).decode("utf-8", "replace")
        told.write("|".join(message.splitlines()) + "\n")
        told.flush()
