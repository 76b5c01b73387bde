"""smuggle.py PORT SPOOL: sends a mail with each fake end of data and a second mail's commands behind it."""

import base64
import itertools
import json
import os
import socket
import sys

EVIL = [b"MAIL FROM:<admin@evil.example>", b"RCPT TO:<victim@evil.example>", b"DATA", b"Subject: smuggled", b"", b"x"]

# Everything that somebody's server once took for a line end, around a dot with and without NUL.
LINE_ENDS = [b"\n", b"\r", b"\r\n", b"\r\r\n", b"\n\r", b"\r\0\n", b"\0\r\n", b"\r\n\0", b"\n\0", b"\0\n", b"\x0b", b"\x0c", b"\x85"]
DOTS = [b".", b".\0", b"\0."]


def is_real_end(before, dot, after):
    return (b"x" + before + dot + after).find(b"\r\n.\r\n") >= 0


def attacks():
    for before, dot, after in itertools.product(LINE_ENDS, DOTS, LINE_ENDS):
        if is_real_end(before, dot, after):
            continue
        for end in (b"\r\n", b"\n", b"\r"):
            yield before, dot, after, end


def reply_of(heard):
    while True:
        line = heard.readline()
        if not line or line[3:4] == b" ":
            return line


def send(port, number, before, dot, after, end):
    """The whole mail in one piece behind 354, as the attacker's relay would send it."""
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        heard = connection.makefile("rb")
        reply_of(heard)
        for command in (b"EHLO relay.example", b"MAIL FROM:<user@relay.example>", b"RCPT TO:<ann@example.org>", b"DATA"):
            connection.sendall(command + b"\r\n")
            if not reply_of(heard).startswith((b"250", b"354")):
                raise AssertionError("refused before the attack")
        smuggled = end.join(EVIL) + before + dot + after
        connection.sendall(b"Subject: %d\r\n\r\nfirst" % number + before + dot + after + smuggled + b"\r\n.\r\nQUIT\r\n")
        replies = [reply_of(heard), reply_of(heard)]
        if not (replies[0].startswith(b"250 2.0.0 Ok: queued") and replies[1].startswith(b"221")):
            raise AssertionError(f"replies {replies}")


def check_spool(spool, wanted):
    folder = os.path.join(spool, "messages")
    names = os.listdir(folder)
    if len(names) != wanted:
        raise AssertionError(f"{len(names)} mails in the spool, {wanted} were sent")
    for name in names:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            record = json.load(file)
        if record["mail_from"] != "user@relay.example" or record["rcpt_tos"] != ["ann@example.org"]:
            raise AssertionError(f"smuggled: {record['mail_from']} to {record['rcpt_tos']}")
        data = record["data"]
        content = base64.b64decode(data) if record["data_encoding"] == "base64" else data.encode()
        if b"Subject: smuggled" not in content:
            raise AssertionError("the text behind the fake end is gone")
        if b"\n" in content.replace(b"\r\n", b"") or b"\r\r\n" in content:
            raise AssertionError("a line end that is not CR LF was stored")


def main():
    port, spool = int(sys.argv[1]), sys.argv[2]
    count = 0
    for count, attack in enumerate(attacks(), 1):
        try:
            send(port, count, *attack)
        except AssertionError as failure:
            print(f"{attack}: {failure}")
            return 1
    check_spool(spool, count)
    print(f"{count} attacks, {count} mails")
    return 0


if __name__ == "__main__":
    sys.exit(main())
