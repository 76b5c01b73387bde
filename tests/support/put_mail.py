#!/usr/bin/env python3
"""put_mail.py SPOOL [COUNT] [--rcpt ADDRESS]... [--size BYTES] [--original] [--content FILE]

Puts mails into a spool as postoffice commits them (aside, then renamed), and prints their ids.
--original writes a record as the Python PostOffice did: six members, a name without suffix."""
import argparse
import base64
import hashlib
import json
import os
import time
import uuid

parser = argparse.ArgumentParser()
parser.add_argument("spool")
parser.add_argument("count", nargs="?", type=int, default=1)
parser.add_argument("--rcpt", action="append")
parser.add_argument("--size", type=int, default=100)
parser.add_argument("--original", action="store_true")
parser.add_argument("--content")
options = parser.parse_args()
recipients = options.rcpt or ["ann@example.org"]


def content(number):
    if options.content:
        with open(options.content, "rb") as file:
            return file.read()
    head = ("Received: from web1.corp.example (localhost [127.0.0.1]) by web1.corp.example; Fri, 20 Nov 2026 08:00:00 +0000\r\n"
            f"From: Web <web@app.example>\r\nTo: ann@example.org\r\nSubject: mail {number}\r\n\r\n")
    return (head + "x" * options.size + "\r\n").encode()


def uuid7():
    milliseconds = int(time.time() * 1000)
    random = int.from_bytes(os.urandom(10), "big")
    value = milliseconds << 80 | 0x7 << 76 | (random >> 68 & 0xFFF) << 64 | 0x2 << 62 | random & (1 << 62) - 1
    return f"{value:032x}"


for number in range(options.count):
    octets = content(number)
    try:
        data, encoding = octets.decode(), "utf-8"
    except UnicodeDecodeError:
        data, encoding = base64.b64encode(octets).decode(), "base64"
    common = {"mail_from": "web@app.example", "rcpt_tos": recipients, "subject": f"mail {number}"}
    stamp = {"timestamp": "2026-11-20T08:27:27.123456"}
    if options.original:
        id, suffix = uuid.uuid4().hex, ""
        record = {**common, "body": "text", "data": data, **stamp}
    else:
        id, suffix = uuid7(), ".json"
        record = {"id": id, **common, "data": data, "data_encoding": encoding, **stamp,
                  "sha256": hashlib.sha256(octets).hexdigest()}
        time.sleep(0.001)  # ids sort by the millisecond
    aside = os.path.join(options.spool, "incoming", id + suffix)
    with open(aside, "w", encoding="utf-8") as file:
        json.dump(record, file)
    os.rename(aside, os.path.join(options.spool, "messages", id + suffix))
    print(id)
