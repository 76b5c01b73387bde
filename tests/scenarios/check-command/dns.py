#!/usr/bin/env python3
"""dns.py PORT: a name server for example.org on loopback, as small as the questions of `postmaster origin`."""
import socket
import struct
import sys

A, MX, TXT, AAAA = 1, 15, 16, 28


def name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"


def text(value):
    return bytes([len(value)]) + value.encode()


RECORDS = {
    ("example.org", MX): [struct.pack(">H", 10) + name("mx.origin.example")],
    ("example.org", TXT): [text("v=spf1 ip4:192.0.2.77 ip4:198.51.100.0/24 mx -all")],
    ("mx.origin.example", A): [bytes([192, 0, 2, 1])],
}

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", int(sys.argv[1])))
print("ready", flush=True)
while True:
    question, peer = server.recvfrom(4096)
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1:at + 1 + question[at]].decode().lower())
        at += 1 + question[at]
    kind = struct.unpack(">H", question[at + 1:at + 3])[0]
    answers = RECORDS.get((".".join(labels), kind), [])
    reply = question[:2] + struct.pack(">HHHHH", 0x8180, 1, len(answers), 0, 0) + question[12:at + 5]
    for data in answers:
        reply += b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(data)) + data
    server.sendto(reply, peer)
