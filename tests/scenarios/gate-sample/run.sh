#!/bin/bash
# A sample of the gate's matrix the whole way: mails with one secret each over SMTP into postoffice, and leases out of
# postmaster. What is lent shows no secret in any view that Python's decoders have; the others lie in held/, whole.
. "$(dirname "$0")/../../support/scenario.sh"
need python3

COUNT=${MAIL_GATE_SAMPLE:-150}
"$MAIL_SOURCE/tests/gate/make_mails.py" matrix "$WORK/matrix.jsonl"
python3 "$MAIL_SOURCE/tests/scenarios/gate-sample/sample.py" choose "$WORK/matrix.jsonl" "$COUNT" "$WORK/sample.jsonl" "$WORK/origins"
readarray -t origins <"$WORK/origins"
start_origin --learn no --public-domain shop.example "${origins[@]}"

python3 "$MAIL_SOURCE/tests/scenarios/gate-sample/sample.py" send "$WORK/sample.jsonl" "$SMTP_PORT" "$WORK/sent.jsonl"
check_equal "postoffice took all of them" "$(wc -l <"$WORK/sent.jsonl")" "$COUNT"

python3 "$MAIL_SOURCE/tests/scenarios/gate-sample/sample.py" fetch "$WORK/sent.jsonl" "$ENDPOINT" "$SPOOL"
stop postmaster
stop postoffice
