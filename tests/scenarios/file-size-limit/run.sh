#!/bin/bash
# A limit on the size of files (ulimit -f; LimitFSIZE= of systemd) is an error of a write, and no program's end:
# what does not fit is put off, everything else goes on.
. "$(dirname "$0")/../../support/scenario.sh"
need curl

limited=(bash -c 'ulimit -f 64; exec "$@"' limited)  # KiB
{ printf 'Subject: small\n\nsmall\n'; } >"$WORK/small.eml"
{ printf 'Subject: large\n\n'; printf 'a line of a large mail %d\n' {1..10000}; } >"$WORK/large.eml"
SPOOL=$WORK/spool
mkdir "$SPOOL"

say "postoffice"
port=$(free_port)
start postoffice "${limited[@]}" "$MAIL_BIN/postoffice" 127.0.0.1 "$port" --spool "$SPOOL"
wait_for_port "$port"
check_equal "a small mail is taken" "$(smtp_send "$port" "$WORK/small.eml" a@app.example b@d.example | cut -c1-3)" 250
check_equal "a large one is put off" "$(smtp_send "$port" "$WORK/large.eml" a@app.example b@d.example | cut -c1-3)" 452
check_equal "the next small one is taken" "$(smtp_send "$port" "$WORK/small.eml" a@app.example c@d.example | cut -c1-3)" 250
check_equal "nothing of the large one is left" "$(find "$SPOOL/incoming" -type f | wc -l)" 0
stop postoffice
check_equal "it ends well" "$EXIT_STATUS" 0

say "postmaster and postman"
ENDPOINT=$WORK/postmaster.socket
start postmaster "${limited[@]}" "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$ENDPOINT"
wait_for_socket "$ENDPOINT"
carry() { start postman "${limited[@]}" "$MAIL_BIN/postman" "unix:$ENDPOINT" --state "$WORK/state" --deliver "maildir:$WORK/maildir"; wait_exit postman; }
carry
check_equal "both mails are delivered" "$(find "$WORK/maildir/new" -type f | wc -l)" 2
check_equal "none waits" "$(waiting_mails)" 0

start without-limit "$MAIL_BIN/postoffice" 127.0.0.1 "$port" --spool "$SPOOL"
wait_for_port "$port"
check_equal "the large mail is taken without a limit" \
    "$(smtp_send "$port" "$WORK/large.eml" a@app.example b@d.example | cut -c1-3)" 250
check_equal "a small one behind it" "$(smtp_send "$port" "$WORK/small.eml" a@app.example d@d.example | cut -c1-3)" 250
carry
check "the large mail is deferred" grep -q ' deferred ' "$(log_of postman)"
check "no signal has ended the courier" test "$EXIT_STATUS" -lt 128
check_equal "the small one is delivered" "$(find "$WORK/maildir/new" -type f | wc -l)" 3
check_equal "the large one waits" "$(waiting_mails)" 1
stop postmaster
check_equal "postmaster ends well" "$EXIT_STATUS" 0

if [[ $(stat -f -c %T /dev/shm) == tmpfs ]]; then
    say "a ledger that a power cut would empty"
    state=$(mktemp -d /dev/shm/mail-state.XXXXXX)
    scenario_cleanup() { rm -rf "$state"; }
    start unsafe "$MAIL_BIN/postman" "unix:$ENDPOINT" --state "$state" --deliver "maildir:$WORK/maildir"
    wait_exit unsafe
    check "is warned of" grep -q 'state-unsafe.*tmpfs' "$(log_of unsafe)"
    rm -rf "$state"
fi
