"""holder.py WORK POSTMASTER: holds listening sockets as systemd does, and has postmaster activated on them."""
import os
import socket
import subprocess
import sys
import time

WORK, POSTMASTER = sys.argv[1], sys.argv[2]
PATH, NOTIFY = f"{WORK}/socket", f"{WORK}/notify"
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: mail\r\n\r\n"


def check(sentence, holds, seen=""):
    if not holds:
        sys.exit(f"FAILED: {sentence} {seen}")
    print("ok ", sentence, flush=True)


def start(listening, command, pid_in_environment=True):
    """A child with the socket as descriptor 3; LISTEN_PID is its own pid, or somebody else's."""
    child = os.fork()
    if child:
        return child
    log = os.open(f"{WORK}/postmaster.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.dup2(listening.fileno(), 3)
    os.set_inheritable(3, True)
    os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid() if pid_in_environment else 1), NOTIFY_SOCKET=NOTIFY)
    os.execvp(command[0], command)


def end(child, seconds=10):
    os.kill(child, 15)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.kill(child, 9)
    sys.exit("FAILED: postmaster did not end")


def request(path=PATH):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(30)
    client.connect(path)
    client.sendall(REQUEST)
    return client


def answer(client):
    got = b""
    while piece := client.recv(4096):
        got += piece
    return got


def notified(listening):
    listening.settimeout(30)
    return listening.recv(4096).decode()


def until_notified(listening, word):
    while word not in notified(listening):
        pass
    return True


notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(NOTIFY)
listening = socket.socket(socket.AF_UNIX)
listening.bind(PATH)
listening.listen(16)
options = ["serve", "--spool", f"{WORK}/spool", "--listen", f"unix:{WORK}/unused", "--unsafe-spool"]
activate = ["systemd-socket-activate", "-E", "NOTIFY_SOCKET", POSTMASTER, *options]

for turn in ("first", "second"):
    waiting = request()  # before anybody serves: this connection is what activates it
    child = start(listening, activate)
    check(f"the {turn} activation serves who was waiting", b" 200 " in answer(waiting))
    check(f"the {turn} postmaster says that it is ready", until_notified(notify, "READY=1"))
    check("and serves the next", b" 200 " in answer(request()))
    check("it opened no socket of its own", not os.path.exists(f"{WORK}/unused"))
    check(f"the {turn} postmaster ends well", end(child) == 0)
    check("and said that it stops", until_notified(notify, "STOPPING=1"))
    check("the socket is still there", os.path.exists(PATH))

child = start(listening, [POSTMASTER, *options], pid_in_environment=False)
check("descriptors that are meant for another process are left alone", until_notified(notify, "READY=1"))
check("it listens on its own socket then", b" 200 " in answer(request(f"{WORK}/unused")))
check("and ends well", end(child) == 0)
check("its own socket is gone with it", not os.path.exists(f"{WORK}/unused"))

network = socket.socket(socket.AF_INET)
network.bind(("0.0.0.0", 0))
network.listen(1)
child = start(network, [POSTMASTER, *options])
_, status = os.waitpid(child, 0)
check("an inherited socket that faces the network is refused", os.waitstatus_to_exitcode(status) == 78)
with open(f"{WORK}/postmaster.log") as log:
    check("with a word about nginx", "nginx faces the network" in log.read())
