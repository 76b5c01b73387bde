"""A file system of its own in a file, loop-mounted, whose power can be cut. Needs root and loop devices.

The cut is FS_IOC_SHUTDOWN without a flush of the log: what was not synced is gone, as when the plug is pulled. What the
kernel remembers of it goes with the unmounting; mounting it again replays the file system's own journal."""
import fcntl
import os
import struct
import subprocess

from .program import PATIENCE, wait_until
from .site import need, skip

SHUTDOWN, WITHOUT_LOG_FLUSH = 0x8004587D, 2
MAKE = {"ext4": ["mkfs.ext4", "-q", "-F"], "xfs": ["mkfs.xfs", "-q", "-f"]}
MEGABYTES = {"ext4": 128, "xfs": 320}


def need_loop_devices(root):
    """Skips the campaign where loop devices or their mounts do not work here."""
    if os.geteuid() != 0:
        skip("loop mounts need root")
    need("losetup", "mkfs.ext4", "mkfs.xfs")
    try:
        Disk(root, "ext4", name="probe").close()
    except (subprocess.CalledProcessError, OSError) as fault:
        skip(f"no loop mounts here: {fault}")


class Disk:
    def __init__(self, root, kind, name="disk", megabytes=None, make=()):
        self.kind, self.image, self.path = kind, f"{root}/{name}.{kind}", f"{root}/{name}"
        with open(self.image, "wb") as image:
            image.truncate((megabytes or MEGABYTES[kind]) << 20)
        subprocess.run([*MAKE[kind], *make, self.image], check=True, capture_output=True)
        os.makedirs(self.path, exist_ok=True)
        self.root = None
        self.mount()

    def mount(self):
        subprocess.run(["mount", "-o", "loop", "-t", self.kind, self.image, self.path], check=True, capture_output=True)
        subprocess.run(["mount", "--make-shared", self.path], check=True)  # so that unmounting reaches name spaces, too
        self.root = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)

    def cut(self):
        fcntl.ioctl(self.root, SHUTDOWN, struct.pack("I", WITHOUT_LOG_FLUSH))

    def unmount(self):
        if self.root is not None:
            os.close(self.root)
            self.root = None
        # Whoever died may hold it for a moment, or longer on a busy machine. A lazy unmounting would not do: the next
        # mounting would find the old one, with all that the cut took.
        wait_until(lambda: subprocess.run(["umount", self.path], capture_output=True).returncode == 0, PATIENCE,
                   "the end of the last user of " + self.path)
        wait_until(lambda: not subprocess.check_output(["losetup", "-j", self.image]), PATIENCE,
                   "the end of the last name space with " + self.path)

    def power_up(self):
        """After a cut, once no process uses it any more."""
        self.unmount()
        self.mount()

    def close(self):
        self.unmount()
        os.unlink(self.image)
