"""Debian's Postfix from build/parts, with everything that it writes on the image. It takes mail and holds it: its file
is synced before the 250, and nothing is delivered."""
import grp
import os
import pwd

from .smtp_load import postfix_environment
from .smtp_server import SmtpServer
from .workbench import part

MAIN = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
command_directory = {part}/usr/sbin
daemon_directory = {part}/usr/lib/postfix/sbin
shlib_directory = {part}/usr/lib/postfix
meta_directory = {part}/etc/postfix
mail_owner = mail
setgid_group = operator
default_privs = nobody
import_environment = MAIL_CONFIG LD_LIBRARY_PATH
export_environment = MAIL_CONFIG LD_LIBRARY_PATH
maillog_file = {home}/log
maillog_file_prefixes = {home}
myhostname = bench.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_client_restrictions = check_client_access static:hold
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_tls_security_level = none
alias_maps =
alias_database =
local_recipient_maps =
default_process_limit = 150
message_size_limit = 0
header_checks = static:hold
"""

# Debian's master.cf without chroot, and without what is never called here.
MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

QUEUES = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace")


class Postfix(SmtpServer):
    name, durable = "Postfix, hold queue", "yes"

    def __init__(self, bench):
        super().__init__(bench)
        self.part, self.home = part("postfix"), bench.image.directory("postfix")
        self.store = self.home + "/queue/hold"

    def command(self):
        return [self.part + "/usr/lib/postfix/sbin/master", "-d", "-c", self.home + "/etc"]

    def environment(self):
        return postfix_environment(MAIL_CONFIG=self.home + "/etc")

    def prepare(self):
        owner, group = pwd.getpwnam("mail").pw_uid, grp.getgrnam("operator").gr_gid
        image = self.bench.image
        for name in ("etc", "queue", "queue/pid"):
            image.directory("postfix/" + name)
        for name in QUEUES:
            image.directory("postfix/queue/" + name, (owner, 0), 0o700)
        image.directory("postfix/queue/maildrop", (owner, group), 0o730)
        image.directory("postfix/queue/public", (owner, group), 0o710)
        image.directory("postfix/data", (owner, -1))
        for name, text in (("main.cf", MAIN), ("master.cf", MASTER)):
            with open(f"{self.home}/etc/{name}", "w") as file:
                file.write(text.format(home=self.home, part=self.part, port=self.address[1]))

    def empty(self):
        super().empty()
        with open(self.home + "/log", "a") as log:
            os.truncate(log.fileno(), 0)

    def sendmail(self, directory):
        """A command that calls its sendmail, for a courier that passes no environment on."""
        path = directory + "/postfix-sendmail"
        with open(path, "w") as file:
            file.write(f"#!/bin/sh\nLD_LIBRARY_PATH={self.part}/usr/lib/postfix MAIL_CONFIG={self.home}/etc "
                       f"exec {self.part}/usr/sbin/sendmail \"$@\"\n")
        os.chmod(path, 0o755)
        return path
