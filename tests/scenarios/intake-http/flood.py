"""Posts mails from eight threads until nobody answers any more: flood.py PORT KEYS-FILE IDS-FILE. Each id that was answered is a line."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import sys
import threading
import time

port, keys, ids = int(sys.argv[1]), sys.argv[2], open(sys.argv[3], "a", buffering=1)
key = open(keys, "rb").readline().rstrip(b"\n")


def post(number):
    body = f"From: web@shop.example\r\nSubject: {number}\r\n\r\nbody\r\n".encode()
    now, nonce, to = str(int(time.time())), os.urandom(16).hex(), "<ann@d.example>"
    lines = ["PostOffice-HMAC-SHA256", "POST", "/v1/messages", "", "", to, "", hashlib.sha256(body).hexdigest(), now, nonce, ""]
    mac = base64.b64encode(hmac.digest(key, "\n".join(lines).encode(), "sha256")).decode()
    peer = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    peer.request("POST", "/v1/messages", body, {"Rcpt-To": to, "PostOffice-Signature": f"time={now}, nonce={nonce}, hmac-sha256={mac}"})
    answer = peer.getresponse()
    text = answer.read()
    if answer.status == 202:
        ids.write(json.loads(text)["id"] + "\n")
    elif answer.status != 503:
        raise SystemExit(f"answered {answer.status}: {text}")


def flood(thread):
    for number in range(100_000):
        try:
            post(f"{thread}-{number}")
        except (OSError, http.client.HTTPException):
            return


threads = [threading.Thread(target=flood, args=(number,)) for number in range(8)]
for one in threads:
    one.start()
for one in threads:
    one.join()
