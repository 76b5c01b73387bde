"""The account of a campaign: where is each mail that a client heard a 250 for, and what came twice.

A copy is one (mail, recipient). It was sent when the client heard the 250 of one of its tries.
  delivered  the try that was heard arrived, whole (SHA-256 over every octet)
  waiting    not delivered, and the try's record lies in messages/
  aside      its recipient was to be refused, and its record lies in failed/
  lost       none of these
  twice      delivered more than once. Inside a window:
    W1       another try arrived too, and the client had ended its data and read no reply (RFC 1047)
    W5       the same try arrived again, the courier was killed in between, and at that moment its ledger had the
             delivery as started, without an end; it had been accepted at most W5_LIMIT before
             (and what had been begun right before a death may be accepted after it)
    outside  anything else"""
import collections
import dataclasses

from .ledger import ledger_key

# In ns; wide because a tracer, or a busy machine, slows the courier down. The figures say what was seen.
W5_LIMIT = 20_000_000_000
SLOWEST_EXEC = 2_000_000_000


@dataclasses.dataclass
class Account:
    sent: int = 0
    delivered: int = 0
    waiting: int = 0
    aside: int = 0
    lost: int = 0
    in_w1: int = 0
    in_w5: int = 0
    widest_w5: int = 0
    outside: int = 0
    damaged: int = 0
    words: list = dataclasses.field(default_factory=list)  # about each copy that is lost or twice outside

    @property
    def is_sound(self):
        return not (self.lost or self.outside or self.damaged)

    def figures(self):
        text = (f"sent {self.sent}, delivered {self.delivered}, waiting {self.waiting}, lost {self.lost}, "
                f"twice inside a window {self.in_w1 + self.in_w5} (W1 {self.in_w1}, W5 {self.in_w5}, "
                f"widest {self.widest_w5 / 1e6:.1f} ms), twice outside {self.outside}")
        text += f", refused and kept {self.aside}" if self.aside else ""
        return text + (f", damaged {self.damaged}" if self.damaged else "")

    def add(self, other):
        for field in dataclasses.fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            setattr(self, field.name, max(mine, theirs) if field.name == "widest_w5" else mine + theirs)


Arrival = collections.namedtuple("Arrival", "started accepted sha256")


class Arrivals:
    """(sender, recipient) -> what arrived, in order; read from the stand-in's log as it grows."""

    def __init__(self, site):
        self.path, self.offset, self.found = site.sendmail + ".log", 0, collections.defaultdict(list)

    def read(self):
        with open(self.path) as log:
            log.seek(self.offset)
            for line in log:
                self.offset += len(line)
                started, accepted, sha256, sender, *recipients = line.split()
                for recipient in recipients:
                    self.found[sender, recipient].append(Arrival(int(started), int(accepted), sha256))
        return self.found


def window_w5(first, second, recipient, deaths):
    """How long after the acceptance the courier died, where it died between both; None where it did not."""
    key = ledger_key(recipient)
    for when, unended in deaths:
        # A sendmail that was run right before the courier's death begins after it.
        is_between = first.started - SLOWEST_EXEC <= when <= second.started
        if is_between and key in unended and when - first.accepted <= W5_LIMIT:
            return max(0, when - first.accepted)
    return None


def take_account(mails, site, arrived=None):
    """arrived  Arrivals of the site, for a campaign that takes many accounts"""
    account, found = Account(), (arrived or Arrivals(site)).read()
    for mail in mails:
        count_mail(account, mail, found, site)
    return account


def count_mail(account, mail, found, site):
    heard = mail.heard
    for number, word in enumerate(mail.words):
        came = [attempt for attempt in mail.tries if found.get((attempt.sender, attempt.recipients[number]))]
        for attempt in came:
            times = found[attempt.sender, attempt.recipients[number]]
            count_repeats(account, attempt, times, number, mail, site.deaths)
        count_tries(account, heard, came)
        if heard is not None:
            count_copy(account, heard, number, word, heard in came, site)


def count_tries(account, heard, came):
    """Tries of one mail that came beside the one that was heard."""
    for attempt in came:
        if attempt is heard or (heard is None and attempt is came[0]):
            continue
        if attempt.ended_data and attempt.reply is None:
            account.in_w1 += 1
        else:
            account.outside += 1
            account.words.append(f"{attempt.sender} was answered {attempt.reply} and came")


def count_copy(account, heard, number, word, is_there, site):
    account.sent += 1
    if is_there:
        account.delivered += 1
    elif site.has(heard.id, "messages"):
        account.waiting += 1
    elif word.startswith("permanent") and site.has(heard.id, "failed"):
        account.aside += 1
    else:
        account.lost += 1
        account.words.append(f"{heard.sender} to {heard.recipients[number]}, id {heard.id}, is nowhere")


def count_repeats(account, attempt, times, number, mail, deaths):
    if damaged := sum(arrival.sha256 != mail.sha256 for arrival in times):
        account.damaged += damaged
        account.words.append(f"{attempt.sender} came with other octets")
    ordered = sorted(times, key=lambda arrival: arrival.accepted)
    for first, second in zip(ordered, ordered[1:]):
        width = window_w5(first, second, attempt.recipients[number], deaths)
        if width is None:
            account.outside += 1
            account.words.append(f"{attempt.sender} to {attempt.recipients[number]} came twice")
        else:
            account.in_w5 += 1
            account.widest_w5 = max(account.widest_w5, width)
