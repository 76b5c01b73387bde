#!/bin/bash
# systemd's socket outlives postmaster: systemd-socket-activate opens it once, and postmaster is started
# on it twice; what asks in between waits in the socket and gets its answer.
. "$(dirname "$0")/../../support/scenario.sh"
need systemd-socket-activate curl

SPOOL=$WORK/spool
ENDPOINT=$WORK/postmaster.socket
mkdir -p "$SPOOL"
SMTP_PORT=$(free_port)
start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL"
wait_for_port "$SMTP_PORT"

# As systemd does: the socket is descriptor 3 of each run, LISTEN_PID is the run's own.
cat >"$WORK/twice.sh" <<'RUNS'
for run in first second; do
    bash -c 'echo $$ >"$1"; LISTEN_PID=$$ exec "${@:2}"' run "$WORK/$run.pid" \
        "$MAIL_BIN/postmaster" serve --spool "$WORK/spool"
    echo "$run run ended: $?"
done
RUNS
export WORK
start activator systemd-socket-activate -l "$ENDPOINT" -E WORK -E MAIL_BIN bash "$WORK/twice.sh"
wait_for_socket "$ENDPOINT"

status_of() { curl --silent --max-time 30 --output "$WORK/answer" --write-out '%{http_code}' --unix-socket "$ENDPOINT" "$@"; }

check_equal "the first request starts it, and is answered" "$(status_of http://x/healthz)" 200
printf 'Subject: kept\n\nbody\n' >"$WORK/mail.eml"
smtp_send "$SMTP_PORT" "$WORK/mail.eml" web@app.example ann@d.example >/dev/null
wait_for '[[ $(status_of -X POST http://x/v1/leases) == 200 ]]'
lease=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["lease"])' "$WORK/answer")

kill -TERM "$(<"$WORK/first.pid")"
check_equal "a request that comes while it ends is answered" "$(status_of http://x/healthz)" 200
wait_for_log activator 'first run ended: 0'
check "the socket is still there" test -S "$ENDPOINT"
check_equal "the lease of the first run holds: nothing to hand out" "$(status_of -X POST http://x/v1/leases)" 204
check_equal "and its own token ends it" "$(status_of -X DELETE "http://x/v1/leases/$lease")" 204
check_equal "so the mail waits again" "$(status_of -X POST http://x/v1/leases)" 200
kill -TERM "$(<"$WORK/second.pid")"
wait_exit activator
check "the second run ended well too" grep -q 'second run ended: 0' "$(log_of activator)"
