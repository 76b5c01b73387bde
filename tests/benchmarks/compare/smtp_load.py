"""The load: Postfix's smtp-source, which speaks SMTP from many sessions and costs little itself."""
import os
import subprocess
import time

from .workbench import part


def postfix_environment(**more):
    library = part("postfix") + "/usr/lib/postfix"
    return {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": library, "LC_ALL": "C", **more}


class Load:
    def __init__(self, name, sessions, octets=4096, reuse=True):
        """reuse  further mails on the same connections; else a connection for each mail"""
        self.name, self.sessions, self.octets, self.reuse = name, sessions, octets, reuse

    def send(self, address, mails, seconds=600):
        """Returns the seconds it took. Any refusal is an error."""
        command = [part("postfix") + "/usr/sbin/smtp-source", "-s", str(self.sessions), "-m", str(mails),
                   "-l", str(self.octets), "-f", "orders@shop.example", "-t", "ann@customer.example",
                   *(["-d"] if self.reuse else []), f"{address[0]}:{address[1]}"]
        began = time.monotonic()
        done = subprocess.run(command, env=postfix_environment(), capture_output=True, text=True, timeout=seconds)
        took = time.monotonic() - began
        if done.returncode:
            raise RuntimeError(f"smtp-source to {address}: {done.stderr.strip()[-300:]}")
        return took
