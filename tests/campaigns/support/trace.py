"""strace's traces: which calls of a program change files, and how to strike at the i-th of them.

strace counts per name and per thread (`when=i`), so the points of a run are pairs (name, i) over all its threads."""
import collections
import os
import re

FILE_CHANGING = ("openat,creat,write,pwrite64,writev,fsync,fdatasync,syncfs,sync_file_range,rename,renameat,"
                 "renameat2,unlink,unlinkat,link,linkat,mkdir,mkdirat,ftruncate,fallocate,close")

CALL = re.compile(r"^(\d+) +(?:\d+\.\d+ )?(\w+)\((.*)$")
RESUMED = re.compile(r"^(\d+) +(?:\d+\.\d+ )?<\.\.\. (\w+) resumed>(.*)$")

Call = collections.namedtuple("Call", "thread name text result begin end")  # begin, end: line numbers


def strace(output, calls=FILE_CHANGING, inject=None, with_children=False):
    """The words that go in front of a command; descriptors are shown with their paths. What the command runs (sendmail)
    is left alone, or a fault would strike it, too: a sendmail that is killed after it has accepted sends twice."""
    words = ["strace", "-f", "-qq", "-y", "-s", "200", "-o", output, "-e", f"trace={calls}", "-e", "signal=none"]
    words += [] if with_children else ["--detach-on=execve"]
    return words + (["-e", f"inject={inject}"] if inject else [])


def result_of(text):
    found = re.search(r"\) += (-?\d+)(?:<[^>]*>)?(?: (\w+))?[^=]*$", text)
    if not found:
        return None
    return found.group(2) if found.group(1) == "-1" and found.group(2) else int(found.group(1))


def read_calls(path):
    """All calls in the order of their beginnings. result: a number, an errno's name, or None if it never ended."""
    calls, open_calls = [], {}
    with open(path, errors="replace") as file:
        for number, line in enumerate(file):
            line = line.rstrip("\n")
            if resumed := RESUMED.match(line):
                index = open_calls.pop((resumed.group(1), resumed.group(2)), None)
                if index is not None:
                    begun = calls[index]
                    text = begun.text + resumed.group(3)
                    calls[index] = begun._replace(text=text, result=result_of(text), end=number)
            elif begun := CALL.match(line):
                thread, name, text = begun.groups()
                is_open = text.endswith("<unfinished ...>")
                text = text.removesuffix("<unfinished ...>")
                if is_open:
                    open_calls[thread, name] = len(calls)
                result, end = (None, None) if is_open else (result_of(text), number)
                calls.append(Call(thread, name, text, result, number, end))
    return calls


def points(path, places):
    """The points of a traced run that touch files under `places`, or pipes: (name, i), in their order."""
    found, seen = {}, collections.Counter()
    for call in read_calls(path):
        seen[call.thread, call.name] += 1
        is_ours = any(place in call.text for place in places) or ("<pipe:" in call.text and call.name == "write")
        reads_only = call.name == "openat" and "O_CREAT" not in call.text and "O_DIRECTORY" not in call.text
        if is_ours and not reads_only:
            found.setdefault((call.name, seen[call.thread, call.name]))
    return list(found)


def counts(path, place=None):
    """How often each call was made, by the thread that made it most often: (before, in all). `before` are the loader's
    calls, of a program that was traced from its start: before it lets go of its cache (munmap), which it does when all
    libraries are there, and before the program touches `place`."""
    calls = read_calls(path)
    touched = next((at for at, call in enumerate(calls) if place and place in call.text and call.name != "execve"), 0)
    loaded = next((at for at, call in enumerate(calls[:touched]) if call.name == "munmap"), -1)
    early = collections.Counter(call.name for call in calls[:loaded + 1])
    made, most = collections.Counter((call.thread, call.name) for call in calls), collections.Counter()
    for (_, name), number in made.items():
        most[name] = max(most[name], number)
    return {name: (early[name], number) for name, number in most.items()}


def repeated_syncs(path):
    """Syncs of a file whose sync had failed before, through whatever descriptor: what may never be. A file ends with its
    removal, or when another takes its name; directories are no such files."""
    failed, repeated = set(), []
    for call in read_calls(path):
        names = re.findall(r'<(/[^>]*)>|"(/[^"]*)"', call.text)
        names = [one or other for one, other in names]
        if call.name in ("fsync", "fdatasync") and names and not os.path.isdir(names[0]):
            if names[0] in failed:
                repeated.append(call.text)
            if isinstance(call.result, str):
                failed.add(names[0])
        elif call.result == 0 and call.name in ("unlink", "unlinkat", "rename", "renameat", "renameat2"):
            failed.difference_update(names)
        elif call.name in ("openat", "creat") and "O_EXCL" in call.text and isinstance(call.result, int):
            failed.difference_update(names)
    return repeated


def evenly(items, number):
    """At most `number` of them, spread over the whole."""
    if len(items) <= number:
        return list(items)
    return [items[index * len(items) // number] for index in range(number)]


def remove(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
