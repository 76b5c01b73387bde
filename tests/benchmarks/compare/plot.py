"""The plot: how many mails a second each server takes, and the ratios, each with a mark where its goal is. SVG by hand,
readable on a light page and on a dark one."""
import html

WIDTH, ROW, BAR, HEAD = 900, 24, 14, 46
CHARACTER = 7.0  # px, at most, of a letter of the labels
VALUES = 170     # px for the figures behind a bar

STYLE = """\
text { fill: #1f2937; font: 13px system-ui, sans-serif }
.title { font-size: 15px; font-weight: 600 }
.value { fill: #4b5563; font-size: 12px }
.ours { fill: #1d4ed8 } .peer { fill: #9aa3b2 } .ceiling { fill: #d3d8e0 }
.range { stroke: #111827; stroke-width: 1.5 } .goal { stroke: #c2410c; stroke-width: 2.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #f3f4f6 } .value { fill: #b6bdc9 }
  .ours { fill: #7aa7ff } .peer { fill: #6b7482 } .ceiling { fill: #3f4754 }
  .range { stroke: #f3f4f6 } .goal { stroke: #fb923c }
}"""


class Bar:
    """kind  ours, peer or ceiling; goal  where its mark goes, if anywhere"""

    def __init__(self, label, series, text, kind="ours", goal=None):
        self.label, self.series, self.text, self.kind, self.goal = label, series, text, kind, goal

    @property
    def reach(self):
        return max(*self.series.values, self.goal or 0)


def span(x, y, width, style):
    return f'<rect class="{style}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{BAR}" rx="2"/>'


def line(x, top, bottom, style, until=None):
    return f'<path class="{style}" d="M{x:.1f} {top:.1f}{f"H{until:.1f}" if until is not None else f"V{bottom:.1f}"}"/>'


def words(x, y, text, style="", anchor="start"):
    return f'<text class="{style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(text)}</text>'


def panel(title, bars, top):
    """One title and its bars. Returns the shapes and where the next panel begins."""
    left = min(WIDTH / 2, CHARACTER * max(len(bar.label) for bar in bars) + 24)
    scale = (WIDTH - left - VALUES) / max(bar.reach for bar in bars)
    shapes = [words(12, top + 24, title, "title")]
    for number, bar in enumerate(bars):
        y = top + HEAD + number * ROW
        middle = y + BAR / 2
        low, high = (left + scale * bound for bound in (min(bar.series.values), max(bar.series.values)))
        shapes += [words(left - 10, y + BAR - 2, bar.label, anchor="end"),
                   span(left, y, scale * bar.series.median, bar.kind)]
        if high - low > 1:
            shapes.append(line(low, middle, middle, "range", until=high))
        if bar.goal:
            shapes.append(line(left + scale * bar.goal, y - 3, y + BAR + 3, "goal"))
        shapes.append(words(left + scale * bar.reach + 8, y + BAR - 2, bar.text, "value"))
    return shapes, top + HEAD + len(bars) * ROW


def draw(panels):
    """panels  of (title, bars); those without bars are left out. Returns the SVG's text."""
    shapes, bottom = [], 0
    for title, bars in panels:
        if bars:
            more, bottom = panel(title, bars, bottom)
            shapes += more
    body = "\n".join(shapes)
    height = bottom + 12
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'role="img" aria-label="Mails a second of each server, and the ratios beside their goals">\n'
            f"<style>\n{STYLE}\n</style>\n{body}\n</svg>\n")
