"""Couriers that deliver nowhere: they lease and confirm, or fetch as the original's did, as fast as the server lets
them. They look into an answer no further than they must, so that their own work hardly counts."""
import http.client
import multiprocessing
import re
import socket
import time

LEASE = re.compile(rb'"lease":"([0-9a-f]{32})"')
MAIL_ID = re.compile(rb'"id":"([0-9a-f]{32})","mail_from"')


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("postmaster", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def ask(path, method, target, body=None):
    connection = UnixConnection(path)
    try:
        connection.request(method, target, body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def lease_and_confirm(path):
    """One batch. Returns how many mails; 0 when nothing waits."""
    status, answer = ask(path, "POST", "/v1/leases?max=50")
    if status == 204:
        return 0
    if status != 200:
        raise RuntimeError(f"a lease was answered {status}: {answer[:200]}")
    lease, mails = LEASE.search(answer)[1].decode(), MAIL_ID.findall(answer)
    outcomes = b",".join(b'{"id":"%s","outcome":"delivered"}' % mail for mail in mails)
    status, answer = ask(path, "POST", f"/v1/leases/{lease}/outcomes", b'{"outcomes":[%s]}' % outcomes)
    if status != 200 or b'"unknown":[]' not in answer:
        raise RuntimeError(f"outcomes were answered {status}: {answer[:200]}")
    return len(mails)


def fetch(path):
    """The original's way: what comes is gone."""
    status, answer = ask(path, "GET", "/")
    if status != 200:
        raise RuntimeError(f"GET was answered {status}")
    return answer.count(b'"mail_from":')


def drain(batch, path, results):
    mails = 0
    while got := batch(path):
        mails += got
    results.put(mails)


def rate(batch, path, couriers, mails):
    """Several couriers at once until nothing is left: (mails a second, how many were handed out). A mail that is handed
    out twice counts once in the rate: it is the same mail's work done again."""
    results = multiprocessing.Queue()
    workers = [multiprocessing.Process(target=drain, args=(batch, path, results)) for _ in range(couriers)]
    began = time.monotonic()
    for worker in workers:
        worker.start()
    handed = sum(results.get(timeout=300) for _ in workers)
    took = time.monotonic() - began
    for worker in workers:
        worker.join()
    return min(handed, mails) / took, handed


def times(batch, path, batches):
    """Seconds that each took."""
    taken = []
    for _ in range(batches):
        began = time.monotonic()
        if not batch(path):
            break
        taken.append(time.monotonic() - began)
    return taken
