"""Debian's Exim from build/parts: it queues only. Both files of a mail are synced before the 250. It insists on its
user by name, so it runs with an /etc/passwd of its own, in a mount namespace."""
from .smtp_server import SmtpServer
from .workbench import has_part, part

USER = 9201  # means nothing outside of the namespace

CONFIGURATION = """\
primary_hostname = bench.example
spool_directory = {home}
log_file_path = {home}/%slog
pid_file_path = {home}/pid
daemon_smtp_ports = {port}
local_interfaces = 127.0.0.1
queue_only = true
smtp_accept_max = 0
smtp_accept_max_per_connection = 0
smtp_accept_queue_per_connection = 0
smtp_connect_backlog = 256
message_size_limit = 0
acl_smtp_rcpt = accept
acl_smtp_data = accept
tls_advertise_hosts =
host_lookup =
rfc1413_hosts =
begin routers
later:
  driver = manualroute
  route_list = * 127.0.0.1
  transport = smtp
begin transports
smtp:
  driver = smtp
"""


class Exim(SmtpServer):
    name, durable, suffix = "Exim, queue only", "yes", "-D"

    def __init__(self, bench):
        super().__init__(bench)
        self.home = bench.image.directory("exim", (USER, USER), 0o750)
        self.store = self.home + "/input"

    @classmethod
    def is_here(cls):
        return has_part("exim4-daemon-light")

    def prepare(self):
        for name, line in (("passwd", "Debian-exim:x:{0}:{0}::/nonexistent:/usr/sbin/nologin\n"),
                           ("group", "Debian-exim:x:{0}:\n")):
            with open(f"/etc/{name}") as here, open(f"{self.bench.home}/exim.{name}", "w") as there:
                there.write(here.read() + line.format(USER))
        with open(self.bench.home + "/exim.conf", "w") as file:
            file.write(CONFIGURATION.format(home=self.home, port=self.address[1]))

    def command(self):
        own = "mount --bind $0/exim.passwd /etc/passwd && mount --bind $0/exim.group /etc/group && exec \"$@\""
        return ["unshare", "--mount", "sh", "-c", own, self.bench.home, part("exim4-daemon-light") + "/usr/sbin/exim4",
                "-C", self.bench.home + "/exim.conf", "-bdf"]

    def empty(self):
        super().empty()
        with open(self.home + "/mainlog", "a") as log:
            log.truncate(0)
