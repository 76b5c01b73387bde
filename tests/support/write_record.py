#!/usr/bin/env python3
"""Writes records as postoffice would: write_record.py DIR ID[,ID…] SENDER RCPT[,RCPT…]|@FILE < message with LF line ends.

Further arguments NAME=JSON set members outright, to make records that no postoffice writes.
"""
import hashlib
import json
import os
import sys

directory, mail_ids, sender, recipients = sys.argv[1:5]
content = sys.stdin.buffer.read().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
if recipients.startswith("@"):
    with open(recipients[1:]) as file:
        addresses = file.read().split()
else:
    addresses = recipients.split(",")
os.makedirs(directory, exist_ok=True)
for mail_id in mail_ids.split(","):
    record = {
        "id": mail_id,
        "mail_from": sender,
        "rcpt_tos": addresses,
        "subject": "test",
        "data": content.decode(),
        "data_encoding": "utf-8",
        "timestamp": "2026-11-20T08:27:27.123456",
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    for argument in sys.argv[5:]:
        name, value = argument.split("=", 1)
        record[name] = json.loads(value)
    aside = os.path.join(directory, "." + mail_id)
    with open(aside, "w") as file:
        json.dump(record, file, ensure_ascii=False)
    os.rename(aside, os.path.join(directory, mail_id + ".json"))
