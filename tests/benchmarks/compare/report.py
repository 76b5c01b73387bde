"""What is told at the end: Markdown, between two marks in docs/benchmarks.md, and a plot beside it."""
import datetime
import os
import platform
import re
import subprocess

from .image import describe
from .plot import Bar, draw

BEGIN, END = "<!-- scripts/bench begins -->", "<!-- scripts/bench ends -->"
PACKAGES = ("postfix", "exim4-daemon-light", "python3-aiosmtpd", "python3-falcon", "gunicorn")


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except OSError:
        return ""


def table(columns, rows, first="---"):
    align = [first] + ["---"] * (len(columns) - 1)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [columns, align, *rows])


def processor():
    with open("/proc/cpuinfo") as info:
        found = re.search(r"model name\s*: (.*)", info.read())
    return found[1] if found else platform.machine()


def versions():
    for package in PACKAGES:
        found = re.search(r"(?:Candidate|Installed): (?!\(none\))(\S+)", output("apt-cache", "policy", package))
        if found:
            yield f"{package} {found[1]}"


def moment():
    """When a measure was taken, and what else the machine did."""
    return f"{datetime.datetime.now():%Y-%m-%d %H:%M}, load of the machine {os.getloadavg()[1]:.0f}"


class Report:
    def __init__(self, bench, sections):
        self.bench, self.sections = bench, list(sections)
        self.goals = [goal for section in self.sections for goal in section.goals]

    def machine(self):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
        return (f"{processor()}, {os.cpu_count()} cores, {memory} GB, Linux "
                f"{platform.release()}, {output('lsb_release', '-ds') or 'Debian 12'}. "
                f"Everything is written to an ext4 with a journal in a file on {describe(self.bench.home)}, "
                f"loop-mounted. {', '.join(versions())}. "
                f"Each figure: the median of up to {self.bench.rounds} rounds (lowest–highest). "
                f"The last run took {self.bench.elapsed() / 60:.0f} minutes.")

    def markdown(self):
        parts = [self.machine()]
        if self.goals:
            parts += ["### Goals", "Ratios are taken within each round, between runs right after each other. Judged is the way to commit that "
                      "is made for many mails, `--commit journal`.",
                      table(["", "goal", "measured", ""], [
                          [goal.what, goal.wanted_text(), goal.got_text(), goal.verdict]
                          for goal in self.goals])]
        for section in self.sections:
            parts += [f"### {section.title}", f"{section.intro} ({section.when})", table(section.columns, section.rows), *section.remarks]
        return "\n\n".join(part for part in parts if part) + "\n"

    def svg(self):
        ratios = [Bar(goal.what, goal.got, f"{goal.got.median:.2f}× (goal {goal.wanted_text()})", goal=goal.wanted)
                  for goal in self.goals if goal.unit == "×" and goal.at_least and goal.judged]
        panels = [panel for section in self.sections for panel in section.panels]
        return draw([*panels, ("Ratios, and where the goal is", ratios)])

    def write(self, directory):
        """The table into its place in benchmarks.md, the plot beside it."""
        with open(directory + "/benchmarks.svg", "w") as plot:
            plot.write(self.svg())
        path = directory + "/benchmarks.md"
        with open(path) as page:
            before, begin, rest = page.read().partition(BEGIN)
            _, end, after = rest.partition(END)
        if not (begin and end):
            raise RuntimeError(f"{path} lacks the marks {BEGIN} and {END}")
        with open(path, "w") as page:
            page.write(f"{before}{BEGIN}\n\n{self.markdown()}\n{END}{after}")
