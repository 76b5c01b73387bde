"""The comparison: runs its measures one after the other and tells them. scripts/bench calls it."""
import argparse
import os
import sys
import traceback

from . import delivery, hand_out, hostile, intake, latency, memory, profile, report
from .program import end_all
from .shelf import Shelf
from .workbench import SOURCE, Workbench

MEASURES = {
    "intake": intake.measure,
    "hand-out": hand_out.measure,
    "waiting": hand_out.measure_crowds,
    "delivery": delivery.measure,
    "latency": latency.measure,
    "memory": memory.measure,
    "hostile": hostile.measure,
    "profile": profile.measure,
}
# Seconds that each takes of a quick run, about.
WEIGHTS = {"intake": 65, "hand-out": 20, "waiting": 15, "delivery": 16, "latency": 13, "memory": 24, "hostile": 13, "profile": 8}


def parse():
    parser = argparse.ArgumentParser(prog="bench", description="this project beside its peers, in one run")
    parser.add_argument("--quick", dest="size", action="store_const", const="quick", default="long",
                        help="in under three minutes, without what takes long; docs/ stays as it is")
    parser.add_argument("--tiny", dest="size", action="store_const", const="tiny",
                        help="in seconds: only whether everything runs; its figures say nothing")
    parser.add_argument("--only", metavar="NAME,…", help=f"some of: {', '.join(MEASURES)}; "
                        "docs/ keeps what the last run said of the others")
    parser.add_argument("--rounds", type=int, metavar="N", help="how often each is measured (3)")
    parser.add_argument("--plot", metavar="FILE", help="draws the plot of what was measured there, too")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=HOST:PORT",
                        help="another SMTP server, already running, that accepts and stores; may be repeated")
    return parser.parse_args()


def run(bench, names):
    """What each measure tells, by its name; one that fails is told at the end, and keeps no other from running."""
    sections, failures = {}, []
    for number, name in enumerate(names):
        try:
            bench.give_time(WEIGHTS[name] / sum(WEIGHTS[left] for left in names[number:]))
            sections[name] = MEASURES[name](bench)
            bench.say(f"{name}: took {bench.elapsed() - bench.measure_began:.0f} s")
            sections[name].when = report.moment()
        except Exception as fault:
            traceback.print_exc()
            failures.append(f"bench: {name} failed: {fault}")
            end_all()
    return sections, failures


def tell(options, bench, fresh):
    """docs/ gets the last long run of each measure."""
    print(report.Report(bench, fresh.values()).markdown())
    if options.plot:
        with open(options.plot, "w") as plot:
            plot.write(report.Report(bench, fresh.values()).svg())
    if options.size != "long":
        return
    kept = Shelf(SOURCE + "/build/bench")
    kept.put(fresh)
    report.Report(bench, kept.take(MEASURES)).write(SOURCE + "/docs")


def main():
    options = parse()
    names = options.only.split(",") if options.only else list(MEASURES)
    if unknown := [name for name in names if name not in MEASURES]:
        sys.exit(f"bench: unknown: {', '.join(unknown)} ({', '.join(MEASURES)})")
    if os.geteuid() != 0:
        sys.exit("bench: this needs root, for a loop mount")
    bench = Workbench(options.size, options.rounds or (1 if options.size == "tiny" else 3), options.peer)
    try:
        sections, failures = run(bench, names)
        tell(options, bench, sections)
        bench.say("all done")
    finally:
        bench.close()
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
