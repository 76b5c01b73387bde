#!/bin/bash
# An endpoint that answers as none should: every fault is named, costs exit 75 and bounded memory, and loses nothing.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
need python3

root=$WORK/origin
start_standin standin "$root"
echo hello | put_mail "$root" 1 web@app.example ann@x.example

fault()
{
    echo "$1" >"$root/mode"
    courier "http://127.0.0.1:$PORT"
    check_equal "$1: exit 75" "$EXIT_STATUS" 75
    check "$1: the log says why" says "$2"
    check "$1: the mail still waits" test -e "$root/mails/$(mail_id 1).json"
    check_equal "$1: nothing is delivered" "$(delivered_count)" 0
}

fault html 'answered with text/html where JSON was due'
fault cut 'the answer was cut off'
fault 500 'answered 500: trouble on its side'
fault 502 'answered 502: trouble on its side'
fault redirect 'answered 301: a redirect to https://elsewhere.example/, which is not followed'
fault notjson "not the postmaster's"

# A sanitizer needs more for itself.
limit=200000
grep -q MAIL_SANITIZE:STRING=. "$MAIL_BIN/../CMakeCache.txt" 2>/dev/null && limit=1200000
bounded()
{
    echo "$1" >"$root/mode"
    EXIT_STATUS=0
    python3 "$MAIL_SOURCE/tests/support/peak_memory.py" "$WORK/peak" "$MAIL_BIN/postman" "http://127.0.0.1:$PORT" \
        --state "$STATE" --deliver "$DELIVER" >"$WORK/courier.log" 2>&1 || EXIT_STATUS=$?
    check_equal "$1: exit 75" "$EXIT_STATUS" 75
    check "$1: the log says why" says "$2"
    check "$1: memory is bounded ($(cat "$WORK/peak") KiB)" test "$(cat "$WORK/peak")" -lt "$limit"
}
bounded huge 'longer than 64 MiB'
bounded header 'longer than 64 MiB'
bounded deep "not the postmaster's: a JSON (array|value) is cut, not sound or too deep"

say "hostile records"
rm "$root/mode"
DELIVER=sendmail:$WORK/sendmail
make_sendmail "$WORK/sendmail"
echo 2 | put_mail "$root" 2 web@app.example 'ann@x.example,-oQ/tmp'
echo 3 | put_mail "$root" 3 -oQ/tmp ann@x.example
echo 4 | put_mail "$root" 4 web@app.example ann@x.example 'rcpt_tos=["a@x\nRCPT TO:<b@y>"]'
echo 5 | put_mail "$root" 5 web@app.example '../../x'
echo 6 | put_mail "$root" 6 web@app.example ann@x.example 'sha256="00"'
echo 7 | put_mail "$root" 7 web@app.example ann@x.example 'id="../../../../tmp/x"'
echo 8 | put_mail "$root" 8 web@app.example ann@x.example 'data=[["deep"]]'
echo 9 | put_mail "$root" 9 web@app.example ann@x.example
courier "http://127.0.0.1:$PORT"
check_equal "a record without a sound id: exit 75" "$EXIT_STATUS" 75
check "and it is told" says 'records-without-id .*records=1'
check_equal "an option is no recipient; the others go on" "$(outcomes_of "$root" "$(mail_id 2)" | sort | tr '\n' ';')" \
    'delivered ann@x.example;failed -oQ/tmp;'
check_equal "an option is no sender" "$(outcomes_of "$root" "$(mail_id 3)")" 'failed ann@x.example'
check_equal "a line is no recipient" "$(outcomes_of "$root" "$(mail_id 4)" | head -c 6)" 'failed'
check_equal "a path is an address like any other" "$(outcomes_of "$root" "$(mail_id 5)")" 'delivered ../../x'
check_equal "a wrong sum is held" "$(outcomes_of "$root" "$(mail_id 6)")" 'held *'
check_equal "a wrong type is held" "$(outcomes_of "$root" "$(mail_id 8)")" 'held *'
check_equal "the last one goes out" "$(outcomes_of "$root" "$(mail_id 9)")" 'delivered ann@x.example'
check "no call has an option from a record" test -z "$(grep -lxE -e '-oQ.*' "$WORK"/calls/*.arguments)"
check "every recipient stands behind --" python3 - "$WORK/calls" <<'P'
import glob, sys
for name in glob.glob(sys.argv[1] + "/*.arguments"):
    arguments = open(name).read().split("\n")[:-1]
    assert arguments[:2] == ["-i", "-f"] and arguments[3] == "--" and len(arguments) == 5, arguments
P
