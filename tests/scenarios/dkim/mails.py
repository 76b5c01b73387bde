#!/usr/bin/python3
"""mails.py sign KEY FOLDER           writes the signed mails there
mails.py verify KEY FOLDER ANSWERS  verifies what was handed out of them (a line of JSON an answer)"""
import base64
import json
import pathlib
import re
import subprocess
import sys

import dkim

USUAL = [b"from", b"subject", b"date", b"to"]
HEADER = (b"Received: from web1.corp.example (localhost [127.0.0.1]) by web1.corp.example; Fri, 20 Nov 2026 08:00:00 +0000\r\n"
          b"X-PHP-Originating-Script: 33:Mailer.php\r\n"
          b"From: Shop <orders@shop.example>\r\n"
          b"To: ann@example.org\r\n"
          b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=,\r\n your order\r\n"
          b"Date: Fri, 20 Nov 2026 08:00:00 +0000\r\n"
          b"Message-ID: <1.2.nullmailer@web1.corp.example>\r\n")
BODY = b"Thank you.\r\n\r\n.\r\nYours \xc3\xa9\r\n\r\n"
PUBLIC_ID = HEADER.replace(b"2.nullmailer@web1.corp.example", b"2@shop.example")
FORWARD = (b"MIME-Version: 1.0\r\nContent-Type: message/rfc822\r\n",
           b"Received: from web1.corp.example\r\nSubject: inner\r\n\r\ninner\r\n")

# name: (header, body, names that are signed, what is done otherwise, does the signature stay?)
MAILS = {
    "usual": (HEADER, BODY, USUAL, {}, True),
    "relaxed": (HEADER, BODY, USUAL, {"canonicalize": (b"relaxed", b"relaxed")}, True),
    "simple": (HEADER, BODY, USUAL, {"canonicalize": (b"simple", b"simple")}, True),
    "oversigned": (HEADER, BODY, USUAL + [b"from", b"reply-to"], {}, True),
    "empty-body": (HEADER, b"", USUAL, {}, True),
    "message-id-that-stays": (PUBLIC_ID, BODY, USUAL + [b"message-id"], {}, True),
    "message-id-that-is-mapped": (HEADER, BODY, USUAL + [b"message-id"], {}, False),
    "script-is-signed": (HEADER, BODY, USUAL + [b"x-php-originating-script"], {}, False),
    "copies": (HEADER, BODY, USUAL, {"debug": True}, False),
    "from-that-is-rewritten": (HEADER.replace(b"orders@shop.example", b"www-data@web1.corp.example"), BODY, USUAL, {}, False),
    "forward-that-is-cleaned": (HEADER + FORWARD[0], FORWARD[1], USUAL, {}, False),
    "forward-that-is-not": (HEADER + FORWARD[0], FORWARD[1].replace(b"web1.corp", b"relay.other"), USUAL, {}, True),
}


def signed(header, body, names, how, key):
    mail = header + b"\r\n" + body
    how = dict(how)
    copies = how.pop("debug", False)
    signer = dkim.DKIM(mail)
    signature = signer.sign(b"sel", b"shop.example", key, include_headers=names,
                            canonicalize=how.get("canonicalize", (b"relaxed", b"simple")))
    if copies:  # dkimpy writes no z=; what it signed is the same without the tag, so such a one is only there to go
        signature = signature.replace(b" s=sel;", b" s=sel;\r\n z=Received:from=20web1.corp.example|From:Shop;", 1)
    return signature + mail


def verifies(mail, key_file):
    der = subprocess.run(["openssl", "rsa", "-in", key_file, "-pubout", "-outform", "DER"],
                         capture_output=True, check=True).stdout
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)
    return dkim.verify(mail, dnsfunc=lambda name, timeout=5: record)


def sign(key_file, folder):
    folder = pathlib.Path(folder)
    folder.mkdir()
    key = pathlib.Path(key_file).read_bytes()
    for name, (header, body, names, how, _) in MAILS.items():
        mail = signed(header, body, names, how, key)
        if "debug" not in how:
            assert verifies(mail, key_file), f"{name}: the signer's own work does not verify"
        (folder / f"{name}.eml").write_bytes(mail)


def verify(key_file, folder, answers):
    by_id = {path.read_text().strip(): path.stem for path in pathlib.Path(folder).glob("*.id")}
    seen = set()
    for line in filter(str.strip, open(answers, encoding="utf-8")):
        for record in json.loads(line)["messages"]:
            name = by_id[record["id"]]
            data = record["data"]
            mail = base64.b64decode(data) if record["data_encoding"] == "base64" else data.encode()
            stays = MAILS[name][4]
            has = re.search(rb"(?mi)^dkim-signature:", mail) is not None
            assert has == stays, f"{name}: the signature should {'stay' if stays else 'go'}"
            assert not has or verifies(mail, key_file), f"{name}: the signature does not verify"
            assert b"web1" not in mail, f"{name}: the origin shows"
            assert mail.endswith(MAILS[name][1].replace(b"Received: from web1.corp.example\r\n", b"")), f"{name}: the body differs"
            print(f"   {name}: {'verifies' if has else 'signature gone'}")
            seen.add(name)
    missing = set(MAILS) - seen
    assert not missing, f"not handed out: {missing}"


{"sign": sign, "verify": verify}[sys.argv[1]](*sys.argv[2:])
