#!/bin/bash
# --deliver smtp:localhost and lmtp: against a strict stand-in: bytes, connections, outcomes, and servers that misbehave.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
. "$MAIL_SOURCE/tests/support/smtp.sh"
need python3

root=$WORK/origin
start_standin standin "$root"
url=http://127.0.0.1:$PORT
mx=$WORK/mx
start_smtp mx "$mx"
DELIVER=smtp:localhost:$SMTP_PORT

say "twenty mails over one connection, byte for byte"
python3 - >"$WORK/odd.eml" <<'P'
import sys
out = sys.stdout.buffer
out.write(b"Subject: odd\n\n.\n..\n.dot\n\xc3\xa9 \xff".replace(b"\xff", "ÿ".encode()) + b"\n" + b"x" * 5000 + b"\n\ntabs\t\n \n.\n")
P
put_mail "$root" 1-20 web@app.example ann@x.example,bob@x.example <"$WORK/odd.eml"
courier "$url" --jobs 1
check_equal "exit 0" "$EXIT_STATUS" 0
check_equal "twenty mails" "$(taken_count "$mx")" 20
check_equal "one envelope for both recipients" "$(taken "$mx" | sort -u)" 'web@app.example > ann@x.example,bob@x.example'
check_equal "over one connection" "$(connections_of "$mx")" 1
check "the same octets, with CR LF" cmp <(content_of "$mx" 7) <(sed 's/$/\r/' "$WORK/odd.eml")
check_equal "EHLO tells of no machine" "$(grep -c 'EHLO \[127.0.0.1\]$' "$mx/commands")" 1
check_equal "RSET between mails" "$(grep -c ' RSET$' "$mx/commands")" 19
check "the server's word is in the log" says "accepted id=$(mail_id 20) .*queued as 1-"
check "and QUIT ends it" grep -q ' QUIT$' "$mx/commands"

say "one connection for each job, under a name that is given"
put_mail "$root" 21-60 '' ann@x.example <"$WORK/odd.eml"
courier "$url" --jobs 4 --smtp-helo courier.example
check_equal "forty more" "$(taken_count "$mx")" 60
check "at most four more connections" test "$(connections_of "$mx")" -le 5
check "EHLO courier.example" grep -q 'EHLO courier.example$' "$mx/commands"
check "the null sender" grep -q '^ > ann@x.example$' <(taken "$mx")

say "each recipient by the server's own word"
put_mail "$root" 61 web@app.example ann@x.example,perm1@x.example,temp1@x.example,bob@x.example <"$WORK/odd.eml"
courier "$url"
check_equal "delivered, failed, deferred" "$(outcomes_of "$root" "$(mail_id 61)" | sort)" \
    $'deferred temp1@x.example\ndelivered ann@x.example,bob@x.example\nfailed perm1@x.example'
check "in the server's words" says 'failed id=.* to=perm1@x.example reason=.*550 5.1.1 No such user to RCPT'
check "no client fault until now" strict "$mx"
stop mx

say "LMTP on a unix socket, with a reply for each recipient"
start mx python3 "$MAIL_SOURCE/tests/support/smtp_standin.py" "$WORK/lmtp" "$mx" --lmtp
wait_for_socket "$WORK/lmtp"
DELIVER=lmtp:$WORK/lmtp
put_mail "$root" 62 web@app.example ann@x.example,end-perm@x.example,perm1@x.example,end-temp@x.example,bob@x.example <"$WORK/odd.eml"
courier "$url"
check_equal "each by its own reply" "$(outcomes_of "$root" "$(mail_id 62)" | sort)" \
    $'deferred end-temp@x.example\ndelivered ann@x.example,bob@x.example\nfailed end-perm@x.example\nfailed perm1@x.example'

say "LMTP: replies too few and too many"
lies()  # FAULT NUMBER OUTCOMES [OPTION…]
{
    echo "$1" >"$mx/fault"
    put_mail "$root" "$2" web@app.example ann@x.example,bob@x.example,cid@x.example <<<$'Subject: s\n\nb'
    courier "$url" "${@:4}"
    check_equal "$1 ${*:4}" "$(outcomes_of "$root" "$(mail_id "$2")" | sort)" "$3"
    rm -f "$mx/fault" "$root/mails/$(mail_id "$2").json"
}
lies fewer-replies 70 $'deferred cid@x.example\ndelivered ann@x.example,bob@x.example'
lies fewer-replies 71 $'delivered ann@x.example,bob@x.example\nheld cid@x.example' --unconfirmed hold
lies more-replies 72 'delivered ann@x.example,bob@x.example,cid@x.example'
check "no client fault" strict "$mx"
stop mx

say "a server without extensions, and one that takes three recipients at a time"
start_smtp mx "$mx" --announce '' --most-recipients 3
DELIVER=smtp:127.0.0.1:$SMTP_PORT
printf 'Subject: plain\n\n.\n' | put_mail "$root" 63 web@app.example a@x,b@x,c@x,d@x,e@x,f@x,g@x
courier "$url"
check_equal "in three transactions" "$(taken "$mx" | tail -3 | cut -d'>' -f2 | paste -sd' ')" ' a@x,b@x,c@x  d@x,e@x,f@x  g@x'
put_mail "$root" 64 web@app.example ann@x.example <"$WORK/odd.eml"
put_mail "$root" 65 web@app.example ann@x.example,dörte@x.example <<<$'Subject: plain\n\nb'
courier "$url"
check "8-bit without 8BITMIME is held, with a reason" says "held id=$(mail_id 64) .*no 8BITMIME"
check_equal "UTF-8 without SMTPUTF8 holds that recipient" "$(outcomes_of "$root" "$(mail_id 65)" | sort)" \
    $'delivered ann@x.example\nheld dörte@x.example'
stop mx

say "what no server may end early"
start_smtp mx "$mx" --announce 'PIPELINING,SIZE 1000,8BITMIME'
DELIVER=smtp:127.0.0.1:$SMTP_PORT
printf 'Subject: s\n\na\r.\rMAIL FROM:<evil@x>\n' | put_mail "$root" 66 web@app.example ann@x.example
put_mail "$root" 67 web@app.example ann@x.example <<<"Subject: big"$'\n\n'"$(printf '%01200d' 1)"
courier "$url"
check "a lone CR, a dot and CR is held" says "held id=$(mail_id 66) .*some servers take that for the mail's end"
check "a mail over SIZE fails unsent" says "failed id=$(mail_id 67) .*takes mails up to 1000 octets"
check "no client fault" strict "$mx"
stop mx

say "servers that misbehave: a line that says so, and the mail is kept"
start_smtp mx "$mx"
DELIVER=smtp:127.0.0.1:$SMTP_PORT
number=100
misbehave()  # FAULT OUTCOME PATTERN [RECIPIENTS]
{
    number=$((number + 1))
    echo "$1" >"$mx/fault"
    put_mail "$root" "$number" web@app.example ann@x.example,bob@x.example <<<$'Subject: s\n\nb'
    courier "$url" --delivery-timeout "${PATIENCE:-20s}"
    check "$1: $3" says "$3"
    check_equal "$1: $2" "$(outcomes_of "$root" "$(mail_id "$number")" | cut -d' ' -f1 | sort -u | paste -sd,)" "$2"
}
before=$(taken_count "$mx")
misbehave closes deferred 'it closed the connection'
misbehave greets-554 deferred 'greets with 554 5.7.1 You are not welcome'
misbehave http deferred 'what it says is no SMTP reply'
misbehave huge-line deferred 'a line of its reply is over 4 KiB'
misbehave huge-reply deferred 'its reply is over 200 lines or 32 KiB'
misbehave mixed-codes deferred 'the lines of its reply differ in their code'
misbehave early-250 deferred 'it answers before it has the content'
misbehave cut-after-mail deferred 'it closed the connection'
misbehave cut-after-rcpt deferred 'it closed the connection'
misbehave cut-in-data deferred 'it closed the connection'
misbehave 421-at-mail deferred '421 4.3.2 Enough'
misbehave 421-at-rcpt deferred '421 4.3.2 Going down'
misbehave 503-at-data deferred 'out of step'
misbehave 552-in-data failed '552 5.3.4 Too big for me'
misbehave plus-503 deferred '503 5.5.1 and what was that'
check_equal "none of them took a mail" "$(taken_count "$mx")" "$before"
misbehave 530-at-mail '' 'delivery-broken .*it wants a sign-in'
check_equal "that stops the run, exit 78" "$EXIT_STATUS" 78
misbehave 421-after-one delivered 'delivered'
before=$(taken_count "$mx")
rm "$root"/mails/*  # what was put off until now
put_mail "$root" 180-184 web@app.example ann@x.example <<<$'Subject: s\n\nb'
misbehave more-replies delivered 'delivered'
check_equal "a reply too many is nobody's: each of six mails went once" $(($(taken_count "$mx") - before)) 6

say "W5: cut or silent after the final dot, nobody knows"
misbehave fewer-replies deferred 'it closed the connection'
PATIENCE=2s misbehave silent-after-dot deferred 'no answer in time'
misbehave cut-after-dot deferred 'it closed the connection'
echo cut-after-dot >"$mx/fault"
put_mail "$root" 200 web@app.example ann@x.example <<<$'Subject: s\n\nb'
courier "$url" --unconfirmed hold
check_equal "with --unconfirmed hold a person decides" "$(outcomes_of "$root" "$(mail_id 200)")" 'held ann@x.example'
check "no client fault" strict "$mx"
stop mx
rm "$mx/fault"

say "nobody there: one attempt for all, and the mail waits"
put_mail "$root" 201-240 web@app.example ann@x.example <<<$'Subject: s\n\nb'
courier "$url"
check "it says so" says 'no connection to 127.0.0.1: Connection refused'
check_equal "all forty are kept" "$(ls "$root/mails" | grep -c '0000000002')" 40
check_equal "exit 75" "$EXIT_STATUS" 75

say "name servers that say nothing: the mail's time holds for them too"
if ((EUID == 0)) && [[ -e /etc/resolv.conf ]]; then
    printf 'nameserver 127.0.0.1\noptions timeout:30 attempts:2\n' >"$WORK/resolv.conf"
    printf 'From: a@app.example\nTo: ann@x.example\n\nx\n' >"$WORK/plain.eml"
    began=$SECONDS STATUS=0
    unshare --mount --net sh -c 'ip link set lo up && mount --bind "$0/resolv.conf" /etc/resolv.conf && {
        python3 -c "import socket, time; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind((\"127.0.0.1\", 53)); open(\"$0/silent\", \"w\"); time.sleep(100)" &
        silent=$!; while [ ! -e "$0/silent" ]; do sleep 0.05; done; "$1" send --deliver smtp://mx.slow.example --delivery-timeout 3s <"$0/plain.eml"; status=$?; kill $silent; exit $status; }' \
        "$WORK" "$MAIL_BIN/postman" 2>"$WORK/courier.log" || STATUS=$?
    check_equal "not now" "$STATUS" 75
    check "because of them" says 'no address for mx.slow.example in time'
    check "long before they are given up" test $((SECONDS - began)) -lt 25
fi
