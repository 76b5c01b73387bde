"""A journaled ext4 of its own in a file, loop-mounted: the figures do not depend on what the machine's own file system
is (one without a journal misleads), and nobody else's files are synced along. Needs root."""
import ctypes
import os
import subprocess
import time

LIBC = ctypes.CDLL(None, use_errno=True)


class Image:
    def __init__(self, directory, gigabytes):
        self.file, self.path = f"{directory}/bench.ext4", f"{directory}/disk"
        with open(self.file, "wb") as image:
            image.truncate(gigabytes << 30)
        # One inode for 4 KiB: a million mails need a million.
        subprocess.run(["mkfs.ext4", "-q", "-F", "-i", "4096", "-E", "lazy_itable_init=0", self.file],
                       check=True, capture_output=True)
        os.makedirs(self.path, exist_ok=True)
        subprocess.run(["mount", "-o", "loop", "-t", "ext4", self.file, self.path], check=True, capture_output=True)
        os.chmod(self.path, 0o755)

    def settle(self):
        """Everything to the disk, so that no run pays for the one before it."""
        descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            LIBC.syncfs(descriptor)
        finally:
            os.close(descriptor)

    def directory(self, name, owner=None, mode=0o755):
        path = f"{self.path}/{name}"
        os.makedirs(path, exist_ok=True)
        os.chmod(path, mode)
        if owner:
            os.chown(path, *owner)
        return path

    def close(self):
        for _ in range(200):  # the kernel may hold it for a moment after its last user has ended
            if subprocess.run(["umount", self.path], capture_output=True).returncode == 0:
                break
            time.sleep(0.05)
        else:
            subprocess.run(["umount", "-l", self.path], check=True)
        os.unlink(self.file)


def describe(path):
    """The file system's type and device, as mounted."""
    found = subprocess.run(["findmnt", "-n", "-o", "FSTYPE,SOURCE", "-T", path], capture_output=True, text=True)
    return " on ".join(found.stdout.split()) or "unknown"
