#!/usr/bin/env python3
"""Runs a command and writes its peak resident set (KiB) to a file: peak_memory.py FILE COMMAND…"""
import resource
import subprocess
import sys

status = subprocess.run(sys.argv[2:]).returncode
with open(sys.argv[1], "w") as file:
    file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(status if status >= 0 else 128 - status)
