#!/bin/bash
# One mail to twenty recipients, some taken, some refused, some put off: over three rounds each is delivered once, and each
# outcome is told once.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/smtp.sh"
need python3
((EUID == 0)) || fail "this scenario needs root: it gives postmaster a new boot id, which makes put-off mail due"

mx=$WORK/mx
start_smtp mx "$mx"
MX_PORT=$SMTP_PORT
start_origin
recipients=()
for n in 1 2 3 4 5 6 7 8; do recipients+=("ok$n@x.example"); done
for n in 1 2 3 4 5; do recipients+=("perm$n@x.example"); done
for n in 1 2 3 4; do recipients+=("later-1-$n@x.example"); done
for n in 1 2 3; do recipients+=("later-2-$n@x.example"); done
printf 'Subject: twenty\n\n.\n' >"$WORK/mail.eml"
smtp_send "$SMTP_PORT" "$WORK/mail.eml" web@app.example "${recipients[@]}" >/dev/null

round()
{
    "$MAIL_BIN/postman" "unix:$ENDPOINT" --state "$WORK/state" --deliver "smtp:localhost:$MX_PORT" >"$WORK/round$1.log" 2>&1 || true
    cat "$WORK/round$1.log" >>"$WORK/rounds.log"
}
# As after a reboot: leases end, and what was put off is due.
reboot()
{
    stop postmaster
    printf '%08x-0000-4000-8000-000000000000\n' "$1" >"$WORK/boot_id"
    start postmaster unshare --mount sh -c "mount --bind '$WORK/boot_id' /proc/sys/kernel/random/boot_id && exec \"\$@\"" sh \
        "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$ENDPOINT"
    wait_for_socket "$ENDPOINT"
    wait_for "curl -s --unix-socket '$ENDPOINT' http://x/healthz >/dev/null"
}
rcpts_to() { grep -c "RCPT TO:<$1" "$mx/commands" || true; }

round 1
check_equal "first round" "$(taken "$mx" | tr ',' '\n' | grep -c ok)" 8
reboot 1
round 2
check_equal "second round: those alone that were put off" "$(taken "$mx" | sed -n 2p)" \
    'web@app.example > later-1-1@x.example,later-1-2@x.example,later-1-3@x.example,later-1-4@x.example'
reboot 2
round 3
check_equal "third round" "$(taken "$mx" | sed -n 3p)" 'web@app.example > later-2-1@x.example,later-2-2@x.example,later-2-3@x.example'
check_equal "fifteen of twenty, each once" "$(taken "$mx" | cut -d'>' -f2 | tr -d ' ' | tr ',' '\n' | sort | uniq -c | awk '$1 == 1' | wc -l)" 15
check_equal "in three mails" "$(taken_count "$mx")" 3
check_equal "the refused were asked for once" "$(rcpts_to perm)" 5
check_equal "the put off two and three times" "$(rcpts_to later-1) $(rcpts_to later-2)" "8 9"
check_equal "refused: told once" "$(grep -c ' error failed id=' "$WORK/rounds.log")" 1
check_equal "delivered: told once a round" "$(grep -c ' info delivered id=' "$WORK/rounds.log")" 3
check_equal "nothing waits" "$(waiting_mails)" 0
check_equal "the refused lie in failed/" "$(find "$SPOOL/failed" -name '*.json' | wc -l)" 1
round 4
check_equal "and nothing comes again" "$(taken_count "$mx")" 3
check "no client fault" strict "$mx"
