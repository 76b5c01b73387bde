"""Where postoffice's processor time goes, by perf's samples: a system call takes what its callees take, the rest is told
by the function that ran. Only where perf is installed (Debian's linux-perf); needs a build with symbols."""
import collections
import os
import re
import shutil
import subprocess

from .figures import Section
from .program import wait_until
from .smtp_load import Load
from .smtp_servers import postoffice_modes

SYSTEM_CALLS = {
    "sync": "fsync fdatasync sync_file_range",
    "files: open, write, rename, close": "openat write writev pwrite64 pwritev renameat2 close unlinkat unlink statfs "
                                         "newfstatat fallocate ftruncate",
    "network: send, receive, wait": "sendto sendmsg recvfrom recvmsg readv read epoll_wait epoll_ctl accept accept4",
    "threads: wake and wait": "futex sched_yield nanosleep",
}
GROUP_OF_CALL = {call: group for group, calls in SYSTEM_CALLS.items() for call in calls.split()}
FUNCTIONS = {
    "hash": r"sha256|SHA256|libcrypto",
    "record": r"record|json|utf8|base64|Escap",
    "SMTP": r"postoffice::|Conversation|DataReader|memchr|memrchr",
    "log": r"spdlog|fmt::|mail::log",
    "asio, threads": r"asio|pthread|condition_variable|std::thread",
    "memory": r"malloc|free|memcpy|memmove|memset|operator (new|delete)|libc\.so",
}


def group_of(stack):
    """stack  its lines, the innermost first: address, function, (where it lies)"""
    for frame in stack:
        if found := re.search(r"__(?:x64|arm64)_sys_(\w+)", frame):
            return GROUP_OF_CALL.get(found[1], "other system calls")
    if "[kernel" in stack[0] or "[k]" in stack[0]:
        return "kernel: interrupts, entry and exit"
    return next((group for group, pattern in FUNCTIONS.items() if re.search(pattern, stack[0])), "the rest")


def shares(data):
    """Each group's share of all samples."""
    text = subprocess.run(["perf", "script", "-i", data, "-F", "ip,sym,dso"], capture_output=True, text=True).stdout
    stacks = [block.strip().split("\n") for block in text.split("\n\n") if block.strip()]
    counted = collections.Counter(group_of(stack) for stack in stacks)
    return {group: count / len(stacks) for group, count in counted.most_common()}


def sample(bench, server, load, mails):
    """Returns the processor time of a mail in µs, and the shares."""
    server.start()
    load.send(server.address, mails // 10)
    bench.image.settle()
    data = bench.home + "/perf.data"
    perf = subprocess.Popen(["perf", "record", "-q", "-F", "997", "-g", "-o", data, "-p", str(server.program.pid)],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: os.path.exists(data), 10, "perf samples")
    cpu = server.program.cpu_seconds()
    load.send(server.address, mails)
    cost = (server.program.cpu_seconds() - cpu) / mails * 1e6
    perf.terminate()
    perf.wait()
    server.stop()
    return cost, shares(data)


def measure(bench):
    load, mails = Load("20 sessions", 20), bench.pick(200, 5_000, 40_000)
    servers = postoffice_modes(bench)
    section = Section("Where postoffice's processor time goes", ["", *(server.name for server in servers)],
                      f"µs of a mail of 4 KB, 20 sessions, {mails:,} mails.")
    if not shutil.which("perf"):
        section.remark("perf is not installed here.")
        return section
    told = [sample(bench, server, load, mails) for server in servers]
    for group in told[0][1]:
        section.row(group, *(f"{cost * share.get(group, 0):.0f}" for cost, share in told))
    section.row("in all", *(f"{cost:.0f}" for cost, _ in told))
    return section
