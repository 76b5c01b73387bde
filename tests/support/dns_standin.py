#!/usr/bin/env python3
"""A name server on loopback, UDP and TCP: dns_standin.py PORT ZONE

ZONE has lines `NAME TYPE VALUE`: A, AAAA, MX (`10 host`), TXT, CNAME; `NAME FAIL -` answers SERVFAIL, `NAME CUT -`
answers UDP truncated, so that TCP is asked. A name without lines is NXDOMAIN.
"""
import ipaddress
import socketserver
import struct
import sys
import threading

TYPES = {"A": 1, "CNAME": 5, "MX": 15, "TXT": 16, "AAAA": 28}


def wire(name):
    return b"".join(bytes([len(x)]) + x.encode() for x in name.rstrip(".").split(".") if x) + b"\0"


def value_of(kind, value):
    if kind in ("A", "AAAA"):
        return ipaddress.ip_address(value).packed
    if kind == "CNAME":
        return wire(value)
    if kind == "MX":
        preference, host = value.split()
        return struct.pack("!H", int(preference)) + wire(host)
    octets = value.encode()
    return b"".join(bytes([len(octets[i:i + 255])]) + octets[i:i + 255] for i in range(0, len(octets), 255))


def read_zone(path):
    zone = {}
    for line in open(path, encoding="utf-8"):
        if line.strip():
            name, kind, value = line.rstrip("\n").split(" ", 2)
            zone.setdefault(name.lower(), []).append((kind, value))
    return zone


def answer(question, zone, over_tcp):
    ident = struct.unpack("!H", question[:2])[0]
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1:at + 1 + question[at]].decode())
        at += 1 + question[at]
    kind = struct.unpack("!H", question[at + 1:at + 3])[0]
    asked = question[12:at + 5]
    name = ".".join(labels).lower()
    lines = zone.get(name)
    code = 3 if lines is None else 2 if ("FAIL", "-") in lines else 0
    cut = code == 0 and not over_tcp and ("CUT", "-") in lines
    records, hops = b"", [name]
    if code == 0 and not cut:
        for target in hops:
            for its_kind, value in zone.get(target, []):
                if its_kind == "CNAME" and value not in hops:
                    hops.append(value)
                if TYPES.get(its_kind) == kind or its_kind == "CNAME":
                    data = value_of(its_kind, value)
                    records += wire(target) + struct.pack("!HHIH", TYPES[its_kind], 1, 60, len(data)) + data
    count = 0
    probe = records
    while probe:  # counts what was put in
        end = probe.index(b"\0") + 1
        length = struct.unpack("!H", probe[end + 8:end + 10])[0]
        probe = probe[end + 10 + length:]
        count += 1
    return struct.pack("!HHHHHH", ident, 0x8180 | (0x200 if cut else 0) | code, 1, count, 0, 0) + asked + records


class Udp(socketserver.BaseRequestHandler):
    def handle(self):
        self.request[1].sendto(answer(self.request[0], ZONE, False), self.client_address)


class Tcp(socketserver.StreamRequestHandler):
    def handle(self):
        size = struct.unpack("!H", self.rfile.read(2))[0]
        reply = answer(self.rfile.read(size), ZONE, True)
        self.wfile.write(struct.pack("!H", len(reply)) + reply)


PORT, ZONE = int(sys.argv[1]), read_zone(sys.argv[2])
socketserver.TCPServer.allow_reuse_address = True
udp = socketserver.ThreadingUDPServer(("127.0.0.1", PORT), Udp)
threading.Thread(target=udp.serve_forever, daemon=True).start()
socketserver.ThreadingTCPServer(("127.0.0.1", PORT), Tcp).serve_forever()
