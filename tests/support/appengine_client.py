#!/usr/bin/env python3
"""appengine-mailer's client as it was on the wire, written from its description and sharing nothing with clients/python:

    appengine_client.py URL KEY [--fix-sender] [--break] <message     prints the status and the text of the answer

A form with `msg`, `signature` (base64 of HMAC-SHA1 over msg, RFC 2104 written out here) and `fix_sender`.
--break turns one bit of the signature."""
import base64
import hashlib
import sys
import urllib.error
import urllib.request


def hmac_sha1(key, octets):
    block = hashlib.sha1(key).digest() if len(key) > 64 else key
    block = block.ljust(64, b"\0")
    inner = hashlib.sha1(bytes(c ^ 0x36 for c in block) + octets).digest()
    return hashlib.sha1(bytes(c ^ 0x5C for c in block) + inner).digest()


def form_value(octets):
    keep = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
    return "".join("+" if c == 32 else chr(c) if c in keep else f"%{c:02X}" for c in octets)


def main(url, key, *flags):
    message = sys.stdin.buffer.read()
    digest = bytearray(hmac_sha1(key.encode(), message))
    if "--break" in flags:
        digest[7] ^= 1
    body = f"msg={form_value(message)}&signature={form_value(base64.b64encode(digest).strip())}"
    if "--fix-sender" in flags:
        body += "&fix_sender=true"
    request = urllib.request.Request(url, body.encode("ascii"), {"Content-Type": "application/x-www-form-urlencoded"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            print(answer.status, answer.read().decode())
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
