#!/bin/bash
# Two runs at once: the second ends at once with 0, and nothing goes out twice.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
need python3

root=$WORK/origin
start_standin standin "$root"
DELIVER=sendmail:$WORK/sendmail
make_sendmail "$WORK/sendmail" "until [[ -e '$WORK/go' ]]; do sleep 0.05; done"
echo x | put_mail "$root" 1-3 web@app.example ann@x.example
start first "$MAIL_BIN/postman" "http://127.0.0.1:$PORT" --state "$STATE" --deliver "$DELIVER"
wait_for '(($(calls) > 0))'
requests=$(wc -l <"$root/requests")
courier "http://127.0.0.1:$PORT"
check_equal "the second ends with 0" "$EXIT_STATUS" 0
check "and says who is at work" says "already-running.*$(pid_of first)"
check_equal "and asks for nothing" "$(wc -l <"$root/requests")" "$requests"
courier "http://127.0.0.1:$PORT" --quiet
check_equal "quietly, where cron would mail it" "$(wc -c <"$WORK/courier.log")" 0
touch "$WORK/go"
wait_exit first
check_equal "the first ends with 0" "$EXIT_STATUS" 0
check_equal "each mail went out once" "$(calls)" 3
courier "http://127.0.0.1:$PORT"
check_equal "the lock went with its holder" "$EXIT_STATUS" 0
check "a round is one line" says ' round endpoint=.* mails=0 '
