#!/usr/bin/python3
"""The power is cut right after a program has said that something is durable, on ext4 and on XFS: after postoffice's
250, after postmaster's answers, before postman reports what it delivered, and when its sendmail has accepted. Then the
file system is mounted again, and what was said is looked for. Needs root and loop devices.

    power_cuts.py --long             210 cuts on each file system
    power_cuts.py --cuts N
"""
import hashlib
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from support import account, campaign, disk, ledger, mails, relay, side_by_side, site  # noqa: E402

COMMITS_BY_JOURNAL = os.environ.get("MAIL_COMMIT") == "journal"


class Bench:
    """One file system, and a site whose spool or whose courier's state lies on it."""

    def __init__(self, root, kind, book):
        os.makedirs(root)
        self.disk, self.book, self.faults = disk.Disk(root, kind), book, []
        self.place = self.new_site(root)
        self.first = len(book.mails)

    def lose_power(self):
        """Everything that uses the disk dies, and it comes back with what it had."""
        for name in ("postoffice", "postmaster", "postman"):
            if name in self.place.running:
                self.place.running[name].kill()
        self.disk.power_up()
        if COMMITS_BY_JOURNAL:
            self.place.must_run("postoffice")  # postmaster starts after it, as its unit says

    def send(self, count, **kind):
        made = [self.book.new(**kind) for _ in range(count)]
        mails.submit_until_heard(self.place.port, made)
        return made

    def settle(self, what):
        """Everything is carried, and counted."""
        if left := self.place.carry_all():
            self.faults.append(f"{self.disk.kind}, {what}: {left} mails do not leave")
        self.place.end()

    def count(self):
        return account.take_account(self.book.mails[self.first:], self.place)

    def close(self):
        self.place.end()
        self.disk.close()


class OriginSide(Bench):
    ways = ("after_250", "after_lease", "after_delivered", "after_failed", "after_deferred")

    def new_site(self, root):
        return site.Site(root, spool=self.disk.path + "/spool")

    def after_250(self):
        self.place.must_run("postoffice")
        made = [self.book.new() for _ in range(self.book.choice.randrange(1, 6))]
        client = mails.Client(self.place.port)
        client.hello()
        heard = [client.submit(mail) for mail in made]
        self.disk.cut()
        self.lose_power()
        self.place.must_run("postoffice")  # a commit journal is replayed then
        for mail, was_heard in zip(made, heard):
            if was_heard and not self.is_whole(mail):
                self.faults.append(f"{self.disk.kind}: {mail.heard.id} is not whole after the cut")
        if not all(heard):
            self.faults.append("a mail was not taken")

    def is_whole(self, mail):
        try:
            with open(f"{self.place.spool}/messages/{mail.heard.id}.json") as file:
                return json.load(file)["sha256"] == hashlib.sha256(mail.content).hexdigest()
        except (OSError, ValueError, KeyError):
            return False

    def lend(self, word="r"):
        self.place.must_run("postoffice", "postmaster")
        self.generation_before = self.generation() if COMMITS_BY_JOURNAL else 0
        self.send(self.book.choice.randrange(1, 4), size=300, words=[word])
        return self.place.ask("POST", "/v1/leases?max=50&seconds=900&wait=20")[1]

    def lends_again(self, lease):
        self.place.must_run("postmaster")
        status, answer = self.place.ask("POST", "/v1/leases?max=50&seconds=900")[:2]
        lent = {mail["id"] for mail in lease["messages"]}
        return status == 200 and any(mail["id"] in lent for mail in answer["messages"])

    def generation(self):
        """The highest in the heads of the commit journal: each checkpoint makes a higher one."""
        heads = [0]
        for slot in (0, 1):
            with open(f"{self.place.spool}/state/commits.{slot}", "rb") as file:
                heads += map(int, re.findall(rb"postoffice-commits 1 (\d+)", file.read(64)))
        return max(heads)

    def wait_for_checkpoint(self):
        """Until then a replay may bring back what was settled, and only a courier's ledger stops it (W11)."""
        if COMMITS_BY_JOURNAL:
            site.wait_until(lambda: self.generation() > self.generation_before, 30, "a checkpoint")

    def after_lease(self):
        lease = self.lend()
        self.disk.cut()
        self.lose_power()
        if self.lends_again(lease):
            self.faults.append(f"{self.disk.kind}: lent mail was lent again after the cut")
        if self.place.ask("DELETE", "/v1/leases/" + lease["lease"])[0] != 204:
            self.faults.append(f"{self.disk.kind}: the lease is forgotten")

    def report(self, lease, outcome):
        told = [{"id": mail["id"], "outcome": outcome, "reason": "as told"} for mail in lease["messages"]]
        self.place.ask("POST", f"/v1/leases/{lease['lease']}/outcomes", {"outcomes": told})
        self.disk.cut()
        self.lose_power()

    def after_delivered(self):
        lease = self.lend()
        self.wait_for_checkpoint()
        for record in lease["messages"]:
            self.place.deliver(record)
        self.report(lease, "delivered")
        for record in lease["messages"]:
            if self.place.has(record["id"], "messages"):
                self.faults.append(f"{self.disk.kind}: {record['id']}, settled, is back after the cut")

    def after_failed(self):
        lease = self.lend("permanent")
        self.report(lease, "failed")
        for record in lease["messages"]:
            if not self.place.has(record["id"], "failed") or self.place.has(record["id"], "messages"):
                self.faults.append(f"{self.disk.kind}: {record['id']} is not in failed/ after the cut")

    def after_deferred(self):
        lease = self.lend()
        self.report(lease, "deferred")
        if self.lends_again(lease):
            self.faults.append(f"{self.disk.kind}: deferred mail was lent at once after the cut")
        self.place.reboot()  # so that it is due


class DeliveryHost(Bench):
    ways = ("before_report", "at_acceptance", "maildir_before_report")

    def new_site(self, root):
        place = site.Site(root, state=self.disk.path + "/courier")
        self.relay = relay.Relay(root + "/relay.socket", place.socket)
        self.told = []
        return place

    def run_courier(self, on_request=None):
        """Through the relay. Returns once the courier has ended."""
        self.place.must_run("postoffice", "postmaster")
        self.send(self.book.choice.randrange(1, 7))
        self.relay.on_request, self.told = on_request, []
        command = self.place.command("postman")
        command[1] = "unix:" + self.place.root + "/relay.socket"
        courier = site.Program(command, self.place.root + "/postman.log")
        self.place.running["postman"] = courier
        courier.wait(site.PATIENCE)

    def is_report(self, octets):
        head, _, body = octets.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        if b"/outcomes " not in head or not length or len(body) < int(length.group(1)):
            return False
        self.disk.cut()
        outcomes = json.loads(body)["outcomes"]
        self.told += [recipient for outcome in outcomes for recipient in outcome["recipients"]]
        return True

    def lose_power(self):
        # The origin side stays up: this is another machine.
        self.place.running["postman"].kill()
        self.disk.power_up()
        self.place.ledger = ledger.Ledger(self.place.state + "/ledger")
        told = {ledger.ledger_key(recipient) for recipient in self.told}
        unended = self.place.ledger.unended()
        # What was told was said to be durable: no window for it.
        self.place.deaths.append((time.monotonic_ns(), unended - told))
        return told

    def before_report(self):
        self.run_courier(self.is_report)
        told = self.lose_power()
        for key in told:
            if self.place.ledger.last.get(key) != b"done":
                self.faults.append(f"{self.disk.kind}: {key} was reported, and is not done in the ledger")
        if not told:
            self.faults.append("nothing was reported")

    def at_acceptance(self):
        with open(self.place.sendmail + ".cut", "w") as file:
            file.write(self.disk.path + "\n")
        began = time.monotonic_ns()
        self.run_courier()
        os.unlink(self.place.sendmail + ".cut")
        self.lose_power()
        arrived = account.Arrivals(self.place).read().items()
        found = {to: times[0] for (_, to), times in arrived if times[0].started > began}
        cut = min(arrival.accepted for arrival in found.values())  # without power nothing would have started after it
        for recipient, arrival in found.items():
            if arrival.started < cut and ledger.ledger_key(recipient) not in self.place.ledger.last:
                self.faults.append(f"{self.disk.kind}: {recipient} was begun, and is not in the ledger")

    def maildir_before_report(self):
        self.place.maildir = self.disk.path + "/Maildir"
        self.run_courier(self.is_report)
        told = self.lose_power()
        arrived = self.maildir_sums()
        for mail in self.book.mails[self.first:]:
            was_told = any(ledger.ledger_key(recipient) in told for recipient in mail.heard.recipients)
            if was_told and arrived.get(mail.heard.id) != mail.sha256:
                self.faults.append(f"{self.disk.kind}: {mail.heard.id} is not whole in the Maildir after the cut")
        self.settle("maildir")
        self.move_into_log()
        self.place.maildir = None

    def maildir_sums(self):
        """id -> SHA-256 of what lies in new/."""
        found, directory = {}, self.place.maildir + "/new"
        for name in os.listdir(directory):
            with open(f"{directory}/{name}", "rb") as file:
                found[name.split(".")[1]] = hashlib.sha256(file.read()).hexdigest()
        return found

    def move_into_log(self):
        """What lies in the Maildir has arrived, for good; the account reads the stand-in's log."""
        arrived = self.maildir_sums()
        with open(self.place.sendmail + ".log", "a") as log:
            for mail in self.book.mails[self.first:]:
                if mail.heard.id in arrived:
                    recipients = " ".join(mail.heard.recipients)
                    log.write(f"0 0 {arrived[mail.heard.id]} {mail.heard.sender} {recipients}\n")
        for name in os.listdir(self.place.maildir + "/new"):
            os.unlink(f"{self.place.maildir}/new/{name}")


def run_cuts(root, side, kind, cuts, seed, part):
    """So many cuts of one file system on one side, each of its ways in turn."""
    bench = side(f"{root}/{kind}-{side.__name__}", kind, mails.Book(seed, (60, 300, 2000, 20000)))
    for number in range(cuts):
        way = bench.ways[number % len(bench.ways)]
        getattr(bench, way)()
        bench.settle(way)
        part.counts[kind] += 1
    part.account.add(bench.count())
    bench.close()
    part.faults += bench.faults


def main():
    chosen = campaign.options(__doc__, cuts=(24, 208, "power cuts on each file system"))
    with campaign.directory("power-cuts") as root:
        disk.need_loop_devices(root)
        origin = chosen.cuts * 5 // 8
        benches = [(side, kind, cuts) for side, cuts in ((OriginSide, origin), (DeliveryHost, chosen.cuts - origin))
                   for kind in ("ext4", "xfs")]

        def work(place, number, share, part):
            for side, kind, cuts in share:
                run_cuts(place, side, kind, cuts, chosen.seed + number, part)

        total = side_by_side.run(root, chosen.jobs, benches, work)
        what = f"seed {chosen.seed}, {total.counts['ext4']} cuts on ext4, {total.counts['xfs']} on XFS"
        for kind in ("ext4", "xfs"):
            total.faults += campaign.short_of(chosen.cuts, total.counts[kind], f"power cuts on {kind}")
        campaign.finish("power-cuts", what, total.account, total.faults)


main()
