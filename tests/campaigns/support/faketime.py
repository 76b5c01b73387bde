"""A clock that can be moved under a running program (libfaketime)."""
import glob
import os

from .site import need


class Clock:
    """environment  for the program; without `monotonic` only its wall clock moves
    move            so many seconds forward or back, from where it stands now; with `monotonic` within a second

    libfaketime looks for the offset at each call, or once a second. In a program with several threads each look may
    give another thread the true time for a moment: one call in 50,000. A wall clock may jump like that, and is
    tested for it; the boot clock never does, and every lease would end at it."""

    def __init__(self, root):
        self.path, self.offset = root + "/faketime", 0
        libraries = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
        if not libraries:
            need("libfaketime")
        self.library = libraries[0]
        self.move(0)

    def move(self, seconds):
        self.offset += seconds
        with open(self.path + ".new", "w") as file:
            file.write(f"{self.offset:+d}\n")
        os.rename(self.path + ".new", self.path)

    def environment(self, monotonic=False):
        settings = {"LD_PRELOAD": self.library, "FAKETIME_TIMESTAMP_FILE": self.path}
        return {**settings, **({"FAKETIME_CACHE_DURATION": "1"} if monotonic else
                               {"FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1"})}
