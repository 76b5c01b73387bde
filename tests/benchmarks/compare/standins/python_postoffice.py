"""python_postoffice.py PORT DIRECTORY: does what the handler of the Python PostOffice does for each mail, from its
description: parses it, decodes the subject, joins the text parts, and writes one JSON object in place, without a sync."""
import datetime
import email
import email.header
import email.policy
import json
import sys
import time
import uuid

from aiosmtpd.controller import Controller

BOUNDARY = "\n--- mail_boundary ---\n"


def decoded(text):
    return "".join(piece.decode(charset or "ascii", "replace") if isinstance(piece, bytes) else piece
                   for piece, charset in email.header.decode_header(text or ""))


def text_parts(message):
    return [part.get_payload(decode=True).decode(part.get_content_charset() or "utf-8", "replace")
            for part in message.walk() if part.get_content_type() == "text/plain"]


class Handler:
    def __init__(self, directory):
        self.directory = directory

    async def handle_DATA(self, server, session, envelope):
        data = envelope.content.decode("utf-8").replace("\r\r\n", "\r\n")
        message = email.message_from_string(data)
        record = {
            "mail_from": envelope.mail_from,
            "rcpt_tos": envelope.rcpt_tos,
            "subject": decoded(message["Subject"]),
            "body": BOUNDARY.join(text_parts(message)),
            "data": data,
            "timestamp": datetime.datetime.utcnow().isoformat(),
        }
        with open(f"{self.directory}/{uuid.uuid4().hex}", "w") as file:
            json.dump(record, file)
        print("Received message from", envelope.mail_from)
        return "250 OK"


controller = Controller(Handler(sys.argv[2]), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
while True:
    time.sleep(3600)
