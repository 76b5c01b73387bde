#!/bin/bash
# postman status and postman --dry-run, on a real postmaster: what would be delivered is told and not done, and what was
# done is told with an exit code.
. "$(dirname "$0")/../../support/scenario.sh"
need curl jq python3

SPOOL=$WORK/spool
mkdir -p "$SPOOL"
port=$(free_port)
start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "127.0.0.1:$port" --unsafe-spool --learn no --origin web1.internal
wait_for_port "$port"
put() { python3 "$MAIL_SOURCE/tests/support/put_mail.py" "$SPOOL" "$@"; }
state_of() { "$MAIL_BIN/postmaster" queue list --json --spool "$SPOOL" | jq -r --arg id "$1" 'select(.queue_id == $id).state'; }
# postman WORDS…: its words go to $WORK/out and $WORK/err, its end to STATUS.
postman()
{
    STATUS=0
    "$MAIL_BIN/postman" "$@" --state "$WORK/state" >"$WORK/out" 2>"$WORK/err" || STATUS=$?
}
run=("http://127.0.0.1:$port" --deliver "maildir:$WORK/maildir")

say "before any run"
postman status
check_equal "there is none: exit 1" "$STATUS" 1
check "and a sentence" grep -q 'no courier has run' "$WORK/err"

say "a dry run"
first=$(put --rcpt ann@example.org --rcpt bob@example.org)
second=$(put)
wait_for '[[ $(state_of "$second") == waiting ]]'
postman "${run[@]}" --dry-run
check_equal "answers 0" "$STATUS" 0
check "tells each mail" test "$(grep -c "^  \($first\|$second\)  from web@app.example" "$WORK/out")" = 2
check "and by which way out each recipient's goes" \
    test "$(grep -c "^    \(ann\|bob\)@example.org: by maildir:$WORK/maildir$" "$WORK/out")" = 3
check "delivers nothing" test ! -e "$WORK/maildir"
check "writes no ledger, nor anything" test ! -e "$WORK/state"
check_equal "and gives the lease back" "$(state_of "$first") $(state_of "$second")" "waiting waiting"
postman "${run[@]}" --dry-run --watch
check_equal "it looks once" "$STATUS" 64
postman "${run[@]}" --dry-run --protocol original
check_equal "and never where looking deletes" "$STATUS" 64

say "after a round"
postman "${run[@]}"
check_equal "the mail is delivered" "$STATUS $(find "$WORK/maildir/new" -type f | wc -l)" "0 2"
postman status
check_equal "status answers 0" "$STATUS" 0
check "with the last round" grep -q "^last round: .* ok: 2 mails by maildir:$WORK/maildir; .*3 delivered" "$WORK/out"
check "and the ledger" grep -q '3 recipients: 0 begun and not ended, 0 deferred, 0 delivered and not confirmed' "$WORK/out"
postman status --json
check_equal "as JSON" "$(jq -c '[.fresh, .last_round.mails, .rounds_ok, .ledger.recipients]' "$WORK/out")" '[true,2,1,3]'
postman "${run[@]}" --dry-run
check "a dry run finds nothing" grep -q ': 0 mails$' "$WORK/out"
check "and is no round" test "$(jq .rounds_ok "$WORK/state/totals.json")" = 1

say "while a courier holds the lock"
exec 8>>"$WORK/state/lock"
flock -n 8
postman status
check_equal "status answers all the same" "$STATUS" 0
exec 8>&-

say "a round that failed, and a success of long ago"
stop postmaster 10
postman "${run[@]}"
check_equal "nobody answers: 75" "$STATUS" 75
postman status
check_equal "the last success is young" "$STATUS" 0
check "the last round failed" grep -q '^last round: .*, failed: 0 mails' "$WORK/out"
jq -c '.last_successful_round -= 1000' "$WORK/state/totals.json" >"$WORK/totals" && mv "$WORK/totals" "$WORK/state/totals.json"
postman status
check_equal "of 1000 s ago: exit 1" "$STATUS" 1
check "and it says so" grep -q '^last success: .*, longer than 15 min' "$WORK/out"
postman status --max-age 1h
check_equal "unless that may be" "$STATUS" 0
postman "${run[@]}" --dry-run
check_equal "a dry run without an endpoint is 75" "$STATUS" 75
