#!/bin/bash
# systemd-socket-activate starts postmaster twice on one socket, as systemd does around a restart: the
# socket outlives the first postmaster, and who connected meanwhile is served by the second.
. "$(dirname "$0")/../../support/scenario.sh"
need python3 systemd-socket-activate

mkdir -p "$WORK/spool"
python3 "$(dirname "$0")/holder.py" "$WORK" "$MAIL_BIN/postmaster"
