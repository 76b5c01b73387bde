#!/usr/bin/env python3
"""Takes each safety step out of the code, one at a time, and shows that a named test goes red.

    tests/mutants/run.py [NAME…]     all of mutants.txt, or those named

Works on a copy of the tree, builds what the test needs and nothing else, with the compiler cache that the
tree's own build has filled. Prints one table. Exit code 1 if a mutant survives or no longer applies.

mutants.txt: `== name`, then `file:`, `test:` (program, and the doctest case or the arguments), `-` the
text that goes, `+` the text that comes. Every line of the text has its prefix; the text must be there once.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
PRESET = os.environ.get("MAIL_MUTANTS_PRESET", "release")
JOBS = os.environ.get("MAIL_JOBS", str(os.cpu_count() or 2))


class Mutant:
    def __init__(self, name):
        self.name, self.file, self.program, self.argument = name, "", "", ""
        self.old, self.new = [], []


def read_mutants():
    mutants = []
    for line in (HERE / "mutants.txt").read_text().splitlines():
        if line.startswith("== "):
            mutants.append(Mutant(line[3:]))
        elif line.startswith("file: "):
            mutants[-1].file = line[6:]
        elif line.startswith("test: "):
            mutants[-1].program, _, mutants[-1].argument = line[6:].partition(" ")
        elif line.startswith("-"):
            mutants[-1].old.append(line[1:])
        elif line.startswith("+"):
            mutants[-1].new.append(line[1:])
    return mutants


def copy_tree(to):
    kept = shutil.ignore_patterns("build", ".git", "__pycache__")
    shutil.copytree(SOURCE, to, ignore=kept, symlinks=True)


def quiet(command, cwd, env):
    return subprocess.run(command, cwd=cwd, env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace")


def command_of(mutant, tree):
    program = str(tree / "build" / PRESET / "bin" / mutant.program)
    if mutant.argument.startswith("--"):
        return [program, *mutant.argument.split()]
    # A comma separates filters, and a case's name may have one.
    return [program, "-tc=" + mutant.argument.replace(",", "?")]


def build(tree, env, program):
    return quiet(["ninja", "-C", f"build/{PRESET}", f"-j{JOBS}", program], tree, env)


def try_mutant(mutant, tree, env):
    """Returns what became of it: caught, SURVIVED, DOES NOT APPLY, DOES NOT BUILD."""
    path = tree / mutant.file
    text = path.read_text() if path.exists() else ""
    old, new = "\n".join(mutant.old) + "\n", "".join(line + "\n" for line in mutant.new)
    if text.count(old) != 1:
        return "DOES NOT APPLY"
    path.write_text(text.replace(old, new))
    try:
        built = build(tree, env, mutant.program)
        if built.returncode != 0:
            print(built.stdout[-3000:])
            return "DOES NOT BUILD"
        try:
            ended = subprocess.run(command_of(mutant, tree), cwd=tree, env=env, timeout=120,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return "caught"
        return "caught" if ended.returncode != 0 else "SURVIVED"
    finally:
        path.write_text(text)


def check_sound(mutants, tree, env):
    """The unchanged tree passes every test that is to catch something."""
    for program in sorted({mutant.program for mutant in mutants}):
        built = build(tree, env, program)
        if built.returncode != 0:
            sys.exit(built.stdout[-3000:])
    seen = set()
    for mutant in mutants:
        command = command_of(mutant, tree)
        if tuple(command) in seen:
            continue
        seen.add(tuple(command))
        ended = quiet(command, tree, env)
        if ended.returncode != 0 or "test cases:      0 |" in ended.stdout:
            sys.exit(f"{mutant.name}: its test is red, or not there, without the mutant:\n"
                     + ended.stdout[-2000:])


def main():
    mutants = [one for one in read_mutants() if not sys.argv[1:] or one.name in sys.argv[1:]]
    if unknown := set(sys.argv[1:]) - {one.name for one in mutants}:
        sys.exit(f"no such mutant: {', '.join(sorted(unknown))}")
    begin, failures = time.monotonic(), 0
    with tempfile.TemporaryDirectory(prefix="mail-mutants-") as work:
        tree = pathlib.Path(work) / "tree"
        copy_tree(tree)
        env = dict(os.environ, CCACHE_BASEDIR=str(tree), CCACHE_NOHASHDIR="1")
        if os.path.isdir("/dev/shm"):
            env["TMPDIR"] = "/dev/shm"  # lock files there cost no disk
        configured = quiet(["cmake", "--preset", PRESET], tree, env)
        if configured.returncode != 0:
            sys.exit(configured.stdout)
        check_sound(mutants, tree, env)
        print(f"{'mutant':34} {'verdict':15} {'s':>4}  by", flush=True)
        for mutant in mutants:
            start = time.monotonic()
            verdict = try_mutant(mutant, tree, env)
            failures += verdict != "caught"
            print(f"{mutant.name:34} {verdict:15} {time.monotonic() - start:4.0f}  "
                  f"{mutant.program}: {mutant.argument}", flush=True)
    print(f"mutants={len(mutants)} caught={len(mutants) - failures} not_caught={failures} "
          f"({time.monotonic() - begin:.0f} s)")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
