#!/bin/bash
# --watch: mail leaves as it comes, an endpoint that is down is asked again, and TERM ends it cleanly.
# With the real postoffice and postmaster.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
need curl python3

start_origin
printf 'Subject: watched\n\nHello\n' >"$WORK/message"
start watch "$MAIL_BIN/postman" "unix:$ENDPOINT" --watch --state "$STATE" --deliver "$DELIVER"
wait_for "[[ -d '$WORK/maildir/new' ]]"
for i in 1 2 3; do
    begun=$(date +%s%N)
    smtp_send "$SMTP_PORT" "$WORK/message" web@app.example ann@x.example >"$WORK/reply"
    wait_for "(($(($i)) == \$(delivered_count)))" 10
    say "mail $i left after $((($(date +%s%N) - begun) / 1000000)) ms"
done
wait_for "[[ -z \$(ls '$SPOOL/messages') ]]"
check "a second run beside it ends with 0" "$MAIL_BIN/postman" "unix:$ENDPOINT" --state "$STATE" --deliver "$DELIVER"

say "the endpoint goes away and comes back"
stop postmaster
smtp_send "$SMTP_PORT" "$WORK/message" web@app.example ann@x.example >"$WORK/reply"
wait_for_log watch 'endpoint-failed .*reason='
wait_for_log watch 'pause .*seconds='
rm -f "$ENDPOINT"
start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$ENDPOINT"
wait_for_socket "$ENDPOINT"
wait_for '((4 == $(delivered_count)))' 90

say "TERM"
begun=$SECONDS
stop watch 10
check_equal "ends an idle one at once with 0" "$EXIT_STATUS" 0
check "without waiting for the server" test $((SECONDS - begun)) -lt 10

start hung_up "$MAIL_BIN/postman" "unix:$ENDPOINT" --watch --state "$STATE" --deliver "$DELIVER"
wait_for "[[ \$(awk '/^SigBlk/ { print \$2 }' /proc/$(pid_of hung_up)/status) == *4003 ]]"
kill -HUP "$(pid_of hung_up)"
wait_exit hung_up
check_equal "HUP, of a terminal that is gone, ends it as TERM does" "$EXIT_STATUS" 0

make_sendmail "$WORK/sendmail" "until [[ -e '$WORK/go' ]]; do sleep 0.05; done"
start busy "$MAIL_BIN/postman" "unix:$ENDPOINT" --watch --jobs 1 --state "$STATE" --deliver "sendmail:$WORK/sendmail"
for i in 1 2 3; do smtp_send "$SMTP_PORT" "$WORK/message" web@app.example ann@x.example >"$WORK/reply"; done
wait_for '((1 == $(calls)))'
kill -TERM "$(pid_of busy)"
wait_for_log busy stopping
touch "$WORK/go"
wait_exit busy
check_equal "ends a busy one after its delivery, with 0" "$EXIT_STATUS" 0
check_equal "the delivery at work was ended, and no other begun" "$(calls)" 1
wait_for "((2 == \$(ls '$SPOOL/messages' | wc -l)))"
courier "unix:$ENDPOINT"
check_equal "the rest waits for the next one, and not for the lease" "$(delivered_count)" 6

say "a way out that breaks and is mended"
make_sendmail "$WORK/sendmail" "exit 78"
start mended "$MAIL_BIN/postman" "unix:$ENDPOINT" --watch --state "$STATE" --deliver "sendmail:$WORK/sendmail"
smtp_send "$SMTP_PORT" "$WORK/message" web@app.example ann@x.example >"$WORK/reply"
wait_for_log mended 'delivery-broken .*exit 78'
check "nothing is confirmed, and the mail waits" test -n "$(ls "$SPOOL/messages")"
make_sendmail "$WORK/sendmail"
wait_for "[[ -z \$(ls '$SPOOL/messages') ]]" 60
stop mended
check_equal "TERM ends it with 0" "$EXIT_STATUS" 0
