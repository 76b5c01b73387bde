"""kill.py BIN WORK SECONDS SEED: the load, the killer and the count of scenario random-kills."""
import collections
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time

BIN, WORK, SECONDS, SEED = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4])
SPOOL, SOCKET, ACCEPTED = WORK + "/spool", WORK + "/postmaster.socket", WORK + "/accepted"
SENDERS = 4
DRAIN_SECONDS = 60

# W5: sendmail took it, and postman was killed before its ledger said so. The kill is at most this far from the
# acceptance: before it where sendmail outlived postman, after it where the sync was not yet done.
W5_SECONDS = 2.0

# A sendmail that writes one line for a whole mail: when, which submission, how many octets, whether the end was there.
SENDMAIL = r"""#!/usr/bin/python3 -IS
import os, sys, time
sender, recipients = sys.argv[sys.argv.index("-f") + 1], sys.argv[sys.argv.index("--") + 1:]
mail = sys.stdin.buffer.read()
whole = mail.endswith(b"THE-END\n.\n") and mail.count(b"\nX-Octets: ") == 1
whole = whole and int(mail.split(b"\nX-Octets: ")[1].split(b"\n")[0]) == len(mail.split(b"\n\n", 1)[1])
line = "%.3f %s %d %s\n" % (time.time(), sender, whole, " ".join(recipients))
log = os.open(PATH, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
os.write(log, line.encode())
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Programs:
    """The three programs; a dead one is started again."""

    def __init__(self, port):
        self.commands = {
            "postoffice": [BIN + "/postoffice", "127.0.0.1", str(port), "--spool", SPOOL],
            "postmaster": [BIN + "/postmaster", "serve", "--spool", SPOOL, "--listen", "unix:" + SOCKET],
            "postman": [BIN + "/postman", "unix:" + SOCKET, "--watch", "--state", WORK + "/courier",
                        "--deliver", "sendmail:" + WORK + "/sendmail"],
        }
        self.running, self.kills = {}, collections.defaultdict(list)
        for name in self.commands:
            self.start(name)

    def start(self, name):
        with open(f"{WORK}/{name}.log", "ab") as log:
            self.running[name] = subprocess.Popen(self.commands[name], stdout=log, stderr=log)

    def kill(self, name):
        if self.running[name].poll() is None:
            self.running[name].kill()
            self.running[name].wait()
            self.kills[name].append(time.time())

    def revive(self):
        for name, process in self.running.items():
            if process.poll() is not None:
                self.start(name)

    def end(self, *names):
        for name in names:
            self.running[name].send_signal(signal.SIGTERM)
        return {name: self.running[name].wait(60) for name in names}


class Load:
    """Clients that try each mail until they hear a 250, as nullmailer does. Each try has a sender of its own."""

    def __init__(self, port):
        self.port, self.stop = port, threading.Event()
        self.heard, self.tries, self.lock = {}, collections.Counter(), threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(number,)) for number in range(SENDERS)]
        for thread in self.threads:
            thread.start()

    def run(self, number):
        choice, count = random.Random(SEED * 1000 + number), 0
        while not self.stop.is_set():
            count += 1
            mail = f"m{number}x{count}"
            recipients = [f"r{i}@delivery.example" for i in range(choice.choice([1, 1, 1, 3]))]
            body = ("x" * 70 + "\r\n") * (choice.choice([300, 300, 2000, 20000, 1500000]) // 72) + "THE-END\r\n.\r\n"
            octets = len(body) - body.count("\r\n")
            content = f"Subject: {mail}\r\nX-Octets: {octets}\r\n\r\n{body.replace(chr(10) + '.', chr(10) + '..')}.\r\n"
            while not self.try_once(mail, recipients, content.encode()):
                time.sleep(0.1)  # as a client does before it tries again
            time.sleep(choice.uniform(0, 0.3))  # and between mails: the load, not a wait for anything

    def try_once(self, mail, recipients, content):
        with self.lock:
            self.tries[mail] += 1
        try:
            with socket.create_connection(("127.0.0.1", self.port), 10) as connection:
                replies = connection.makefile("rb")
                lines = ["HELO app", f"MAIL FROM:<{mail}.{self.tries[mail]}@app.example>"]
                lines += [f"RCPT TO:<{recipient}>" for recipient in recipients] + ["DATA"]
                replies.readline()
                for line in lines:
                    connection.sendall(line.encode() + b"\r\n")
                    if replies.readline()[:1] not in (b"2", b"3"):
                        return False
                connection.sendall(content)
                if not replies.readline().startswith(b"250"):
                    return False
                with self.lock:
                    self.heard[mail] = recipients
                connection.sendall(b"QUIT\r\n")
                return True
        except OSError:
            return False

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()


def connected():
    """To postmaster, which may have been started a moment ago."""
    deadline = time.time() + 20
    while True:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(SOCKET)
            return connection
        except OSError:
            connection.close()
            if time.time() > deadline:
                raise
            time.sleep(0.05)


def release_leases():
    """A killed courier's leases last 15 minutes. With no courier there they are ended now, by the journal's tokens."""
    journals = b"".join(open(f"{SPOOL}/state/journal.{slot}", "rb").read() for slot in (0, 1))
    for token in set(re.findall(rb'\["([0-9a-f]{32})",[0-9]+\]', journals)):
        with connected() as connection:
            connection.sendall(b"DELETE /v1/leases/" + token + b" HTTP/1.1\r\nHost: postmaster\r\n\r\n")
            connection.recv(4096)


def waiting():
    return len(os.listdir(SPOOL + "/messages"))


def count(load, programs):
    whole, torn = collections.defaultdict(list), 0
    with open(ACCEPTED) as log:
        for line in log:
            when, sender, is_whole, *recipients = line.split()
            torn += is_whole != "1"
            for recipient in recipients:
                whole[sender.split("@")[0], recipient].append(float(when))
    arrived = {(submission.split(".")[0], recipient) for submission, recipient in whole}
    wanted = {(mail, recipient) for mail, recipients in load.heard.items() for recipient in recipients}
    in_w5 = outside = 0
    for times in whole.values():
        for first in sorted(times)[:-1]:
            near = any(abs(kill - first) < W5_SECONDS for kill in programs.kills["postman"])
            in_w5, outside = in_w5 + near, outside + (not near)
    submissions = collections.Counter((s.split(".")[0], r) for s, r in whole)
    in_w1 = sum(times - 1 for times in submissions.values())
    return wanted, wanted - arrived, torn, in_w1, in_w5, outside


def main():
    with open(WORK + "/sendmail", "w") as file:
        file.write(SENDMAIL.replace("PATH", repr(ACCEPTED)))
    os.chmod(WORK + "/sendmail", 0o755)
    os.makedirs(WORK + "/courier", 0o700)
    open(ACCEPTED, "w").close()
    choice, port = random.Random(SEED), free_port()
    programs = Programs(port)
    load = Load(port)
    try:
        end = time.time() + SECONDS
        while time.time() < end:
            time.sleep(choice.uniform(0.05, 0.8))  # the random moment of the next kill
            programs.kill(choice.choice(list(programs.commands)))
            programs.revive()
    finally:
        load.end()
    programs.revive()
    codes = programs.end("postman")
    release_leases()
    programs.revive()
    deadline = time.time() + DRAIN_SECONDS
    while waiting() and time.time() < deadline:
        time.sleep(0.1)
    left = waiting()
    codes = [code for names in (["postman"], ["postmaster", "postoffice"]) for code in programs.end(*names).values()] + list(codes.values())
    wanted, lost, torn, in_w1, in_w5, outside = count(load, programs)
    aside = {name: len(os.listdir(f"{SPOOL}/{name}")) for name in ("held", "failed", "corrupt")}
    kills = {name: len(times) for name, times in programs.kills.items()}
    print(f"seed {SEED}; kills {kills}; exit codes {sorted(codes)}; set aside {aside}; torn {torn}")
    print(f"mails {len(load.heard)}, recipients {len(wanted)}, delivered {len(wanted) - len(lost)}, waiting {left}, "
          f"lost {len(lost)}, twice in W1 {in_w1}, twice in W5 {in_w5}, twice outside {outside}")
    is_sound = not lost and not torn and not outside and not left and not any(aside.values()) and not any(codes)
    sys.exit(0 if is_sound and len(wanted) > 0 else 1)


main()
