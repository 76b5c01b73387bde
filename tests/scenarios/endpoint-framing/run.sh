#!/bin/bash
# Framing attacks sent straight to postmaster's socket, without nginx before it: each gets one answer at
# most, the connection is closed, nothing behind it is taken for another request, and memory stays flat.
. "$(dirname "$0")/../../support/scenario.sh"
need python3

mkdir -p "$WORK/spool"
start postmaster "$MAIL_BIN/postmaster" --spool "$WORK/spool" --listen "unix:$WORK/socket" --unsafe-spool
wait_for_log postmaster 'listening on='
python3 "$(dirname "$0")/attacks.py" "$WORK/socket" "$(pid_of postmaster)"
stop postmaster 5
check_equal "postmaster ends well afterwards" "$EXIT_STATUS" 0

say "out of descriptors"
start few bash -c 'ulimit -n 64; exec "$0" "$@"' "$MAIL_BIN/postmaster" --spool "$WORK/spool" \
    --listen "unix:$WORK/socket" --unsafe-spool
wait_for_log few 'listening on='
python3 "$(dirname "$0")/out_of_descriptors.py" "$WORK/socket" "$(log_of few)"
stop few 5
