"""The time of one sendmail from its start to its end: `sendmail_start.py ROUNDS MAIL NAME=COMMAND...`, words of a command by spaces.

All commands take turns, so that each meets the same machine. Prints a row of a table for each: median, quartiles, least, and the
processor time, in milliseconds.
"""
import os
import statistics
import sys
import time


def run(command, mail):
    actions = [(os.POSIX_SPAWN_OPEN, 0, mail, os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
    began = time.perf_counter()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    _, status, used = os.wait4(pid, 0)
    took = time.perf_counter() - began
    if status != 0:
        sys.exit(f"{command}: exit status {os.waitstatus_to_exitcode(status)}")
    return took * 1e3, (used.ru_utime + used.ru_stime) * 1e3


def main():
    rounds, mail = int(sys.argv[1]), sys.argv[2]
    commands = {name: command.split() for name, command in (word.split("=", 1) for word in sys.argv[3:])}
    times = {name: [] for name in commands}
    for turn in range(rounds + 3):
        for name, command in commands.items():
            took = run(command, mail)
            if turn >= 3:  # the first are to warm up
                times[name].append(took)
    for name, taken in times.items():
        walls = [wall for wall, _ in taken]
        low, median, high = statistics.quantiles(walls, n=4)
        cpu = statistics.median(used for _, used in taken)
        print(f"| {name} | {median:.1f} | {low:.1f} to {high:.1f} | {min(walls):.1f} | {cpu:.1f} |")


main()
