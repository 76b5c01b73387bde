#!/usr/bin/python3
"""Each kind of call of each program fails with EIO, ENOSPC, EDQUOT, EMFILE or ENOMEM: the first, the second, … n-th
of it, or all from then on (strace -e inject=CALL:error=E:when=i). The program may put mail off or end with a word and a
code that is not 0; it may not crash, say a wrong 250, lose mail, or sync a file whose sync has failed. After the
error it works again; or after a restart, where it has ended. What does not hear TERM any more (a call that failed
inside a library, at the start) is killed, as a supervisor does, and counted.

    errors.py --long             every call that a program makes, i = 1 to 6 and from i on
    errors.py --cases N          so many of these, spread evenly
"""
import http.client
import os
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from support import account, campaign, mails, side_by_side, site, trace  # noqa: E402

# Which errors a call may give (the manual pages), and which of the program's calls are tried.
DISK, ROOM, MEMORY = ["EIO", "ENOSPC", "EDQUOT"], ["EMFILE", "ENOMEM"], ["ENOMEM"]
ERRORS = {
    "openat": DISK + ROOM, "write": DISK, "pwrite64": DISK, "fsync": DISK, "fdatasync": DISK, "syncfs": DISK,
    "close": ["EIO"],
    "rename": DISK, "renameat2": DISK, "unlink": ["EIO", "ENOMEM"], "mkdir": DISK, "ftruncate": ["EIO"],
    "read": ["EIO"], "newfstatat": ["EIO", "ENOMEM"], "statfs": ["EIO"], "flock": ["ENOMEM"],
    "accept4": ["EMFILE", "ENOMEM"], "accept": ["EMFILE", "ENOMEM"], "socket": ["EMFILE", "ENOMEM"], "recvmsg": MEMORY,
    "recvfrom": MEMORY, "sendmsg": MEMORY, "sendto": MEMORY, "pipe2": ["EMFILE"], "clone3": ["EAGAIN", "ENOMEM"],
    "vfork": ["EAGAIN"], "mmap": MEMORY, "getdents64": ["EIO"], "inotify_add_watch": ["ENOSPC", "ENOMEM"],
    "inotify_init1": ["EMFILE"], "epoll_ctl": ["ENOMEM", "ENOSPC"], "poll": MEMORY, "pidfd_open": ["EMFILE"],
}
SYNCS = ",fsync,fdatasync,openat,unlink,rename,renameat2"  # traced besides: is a failed file synced again?
WHENS = ["1", "2", "3", "4", "5", "6", "1+", "3+"]
# (at the start, call, error, when), of every program, in the short form too: what once hung, crashed or sent half a
# mail, and what only --commit journal calls.
ALWAYS = [(True, "clone3", "EAGAIN", "4"), (False, "write", "EIO", "1+"), (False, "mmap", "ENOMEM", "1+"),
          (False, "syncfs", "EIO", "1+")]


class Case:
    """One program with one injection: while it starts, or put on it while it runs."""

    def __init__(self, place, book, program, at_start):
        self.place, self.book, self.program, self.at_start = place, book, program, at_start

    def __str__(self):
        return f"{self.program} {'at its start' if self.at_start else 'at work'}"

    def run(self, inject=None):
        """returns  what was wrong"""
        output = self.place.root + "/trace"
        trace.remove(output)
        self.prepare()
        calls = inject.split(":")[0] + SYNCS if inject else ",".join([*ERRORS, "munmap"])
        tracer = trace.strace(output, calls=calls, inject=inject)
        if self.at_start:
            self.place.end(self.program)
            program = self.place.start(self.program, tracer=tracer)
        else:
            program = self.place.running[self.program]
            program.attach(tracer)
        self.work()
        program.detach()
        faults = [f"synced again after an error: {call}" for call in trace.repeated_syncs(output)]
        return faults + self.judge(program)

    def injections(self):
        """(call, error, when) for each call that the program makes here, and no more often than it does. The calls of
        its loader are not counted: a fault there is the loader's."""
        self.run()
        counts, found = trace.counts(self.place.root + "/trace", self.place.root if self.at_start else None), []
        for call in ERRORS:
            early, last = counts.get(call, (0, 0))
            whens = [f"{early + int(when[0])}{when[1:]}" for when in WHENS if early + int(when[0]) <= last]
            found += [(call, error, when) for when in whens for error in ERRORS[call]]
        return found + [injection for at_start, *injection in ALWAYS if at_start == self.at_start]

    def prepare(self):
        self.place.must_run("postoffice", "postmaster")
        mails.submit_until_heard(self.place.port, [self.book.new() for _ in range(3)])
        if self.program == "postman":
            self.place.options["postman"] = ["--watch"]
            self.place.must_run("postman")

    def work(self):
        """Clients and couriers try; what fails now is tried again once the error is over."""
        try:
            if self.program == "postoffice":
                made = [[self.book.new() for _ in range(2)] for _ in range(2)]
                clients = [threading.Thread(target=mails.submit_all, args=(self.place.port, some, 3)) for some in made]
                for client in clients:
                    client.start()
                for client in clients:
                    client.join()
            elif self.program == "postmaster":
                courier = self.place.start("postman")
                site.wait_until(lambda: not courier.is_running, 4, "the courier's end")
            else:
                mails.submit_until_heard(self.place.port, [self.book.new() for _ in range(3)])
                program = self.place.running["postman"]
                site.wait_until(lambda: not program.is_running or not self.place.waiting(), 2, "the drain")
        except (TimeoutError, OSError, http.client.HTTPException):
            pass  # a fault of the program shows in the account
        if self.program == "postmaster":
            self.place.kill("postman")

    def judge(self, program):
        """The error is over: the program serves, or has ended with a word and a code."""
        if self.program != "postman":
            try:
                site.wait_until(lambda: not program.is_running or self.serves(), site.PATIENCE, f"{self.program} serves again")
            except TimeoutError as fault:
                return [str(fault)]
        if program.is_running:
            return []
        code = program.process.returncode
        if code < 0 or code in (134, 139):
            return [f"crashed: {code}: {program.words()[-300:]}"]
        if code == 0 and self.program != "postman":
            return ["ended with 0"]
        return [] if program.words().strip() or code == 0 else [f"ended with {code} and no word"]

    def serves(self):
        if self.program == "postoffice":
            return not mails.submit_all(self.place.port, [self.book.new(size=60)])
        try:
            return self.place.ask("POST", "/v1/leases?max=1&seconds=1")[0] in (200, 204)
        except (OSError, http.client.HTTPException):
            return False


class Run:
    """The cases of one site, one after the other."""

    def __init__(self, root, seed):
        self.place, self.book = site.Site(root), mails.Book(seed, (60, 300, 2000, 20000))
        self.arrived, self.checked = account.Arrivals(self.place), 0

    def case(self, program, at_start):
        return Case(self.place, self.book, program, at_start)

    def strike(self, case, call, error, when):
        """returns  what was wrong, and what is to be counted"""
        try:
            faults = case.run(f"{call}:error={error}:when={when}")
        except TimeoutError as fault:
            faults = [str(fault)]
            self.place.kill(case.program)
        has_ended = not self.place.running[case.program].is_running
        is_deaf = not has_ended and not self.place.end_or_kill(case.program)
        self.settle(case.program)
        left = self.place.carry_all()
        if left:
            self.place.reboot()  # deferred mail is due then
            left = self.place.carry_all()
        result = account.take_account(self.book.mails[self.checked:], self.place, self.arrived)
        self.checked = len(self.book.mails)
        faults += result.words + [f"{left} mails do not leave"] * bool(left)
        what = {"cases": 1, "ended": int(has_ended), "deaf": int(is_deaf)}
        return [f"{case}, {call} {error} {when}: {words}" for words in faults], what

    def find_cases(self):
        found = []
        for program in site.PROGRAMS:
            for at_start in (False, True):
                case = self.case(program, at_start)
                injections = case.injections()
                self.settle(program)
                self.place.carry_all()
                print(f"   {len(injections)} injections: {case}", flush=True)
                found += [(program, at_start, *injection) for injection in injections]
        self.place.end()
        return found

    def settle(self, program):
        """Clients and couriers repeat what they must, with programs that have no errors."""
        if program == "postman":
            self.place.kill("postman")
            self.place.options["postman"] = []
        for name in ("postoffice", "postmaster"):
            if not self.place.answers(name):
                self.place.kill(name)
        self.place.must_run("postoffice", "postmaster")
        unheard = [mail for mail in self.book.mails[self.checked:] if mail.heard is None]
        mails.submit_until_heard(self.place.port, unheard)


def main():
    chosen = campaign.options(__doc__, cases=(160, 100_000, "cases at most"))
    site.need("strace")

    def work(root, number, share, part):
        run = Run(root, chosen.seed + number)
        for program, at_start, *injection in share:
            began = time.monotonic()
            faults, counts = run.strike(run.case(program, at_start), *injection)
            if os.environ.get("MAIL_VERBOSE"):
                print(f"   {time.monotonic() - began:.1f} s: {program} {at_start} {injection}, {faults}", flush=True)
            part.faults += faults
            part.counts.update(counts)
        run.place.end()
        part.account.add(account.take_account(run.book.mails, run.place))

    with campaign.directory("errors") as root:
        cases = Run(campaign.make_directory(root + "/first"), chosen.seed).find_cases()
        always = [case for case in dict.fromkeys(cases) if case[1:] in ALWAYS]
        rest = [case for case in dict.fromkeys(cases) if case not in always]
        tried = always + trace.evenly(rest, chosen.cases)
        total = side_by_side.run(root, chosen.jobs, tried, work)
        what = (f"seed {chosen.seed}, {total.counts['cases']} injected errors, {total.counts['ended']} ended the "
                f"program, {total.counts['deaf']} left it deaf to TERM, {len(total.faults)} faults")
        total.faults += campaign.short_of(len(tried), total.counts["cases"], "errors")
        campaign.finish("errors", what, total.account, total.faults)


main()
