#!/usr/bin/python3
"""A disk whose syncs fail (strace -e inject=fsync,fdatasync:error=EIO), for each program as a whole. The first failure
puts one thing off and the program goes on; a second one within 60 s ends it: 421 to SMTP clients, a clear line, exit
code 75. The courier ends at its ledger's first. Started again, it has lost nothing; and no file whose sync has failed
is ever synced again, by any name (from the trace).

    failed_syncs.py --long           12 rounds
    failed_syncs.py --rounds N
"""
import http.client
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from support import account, campaign, mails, side_by_side, site, trace  # noqa: E402

TEMPORARY = 75


class Disk:
    """What one program syncs, on a disk that fails.

    call    the call that its first failure strikes
    paths   where; none: any file"""

    program = call = None
    paths = ()

    def __init__(self, place, book, part):
        self.place, self.book, self.part = place, book, part
        self.output = place.root + "/trace"

    def __str__(self):
        return f"{self.program}, {', '.join(self.paths) or 'a mail in incoming/'}"

    def expect(self, holds, words):
        if not holds:
            self.part.faults.append(f"{self}: {words}")

    def run(self):
        self.place.must_run("postoffice", "postmaster")
        self.prepare()
        self.place.must_run(self.program)
        self.first_failure()
        self.second_failure()
        self.place.must_run("postoffice", "postmaster")
        unheard = [mail for mail in self.book.mails if mail.heard is None]
        mails.submit_until_heard(self.place.port, unheard)
        self.place.reboot()  # what rests or is deferred is due then
        left = self.place.carry_all()
        self.expect(not left, f"{left} mails do not leave")

    def fail(self, calls, when):
        trace.remove(self.output)
        tracer = trace.strace(self.output, inject=f"{calls}:error=EIO:when={when}")
        for path in self.paths:
            tracer += ["-P", f"{self.root()}/{path}"]
        self.place.running[self.program].attach(tracer)

    def heal(self):
        self.place.running[self.program].detach()
        self.look_at_trace()

    def look_at_trace(self):
        repeated = trace.repeated_syncs(self.output)
        with open(self.output, errors="replace") as output:
            failed = output.read().count("(INJECTED)")
        self.part.counts["failed syncs"] += failed
        self.expect(failed, "no sync has failed")
        self.expect(not repeated, f"synced again after an error: {repeated}")

    def first_failure(self):
        self.fail(self.call, "1")
        self.act_once()  # by one thread
        self.heal()
        self.expect(self.place.running[self.program].is_running, "ended after one failed sync")
        self.serves_again()
        self.part.counts["first"] += 1

    def second_failure(self):
        program = self.place.running[self.program]
        self.fail("fsync,fdatasync", "1+")
        self.act_until_it_ends(program)
        code = program.wait(site.PATIENCE)
        self.look_at_trace()
        self.part.counts["ended"] += 1
        self.expect(code == TEMPORARY, f"ended with {code}")
        self.expect(self.last_word in program.words(), f"no clear word: {program.words()[-300:]}")


class Intake(Disk):
    program, call, last_word = "postoffice", "fsync", "spool lost, taking no more mail"

    def root(self):
        return self.place.spool

    def prepare(self):
        pass

    def act_once(self):
        mail = self.book.new(words=["r"])
        mails.submit_all(self.place.port, [mail])
        reply = mail.tries[-1].reply
        self.expect(reply is not None and reply.startswith(b"451"), f"answered {reply} after a failed sync")

    def serves_again(self):
        mail = self.book.new(words=["r"])
        self.expect(not mails.submit_all(self.place.port, [mail]), "takes no mail after one failed sync")

    def act_until_it_ends(self, program):
        """One more mail fails its sync; from then on the connection hears 421 and no 250, and new ones are refused."""
        client, mail = mails.Client(self.place.port, site.PATIENCE), self.book.new(words=["r"])
        client.hello()
        client.submit(mail)
        reply = mail.tries[-1].reply
        self.expect(reply is not None and reply[:3] in (b"451", b"421"), f"answered {reply} after a failed sync")
        while reply is not None and not reply.startswith(b"421"):
            reply = client.line() if reply.startswith(b"250") else client.ask(b"NOOP\r\n")
            time.sleep(0.01)
        self.expect(reply is not None, "no 421")
        self.part.counts["421"] += 1
        client.close(quit_first=False)


class IntakeDirectory(Intake):
    paths = ("messages",)


class Journal(Disk):
    """postmaster's, by leases."""

    program, call, last_word = "postmaster", "fdatasync", "spool lost, stopping"
    paths = ("state/journal.0", "state/journal.1")

    def root(self):
        return self.place.spool

    def prepare(self):
        mails.submit_until_heard(self.place.port, [self.book.new(words=["r"]) for _ in range(4)])

    def request(self):
        return self.place.ask("POST", "/v1/leases?max=1&seconds=900")

    def act_once(self):
        self.request()

    def serves_again(self):
        status = self.request()[0]
        self.expect(status == 200, f"answers {status} after one failed sync")

    def act_until_it_ends(self, program):
        try:
            status = self.request()[0]
            self.expect(status >= 500, f"answers {status} after a second failed sync")
        except (OSError, http.client.HTTPException):
            pass  # it has ended in between


class Deletes(Journal):
    """postmaster's, by what was delivered."""

    call, paths = "fsync", ("messages",)

    def request(self):
        """One delivered mail, told until it is settled or the program is gone."""
        _, lease = self.place.ask("POST", "/v1/leases?max=1&seconds=900&wait=20")
        record = lease["messages"][0]
        self.place.deliver(record)
        outcomes = {"outcomes": [{"id": record["id"], "outcome": "delivered"}]}
        answer = self.place.ask("POST", f"/v1/leases/{lease['lease']}/outcomes", outcomes)
        if answer[0] != 200:
            self.untold = (lease["lease"], outcomes)
        return answer

    def serves_again(self):
        super().serves_again()
        self.tell_again()

    def tell_again(self):
        lease, outcomes = self.untold
        status = self.place.ask("POST", f"/v1/leases/{lease}/outcomes", outcomes)[0]
        self.expect(status == 200, f"answers {status} to the same outcome, told again")

    def second_failure(self):
        super().second_failure()
        self.place.must_run("postmaster")
        self.tell_again()


class CourierLedger(Disk):
    program, last_word, paths = "postman", "ledger-broken", ("ledger", "ledger.new")

    def root(self):
        return self.place.state

    def prepare(self):
        self.place.options["postman"] = ["--watch"]

    def first_failure(self):
        pass  # its first is its last

    def act_until_it_ends(self, program):
        mails.submit_until_heard(self.place.port, [self.book.new(words=["r"]) for _ in range(3)])

    def second_failure(self):
        super().second_failure()
        self.place.note_courier_death()
        self.place.options["postman"] = []


KINDS = (Intake, IntakeDirectory, Journal, Deletes, CourierLedger)


def main():
    chosen = campaign.options(__doc__, rounds=(1, 12, "rounds of each kind"))
    site.need("strace")

    def work(root, number, share, part):
        place, book = site.Site(root), mails.Book(chosen.seed + number, (60, 300, 2000))
        for kind in share:
            kind(place, book, part).run()
            part.counts["rounds"] += 1
        place.end()
        part.account.add(account.take_account(book.mails, place))

    with campaign.directory("failed-syncs") as root:
        total = side_by_side.run(root, chosen.jobs, KINDS * chosen.rounds, work)
        counts = total.counts
        total.faults += campaign.short_of(len(KINDS) * chosen.rounds, counts["rounds"], "rounds")
        what = (f"seed {chosen.seed}, {counts['failed syncs']} failed syncs: {counts['first']} passed, "
                f"{counts['ended']} ended the program (75), {counts['421']} times 421")
        campaign.finish("failed-syncs", what, total.account, total.faults)


main()
