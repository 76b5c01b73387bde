#!/bin/bash
# postmaster queue on a spool with a mail in every state, with the daemon running and without: list in all its
# forms, show, stats, retry, bury, drop, hold and resume.
. "$(dirname "$0")/../../support/scenario.sh"
need curl python3 jq
export TZ=UTC

SPOOL=$WORK/spool
mkdir -p "$SPOOL"
RULES=(--learn no --origin web1.internal)

start_postmaster()
{
    start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$WORK/socket" --unsafe-spool \
        --delete-on-get "${RULES[@]}"
    wait_for 'curl --silent --unix-socket "$WORK/socket" --output /dev/null http://mail/healthz'
}
put() { python3 "$MAIL_SOURCE/tests/support/put_mail.py" "$SPOOL" "$@"; }
fetch() { curl --silent --unix-socket "$WORK/socket" --request POST "http://mail/v1/leases?$1"; }
fetch_status() { curl --silent --unix-socket "$WORK/socket" --request POST --output /dev/null --write-out '%{http_code}' \
    "http://mail/v1/leases?$1"; }

# queue WORDS…: runs the command; its words go to $WORK/out and $WORK/err, its end to STATUS.
queue()
{
    STATUS=0
    "$MAIL_BIN/postmaster" queue "$@" --spool "$SPOOL" --unsafe-spool "${RULES[@]}" >"$WORK/out" 2>"$WORK/err" || STATUS=$?
}
states() { jq -r '.queue_id + " " + .state' "$WORK/out"; }
state_of() { queue list --json; jq -r --arg id "$1" 'select(.queue_id == $id).state' "$WORK/out"; }

# lend ID: has it, and nothing else, lent; the lease is in $WORK/lease.
lend()
{
    WANTED=$1
    wait_for 'fetch "wait=1&max=1" >"$WORK/lease"; grep -q "$WANTED" "$WORK/lease"'
    LEASE=$(jq -r .lease "$WORK/lease")
}
# outcome ID WORD: settles what LEASE has of it.
outcome()
{
    curl --silent --fail --unix-socket "$WORK/socket" --output /dev/null --data \
        "{\"outcomes\":[{\"id\":\"$1\",\"outcome\":\"$2\",\"reason\":\"451 try later\",\"retry_after\":3000}]}" \
        "http://mail/v1/leases/$LEASE/outcomes"
}

say "a spool with a mail in every state"
start_postmaster
queue list
check_equal "an empty spool says so" "$STATUS $(cat "$WORK/out")" "0 No such mail is in the spool."
"$MAIL_BIN/postmaster" mailq --spool "$SPOOL" >"$WORK/out" 2>&1
check "mailq says nothing at all" test ! -s "$WORK/out"
deferred=$(put --rcpt r1@d.example --rcpt r2@d.example); lend "$deferred"; outcome "$deferred" deferred
leased=$(put); lend "$leased"
failed=$(put); lend "$failed"; outcome "$failed" failed
printf 'From: web@app.example\r\nSubject: x\r\n\r\nSee web1.internal\r\n' >"$WORK/mail"
held=$(put --content "$WORK/mail")
wait_for 'fetch wait=1 >/dev/null; [[ -f $SPOOL/held/$held.json ]]'
corrupt=$(put --content "$WORK/mail")
wait_for 'fetch wait=1 >/dev/null; [[ -f $SPOOL/held/$corrupt.json ]]'
queue drop "$corrupt"
corrupt=0${corrupt:1:30}1
printf 'torn' >"$SPOOL/incoming/$corrupt.json"
mv "$SPOOL/incoming/$corrupt.json" "$SPOOL/messages/$corrupt.json"
wait_for 'fetch wait=1 >/dev/null; [[ -f $SPOOL/corrupt/$corrupt.json ]]'
waiting=$(put)
wait_for '[[ $(state_of "$waiting") == waiting ]]'
printf '%s\n' "$deferred deferred" "$leased leased" "$failed failed" "$held held" "$corrupt corrupt" "$waiting waiting" |
    sort >"$WORK/expected"

for daemon in running none; do
    say "daemon: $daemon"
    if [[ $daemon == none ]]; then stop postmaster 10; fi
    queue list --json
    check_equal "list answers 0" "$STATUS" 0
    check_equal "each mail once, in its state, oldest first" "$(states)" "$(cat "$WORK/expected")"
    check_equal "with Postfix's members" \
        "$(jq -c 'select(.state == "deferred") | [.queue_name, .sender, .message_size > 100, .forced_expire, .recipients]' "$WORK/out")" \
        '["deferred","web@app.example",true,false,[{"address":"r1@d.example","delay_reason":"451 try later"},{"address":"r2@d.example","delay_reason":"451 try later"}]]'
    jq -r 'select(.state == "deferred" or .state == "leased" or .state == "waiting")
        | (.arrival_time | strftime("%Y-%m-%d %H:%M:%S")) + " \(.message_size) bytes from <\(.sender)>",
          (.recipients[] | "  to <\(.address)>")' "$WORK/out" >"$WORK/mailq"
    queue list --mailq
    check "mailq is nullmailer's, octet by octet" cmp "$WORK/out" "$WORK/mailq"
    check_equal "four recipients of three mails" "$(grep -c '^  to <' "$WORK/out") $(grep -c 'bytes from <' "$WORK/out")" "4 3"
    mkdir -p "$WORK/bin"; ln -sf "$MAIL_BIN/postmaster" "$WORK/bin/mailq"
    "$WORK/bin/mailq" --spool "$SPOOL" --unsafe-spool >"$WORK/out"
    check "the same by the name mailq" cmp "$WORK/out" "$WORK/mailq"
    "$MAIL_BIN/postmaster" mailq --spool "$SPOOL" --unsafe-spool >"$WORK/out"
    check "and as postmaster mailq" cmp "$WORK/out" "$WORK/mailq"
    for state in waiting leased deferred held failed corrupt; do
        queue list --json --state "$state"
        check_equal "--state $state is that mail" "$(states)" "$(grep " $state\$" "$WORK/expected")"
        queue show "${!state}"
        check "show tells its state" grep -q "^${!state}  $state since" "$WORK/out"
    done
    queue list
    check "for people: the reason, and the next try" grep -q 'next try in 4[0-9]m; 451 try later' "$WORK/out"
    check "and when the lease ends" grep -q 'lease ends in 1[0-9]m' "$WORK/out"
    queue list --age
    check_equal "ages as qshape has them" "$(awk '{ print $1, $2 }' "$WORK/out" | tr '\n' ' ')" \
        "T 5 TOTAL 4 d.example 2 example.org 2 "
    queue list --age --sender
    check "or by sender" grep -q '^ *app.example 3 3 ' "$WORK/out"
    queue stats
    check "stats count each state" test "$(grep -cE '^(waiting|leased|deferred|held|failed|corrupt) +1 ' "$WORK/out")" = 6
    check "and why mail is held" grep -q '1  web1.internal in part 1' "$WORK/out"
    queue stats --json
    check_equal "as JSON" "$(jq -c '[.states.held.mails, .leases, .stopped]' "$WORK/out")" '[1,1,false]'
    record_field "$SPOOL/messages/$waiting.json" data >"$WORK/content"
    queue show "$waiting" --raw
    check "--raw is the content, octet by octet" cmp "$WORK/out" "$WORK/content"
    queue show "$waiting" --scrubbed
    check "--scrubbed is without the trace fields" bash -c '! grep -q ^Received: "$1" && grep -q ^Subject: "$1"' _ "$WORK/out"
    queue show "$held" --scrubbed
    check_equal "of held mail, with the gate's word" "$STATUS $(cat "$WORK/err")" \
        "1 postmaster: it would be held: $(jq -r .reason <("$MAIL_BIN/postmaster" queue show "$held" --json --spool "$SPOOL" --unsafe-spool "${RULES[@]}"))"
    queue show "$corrupt" --raw
    check_equal "of a torn record there is none" "$STATUS" 1
done

say "what a courier has is his"
start_postmaster
for words in "drop $leased" "bury $leased" "hold $leased"; do
    # shellcheck disable=SC2086
    queue $words
    check_equal "queue ${words% *}: refused" "$STATUS" 1
    check "in words" grep -q 'is with a courier until 20' "$WORK/err"
done
for words in "drop $corrupt" "bury $corrupt" "release $waiting" "retry $held" "hold $failed"; do
    # shellcheck disable=SC2086
    queue $words
    check_equal "queue ${words% *} of the wrong mail: refused" "$STATUS" 1
done

say "retry"
queue retry all
check_equal "all deferred mail is due" "$STATUS $(cat "$WORK/out")" "0 1 deferred mail is due now"
check_equal "the mail waits" "$(state_of "$deferred")" waiting
check_equal "no dead letter woke" "$(state_of "$failed")" failed
queue retry "$failed"
check_equal "a dead letter waits again" "$STATUS $(state_of "$failed")" "0 waiting"
crash postmaster
start_postmaster
check_equal "over a crash" "$(state_of "$deferred") $(state_of "$failed")" "waiting waiting"

say "hold, bury and drop of mails"
queue hold "$waiting"
check_equal "a waiting mail is held" "$STATUS $(state_of "$waiting")" "0 held"
queue bury "$waiting" "$deferred"
check_equal "held and waiting mail is buried" "$STATUS $(state_of "$waiting") $(state_of "$deferred")" "0 failed failed"
queue show "$deferred"
check "and says by whom" grep -q 'buried by the operator' "$WORK/out"
check "the log has it with the id" grep -q "buried by the operator id=$deferred" "$(log_of postmaster)"
queue drop "$failed"
check_equal "a waiting mail is dropped" "$STATUS $(find "$SPOOL" -name "$failed*" | wc -l)" "0 0"

say "all hand-out stops, and goes on"
more=$(put)
wait_for '[[ $(state_of "$more") == waiting ]]'
queue hold
check_equal "hold answers 0" "$STATUS" 0
check_equal "the mark is in the spool" "$(stat -c %a "$SPOOL/state/hold")" 600
check_equal "a courier gets 204" "$(fetch_status wait=0)" 204
check_equal "the original's courier gets an empty list" "$(curl --silent --unix-socket "$WORK/socket" http://mail/)" '[]'
queue list
check "the list says so" grep -q 'hand-out is stopped since' "$WORK/err"
queue stats
check "so do the stats" grep -q '^hand-out: stopped since' "$WORK/out"
intake=$(put)
wait_for '[[ $(state_of "$intake") == waiting ]]'
crash postmaster
start_postmaster
check "a start says it in the log" grep -q 'hand-out is stopped since=' "$(log_of postmaster)"
check_equal "and gives nothing" "$(fetch_status wait=0)" 204
fetch wait=50 >"$WORK/lease" &
waiter=$!
queue resume
check_equal "resume answers 0" "$STATUS" 0
wait "$waiter"
check_equal "who waited gets both" "$(jq -r '.messages[].id' "$WORK/lease")" "$more
$intake"
stop postmaster 10
queue hold
check_equal "hold needs no daemon" "$STATUS" 0
start_postmaster
check_equal "which then gives nothing" "$(fetch_status wait=0)" 204
queue resume
