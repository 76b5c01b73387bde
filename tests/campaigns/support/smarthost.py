"""The campaigns' smarthost: an SMTP server in front of the sendmail stand-in, so that its log is the account's.

A mail is accepted when the stand-in has noted it; then the 250. A recipient that begins with "permanent" is refused with
550, one that begins with "temporary" with 450."""
import re
import socket
import subprocess
import threading


class Smarthost:
    """sendmail  the stand-in's path"""

    def __init__(self, sendmail):
        self.sendmail = sendmail
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        try:
            with client, client.makefile("rb") as lines:
                self.talk(client, lines)
        except OSError:
            pass

    def talk(self, client, lines):
        sender, recipients = None, []
        client.sendall(b"220 smarthost.example ESMTP\r\n")
        while (line := lines.readline()).endswith(b"\r\n"):  # half a command is none
            verb = line[:4].upper()
            if verb == b"EHLO":
                client.sendall(b"250-smarthost.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
            elif verb == b"MAIL":
                sender, recipients = re.match(rb"MAIL FROM:<(.*?)>(?: |\r)", line)[1], []
                client.sendall(b"250 2.1.0 Ok\r\n")
            elif verb == b"RCPT":
                client.sendall(self.recipient(re.match(rb"RCPT TO:<(.*)>\r", line)[1], recipients))
            elif verb == b"DATA" and recipients:
                client.sendall(b"354 Go\r\n")
                client.sendall(self.content(lines, sender, recipients))
            elif verb == b"RSET":
                client.sendall(b"250 2.0.0 Ok\r\n")
            elif verb == b"QUIT":
                client.sendall(b"221 2.0.0 Bye\r\n")
                return
            else:
                client.sendall(b"503 5.5.1 Not now\r\n")

    @staticmethod
    def recipient(address, recipients):
        if address.startswith(b"permanent"):
            return b"550 5.1.1 No such user\r\n"
        if address.startswith(b"temporary"):
            return b"450 4.2.0 Not now\r\n"
        recipients.append(address)
        return b"250 2.1.5 Ok\r\n"

    def content(self, lines, sender, recipients):
        text = []
        while (line := lines.readline()) != b".\r\n":
            if not line:
                raise OSError("cut in the content: that is no mail")
            text.append(line[1:] if line.startswith(b".") else line)
        command = [self.sendmail, "-i", "-f", sender or b"<>", "--", *recipients]
        done = subprocess.run(command, input=b"".join(text).replace(b"\r\n", b"\n"), check=False)
        return b"250 2.0.0 Ok: queued\r\n" if done.returncode == 0 else b"451 4.3.0 Later\r\n"
