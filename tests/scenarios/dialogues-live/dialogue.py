"""dialogue.py PORT SPOOL SCRIPT...: runs dialogue scripts (tests/dialogues/README.md) against a live postoffice."""

import base64
import json
import os
import re
import socket
import sys

TIMEOUT = 20  # a deadline, not a pace


def expanded(text):
    """Escapes and {x*N} to bytes."""
    plain = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0"}
    out, at = b"", 0
    for found in re.finditer(r"\\x(..)|\\(.)|\{(.)\*(\d+)\}", text):
        out += text[at:found.start()].encode()
        at = found.end()
        if found.group(1):
            out += bytes([int(found.group(1), 16)])
        elif found.group(2):
            out += plain.get(found.group(2), found.group(2).encode())
        else:
            out += found.group(3).encode() * int(found.group(4))
    return out + text[at:].encode()


class Mail:
    sender = recipients = content = None


def parse(path):
    steps, mails, count = [], [], 0
    with open(path, encoding="utf-8", newline="\n") as script:
        for number, line in enumerate(script.read().split("\n"), 1):
            if not line or line.startswith("#"):
                continue
            key, _, value = line.partition(":")
            value = value.removeprefix(" ")
            key, _, times = key.partition("*")
            if key in ("SENDER", "RECIPIENTS", "CONTENT") and not mails:
                mails.append(Mail())
            if key == "C":
                steps += [("send", expanded(value) + b"\r\n", number)] * int(times or 1)
            elif key == "C+":
                steps.append(("send", expanded(value), number))
            elif key == "S":
                steps += [("hear", value.encode(), number)] * int(times or 1)
            elif key == "CLOSED":
                steps.append(("closed", b"", number))
            elif key == "MAILS":
                count = int(value)
            elif key == "MAIL":
                mails.append(Mail())
            elif key == "SENDER":
                mails[-1].sender = value
            elif key == "RECIPIENTS":
                mails[-1].recipients = value.split()
            elif key == "CONTENT":
                mails[-1].content = expanded(value)
            elif key != "SERVER":
                raise ValueError(f"line {number}: unknown key {key}")
    return steps, mails, count


def talk(port, steps):
    connection = socket.create_connection(("127.0.0.1", port), TIMEOUT)
    heard = connection.makefile("rb")
    group = b""
    for what, text, number in steps:
        if what == "send":
            group += text
            continue
        if group:
            connection.sendall(group)
            group = b""
        line = heard.readline()
        if what == "closed" and line:
            raise AssertionError(f"line {number}: not closed, but {line!r}")
        if what == "hear" and not line.startswith(text):
            raise AssertionError(f"line {number}: {line!r}, wanted {text!r}")
    # A client that leaves without a word after its 250 may send the mail again, and the server counts on
    # that (RFC 1047). So each dialogue that can ends with QUIT.
    farewell = b"QUIT\r\n" if steps[-1][0] == "hear" else b""
    try:
        connection.sendall(group + farewell)
        connection.shutdown(socket.SHUT_WR)
        rest = heard.read()
    except OSError:
        rest = b""
    if rest != (b"221 2.0.0 Bye\r\n" if farewell else b""):
        raise AssertionError(f"the server said more: {rest!r}")
    connection.close()


def content_of(record):
    data = record["data"]
    return base64.b64decode(data) if record["data_encoding"] == "base64" else data.encode()


def fault_in(record, mail):
    """What a stored record has that the script does not want; None where it fits."""
    if mail.sender is not None and record["mail_from"] != mail.sender:
        return f"sender {record['mail_from']!r}, wanted {mail.sender!r}"
    if mail.recipients is not None and record["rcpt_tos"] != mail.recipients:
        return f"recipients {record['rcpt_tos']!r}, wanted {mail.recipients!r}"
    if mail.content is not None and content_of(record) != mail.content:
        return f"content {content_of(record)[:200]!r}, wanted {mail.content[:200]!r}"
    return None


def check_mails(records, mails, count):
    """Each record for one mail. Mails of one millisecond have no order in the spool: which of a session's mails
    comes first is what dialogues_test looks at."""
    if len(records) != count:
        raise AssertionError(f"{len(records)} mails stored, wanted {count}")
    for mail in mails:
        fitting = [record for record in records if fault_in(record, mail) is None]
        if not fitting:
            raise AssertionError("; ".join(fault_in(record, mail) for record in records) or "no mail left")
        records.remove(fitting[0])


def stored(spool):
    """The records in the spool; it is emptied."""
    folder = os.path.join(spool, "messages")
    records = []
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as file:
            records.append(json.load(file))
        os.unlink(path)
    return records


def main():
    port, spool, scripts = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    failures = 0
    for path in scripts:
        steps, mails, count = parse(path)
        try:
            talk(port, steps)
            check_mails(stored(spool), mails, count)
        except (AssertionError, OSError) as failure:
            failures += 1
            stored(spool)
            print(f"{os.path.basename(path)}: {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
