#!/usr/bin/python3
"""A relay between the courier and its smarthost cuts the connection after byte N, for each N in both directions of one
delivery over SMTP. Then the courier delivers what is left, and every mail is counted.

A mail may arrive twice only where the cut came after its final dot and before its 250 was read (W5), as the relay saw it; the
courier must have told that it is to come again. Once its 250 went through, it has arrived once. It may never be lost, and never
arrive in part.

    cut_way_out.py --long            every byte
    cut_way_out.py --step 7          every seventh
"""
import contextlib
import os
import re
import sys
import time

os.environ["MAIL_WAY_OUT"] = "smtp"
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from support import account, campaign, mails, relay, site  # noqa: E402

END_OF_MAIL = b"\r\n.\r\n"

class Cuts:
    def __init__(self, place, book):
        self.place, self.book, self.faults, self.cuts, self.in_w5 = place, book, [], 0, 0
        port = site.free_port()
        self.relay = relay.Relay(("127.0.0.1", port), ("127.0.0.1", place.smarthost.port))
        place.smarthost.port = port  # from now on through the relay

    def cut(self, direction, count):
        mail = self.book.new(size=150, words=["a", "b"], octets=False)
        mails.submit_until_heard(self.place.port, [mail])
        self.relay.cut_after, self.relay.with_reset, self.relay.last = {direction: count}, count % 2 == 1, None
        words = self.carry_through_relay()
        wanted = self.wanted(self.relay.last, direction, count)
        said = f"deferred id={mail.heard.id}" in words
        self.relay.cut_after = {}
        self.place.carry_all()
        if wanted == {2}:  # it has the mail whole, and may be slow
            site.wait_until(lambda: arrived(self.place, mail) > 1, site.PATIENCE, "the cut mail at the server")
        times = arrived(self.place, mail)
        self.cuts += 1
        self.in_w5 += times == 2
        if times not in wanted:
            self.faults.append(f"{direction} {count}: arrived {times} times, not {wanted}")
        if times > 1 and not said:
            self.faults.append(f"{direction} {count}: arrived {times} times, and the courier did not say that it is to come again")

    def carry_through_relay(self):
        """Rounds until one has met the relay: postmaster may see a mail a moment after its client has heard the 250. Returns
        what they said."""
        words, ends = "", time.monotonic() + site.PATIENCE
        while self.relay.last is None:
            courier = self.place.start("postman")
            courier.wait(60)
            words += courier.words()
            with contextlib.suppress(TimeoutError):
                site.wait_until(lambda: self.relay.last, 2, "the connection's end")
            if time.monotonic() > ends:
                raise TimeoutError(f"no connection within {site.PATIENCE} s; the courier: {words[-300:]}")
        return words

    def wanted(self, passed, direction, count):
        """How often the mail may arrive, by what went through before the cut."""
        if END_OF_MAIL not in passed[relay.UP]:
            return {1}
        go = passed[relay.DOWN].index(b"\r\n354 ") + 2
        ends = [match.end() for match in re.finditer(rb"\n", passed[relay.DOWN][go:])]  # of the 354, of the 250
        is_at_its_end = len(ends) > 1 and direction == relay.DOWN and count == go + ends[1]
        if len(ends) < 2:  # nobody knows; a reset may take what the server has not read yet
            return {1, 2} if self.relay.with_reset else {2}
        # Its 250 was read: nothing that comes later may send it again. A reset may overtake the 250 itself.
        return {1, 2} if is_at_its_end and self.relay.with_reset else {1}


def arrived(place, mail):
    with open(place.sendmail + ".log") as log:
        return sum(1 for line in log if f" {mail.name}." in line)


def run(cuts, step):
    cuts.cut(relay.UP, 1 << 20)
    found = dict(cuts.relay.passed)
    print("   octets:", found, flush=True)
    progress = campaign.Progress(sum(found.values()) // step)
    for direction, last in found.items():
        for count in range(0, last + 1, step):
            cuts.cut(direction, count)
            progress.at(cuts.cuts)


def main():
    chosen = campaign.options(__doc__, step=(61, 1, "cut at every so many octets"))
    with campaign.directory("cut-way-out") as root:
        place, book = site.Site(root), mails.Book(chosen.seed)
        place.must_run("postoffice", "postmaster")
        cuts = Cuts(place, book)
        began = time.monotonic()
        run(cuts, chosen.step)
        left = place.carry_all()
        faults = cuts.faults + [f"{left} mails do not leave"] * bool(left)
        faults += [f"exit code {code}" for code in place.end() if code]
        what = f"{cuts.cuts} cut connections, {cuts.in_w5} of them between the final dot and its 250, {time.monotonic() - began:.0f} s"
        result = account.take_account(book.mails, place)
        # What came twice is judged above, cut by cut: the account knows of killed couriers only.
        result.in_w5, result.outside, result.words = result.in_w5 + result.outside, 0, []
        campaign.finish("cut-way-out", what, result, faults)


main()
