#!/usr/bin/python3
"""The disk runs full under all three programs, of bytes and of inodes, and comes back: on ext4 and on tmpfs. At zero
free bytes or inodes new mail is put off with 452 at MAIL, leases and outcomes work (several hundred dead letters too,
more than failed/ has room for, and each is tried once), a restarted postmaster starts, and the queue drains; once there is room, intake resumes within 5 s. Needs root and loop devices.

    disk_full.py --long              30 rounds of each
    disk_full.py --rounds N
"""
import collections
import contextlib
import os
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from support import account, campaign, disk, mails, site  # noqa: E402

RESUMES_WITHIN = 5.0  # s
NOTICED_WITHIN = 1.0  # s
DEAD_LETTERS = 300  # at once, the first time: a block of a directory holds 85 of them


class Ballast:
    """Fills a file system to the last byte or inode, and keeps it full: what a delete frees is taken at once."""

    def __init__(self, path, what):
        self.path, self.what, self.made, self.stop = path + "/ballast", what, 0, threading.Event()
        os.makedirs(self.path, exist_ok=True)

    def __enter__(self):
        self.fill()
        self.thread = threading.Thread(target=self.keep_full)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
        self.remove()

    def fill(self):
        with contextlib.suppress(OSError):
            while not self.stop.is_set():
                self.made += 1
                if self.what == "inodes":
                    os.close(os.open(f"{self.path}/{self.made}", os.O_CREAT | os.O_WRONLY))
                else:
                    self.fill_bytes()

    def fill_bytes(self):
        with open(f"{self.path}/bytes", "ab", buffering=0) as file:
            for size in (1 << 20, 4096, 512, 1):
                with contextlib.suppress(OSError):
                    while file.write(b"x" * size) == size:
                        pass
            os.fsync(file.fileno())
        raise OSError("full")

    def keep_full(self):
        while not self.stop.wait(0.002):
            self.fill()

    def remove(self):
        for name in os.listdir(self.path):
            os.unlink(f"{self.path}/{name}")


class Tmpfs:
    def __init__(self, root):
        self.kind, self.path = "tmpfs", root + "/disk"
        os.makedirs(self.path)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,nr_inodes=1200", "tmpfs", self.path], check=True)

    def close(self):
        subprocess.run(["umount", self.path], check=True)


class Bench:
    """A spool, or a courier's state, on a small file system of its own."""

    def __init__(self, root, volume, book, place):
        self.root, self.volume, self.book, self.place = root, volume, book, place
        self.first, self.faults, self.resumed, self.dead_letters = len(book.mails), [], [], 0

    def send(self, count, words):
        mails.submit_until_heard(self.place.port, [self.book.new(words=words) for _ in range(count)])

    def expect(self, holds, words):
        if not holds:
            self.faults.append(f"{self.volume.kind}: {words}")

    def try_one(self):
        """One mail to a full disk. Returns the reply to MAIL, and to the data."""
        mail, client = self.book.new(size=20000), mails.Client(self.place.port)
        client.hello()
        first = self.first_refusal(client)
        client.submit(mail)
        client.close()
        return first, mail

    @staticmethod
    def first_refusal(client):
        """The reply to MAIL once the catcher has looked at the disk again (it looks 20 times a second)."""
        began = time.monotonic()
        while True:
            reply = client.ask(b"MAIL FROM:<probe@app.example>\r\n")
            client.ask(b"RSET\r\n")
            if reply is None or not reply.startswith(b"250") or time.monotonic() - began > NOTICED_WITHIN:
                return reply

    def origin_round(self, what, dead_letters=3):
        self.place.must_run("postoffice", "postmaster")
        self.send(6, ["r"])
        self.send(dead_letters, ["permanent"])
        with Ballast(self.volume.path, what):
            first, mail = self.try_one()
            is_put_off = first is not None and first.startswith(b"452 4.3.1")
            self.expect(is_put_off, f"no {what}, and MAIL is answered {first}")
            self.expect(mail.heard is None, f"no {what}, and a mail was taken")
            self.carry_while_full(what)
            began = time.monotonic()
        self.resume(began, mail)

    def carry_while_full(self, what):
        """Leases, outcomes and the deletes need no room; nor does a postmaster that starts again."""
        self.place.start("postman").wait(120)
        self.expect(not self.lends(), f"no {what}, and a mail is lent again")
        self.place.kill("postmaster")
        program = self.place.start("postmaster")
        self.expect(program.is_running, f"no {what}, and postmaster does not start: {program.words()[-200:]}")
        self.expect(not program.is_running or not self.lends(), f"no {what}, and a mail is lent again after a restart")

    def lends(self):
        """What is settled may lie in messages/ for lack of room, but is not lent."""
        return self.place.ask("POST", "/v1/leases?max=50&seconds=1")[0] != 204

    def count_refusals(self):
        with open(self.place.sendmail + ".refused") as refused:
            tries = collections.Counter(refused.read().split())
        again = sum(number > 1 for number in tries.values())
        self.expect(not again, f"{again} of {len(tries)} dead letters were tried more than once")
        return len(tries)

    def resume(self, began, mail):
        while mails.submit_all(self.place.port, [mail]) and time.monotonic() - began < 30:
            time.sleep(0.02)
        self.resumed.append(time.monotonic() - began)
        self.expect(self.resumed[-1] < RESUMES_WITHIN, f"intake resumed after {self.resumed[-1]:.1f} s")

    def brim_round(self):
        """Without a low-water mark to warn of it, writes fail in the middle: 4xx, and nothing of it is kept."""
        self.place.end("postoffice")
        self.place.options["postoffice"].append("--min-free=1")
        self.place.must_run("postoffice", "postmaster")
        with Ballast(self.volume.path, "bytes"):
            for _ in range(5):
                _, mail = self.try_one()
                reply = mail.tries[-1].reply
                is_put_off = reply is None or reply[:1] == b"4"
                self.expect(mail.heard is None and is_put_off, f"full, and the data is answered {reply}")
        self.place.end("postoffice")
        self.place.options["postoffice"].remove("--min-free=1")
        self.place.must_run("postoffice")

    def courier_round(self, what):
        """The delivery host's disk is full: the courier says so and starts nothing that it cannot note."""
        self.place.must_run("postoffice", "postmaster")
        self.send(4, ["r"])
        with Ballast(self.volume.path, what):
            program = self.place.start("postman")
            code = program.wait(60)
            has_word = code == 0 or program.words().strip()
            self.expect(has_word, f"no {what}, and the courier ends with {code} and no word")

    def settle(self):
        for mail in self.book.mails[self.first:]:
            if mail.heard is None:
                mails.submit_until_heard(self.place.port, [mail])
        if left := self.place.carry_all():
            self.place.reboot()  # what rests or is deferred is due then
            left = self.place.carry_all()
        self.expect(not left, f"{left} mails do not leave")
        self.place.end()

    def close(self):
        self.place.end()
        result = account.take_account(self.book.mails[self.first:], self.place)
        self.volume.close()
        return result


def small_ext4(root):
    return disk.Disk(root, "ext4", megabytes=32, make=["-m", "0", "-N", "1200"])


def run_origin(root, volume, book, rounds):
    place = site.Site(root, spool=volume.path + "/spool")
    if volume.kind == "tmpfs":
        place.options["postoffice"], place.options["postmaster"] = ["--unsafe-spool"], ["--unsafe-spool"]
    bench = Bench(root, volume, book, place)
    for _ in range(rounds):
        bench.origin_round("bytes", 3 if bench.resumed else DEAD_LETTERS)
        bench.settle()
        bench.origin_round("inodes")
        bench.settle()
        bench.brim_round()
        bench.settle()
    bench.dead_letters = bench.count_refusals()
    return bench


def run_courier(root, volume, book, rounds):
    bench = Bench(root, volume, book, site.Site(root, state=volume.path + "/courier"))
    for _ in range(rounds):
        bench.courier_round("bytes")
        bench.settle()
        bench.courier_round("inodes")
        bench.settle()
    return bench


def main():
    chosen = campaign.options(__doc__, rounds=(2, 30, "rounds of each kind"))
    with campaign.directory("disk-full") as root:
        disk.need_loop_devices(root)
        book, total, faults, resumed = mails.Book(chosen.seed, (60, 300, 2000, 20000)), account.Account(), [], []
        dead_letters = 0
        sites = [("origin", small_ext4, run_origin), ("origin-tmpfs", Tmpfs, run_origin)]
        for name, make, run in [*sites, ("courier", small_ext4, run_courier)]:
            os.makedirs(f"{root}/{name}")
            bench = run(f"{root}/{name}", make(f"{root}/{name}"), book, chosen.rounds)
            total.add(bench.close())
            faults, resumed = faults + bench.faults, resumed + bench.resumed
            dead_letters += bench.dead_letters
        faults += campaign.short_of(4 * chosen.rounds, len(resumed), "full disks")
        what = (f"{len(resumed)} times full of bytes or inodes, intake resumed within {max(resumed):.2f} s, "
                f"{dead_letters} dead letters")
        campaign.finish("disk-full", what, total, faults)


main()
