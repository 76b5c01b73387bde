#!/bin/bash
# What systemd hears: readiness, signs of life from the loop that does the work, a status line with figures; silence when stuck.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
need python3 strace

export NOTIFY_SOCKET WATCHDOG_USEC=4000000
hear()
{
    NOTIFY_SOCKET=$WORK/$1.notify
    start "notify-$1" python3 "$MAIL_SOURCE/tests/support/notify_socket.py" "$NOTIFY_SOCKET" "$WORK/$1.heard"
    wait_for_socket "$NOTIFY_SOCKET"
}
heard() { cat "$WORK/$1.heard" 2>/dev/null; }
signs() { grep -cx 'WATCHDOG=1' "$WORK/$1.heard" || true; }
has_heard() { wait_for "grep -qE -e '$2' '$WORK/$1.heard'" 60; }
# Two more of each.
more_signs()
{
    local name
    local -A before=()
    for name; do before[$name]=$(signs "$name"); done
    for name; do wait_for "((\$(signs $name) > ${before[$name]} + 1))" 60; done
}
# Longer than systemd would wait (WATCHDOG_USEC): a loop that is merely slow is not silent for so long, or would be ended as well.
# What was in its way when it stuck may still arrive: hence more than one try.
counts() { local name; for name; do signs "$name"; done; }
is_silent() { local before; before=$(counts "$@"); sleep 5; [[ $(counts "$@") == "$before" ]]; }
falls_silent() { wait_for "is_silent $*" 40; }

SPOOL=$WORK/spool
ENDPOINT=$WORK/postmaster.socket
SMTP_PORT=$(free_port)
mkdir -p "$SPOOL"
hear postoffice
start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL"
hear postmaster
start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$ENDPOINT"
hear postman
start postman "$MAIL_BIN/postman" "unix:$ENDPOINT" --watch --state "$STATE" --deliver "$DELIVER"
all=(postoffice postmaster postman)
for program in "${all[@]}"; do
    has_heard "$program" '^READY=1\|STATUS='
    check "$program says that it is ready" true
done
more_signs "${all[@]}"
check "all give signs of life" true

say "status lines with figures"
printf 'From: web@app.example\nTo: ann@d.example\nSubject: s\n\nbody\n' >"$WORK/mail.eml"
smtp_send "$SMTP_PORT" "$WORK/mail.eml" web@app.example ann@d.example >/dev/null
has_heard postoffice '^STATUS=mails taken: 1; connections: [0-9]+'
has_heard postman '^STATUS=endpoints: 1; mails: 1, delivered: 1, deferred: 0; last round with mail 20'
has_heard postmaster '^STATUS=waiting: 0; .*last courier: 20'
check "each says what it did" true

say "a loop that is stuck"
for program in "${all[@]}"; do kill -STOP "$(pid_of "$program")"; done
check "stopped, none gives a sign of life" falls_silent "${all[@]}"
for program in "${all[@]}"; do kill -CONT "$(pid_of "$program")"; done
more_signs "${all[@]}"
check "going on, each does" true
# The accept loop alone: every other thread of postmaster goes on. It is the thread that polls (x86-64: call 7, elsewhere ppoll, 271 or
# 73) and turns though nothing happens, since somebody looks whether it does.
turns() { awk '/^voluntary_ctxt/ { print $2 }' "$1/status"; }
find_accept_loop()
{
    local task
    for task in /proc/"$(pid_of postmaster)"/task/*; do
        grep -qE '^(7|73|271) ' "$task/syscall" 2>/dev/null || continue
        ((${turned[$task]:-0} == 0 || $(turns "$task") < turned[$task] + 3)) || loop=${task##*/}
        [[ ${turned[$task]:-} ]] || turned[$task]=$(turns "$task")
    done
    [[ $loop ]]
}
declare -A turned=()
loop=
wait_for find_accept_loop 60
check "postmaster's accept loop is found" test -n "$loop"
more_signs postmaster
check "it turns" true
start strace strace -p "$loop" -e trace=poll,ppoll -e inject=poll,ppoll:delay_exit=60000000
wait_for "grep -q attached '$(log_of strace)'"
check "a stuck accept loop gives no sign of life, though the process runs" falls_silent postmaster
crash strace
more_signs postmaster
check "it goes on when the loop does" true

say "the end"
for program in postman postmaster postoffice; do
    stop "$program"
    check "$program says that it stops" grep -q '^STOPPING=1' "$WORK/$program.heard"
done
hear unwatched
start unwatched env -u WATCHDOG_USEC "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$ENDPOINT"
has_heard unwatched '^READY=1'
check "without WATCHDOG_USEC no signs of life are sent" falls_silent unwatched
check_equal "not one" "$(signs unwatched)" 0
