"""original_courier.py PORT SPOOL PUT_MAIL: fetches as the original's postman.py did, one GET with basic
authentication, and looks at all that the original's courier looked at."""
import base64
import http.client
import json
import os
import socket
import subprocess
import sys
import time

PORT, SPOOL, PUT_MAIL = int(sys.argv[1]), sys.argv[2], sys.argv[3]
AUTHORIZATION = {"Authorization": "Basic " + base64.b64encode(b"courier:secret").decode()}
MEMBERS = ["mail_from", "rcpt_tos", "subject", "body", "data", "timestamp"]


def check(sentence, holds, seen=""):
    if not holds:
        sys.exit(f"FAILED: {sentence} {seen}")
    print("ok ", sentence, flush=True)


def ask(method="GET", path="/", headers=AUTHORIZATION):
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def fetch():
    response, body = ask()
    check("the answer is 200 and application/json (PO-11)",
          response.status == 200 and response.getheader("content-type").split(";")[0] == "application/json", response.status)
    return json.loads(body)


def put(*options):
    return subprocess.run([sys.executable, PUT_MAIL, SPOOL, *options], check=True, capture_output=True, text=True).stdout.split()


def names(directory):
    return sorted(os.listdir(os.path.join(SPOOL, directory)))


def wait_until_seen(count):
    """Until inotify has brought the mails: a lease looks without taking them for good."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        response, body = ask("POST", f"/v1/leases?max={min(count, 50)}")
        if response.status == 200:
            lease = json.loads(body)
            ask("DELETE", "/v1/leases/" + lease["lease"])
            if len(lease["messages"]) >= min(count, 50):
                return
        time.sleep(0.05)
    sys.exit("FAILED: the mails were not seen")


check("an empty queue is [] (PO-11)", fetch() == [])

put("2", "--rcpt", "ann@example.org", "--rcpt", "hidden@example.org")
put("1", "--original")
wait_until_seen(3)
response, body = ask("HEAD")
check("HEAD is 405 as it was, and deletes nothing (PO-14)", response.status == 405 and len(names("messages")) == 3)
records = fetch()
check("all records come in one array (PO-11)", len(records) == 3)
for record in records:
    check("a record has the original's members in its order (PO-06)", list(record) == MEMBERS, list(record))
    check("a courier can read it as the original's did (PO-22)",
          isinstance(record["mail_from"], str) and all(isinstance(one, str) for one in record["rcpt_tos"])
          and isinstance(record["subject"], str) and record["body"].strip())
    check("the message is whole but for the trace lines (PO-22)",
          "Received:" not in record["data"] and "web1" not in record["data"] and "\r\nSubject: mail" in record["data"])
check("all recipients are there, Bcc included (PO-08)",
      sum(record["rcpt_tos"] == ["ann@example.org", "hidden@example.org"] for record in records) == 2)
check("what was handed out is gone from the queue (PO-13)", names("messages") == [] and fetch() == [])
check("but kept in state/handed/, so that a cut answer loses nothing (PO-13)", len(names("state/handed")) == 3)

bad = ["018f00000000700080000000000000%02x" % number for number in range(3)]
for id in bad:
    with open(f"{SPOOL}/incoming/{id}.json", "w") as file:
        file.write('{"half": ')
    os.rename(f"{SPOOL}/incoming/{id}.json", f"{SPOOL}/messages/{id}.json")
put("54")
wait_until_seen(54)
check("at most 50 records come at once (PO-12)", len(fetch()) == 50)
check("the rest comes with the next request (PO-12)", len(fetch()) == 4)
check("unparsable files are neither counted nor deleted (PO-12)", names("corrupt") == [id + ".json" for id in bad])

for method in ("POST", "PUT", "DELETE"):
    response, _ = ask(method)
    check(f"{method} is 405 with Allow: GET, OPTIONS (PO-14)",
          response.status == 405 and response.getheader("allow") == "GET, OPTIONS", response.status)
response, _ = ask("OPTIONS")
check("OPTIONS is 200 with Allow: GET, OPTIONS (PO-14)", response.status == 200 and response.getheader("allow") == "GET, OPTIONS")
response, body = ask(path="/other")
check("other paths are 404 with a title (PO-14)", response.status == 404 and "title" in json.loads(body))
response, _ = ask(headers={})
check("without the password nothing is handed out (PO-19)", response.status == 401)

put("1")
wait_until_seen(1)
_, body = ask("POST", "/v1/leases")
check("leased mail is not in it", fetch() == [])
ask("DELETE", "/v1/leases/" + json.loads(body)["lease"])
check("it comes when the lease has ended", len(fetch()) == 1)

with open(f"{SPOOL}/../latin1.eml", "wb") as file:
    file.write(b"From: a@app.example\r\nSubject: latin\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\ngr\xfc\xdfe\r\n")
put("1", "--content", f"{SPOOL}/../latin1.eml")
wait_until_seen(1)
record = fetch()[0]
check("8-bit mail, which the original refused, is readable too", record["body"].strip() == "gr\u00fc\u00dfe", record["body"])
check("and its bytes are all there", record["data_encoding"] == "base64" and b"gr\xfc\xdfe" in base64.b64decode(record["data"]))

handed = len(names("state/handed"))
put("5", "--size", "2000000")
wait_until_seen(1)
hasty = socket.create_connection(("127.0.0.1", PORT))
hasty.sendall(b"GET / HTTP/1.1\r\nHost: mail\r\nAuthorization: " + AUTHORIZATION["Authorization"].encode() + b"\r\n\r\n")
hasty.recv(1000)
hasty.close()
until = time.monotonic() + 20
while len(names("messages")) + len(names("state/handed")) != handed + 5 and time.monotonic() < until:
    time.sleep(0.05)
check("a courier that is cut off loses nothing", len(names("messages")) + len(names("state/handed")) == handed + 5)
