#!/bin/bash
# The logs of all three programs: one line an event, one id from intake to delivery, JSON, masked addresses, and calm under attack.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
. "$MAIL_SOURCE/tests/support/parts.sh"
need python3 htpasswd curl

printf 'From: web@app.example\nTo: ann@d.example\nSubject: the secret subject\n\nbody\n' >"$WORK/mail.eml"
make_sendmail "$WORK/sendmail" 'for last; do :; done
case $last in bob*) exit 75 ;; carol*) echo "550 no such user <$last>" >&2; exit 67 ;; esac
exit 0'
DELIVER=sendmail:$WORK/sendmail
queue() { smtp_send "$SMTP_PORT" "$WORK/mail.eml" web@app.example "$1" | sed -n 's/^250 .*queued as \([0-9a-f]\{32\}\)$/\1/p'; }
round() { "$MAIL_BIN/postman" "unix:$ENDPOINT" --state "$STATE" --deliver "$DELIVER" >>"$WORK/postman.log" 2>&1 || true; }
# One chain of all three; more options go to postmaster. Its logs are $1-postoffice.log and so on.
run_chain()
{
    local name=$1
    shift
    SPOOL=$WORK/$name-spool STATE=$WORK/$name-state
    start_origin "$@"
    ann=$(queue ann@d.example)
    bob=$(queue bob@d.example)
    carol=$(queue carol@d.example)
    printf 'NOISE\r\nRCPT TO:<ann@d.example>\r\nQUIT\r\n' | timeout 20 curl -s "telnet://127.0.0.1:$SMTP_PORT" >/dev/null
    round
    stop postmaster
    stop postoffice
    for program in postoffice postmaster postman; do mv "$WORK/$program.log" "$WORK/$name-$program.log"; done
    logs=("$WORK/$name"-{postoffice,postmaster,postman}.log)
}
are_lines() { /usr/bin/python3 "$MAIL_SOURCE/tests/support/log_lines.py" "$@" >/dev/null; }
told() { grep -qE -e "$2" "$WORK/$1.log"; }

say "text"
run_chain text
check "every line is TIME LEVEL EVENT key=value…" are_lines text "${logs[@]}"
check "the id of the 250 is in the line of the intake" told text-postoffice "info queued id=$ann from=web@app.example rcpts=1 size="
check "in that of the hand-out" told text-postmaster "info handed out id=$ann lease=[0-9a-f]+"
check "in that of the delivery" told text-postman "info delivered id=$ann to=ann@d.example"
check "and in that of its outcome" told text-postmaster "info outcome id=$ann recipient=(ann@d.example|all) outcome=delivered"
check "a deferred mail's, too" told text-postman "warning deferred id=$bob to=bob@d.example retry_after=[0-9]+ reason="
check "at both ends" told text-postmaster "warning outcome id=$bob recipient=(bob@d.example|all) outcome=deferred reason="
check "and a failed one's" told text-postman "error failed id=$carol to=carol@d.example reason="
check_equal "no line names a recipient without an id" "$(grep -hE '@d\.example' "${logs[@]}" | grep -cvE ' id=[0-9a-f]{32} ')" 0
check_equal "the subject is in no log" "$(cat "${logs[@]}" | grep -c 'secret subject')" 0

say "JSON"
export {POSTOFFICE,POSTMASTER,POSTMAN}_LOG_FORMAT=json
run_chain json
check "every line is an object" are_lines json "${logs[@]}"
check "with the id" told json-postman "\"event\":\"delivered\",\"id\":\"$ann\",\"to\":\"ann@d.example\""
check "numbers are numbers" told json-postoffice "\"event\":\"queued\",\"id\":\"$ann\",.*\"size\":[0-9]+,"
check_equal "both forms have the same events" \
    "$(for log in "${logs[@]}"; do sed -E 's/.*"event":"([^"]*)".*/\1/' "$log"; done | sort -u)" \
    "$(for log in "$WORK"/text-*.log; do sed -E 's/^[^ ]+ [a-z]+ //; s/ [a-z0-9_]+=.*//' "$log"; done | sort -u)"
unset {POSTOFFICE,POSTMASTER,POSTMAN}_LOG_FORMAT

say "masked"
export {POSTOFFICE,POSTMASTER,POSTMAN}_LOG_MASK=true
run_chain masked
check "still lines" are_lines text "${logs[@]}"
check_equal "no local part is in any log" "$(cat "${logs[@]}" | grep -cE '(ann|bob|carol)@|web@app|=(ann|bob|carol)\b')" 0
check "the domain is" told masked-postman "info delivered id=$ann to=[0-9a-f]{8}@d\.example"
word_of() { sed -nE "s/.* $2 id=$3 .*(to|recipient)=([0-9a-f]{8}@d\.example).*/\2/p" "$WORK/masked-$1.log" | head -1; }
check_equal "the same word in both programs" "$(word_of postman deferred "$bob")" "$(word_of postmaster outcome "$bob")"
check "another for another" test "$(word_of postman deferred "$bob")" != "$(word_of postman failed "$carol")"
check "what a server said of the recipient is masked, too" told masked-postman "error failed id=$carol .*550 no such user <[0-9a-f]{8}@d\.example>"
unset {POSTOFFICE,POSTMASTER,POSTMAN}_LOG_MASK

say "calm under attack"
make_users courier right-horse
SPOOL=$WORK/attack-spool
start_origin --users "$USERS"
python3 - "$SMTP_PORT" "$ENDPOINT" <<'P'
import smtplib, socket, sys
for _ in range(20):
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as client:
        client.sendall(b"NOISE\r\n" * 10 + b"QUIT\r\n")
        while client.recv(4096):
            pass
def refused(request):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(sys.argv[2])
        client.sendall(request)
        while client.recv(4096):
            pass
for n in range(40):
    refused(b"POST /v1/leases HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\nX-Forwarded-For: 198.51.100.7\r\n\r\n")
    refused(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n")
refused(b"POST /v1/leases HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\nX-Forwarded-For: 198.51.100.8\r\n\r\n")
with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as client:
    client.ehlo()
    for n in range(5):
        client.docmd("MAIL FROM:<web@app.example> SIZE=99999999999")
        client.docmd("MAIL FROM:<web@app.example>")
        client.docmd("RCPT TO:<no address>")
        client.docmd("RSET")
for n in range(25):
    with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as client:
        client.sendall(b"EHLO a\r\nMAIL FROM:<web@app.example>\r\nRCPT TO:<ann@d.example>\r\nDATA\r\n")
        while b"354" not in client.recv(4096):
            pass
        client.sendall(b"Subject: cut off\r\n")
for n in range(40):
    with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as client:
        client.sendmail("web@app.example", ["ann@d.example"], f"Subject: {n}\n\nx\n")
P
lines() { grep -cE -e "$2" "$WORK/$1.log" || true; }
check_equal "of 200 unknown commands 20 are told" "$(lines postoffice ' info refused peer=127\.0\.0\.1 verb=unknown ')" 20
check_equal "of 5 mails refused at the same time, from the same address, all" "$(lines postoffice ' info refused peer=127\.0\.0\.1 verb=mail code=552 ')" 5
check_equal "of 5 recipients all" "$(lines postoffice ' info refused peer=127\.0\.0\.1 verb=rcpt code=5')" 5
check "of 25 mails cut off all" wait_for "((\$(lines postoffice ' info mail cut off peer=127\.0\.0\.1 received=') == 25))" 60
check_equal "of 40 refused logins of one client 20" "$(lines postmaster ' warning login refused .*peer=198\.51\.100\.7 ')" 20
check_equal "and all of another" "$(lines postmaster ' warning login refused .*peer=198\.51\.100\.8 ')" 1
check_equal "of 40 requests with two lengths 20" "$(lines postmaster ' info request refused peer=unix status=400 ')" 20
check_equal "of 40 mails all" "$(lines postoffice ' info queued id=')" 40
stop postmaster
stop postoffice
check "what was left out is counted" told postoffice 'warning lines suppressed of=refused suppressed=180'
check "for each event" told postmaster 'warning lines suppressed of="login refused" suppressed=20'
