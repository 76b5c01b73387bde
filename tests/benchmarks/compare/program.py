"""A program that was started: its processor time, its memory, its end. Known by its process id and watched with all
processes of its session; what is left of them when the benchmark ends is ended too."""
import os
import signal
import socket
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.005)
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(address):
    """address  (host, port), or the path of a unix socket"""
    try:
        with socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET) as probe:
            probe.connect(address)
            return True
    except OSError:
        return False


class Program:
    running = []

    def __init__(self, command, log, environment=None):
        """log  a path; the program's words are added to it"""
        self.name, self.log = os.path.basename(command[0]), log
        with open(log, "ab") as words:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=words, stderr=words,
                                            env=environment, start_new_session=True)
        self.pid = self.process.pid
        Program.running.append(self)

    def is_running(self):
        return self.process.poll() is None

    def serves(self, address, seconds=20):
        """Waits until it takes connections."""
        def ready():
            if not self.is_running():
                raise RuntimeError(f"{self.name} ended with {self.process.returncode}: {self.last_words()}")
            return answers(address)
        wait_until(ready, seconds, f"{self.name} serves")

    def last_words(self):
        with open(self.log, "rb") as words:
            return words.read()[-600:].decode(errors="replace")

    def _session(self):
        """The fields of /proc/PID/stat, from the state on, of each process of its session."""
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/stat") as stat:
                    fields = stat.read().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == self.pid:
                yield int(entry), fields

    def cpu_seconds(self):
        """Of all its processes, those that ended and were waited for included."""
        return sum(sum(map(int, fields[11:15])) for _, fields in self._session()) / TICKS

    def _status(self, name):
        kib = 0
        for pid, _ in self._session():
            try:
                with open(f"/proc/{pid}/status") as status:
                    kib += next((int(line.split()[1]) for line in status if line.startswith(name + ":")), 0)
            except OSError:
                pass
        return kib / 1024

    def resident_mib(self):
        return self._status("VmRSS")

    def peak_mib(self):
        return self._status("VmHWM")

    def forget_peak(self):
        with open(f"/proc/{self.pid}/clear_refs", "w") as peak:
            peak.write("5")

    def stop(self, seconds=30):
        if self.is_running():
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                pass
        self._end_session()
        self.process.wait()
        if self in Program.running:
            Program.running.remove(self)

    def _end_session(self):
        for pid, _ in list(self._session()):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def end_all():
    for program in list(Program.running):
        program.stop(seconds=5)
