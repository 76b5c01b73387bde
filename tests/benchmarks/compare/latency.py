"""Latency: from the 250 that the application gets to the start of the courier's sendmail, with `postman --watch`."""
import os
import time

from .delivery import stand_in
from .figures import Section, Series, percentile
from .program import Program, wait_until
from .smtp_client import Client
from .smtp_servers import postoffice_modes
from .spools import Origin, content
from .workbench import BIN

PAUSE_SECONDS = 0.05  # between two mails: each finds everything waiting


def started(log):
    """When sendmail began, for each recipient."""
    with open(log) as lines:
        return {recipient: int(ns) for ns, recipient in (line.split() for line in lines if line.endswith("\n"))}


def send_all(address, mails, prefix):
    """When the 250 came, for each recipient."""
    client, mail, answered = Client(address), content(), {}
    for number in range(mails):
        recipient = f"{prefix}-{number}@customer.example"
        client.send(mail, recipient)
        answered[recipient] = time.monotonic_ns()
        time.sleep(PAUSE_SECONDS)
    client.close()
    return answered


def measure(bench):
    catcher = postoffice_modes(bench)[0]
    origin = Origin(bench, os.path.basename(catcher.spool))
    sendmail = stand_in(bench.image.directory("watch"))
    log = sendmail + ".log"
    open(log, "w").close()
    catcher.start()
    origin.start()
    command = [f"{BIN}/postman", "unix:" + origin.socket, "--state", bench.image.directory("watch/state", mode=0o700),
               "--deliver", "sendmail:" + sendmail, "--watch", "--quiet"]
    postman = Program(command, bench.log("watch"))
    middle, slowest, mails = Series(), Series(), bench.pick(5, 60, 300)
    for number in bench.turns():
        answered = send_all(catcher.address, mails, f"round{number}")
        wait_until(lambda: answered.keys() <= started(log).keys(), 30, "all mails are delivered")
        begun = started(log)
        taken = [(begun[recipient] - ns) / 1e6 for recipient, ns in answered.items()]
        middle.add(percentile(taken, 0.5))
        slowest.add(percentile(taken, 0.99))
        bench.say(f"latency: median {middle.values[-1]:.1f} ms, p99 {slowest.values[-1]:.1f} ms")
    for program in (postman, origin, catcher):
        program.stop()
    section = Section("Latency", ["", "median", "p99"], f"{mails} mails in a round, one at a time, with `postman --watch`.")
    section.row("from the 250 to sendmail's start", middle.text(1, " ms"), slowest.text(1, " ms"))
    section.goal("from the 250 to sendmail's start, p99", slowest, 100, at_least=False, unit="ms", digits=1)
    return section
