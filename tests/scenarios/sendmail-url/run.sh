#!/bin/bash
# `postoffice sendmail --url`: signed HTTP to an origin side elsewhere, over TLS, with answers that are lost; against a stand-in that
# knows the contract alone, and against postoffice's own intake.
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/parts.sh"
need python3 openssl

QUEUE=$WORK/q/queue
mkdir -p "$WORK/q" "$WORK/origin"
echo 'a key of at least 16 octets' >"$WORK/key"
chmod 640 "$WORK/key"
printf 'From: web@app.example\nTo: ann@d.example\nBcc: eve@d.example\nMessage-ID: <x@app.example>\nDate: Fri, 20 Nov 2026 08:00:00 +0000\n\nGr\374\303\274\0\n.\nno end' >"$WORK/mail"
grep -av ^Bcc "$WORK/mail" | head -c -1 | sed 's/$/\r/' | head -c -1 >"$WORK/wanted"
make_certificates
HTTP_PORT=$(free_port)
URL=https://localhost:$HTTP_PORT/post
start origin python3 "$(dirname "$0")/origin.py" "$HTTP_PORT" "$WORK/origin" "$(cat "$WORK/key")" "$WORK/tls/server.pem" "$WORK/tls/server.key"
wait_for_port "$HTTP_PORT"

send()
{
    CODE=0
    "$MAIL_BIN/postoffice-sendmail" --url "$URL" --key-file "${KEY:-$WORK/key}" --ca "$WORK/tls/ca.pem" "$@" <"${MAIL:-$WORK/mail}" \
        2>"$WORK/sendmail.log" || CODE=$?
}
said() { grep -qE -- "$1" "$WORK/sendmail.log"; }
with_fault() { echo "$1" >"$WORK/origin/fault"; }
mails() { [[ ! -e $WORK/origin/mails ]] && echo 0 || wc -l <"$WORK/origin/mails"; }
queued() { find "$QUEUE" -type f ! -name '.*' 2>/dev/null | wc -l; }
last() { tail -n 1 "$WORK/origin/mails" | jq -r ".$1"; }

say "a mail by signed HTTP over TLS"
send -t
check_equal "taken" "$CODE $(mails)" "0 1"
check_equal "its envelope, the Bcc in it" "$(last from) $(last to)" "<web@app.example> <ann@d.example>, <eve@d.example>"
last body | base64 -d >"$WORK/got"
check "every octet, the header's Bcc taken out" cmp "$WORK/got" "$WORK/wanted"
send -f '<>' bob@d.example
check_equal "the null sender" "$(last from)" "<>"
send -f jürgen@app.example jörg@d.example
check_equal "addresses that are not ASCII" "$(last from) $(last to)" "<jürgen@app.example> <jörg@d.example>"
send -t; send -t
check_equal "two calls are two mails, though they are equal" "$(jq -r .key "$WORK/origin/mails" | sort -u | wc -l)" 5

say "what goes wrong"
echo 'another key of 16 octets' >"$WORK/other"; chmod 600 "$WORK/other"
KEY=$WORK/other send -t; check_equal "another key" "$CODE" 77
check "which is said" said 'answered 401 signature \(--key-file, or this host.s clock\)'
chmod 644 "$WORK/other"; KEY=$WORK/other send -t; check_equal "a key that everybody reads is not used" "$CODE" 78
echo short >"$WORK/short"; chmod 600 "$WORK/short"; KEY=$WORK/short send -t; check_equal "nor is a short one" "$CODE" 78
for row in 400:65 403:77 413:65 422:65 429:75 503:75 500:75 404:75; do
    with_fault ${row%:*}
    send -t
    check_equal "${row%:*}" "$CODE" "${row#*:}"
done
with_fault seen
send -t; check_equal "a nonce that was seen: once more with another" "$CODE" 0
CODE=0; "$MAIL_BIN/postoffice-sendmail" -t --url "$URL" --key-file "$WORK/key" <"$WORK/mail" 2>"$WORK/sendmail.log" || CODE=$?
check "a certificate that nobody knows is not trusted" test "$CODE" != 0
CODE=0; "$MAIL_BIN/postoffice-sendmail" -t --url http://origin.example --key-file "$WORK/key" <"$WORK/mail" 2>"$WORK/sendmail.log" || CODE=$?
check_equal "http: to another host is refused" "$CODE" 78

say "an answer that is lost: kept, and the origin side knows it again"
before=$(mails)
with_fault lost
send -t --queue "$QUEUE"
check_equal "kept" "$CODE $(queued)" "0 1"
check_equal "the origin side has it, too" "$(mails)" $((before + 1))
send -q --queue "$QUEUE"
check_equal "lost again" "$CODE $(queued)" "75 1"
rm "$WORK/origin/fault"
send -q --queue "$QUEUE"
check_equal "then it is settled" "$CODE $(queued)" "0 0"
check_equal "and is there once" "$(mails)" $((before + 1))
check_equal "all three tries under one key" "$(tail -n 3 "$WORK/origin/asked" | awk '{ print $2 }' | sort -u | wc -l)" 1
check_equal "with a nonce each" "$(grep -v lost "$WORK/origin/asked" | grep -o 'nonce=[^,]*' | sort | uniq -d | wc -l)" 0

say "down, then up: from the queue under one key as well"
stop origin
send -t --queue "$QUEUE"
check_equal "kept" "$CODE $(queued)" "0 1"
check_equal "no key yet, as nobody can have it" "$(find "$QUEUE" -name '.*.key' | wc -l)" 0
start origin python3 "$(dirname "$0")/origin.py" "$HTTP_PORT" "$WORK/origin" "$(cat "$WORK/key")" "$WORK/tls/server.pem" "$WORK/tls/server.key"
wait_for_port "$HTTP_PORT"
before=$(mails)
with_fault lost
send -q --queue "$QUEUE"
rm "$WORK/origin/fault"
send -q --queue "$QUEUE"
check_equal "there once" "$CODE $(queued) $(mails)" "0 0 $((before + 1))"

say "files that are no mail of ours hold up no other"
printf 'web@app.example\nann\001@d.example\n\nSubject: x\n\n' >"$QUEUE/1700000000.1"
printf 'web@app.example\nann@d.example\n\nSubject: y\n\n' | tee "$QUEUE/1700000000.2" >"$QUEUE/1700000000.3"
touch -d '2 minutes ago' "$QUEUE"/1700000000.*
printf 'a\rX-Key: b\n' >"$QUEUE/.1700000000.2.key"
before=$(mails)
send -q --queue "$QUEUE"
check_equal "both that can go have gone" "$CODE $(queued) $(($(mails) - before))" "0 0 2"
check "a broken address lies in failed/" test -s "$WORK/q/failed/1700000000.1"
check "a key that is none is not used" eval '! grep -q X-Key "$WORK/origin/asked"'

say "1,500 recipients"
seq -f 'r%g@d.example' 1500 >"$WORK/many"
before=$(mails)
mapfile -t many <"$WORK/many"
send "${many[@]}"
check_equal "taken" "$CODE" 0
check "in several requests" test $(($(mails) - before)) -gt 1
tail -n +$((before + 1)) "$WORK/origin/mails" | jq -r .to | tr -d '<> ' | tr ',' '\n' | sort >"$WORK/got"
check "each once" cmp "$WORK/got" <(sort "$WORK/many")

say "appengine-mailer's names (AM-09)"
mkdir "$WORK/envdir"
echo "$URL" >"$WORK/envdir/GMAIL_PROXY_URL"
cp "$WORK/key" "$WORK/envdir/GMAIL_SECRET_KEY"
before=$(mails)
echo text | POSTOFFICE_SENDMAIL_CA=$WORK/tls/ca.pem POSTOFFICE_SENDMAIL_ENVDIR=$WORK/envdir USER=ann \
    "$MAIL_BIN/postoffice" mail -s subject --domain app.example bob@d.example
check_equal "of envdir" "$(mails) $(last from) $(last to)" "$((before + 1)) <ann@app.example> <bob@d.example>"
echo text | POSTOFFICE_SENDMAIL_CA=$WORK/tls/ca.pem GMAIL_PROXY_URL=$URL GMAIL_SECRET_KEY=$(cat "$WORK/key") \
    "$MAIL_BIN/postoffice" mail -s subject bob@d.example
check_equal "of the environment" "$(mails)" $((before + 2))

if "$MAIL_BIN/postoffice" --help | grep -q -- --http-listen; then
    say "postoffice's own intake"
    SPOOL=$WORK/spool
    mkdir -p "$SPOOL"
    SMTP_PORT=$(free_port)
    HTTP_PORT=$(free_port)
    start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL" --http-listen "127.0.0.1:$HTTP_PORT" --http-keys "$WORK/key"
    wait_for_port "$HTTP_PORT"
    URL=http://127.0.0.1:$HTTP_PORT
    send -t
    check_equal "takes it" "$CODE $(waiting_mails)" "0 1"
    record=$(find "$SPOOL/messages" -name '*.json')
    check_equal "its envelope" "$(record_field "$record" mail_from) $(record_field "$record" rcpt_tos | tr '\n' ' ')" "web@app.example ann@d.example eve@d.example "
    record_field "$record" data >"$WORK/got"
    check "every octet" cmp "$WORK/got" "$WORK/wanted"
    send -f jürgen@app.example jörg@d.example
    check_equal "addresses that are not ASCII" "$CODE $(waiting_mails)" "0 2"
    chmod 600 "$WORK/other"
    KEY=$WORK/other send -t
    check_equal "refuses another key" "$CODE $(waiting_mails)" "77 2"
    stop postoffice
fi
