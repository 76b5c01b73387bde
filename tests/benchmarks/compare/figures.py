"""Samples, what is told of them, and the goals they are held against. A ratio is taken within each round, where both
sides ran under the same load of the machine, and the rounds' median is what is told."""
import statistics


class Series:
    """One figure, a value for each round."""

    def __init__(self, values=()):
        self.values = list(values)

    def add(self, value):
        self.values.append(value)

    @property
    def median(self):
        return statistics.median(self.values)

    def text(self, digits=0, unit=""):
        """median (lowest–highest)"""
        if not self.values:
            return "–"
        low, high = (f"{bound:,.{digits}f}" for bound in (min(self.values), max(self.values)))
        middle = f"{self.median:,.{digits}f}{unit}"
        return middle if low == high else f"{middle} ({low}–{high})"


def ratio(ours, theirs):
    return Series(a / b for a, b in zip(ours.values, theirs.values) if b)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Goal:
    """what    the sentence of the table
    wanted  the bound; at_least says which side of it is good
    got     a Series
    judged  False: the figure is told beside the bound, and no verdict: the goal is another's"""

    judged = True  # also where a shelf holds one from before

    def __init__(self, what, got, wanted, at_least=True, unit="×", digits=2, judged=True):
        self.what, self.got, self.wanted, self.at_least = what, got, wanted, at_least
        self.unit, self.digits, self.judged = unit, digits, judged

    @property
    def verdict(self):
        if not self.judged:
            return "not judged"
        return "met" if self.is_met else "**not met**"

    @property
    def is_met(self):
        return self.got.median >= self.wanted if self.at_least else self.got.median <= self.wanted

    def wanted_text(self):
        number = f"{self.wanted:,.{self.digits}f}".rstrip("0").rstrip(".") if self.digits else f"{self.wanted:,.0f}"
        return f"{'≥' if self.at_least else '≤'} {number}{self.spaced_unit()}"

    def got_text(self):
        return self.got.text(self.digits) + self.spaced_unit()

    def spaced_unit(self):
        return self.unit if self.unit in ("×", "") else " " + self.unit


class Section:
    """What one measure has to say: a table, remarks under it, and its goals."""

    def __init__(self, title, columns, intro=""):
        self.title, self.columns, self.intro, self.when = title, columns, intro, ""
        self.rows, self.remarks, self.goals, self.panels = [], [], [], []  # of the plot: (title, bars)

    def row(self, *cells):
        self.rows.append([str(cell) for cell in cells])

    def remark(self, text):
        self.remarks.append(text)

    def goal(self, *arguments, **options):
        goal = Goal(*arguments, **options)
        if goal.got.values:
            self.goals.append(goal)
