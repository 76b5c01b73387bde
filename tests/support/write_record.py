#!/usr/bin/env python3
"""Writes one record as postoffice would: write_record.py DIR ID SENDER RCPT[,RCPT…]|@FILE < message with LF line ends.

Further arguments NAME=JSON set members outright, to make records that no postoffice writes.
"""
import hashlib
import json
import os
import sys

directory, mail_id, sender, recipients = sys.argv[1:5]
content = sys.stdin.buffer.read().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
record = {
    "id": mail_id,
    "mail_from": sender,
    "rcpt_tos": (open(recipients[1:]).read().split() if recipients.startswith("@") else recipients.split(",")),
    "subject": "test",
    "data": content.decode(),
    "data_encoding": "utf-8",
    "timestamp": "2026-11-20T08:27:27.123456",
    "sha256": hashlib.sha256(content).hexdigest(),
}
for argument in sys.argv[5:]:
    name, value = argument.split("=", 1)
    record[name] = json.loads(value)
os.makedirs(directory, exist_ok=True)
aside = os.path.join(directory, "." + mail_id)
with open(aside, "w") as file:
    json.dump(record, file, ensure_ascii=False)
os.rename(aside, os.path.join(directory, mail_id + ".json"))
