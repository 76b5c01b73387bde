"""Slow and hostile clients: what a thousand of them, in the middle of a mail with a byte now and then, take from the rest."""
from .crowd import Dribble, raise_descriptor_limit
from .figures import Section, Series, ratio
from .smtp_load import Load
from .smtp_servers import postoffice_modes


def measure(bench):
    raise_descriptor_limit()
    catcher, load = postoffice_modes(bench)[0], Load("20 sessions", 20)
    number, seconds = bench.pick(50, 1_000, 1_000), bench.pick(0.05, 1, 5)
    catcher.start()
    expected = 400 / load.send(catcher.address, 400)
    mails = max(40, int(expected * seconds))
    rates = {False: Series(), True: Series()}
    for turn in bench.turns():
        for with_them in (False, True) if turn % 2 == 0 else (True, False):
            slow = Dribble(catcher.address, number) if with_them else None
            catcher.empty()
            bench.image.settle()
            rates[with_them].add(mails / load.send(catcher.address, mails))
            if slow:
                slow.close()
        bench.say(f"hostile: {rates[False].values[-1]:,.0f}/s alone, {rates[True].values[-1]:,.0f}/s beside them")
    catcher.stop()
    section = Section("Slow clients", ["", "mails/s"], "20 sessions with mails of 4 KB.")
    section.row("alone", rates[False].text())
    section.row(f"beside {number:,} clients that send one byte in 10 s", rates[True].text())
    section.goal(f"rate beside {number:,} slow clients / alone", ratio(rates[True], rates[False]), 0.9)
    return section
