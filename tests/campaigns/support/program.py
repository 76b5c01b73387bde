"""A program that was started, with a tracer on it or without. Watched and ended by its process id; what a campaign
that fails has left running dies with it."""
import contextlib
import ctypes
import os
import select
import signal
import subprocess
import time

PR_SET_PDEATHSIG = 1
PATIENCE = 180  # s, for what must come; long, so that a slow machine is not taken for a fault


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.003)
    return found


class Handle:
    """A process of anybody's. By descriptor: a number may be another's once the process has ended."""

    def __init__(self, pid):
        self.descriptor = os.pidfd_open(pid)

    def __del__(self):
        os.close(self.descriptor)

    def has_ended(self, seconds=0):
        """Waits so long. True as soon as it has ended (and is not yet reaped, if it is a child)."""
        poll = select.poll()
        poll.register(self.descriptor, select.POLLIN)
        return bool(poll.poll(seconds * 1000))

    def signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.descriptor, number)


def die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def end_all():
    """Whatever a campaign that failed has left running."""
    for program in Program.all:
        if program.is_running:
            program.signal(signal.SIGKILL)
            program.process.kill()
            program.process.wait()


class Program:
    """A running program, and the tracer that was put on it.

    tracer  is its parent's from the first call on; on one that runs already: attach"""

    all = []

    def __init__(self, command, log_path, prefix=(), environment=None, tracer=None):
        self.log_path, self.log_start = log_path, os.path.getsize(log_path) if os.path.exists(log_path) else 0
        Program.all = [other for other in Program.all if other.process.returncode is None] + [self]
        self.tracer = self.tracer_process = None
        # The tracer as a grandchild (-D): the program is our own child. It can be taken off (-I2).
        traced = [tracer[0], "-D", "-I2", *tracer[1:]] if tracer else []
        with open(log_path, "ab") as log:
            self.process = subprocess.Popen([*prefix, *traced, *command], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env={**os.environ, **(environment or {})},
                                            preexec_fn=die_with_parent)
        if tracer:
            wait_until(self.finds_tracer, PATIENCE, "the tracer's start")

    @property
    def is_running(self):
        return self.process.poll() is None

    def attach(self, tracer):
        """Puts a tracer on a program that runs; returns when all its threads are traced. strace misses a thread that
        begins while it looks for them: then it is put on once more."""
        for _ in range(20):
            with open(self.log_path, "ab") as log:
                self.tracer = subprocess.Popen([*tracer, "-p", str(self.process.pid)], stdin=subprocess.DEVNULL,
                                               stdout=log, stderr=log, preexec_fn=die_with_parent)
            self.tracer_process = Handle(self.tracer.pid)
            try:
                return wait_until(self.is_watched, 10, "the tracer's start")
            except TimeoutError:
                self.detach()
        raise TimeoutError("the tracer sees only some of the threads")

    def detach(self):
        """Takes the tracer off; the program runs on with no more faults, if it has not ended."""
        for number in (signal.SIGTERM, signal.SIGKILL):  # the second costs the end of its output
            if self.tracer_process and not self.tracer_process.has_ended():
                self.tracer_process.signal(number)
                self.tracer_process.has_ended(30)
        self.wait_for_tracer()

    def wait_for_tracer(self):
        """Its output is whole then."""
        if self.tracer_process and not self.tracer_process.has_ended(PATIENCE):
            raise TimeoutError("the tracer does not end")
        if self.tracer:
            self.tracer.wait()
        self.tracer = self.tracer_process = None

    def finds_tracer(self):
        """True once it has one, or has ended without."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            with open(f"/proc/{self.process.pid}/status") as status:
                pid = int(status.read().partition("TracerPid:")[2].split()[0])
            if pid:
                self.tracer_process = Handle(pid)
        return self.tracer_process is not None or not self.is_running

    def is_watched(self):
        """By a tracer, all threads of it; or it has ended."""
        if not self.is_running:
            return True
        try:
            for thread in os.listdir(f"/proc/{self.process.pid}/task"):
                with open(f"/proc/{self.process.pid}/task/{thread}/status") as status:
                    if "\nTracerPid:\t0\n" in status.read():
                        return False
            return True
        except FileNotFoundError:  # a thread that has just ended
            return False

    def signal(self, number):
        try:
            if self.is_running:
                os.kill(self.process.pid, number)
        except ProcessLookupError:
            pass

    def kill(self):
        self.signal(signal.SIGKILL)
        return self.wait(PATIENCE)

    def stop(self):
        self.signal(signal.SIGTERM)
        return self.wait(PATIENCE)

    def wait(self, seconds):
        """The exit code; negative for a signal. Kills what does not end."""
        if self.is_running and not Handle(self.process.pid).has_ended(seconds):
            self.process.kill()
            self.process.wait()
            raise TimeoutError(f"{self.process.args[0]} does not end within {seconds} s")
        code = self.process.wait()
        self.wait_for_tracer()
        return code

    def words(self):
        with open(self.log_path, errors="replace") as log:
            log.seek(self.log_start)
            return log.read()
