#!/usr/bin/env python3
"""sample.py choose MATRIX COUNT SAMPLE ORIGINS | send SAMPLE PORT SENT | fetch SENT SOCKET SPOOL"""
import base64
import collections
import http.client
import json
import os
import random
import re
import smtplib
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../gate"))
import oracle

# Raw octets that SMTP's line ends would change.
NOT_OVER_SMTP = {"zip, binary", "UTF-16BE as it stands"}


def read(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


def write(path, records):
    with open(path, "w") as file:
        for record in records:
            file.write(json.dumps(record) + "\n")


def octets(cell, member):
    return base64.b64decode(cell[member])


def is_mailbox(path):
    """As SMTP takes it in MAIL FROM without quotes."""
    return re.fullmatch(r"[A-Za-z0-9.+=_-]+(@([A-Za-z][A-Za-z0-9-]*[.]?)+)?", path) is not None


def choose(matrix, count, sample, origins):
    """Some of each kind of place, and every value as an option of postmaster."""
    cells = [cell for cell in read(matrix) if cell["encoding"] not in NOT_OVER_SMTP]
    with open(origins, "w") as file:
        for origin in sorted({origin for cell in cells for origin in cell["origin"]}):
            file.write(f"--origin\n{origin}\n")
    cells = [cell for cell in cells if not cell["rewrite"] and is_mailbox(octets(cell, "reverse_path").decode())]
    by_place = collections.defaultdict(list)
    for cell in cells:
        by_place[cell["where"]].append(cell)
    rng = random.Random(len(cells))
    each = int(count) // len(by_place)
    chosen = [cell for place in by_place.values() for cell in rng.sample(place, each)]
    rest = [cell for cell in cells if cell not in chosen]
    write(sample, chosen + rng.sample(rest, int(count) - len(chosen)))


def send(sample, port, sent):
    done = []
    with smtplib.SMTP("127.0.0.1", int(port)) as server:
        server.ehlo("client.example")
        for cell in read(sample):
            server.docmd("MAIL", f"FROM:<{octets(cell, 'reverse_path').decode()}> BODY=8BITMIME")
            server.rcpt("ann@customer.example")
            code, reply = server.data(octets(cell, "content"))
            if code != 250:
                sys.exit(f"not taken: {reply}: {cell}")
            cell["id"] = re.search(rb"queued as ([0-9a-f]{32})", reply)[1].decode()
            done.append(cell)
    write(sent, done)


class Endpoint(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("mail", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def lend(socket_path):
    """All that postmaster lends, in as many leases as it takes; and the answers as they came."""
    messages, answers = {}, b""
    while True:
        endpoint = Endpoint(socket_path)
        endpoint.request("POST", "/v1/leases?max=50&seconds=900&wait=3")
        response = endpoint.getresponse()
        body = response.read()
        if response.status == 204:
            return messages, answers
        if response.status != 200:
            sys.exit(f"lease: {response.status} {body!r}")
        answers += body
        for message in json.loads(body)["messages"]:
            messages[message["id"]] = message


def data_of(record):
    return base64.b64decode(record["data"]) if record["data_encoding"] == "base64" else record["data"].encode()


def fault_of(cell, lent, answers, spool):
    """What is wrong with the one mail; None: it was held whole, or lent clean."""
    kept = os.path.join(spool, "held", cell["id"] + ".json")
    if octets(cell, "carrier") in answers:
        return "its secret is in an answer"
    if cell["id"] in lent:
        record = lent[cell["id"]]
        rest = "".join(str(record[member]) for member in ("mail_from", "subject", "rcpt_tos"))
        seen = oracle.shows(data_of(record) + b"\r\n\0" + rest.encode(), [cell["text"]])
        return "lent, and the secret can be read" if seen else None
    if not os.path.exists(kept):
        return "neither lent nor held"
    with open(kept) as file:
        whole = octets(cell, "content").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        return None if data_of(json.load(file)).rstrip(b"\r\n") == whole.rstrip(b"\r\n") else "held, and not whole"


def fetch(sent, socket_path, spool):
    cells = read(sent)
    lent, answers = lend(socket_path)
    faults = 0
    for cell in cells:
        if fault := fault_of(cell, lent, answers, spool):
            faults += 1
            print(f"FAULT {fault}: {cell['place']}, {cell['encoding']}, {cell['text']} ({cell['id']})")
    print(f"{len(cells)} mails with one secret each: {len(lent)} lent without it, {len(cells) - len(lent)} held, {faults} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    {"choose": choose, "send": send, "fetch": fetch}[sys.argv[1]](*sys.argv[2:])
