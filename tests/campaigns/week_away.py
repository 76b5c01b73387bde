#!/usr/bin/python3
"""A courier is away for 7 days at one mail a second, with a batch on loan when it went. Then it comes back: postmaster
lends and takes outcomes, request by request, until nothing waits. Seven days pass on both clocks of postmaster
(libfaketime); 604,800 records lie in the spool, on an ext4 of its own where that works.

    week_away.py --long              604,800 mails: about 15 minutes, 4 GB for the image
    week_away.py --mails N
"""
import base64
import contextlib
import dataclasses
import glob
import hashlib
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from support import account, campaign, disk, faketime, site  # noqa: E402

WEEK = 7 * 86400
BATCH = 50
LIMIT = 0.1  # s, for a batch; postmaster's own time, since it cannot answer for the rest of the machine


class Spool:
    """Writes the records that postoffice would have written, and knows which have come out."""

    def __init__(self, place, count):
        self.place, self.count, self.ids = place, count, set()
        self.delivered, self.again, self.unknown = set(), 0, 0

    def fill(self):
        """Oldest first, one a second if there are 604,800 of them."""
        began, step = time.time() - WEEK, WEEK / self.count
        for number in range(self.count):
            self.write(number, began + number * step)

    def write(self, number, when):
        mail_id = f"{int(when * 1000):012x}7{os.urandom(2).hex()[:3]}8{os.urandom(8).hex()[:15]}"
        content = f"From: <app@app.example>\r\nSubject: mail {number}\r\n\r\nThe mail number {number}.\r\n"
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(when)) + ".000000"
        record = {"id": mail_id, "mail_from": "app@app.example", "rcpt_tos": [f"r{number}@delivery.example"],
                  "subject": f"mail {number}", "data": content, "data_encoding": "utf-8", "timestamp": stamp,
                  "sha256": hashlib.sha256(content.encode()).hexdigest()}
        aside = f"{self.place.spool}/incoming/{mail_id}.json"
        with open(aside, "w") as file:
            json.dump(record, file, separators=(",", ":"))
        os.rename(aside, f"{self.place.spool}/messages/{mail_id}.json")
        self.ids.add(mail_id)

    def take(self, record):
        data = record["data"].encode()
        content = base64.b64decode(data) if record["data_encoding"] == "base64" else data
        if record["id"] not in self.ids or hashlib.sha256(content).hexdigest() != record["sha256"]:
            self.unknown += 1
        self.again += record["id"] in self.delivered
        self.delivered.add(record["id"])


@dataclasses.dataclass
class Cost:
    """Of one request, in s. wall: as the courier sees it; cpu: postmaster's threads; queue: how long the courier, and the
    thread that waited most, were ready and had no processor: the machine's other load, and not postmaster."""

    wall: float
    cpu: float
    queue: float

    @property
    def own(self):
        return self.wall - min(self.queue, self.wall)

    def __str__(self):
        return f"{self.wall * 1000:.1f} ms (cpu {self.cpu * 1000:.1f}, without a processor {self.queue * 1000:.1f})"


class Courier:
    def __init__(self, place, spool):
        self.place, self.spool, self.leases, self.outcomes = place, spool, [], []

    def scheduled(self):
        """thread -> ns on a processor, ns ready and without one; of all of postmaster's threads, and of the courier."""
        found, pid = {}, self.place.running["postmaster"].process.pid
        for path in ["/proc/self/schedstat", *glob.glob(f"/proc/{pid}/task/*/schedstat")]:
            with contextlib.suppress(OSError), open(path) as file:  # a thread may end
                found[path] = [int(field) for field in file.read().split()[:2]]
        return found

    def timed(self, into, method, target, body=None):
        before, began = self.scheduled(), time.monotonic()
        answer = self.place.ask(method, target, body)
        wall, after = time.monotonic() - began, self.scheduled()
        spent = [[now - then for now, then in zip(after[thread], before.get(thread, (0, 0)))] for thread in after]
        (_, ours), *theirs = spent
        into.append(Cost(wall, sum(cpu for cpu, _ in theirs) / 1e9, (ours + max(queue for _, queue in theirs)) / 1e9))
        return answer

    def round(self):
        """Returns whether there was something to carry."""
        status, lease = self.timed(self.leases, "POST", f"/v1/leases?max={BATCH}")
        if status != 200:
            return False
        for record in lease["messages"]:
            self.spool.take(record)
        told = {"outcomes": [{"id": record["id"], "outcome": "delivered"} for record in lease["messages"]]}
        status, settled = self.timed(self.outcomes, "POST", f"/v1/leases/{lease['lease']}/outcomes", told)
        if status != 200 or settled["unknown"]:
            raise RuntimeError(f"outcomes: {status} {settled}")
        return True


def slow_ones(costs):
    """For people: the slowest, and what they are made of."""
    slow = sorted((cost for cost in costs if cost.wall > LIMIT), key=lambda cost: -cost.wall)
    return f"{len(slow)} of {len(costs)} over {LIMIT * 1000:.0f} ms" + "".join(f"\n      {cost}" for cost in slow[:5])


def milliseconds(costs):
    """median, p99 and max, of the time on the wall; the most CPU; the most without the wait for a processor"""
    walls = sorted(cost.wall for cost in costs)
    return (f"median {walls[len(walls) // 2] * 1000:.1f} ms, p99 {walls[len(walls) * 99 // 100] * 1000:.1f}, "
            f"max {walls[-1] * 1000:.1f}; most CPU {max(cost.cpu for cost in costs) * 1000:.1f}, "
            f"max less the wait for a processor {max(cost.own for cost in costs) * 1000:.1f}")


def spend_the_week(place, clock, spool):
    """postmaster runs, a courier takes a batch and goes, and 7 days pass. Returns how long its start took."""
    spool.fill()
    began = time.monotonic()
    place.start("postmaster", environment=clock.environment(monotonic=True))
    started = time.monotonic() - began
    if not place.running["postmaster"].is_running:
        raise RuntimeError(f"postmaster does not start: {place.running['postmaster'].words()[-500:]}")
    _, lease = place.ask("POST", f"/v1/leases?max={BATCH}&seconds=86400")
    held = {record["id"] for record in lease["messages"]}
    clock.move(WEEK)
    while not held & lent_now(place):
        pass  # it looks at the clock's file once a second
    return started, held


def lent_now(place):
    """The ids of the oldest mails that can be had; they are given back at once."""
    _, lease = place.ask("POST", f"/v1/leases?max={BATCH}")
    place.ask("DELETE", f"/v1/leases/{lease['lease']}")
    return {record["id"] for record in lease["messages"]}


def run(root, place, count):
    clock, spool = faketime.Clock(root), Spool(place, count)
    for name in ("incoming", "messages"):
        os.makedirs(f"{place.spool}/{name}", exist_ok=True)
    started, held = spend_the_week(place, clock, spool)
    print(f"   {count} mails lie in the spool; postmaster was ready after {started:.1f} s", flush=True)
    courier, progress = Courier(place, spool), campaign.Progress(count)
    began = time.monotonic()
    while courier.round():
        progress.at(len(spool.delivered))
    took = time.monotonic() - began
    faults = [f"{spool.unknown} records are not what was written"] * bool(spool.unknown)
    faults += ["the batch on loan did not come back"] * (not held <= spool.delivered)
    faults += [f"exit code {code}" for code in place.end() if code]
    total = account.Account(sent=count, delivered=len(spool.delivered), waiting=place.waiting(), outside=spool.again)
    total.lost = count - len(spool.delivered) - total.waiting
    print(f"   leases: {slow_ones(courier.leases)}\n   outcomes: {slow_ones(courier.outcomes)}")
    what = (f"{count} mails of 7 days, ready after {started:.1f} s, drained in {took:.0f} s, lease "
            f"{milliseconds(courier.leases)}; outcomes {milliseconds(courier.outcomes)}")
    if total.waiting:
        faults.append(f"{total.waiting} mails do not leave")
    return what, total, faults, max(cost.own for cost in courier.leases)


def main():
    chosen = campaign.options(__doc__, mails=(20_000, 604_800, "mails"))
    with campaign.directory("week-away", on_disk=True) as root:
        volume = None
        if os.geteuid() == 0:
            disk.need_loop_devices(root)
            inodes = str(chosen.mails + 10_000)
            volume = disk.Disk(root, "ext4", megabytes=256 + chosen.mails // 160, make=["-N", inodes])
        place = site.Site(root, spool=volume.path + "/spool" if volume else None)
        what, total, faults, slowest = run(root, place, chosen.mails)
        if chosen.long and slowest > 0.1:
            faults.append(f"a batch took {slowest * 1000:.0f} ms")
        faults += campaign.short_of(chosen.mails, total.delivered, "mails delivered")
        campaign.finish("week-away", what, total, faults)


main()
