#!/usr/bin/python3
"""The order of system calls behind each answer, from a trace of the programs under load from several clients:

    a 250       create in incoming/, write, fsync, rename into messages/, fsync of messages/, then the answer
    a lease     write and fdatasync of the journal, then the answer
    settled     unlink (or rename into failed/), fsync of messages/ (and of failed/), then the answer
    sendmail    write and fdatasync of the ledger's `started`, then the program is run

    call_order.py --long             4,000 mails
    call_order.py --mails N
"""
import collections
import os
import re
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from support import account, campaign, mails, site, trace  # noqa: E402

CALLS = trace.FILE_CHANGING + ",sendto,sendmsg,execve,vfork,clone,clone3"


class Order:
    """The calls of one trace, to be asked what came before what."""

    def __init__(self, path):
        self.calls, self.faults, self.answers = trace.read_calls(path), [], 0
        self.by_id = collections.defaultdict(list)
        for call in self.calls:
            if call.name not in ("sendto", "sendmsg"):
                for mail_id in set(re.findall(r"\b[0-9a-f]{32}\b", call.text)):
                    self.by_id[mail_id].append(call)
        self.syncs = collections.defaultdict(list)  # path -> successful ones
        for call in self.calls:
            if call.name in ("fsync", "fdatasync") and call.result == 0:
                self.syncs[re.search(r"<([^>]*)>", call.text).group(1)].append(call)

    def sends(self, pattern):
        """Answers: (call, the match's text)."""
        for call in self.calls:
            if call.name in ("sendto", "sendmsg", "write", "writev") and (found := re.search(pattern, call.text)):
                yield call, found.group(1)

    def is_synced(self, ending, after, before):
        """Whether a file with that path's ending was synced whole after one call and before another."""
        return any(after.end < sync.begin and sync.end is not None and sync.end < before.begin
                   for path, syncs in self.syncs.items() if path.endswith(ending) for sync in syncs)

    def last(self, mail_id, name, text, before):
        found = [call for call in self.by_id[mail_id] if call.name == name and text in call.text
                 and call.end is not None and call.end < before.begin]
        return found[-1] if found else None

    def check_250(self, answer, mail_id):
        created = self.last(mail_id, "openat", "O_EXCL", answer)
        written = self.last(mail_id, "write", "incoming/", answer)
        renamed = self.last(mail_id, "renameat2", "messages/", answer)
        if not (created and written and renamed):
            return self.fault(answer, "not created, written and renamed before the 250")
        if renamed.result != 0 or not created.end < written.begin <= written.end < renamed.begin:
            return self.fault(answer, "not in order")
        if not self.is_synced(f"incoming/{mail_id}.json", written, renamed):
            return self.fault(answer, "not synced between the write and the rename")
        if not self.is_synced("/messages", renamed, answer):
            self.fault(answer, "messages/ not synced between the rename and the 250")

    def check_settled(self, answer, mail_id):
        gone = self.last(mail_id, "unlink", "messages/", answer) or self.last(mail_id, "renameat2", "failed/", answer)
        if not gone:
            return self.fault(answer, "neither deleted nor moved before the answer")
        if not self.is_synced("/messages", gone, answer):
            self.fault(answer, "messages/ not synced before the answer")
        if gone.name == "renameat2" and not self.is_synced("/failed", gone, answer):
            self.fault(answer, "failed/ not synced before the answer")

    def check_lease(self, answer, token):
        written = [call for call in self.by_id[token] if call.name == "pwrite64" and "journal" in call.text
                   and call.end is not None and call.end < answer.begin]
        if not written or not self.is_synced(re.search(r"<([^>]*)>", written[0].text).group(1), written[0], answer):
            self.fault(answer, "the lease is not in the journal before the answer")

    def check_started(self, run, mail_id):
        """`run`: the call that starts sendmail, or the first one of its process."""
        written = self.last(mail_id, "pwrite64", "started", run)
        if not written or not self.is_synced("/ledger", written, run):
            self.fault(run, f"{mail_id} is not started in the ledger before sendmail runs")

    def fault(self, answer, words):
        self.faults.append(f"{words}: {answer.text[:150]}")

    def check_all(self, pattern, check):
        for answer, match in self.sends(pattern):
            for found in re.findall(r"[0-9a-f]{32}", match):
                self.answers += 1
                check(answer, found)


def submit_side_by_side(place, book, count, clients):
    made = [book.new() for _ in range(count)]
    made += [book.new(words=["permanent"]) for _ in range(count // 20)]
    shares = [made[number::clients] for number in range(clients)]
    threads = [threading.Thread(target=mails.submit_until_heard, args=(place.port, share)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def traced(place, name, act):
    """Runs `act` with a tracer on the program. returns  its calls"""
    output = f"{place.root}/{name}.trace"
    place.must_run(name)
    tracer = trace.strace(output, calls=CALLS, with_children=True)
    tracer[tracer.index("-s") + 1] = "100000"  # one write of the ledger may tell of two batches
    place.running[name].attach(tracer)
    act()
    place.running[name].stop()
    return Order(output)


def check_sendmail(order, place, book):
    """Which mail a run of sendmail is for: by its -f, whose try has the id."""
    ids = {mail.heard.sender: mail.heard.id for mail in book.mails}
    for call in order.calls:
        if call.name == "execve" and place.sendmail in call.text:
            sender = re.search(r'"-f", "([^"]*)"', call.text).group(1)
            order.answers += 1
            order.check_started(call, ids[sender])


def main():
    chosen = campaign.options(__doc__, mails=(200, 4000, "mails"))
    site.need("strace")
    if os.environ.get("MAIL_COMMIT") == "journal":
        site.skip("this reads the order of --commit files; the journal's is in tests/common/journaled_intake_test.cpp")
    with campaign.directory("call-order") as root:
        place, book = site.Site(root), mails.Book(chosen.seed)
        place.must_run("postoffice", "postmaster")
        intake = traced(place, "postoffice", lambda: submit_side_by_side(place, book, chosen.mails, 8))
        intake.check_all(r"^[^,]*, .*queued as ([0-9a-f]{32})", intake.check_250)
        hand_out = traced(place, "postmaster", lambda: place.start("postman").wait(300))
        hand_out.check_all(r'"lease\\?":\\?"([0-9a-f]{32})', hand_out.check_lease)
        hand_out.check_all(r'settled\\?":\[([^\]]*)\]', hand_out.check_settled)
        place.must_run("postoffice", "postmaster")
        submit_side_by_side(place, book, chosen.mails // 4, 4)
        place.options["postman"] = ["--watch"]
        courier = traced(place, "postman", lambda: site.wait_until(lambda: not place.waiting(), 300, "the drain"))
        place.options["postman"] = []
        check_sendmail(courier, place, book)
        left, orders = place.carry_all(), (intake, hand_out, courier)
        faults = [words for order in orders for words in order.faults] + [f"{left} mails do not leave"] * bool(left)
        faults += campaign.short_of(chosen.mails, intake.answers, "answers 250 in the trace")
        faults += ["no answers in a trace"] * any(order.answers == 0 for order in orders)
        what = (f"{intake.answers} answers 250, {hand_out.answers} leases and settled mails, "
                f"{courier.answers} runs of sendmail, {len(faults)} out of order")
        campaign.finish("call-order", what, account.take_account(book.mails, place), faults)


main()
