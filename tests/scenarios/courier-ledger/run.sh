#!/bin/bash
# A courier that is killed, and outcomes that are lost: what the next run sends again (W4 to W8).
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
need python3

root=$WORK/origin
start_standin standin "$root" --seconds 1 --least-defer 3600
url=http://127.0.0.1:$PORT
DELIVER=sendmail:$WORK/sendmail
sent() { cat "$WORK"/calls/*.input 2>/dev/null | grep -cx "$1" || true; }
# The stand-in lends for one second: wait until it lends again.
courier_until_leased()
{
    local until=$((SECONDS + 20))
    while :; do
        courier "$url" "$@"
        says 'round .* mails=0 ' || return 0
        ((SECONDS < until)) || fail "nothing is lent"
        sleep 0.1
    done
}

say "W6, W8: delivered, and the outcome lost"
make_sendmail "$WORK/sendmail"
echo one | put_mail "$root" 1 web@app.example ann@x.example
echo drop-outcomes >"$root/mode"
courier "$url"
check_equal "exit 75" "$EXIT_STATUS" 75
check "it is told" says 'outcomes-not-taken'
check_equal "the mail went out" "$(sent one)" 1
rm "$root/mode"
courier_until_leased
check "the next run confirms it again" says "confirmed-again id=$(mail_id 1)"
check_equal "and does not send it again" "$(sent one)" 1
check "the postmaster has it" test ! -e "$root/mails/$(mail_id 1).json"

say "W5: killed while the sendmail is at work"
make_sendmail "$WORK/sendmail" 'grep -qx two "$n.input" && kill -KILL $PPID'
echo two | put_mail "$root" 2 web@app.example ann@x.example
courier "$url"
check_equal "killed" "$EXIT_STATUS" 137
check_equal "it went out" "$(sent two)" 1
make_sendmail "$WORK/sendmail"
courier_until_leased
check_equal "with resend it goes out once more, as W5 says" "$(sent two)" 2
check_equal "and is confirmed" "$(outcomes_of "$root" "$(mail_id 2)")" 'delivered ann@x.example'

say "the same with --unconfirmed hold"
make_sendmail "$WORK/sendmail" 'grep -qx three "$n.input" && kill -KILL $PPID'
echo three | put_mail "$root" 3 web@app.example ann@x.example
courier "$url" --unconfirmed hold
make_sendmail "$WORK/sendmail"
courier_until_leased --unconfirmed hold
check_equal "it is held" "$(outcomes_of "$root" "$(mail_id 3)")" 'held ann@x.example'
check_equal "and not sent again" "$(sent three)" 1

say "poison: its delivery ends the courier five times"
make_sendmail "$WORK/sendmail" 'grep -qx four "$n.input" && kill -KILL $PPID'
echo four | put_mail "$root" 4 web@app.example ann@x.example
for i in 1 2 3 4 5; do
    courier_until_leased
    check_equal "killed, time $i" "$EXIT_STATUS" 137
done
echo five | put_mail "$root" 5 web@app.example ann@x.example
courier_until_leased
wait_for "courier '$url'; [[ ! -e '$root/mails/$(mail_id 4).json' ]]"
check "then it is failed, with its reason" grep -q 'poison: its delivery was started 5 times and never ended' "$root/outcomes"
check_equal "after five tries" "$(sent four)" 5
check_equal "the others went out" "$(sent five)" 1

say "a torn ledger"
make_sendmail "$WORK/sendmail"
printf '0123abcd started 0190' >>"$STATE/ledger"
echo six | put_mail "$root" 6 web@app.example ann@x.example
courier "$url"
check_equal "does not stop it" "$EXIT_STATUS" 0
check_equal "the mail went out" "$(sent six)" 1

say "many threads, one sync for several"
echo many | put_mail "$root" 100-139 web@app.example ann@x.example
courier "$url" --jobs 8
check_equal "each once" "$(sent many)" 40
