#!/bin/bash
# Mail over HTTP: the shipped nginx file in front, requests signed by curl and openssl, and everything that is wrong with one.
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/parts.sh"
need curl openssl python3 systemd-socket-activate

SPOOL=$WORK/spool
KEYS=$WORK/http-keys
KEY=$(openssl rand -hex 32)
OLD_KEY='an old key, with blanks'
mkdir "$SPOOL"
printf '# two keys at once\n\n%s\n%s\n' "$OLD_KEY" "$KEY" >"$KEYS"
chmod 640 "$KEYS"

# --- postoffice, and the shipped nginx file in front of it

SMTP_PORT=$(free_port)
HTTP_PORT=$(free_port)
start_catcher()
{
    start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL" --max-message-size 2000000 \
        --min-free 1 --http-listen "127.0.0.1:$HTTP_PORT" --http-keys "$KEYS" --http-legacy-hmac-sha1 "$@"
    wait_for_port "$HTTP_PORT"
    wait_for_log postoffice ' started '
}

# Only paths and ports are changed.
start_intake_nginx()
{
    need_root
    make_certificates
    HTTPS_PORT=$(free_port)
    URL=https://localhost:$HTTPS_PORT/intake
    mkdir -p "$WORK/nginx"
    sed -e "s|listen 443 ssl;|listen 127.0.0.1:$HTTPS_PORT ssl;|" -e '/listen \[::\]:443 ssl;/d' \
        -e 's|mail\.example\.com|localhost|' -e "s|127\.0\.0\.1:8025|127.0.0.1:$HTTP_PORT|" \
        -e "s|/etc/ssl/certs/postoffice-intake.pem|$WORK/tls/server.pem|" \
        -e "s|/etc/ssl/private/postoffice-intake.key|$WORK/tls/server.key|" \
        -e "s|/var/log/nginx/|$WORK/nginx/|" "$MAIL_SOURCE/nginx/postoffice-intake.conf" >"$WORK/nginx/intake.conf"
    run_nginx "$WORK/nginx/intake.conf"
}

# --- what a client does (docs/intake-http.md)

# openssl knows no empty key.
hmac()
{
    if [[ $2 ]]; then openssl dgst "-$1" -mac HMAC -macopt "key:$2" -binary | base64 -w0; else
        python3 -c 'import base64, hmac, sys; print(base64.b64encode(hmac.digest(b"", sys.stdin.buffer.read(), sys.argv[1])).decode(), end="")' "$1"
    fi
}

# A digit of base64 whose last bit is the other one.
other_bit()
{
    local digits=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/
    local before=${digits%%"$1"*}
    printf '%s' "${digits:$((${#before} ^ 1)):1}"
}

# sign FILE [NAME=VALUE…] of FROM, TO, QUERY, ONCE (the Idempotency-Key), KEY, OFF (seconds), FLIP (a bit): sets REQUEST,
# curl's options.
sign()
{
    local file=$1 FROM='' TO='' QUERY='' ONCE='' OFF=0 FLIP='' key=$KEY
    shift
    for one in "$@"; do
        case $one in KEY=*) key=${one#KEY=} ;; *) local "${one%%=*}=${one#*=}" ;; esac
    done
    local time=$(($(date +%s) + OFF)) nonce sha mac
    nonce=$(openssl rand -hex 16)
    sha=$(openssl dgst -sha256 -r <"$file" | cut -c1-64)
    mac=$(printf 'PostOffice-HMAC-SHA256\nPOST\n/v1/messages\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n' \
        "$QUERY" "$FROM" "$TO" "$ONCE" "$sha" "$time" "$nonce" | hmac sha256 "$key")
    [[ -z $FLIP ]] || mac=$(other_bit "${mac:0:1}")${mac:1}
    REQUEST=(--data-binary "@$file" -H 'Content-Type: message/rfc822'
        -H "PostOffice-Signature: time=$time, nonce=$nonce, hmac-sha256=$mac")
    [[ -z $FROM ]] || REQUEST+=(-H "Mail-From: $FROM")
    [[ -z $TO ]] || REQUEST+=(-H "Rcpt-To: $TO")
    [[ -z $ONCE ]] || REQUEST+=(-H "Idempotency-Key: $ONCE")
    REQUEST+=("$URL/v1/messages${QUERY:+?$QUERY}")
}

# ask WANTED-STATUS SENTENCE CURL-OPTION…: the answer is in $WORK/answer, its head in $WORK/head.
ask()
{
    local wanted=$1 sentence=$2
    shift 2
    check_equal "$sentence" "$(curl --silent --max-time 20 --output "$WORK/answer" --dump-header "$WORK/head" \
        --write-out '%{http_code}' --cacert "$WORK/tls/ca.pem" "$@" || true)" "$wanted"
}

# post WANTED SENTENCE FILE [NAME=VALUE…]
post()
{
    local wanted=$1 sentence=$2
    shift 2
    sign "$@"
    ask "$wanted" "$sentence" "${REQUEST[@]}"
}

# form WANTED SENTENCE FILE CURL-OPTION…: the old client's bytes (AM-02).
form()
{
    local wanted=$1 sentence=$2 file=$3
    shift 3
    ask "$wanted" "$sentence" --data-urlencode "msg@$file" \
        --data-urlencode "signature=$(hmac sha1 "$KEY" <"$file")" "$@" "$URL/"
}

id_of_answer() { sed -n 's/.*"id":"\([0-9a-f]*\)".*/\1/p' "$WORK/answer"; }
record() { printf '%s' "$SPOOL/messages/$(id_of_answer).json"; }
answer_says() { grep -qF -- "$1" "$WORK/answer"; }
refuses() { ! "$@"; }
newest() { ls "$SPOOL/messages" | sort | tail -1; }

MAIL=$WORK/mail.eml
printf 'From: Web <web@shop.example>\nTo: ann@d.example\nCc: bob@d.example\nBcc: eve@d.example\nSubject: over HTTP\n\nbody\n' >"$MAIL"

NUMBERS=$WORK/numbers.socket
start_catcher --metrics-listen "unix:$NUMBERS"
start_intake_nginx

say "a mail by curl and openssl"
post 202 "a signed mail is taken through nginx" "$MAIL"
check "the answer names the record that is there" test -s "$(record)"
check_equal "the envelope is the header's" "$(record_field "$(record)" rcpt_tos | tr '\n' ' ')" \
    'ann@d.example bob@d.example eve@d.example '
check_equal "the sender too" "$(record_field "$(record)" mail_from)" web@shop.example
record_field "$(record)" data >"$WORK/data"
check "the content is the same but for Bcc and the line ends" \
    cmp "$WORK/data" <(grep -v '^Bcc' "$MAIL" | sed 's/$/\r/')
wait_for_log postoffice "queued id=$(id_of_answer) .*via=http"
post 202 "the envelope in fields" "$MAIL" 'FROM=<>' 'TO=<x@y.example>, <z@y.example>'
check_equal "is the one that counts" "$(record_field "$(record)" rcpt_tos | tr '\n' ' ')" 'x@y.example z@y.example '
check_equal "a null sender" "$(record_field "$(record)" mail_from)" ''
post 202 "the envelope in the query" "$MAIL" 'QUERY=from=a%2Bb%40c.example&to=x%40y.example'
check_equal "is decoded" "$(record_field "$(record)" mail_from)" 'a+b@c.example'
post 202 "the older key, too" "$MAIL" "KEY=$OLD_KEY"

say "every octet arrives"
python3 - "$WORK/octets.eml" <<'P'
import sys
octets = bytes(c for c in range(256) if c not in (10, 13))
open(sys.argv[1], "wb").write(b"From: web@shop.example\r\nTo: ann@d.example\r\n\r\n" + octets + b"\rx\r\n" + octets * 50 + b"no end")
P
post 202 "all 256 octets" "$WORK/octets.eml"
record_field "$(record)" data >"$WORK/data"
check "are in the record as they were" cmp "$WORK/data" "$WORK/octets.eml"
{ cat "$MAIL"; head -c 1410000 /dev/urandom | base64 -w76; } >"$WORK/large.eml"
post 202 "1.9 MB" "$WORK/large.eml"
check "arrive too" test "$(wc -c <"$(record)")" -gt 1900000

say "who may not, may not"
before=$(waiting_mails)
post 401 "one bit of the signature" "$MAIL" FLIP=yes
check "the answer says that it is the signature" answer_says signature
sign "$MAIL"
ask 401 "another body" "${REQUEST[@]}" --data-binary 'From: eve@c.example'
ask 401 "no signature" --data-binary "@$MAIL" "$URL/v1/messages"
post 401 "a key that is none" "$MAIL" 'KEY=0123456789abcdef0123456789abcdef'
post 401 "a short key" "$MAIL" 'KEY=x'
post 401 "a line of the file that is a comment is no key" "$MAIL" 'KEY=# two keys at once'
post 401 "the clock ahead" "$MAIL" OFF=400
check "the answer says that it is the clock" answer_says clock
check "and what time it is" grep -qi '^date: ' "$WORK/head"
post 401 "the clock behind" "$MAIL" OFF=-400
post 202 "a clock that is a little off" "$MAIL" OFF=-200
sign "$MAIL" 'TO=<x@y.example>'
ask 400 "a field twice" "${REQUEST[@]}" -H 'Rcpt-To: <x@y.example>'
post 400 "fields and query" "$MAIL" 'TO=<x@y.example>' 'QUERY=to=x%40y.example'
printf 'From: web@shop.example\nSubject: to nobody\n\nbody\n' >"$WORK/nobody.eml"
post 400 "no recipients" "$WORK/nobody.eml"
printf 'From: web@shop.example\nBcc: eve@d.example\n\nbody\n' >"$WORK/blind.eml"
post 202 "a Bcc only" "$WORK/blind.eml"
check "is in no header" refuses grep -qi bcc "$(record)"
{ printf 'From: web@shop.example\nTo: '; printf 'user%d@d.example,\n ' {1..9999}; printf 'last@d.example\n\nbody\n'; } >"$WORK/crowd.eml"
post 400 "10,000 recipients" "$WORK/crowd.eml"
post 202 "1,000 in the field" "$MAIL" "TO=$(printf '<user%d@d.example>, ' {1..999})<last@d.example>"
check_equal "are all there" "$(record_field "$(record)" rcpt_tos | wc -l)" 1000
head -c 2100000 /dev/zero >"$WORK/too-large.eml"
post 413 "a message over the limit" "$WORK/too-large.eml" 'FROM=<>' 'TO=<x@y.example>'
ask 404 "nothing lives beside the prefix" "https://localhost:$HTTPS_PORT/v1/messages" -X POST
check_equal "and of all that only three mails are kept" "$(($(waiting_mails) - before))" 3

counted() { curl --silent --unix-socket "$NUMBERS" http://x/metrics | sed -n "s/^postoffice_http_requests_total{way=\"messages\",result=\"$1\"} //p"; }
check_equal "the numbers know of them: taken" "$(counted taken)" 9
check_equal "not signed (the body over the limit, and a field twice, too)" "$(counted not_signed)" 10
check_equal "refused" "$(counted refused)" 3

say "bodies that are not what was told"
sign "$MAIL" 'TO=<x@y.example>'
python3 - "$HTTP_PORT" "$MAIL" "${REQUEST[@]}" <<'P'
import socket, sys
port, mail, fields = int(sys.argv[1]), open(sys.argv[2], "rb").read(), [a for a in sys.argv[3:] if ": " in a]
def raw(length, body, finish=True):
    with socket.create_connection(("127.0.0.1", port), 10) as peer:
        head = "POST /v1/messages HTTP/1.1\r\nHost: x\r\n" + "".join(f + "\r\n" for f in fields) + f"Content-Length: {length}\r\n\r\n"
        peer.sendall(head.encode() + body)
        if finish:
            peer.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := peer.recv(4096):
            answer += piece
        return answer[9:12]
assert raw(len(mail) + 10, mail) == b"", "a body cut short is no request"
assert raw(len(mail) - 5, mail) == b"401", "a body longer than told is cut to what was told, and that is not what was signed"
assert raw(str(len(mail)) + "\r\nContent-Length: 3", mail) == b"400", "two lengths"
assert raw(99_999_999_999, b"") == b"413", "an immense length"
assert raw(len(mail), mail) == b"202", "and the whole body is taken all the same: none of those used its nonce"
P
check_equal "cut, longer, twice, immense: refused; whole: taken" "$(($(waiting_mails) - before))" 4

say "a request is not played again"
sign "$MAIL"
ask 202 "the first time" "${REQUEST[@]}"
replay=("${REQUEST[@]}")
ask 409 "the second time" "${replay[@]}"
sign "$MAIL" ONCE=order-17
ask 202 "with an Idempotency-Key" "${REQUEST[@]}"
once=$(id_of_answer)
before=$(waiting_mails)
post 202 "the same key, signed anew" "$MAIL" ONCE=order-17
check_equal "gets the first id" "$(id_of_answer)" "$once"
post 422 "the same key for another mail" "$WORK/blind.eml" ONCE=order-17
crash postoffice
start_catcher
ask 409 "over kill -9 and a restart neither" "${replay[@]}"
post 202 "and the Idempotency-Key holds, too" "$MAIL" ONCE=order-17
check_equal "with the first id" "$(id_of_answer)" "$once"
check_equal "no second mail was made" "$(waiting_mails)" "$before"

say "SIGHUP reads the keys anew"
reload() { kill -HUP "$(pid_of postoffice)"; }
NEW_KEY=$(openssl rand -hex 32)
printf 'short\n%s\n' "$NEW_KEY" >"$KEYS"
reload
wait_for_log postoffice 'keys not reloaded .*line 1: a key has at least 16 octets'
post 202 "a damaged file leaves the old keys" "$MAIL"
post 401 "and brings none of its own" "$MAIL" "KEY=$NEW_KEY"
: >"$KEYS"
reload
wait_for_log postoffice 'keys not reloaded .*empty'
post 401 "an empty file brings no empty key" "$MAIL" 'KEY='
printf '%s\n' "$NEW_KEY" >"$KEYS"
reload
wait_for_log postoffice 'keys reloaded keys=1'
post 202 "a sound one holds at once" "$MAIL" "KEY=$NEW_KEY"
post 401 "and the old key no more" "$MAIL"
KEY=$NEW_KEY

say "the old client's form"
before=$(waiting_mails)
form 204 "msg and signature (AM-01, AM-02)" "$MAIL"
check_equal "the mail is there" "$(($(waiting_mails) - before))" 1
check_equal "with all recipients" "$(record_field "$SPOOL/messages/$(newest)" rcpt_tos | tr '\n' ' ')" \
    'ann@d.example bob@d.example eve@d.example '
form 400 "a field twice" "$MAIL" --data-urlencode "msg@$MAIL"
form 400 "a charset that is none" "$MAIL" -H 'Content-Type: application/x-www-form-urlencoded; charset=klingon'
ask 400 "no signature" --data-urlencode "msg@$MAIL" "$URL/"
check_equal "in the original's words" "$(cat "$WORK/answer")" 'No signature found'
ask 400 "a wrong one" --data-urlencode "msg@$MAIL" --data 'signature=AAAAAAAAAAAAAAAAAAAAAAAAAAA%3D' "$URL/"
check_equal "in the original's words, too" "$(cat "$WORK/answer")" "Signature doesn't match"
form 400 "no recipients" "$WORK/nobody.eml"
check_equal "in its words" "$(cat "$WORK/answer")" 'No destination addresses specified'
ask 200 "the probe" "$URL/"
check_equal "says nothing" "$(cat "$WORK/answer")" ''
check_equal "one mail in all" "$(($(waiting_mails) - before))" 1

say "it ends in order, with eight clients at work"
ls "$SPOOL/messages" | sed 's/\.json$//' | sort >"$WORK/ids-before"
start flood /usr/bin/python3 "$(dirname "$0")/flood.py" "$HTTP_PORT" "$KEYS" "$WORK/ids"
wait_for "[[ -s '$WORK/ids' ]] && ((\$(wc -l <'$WORK/ids') > 30))"
stop postoffice
check_equal "TERM ends it well" "$EXIT_STATUS" 0
wait_exit flood
check_equal "no client heard anything but 202 and 503" "$EXIT_STATUS" 0
check "each mail that is there was answered, and each that was answered is there" cmp <(sort "$WORK/ids") \
    <(ls "$SPOOL/messages" | sed 's/\.json$//' | sort | comm -23 - "$WORK/ids-before")
check "no key and no signature is in the log" refuses grep -qE "$KEY|$OLD_KEY|hmac|$(hmac sha1 "$KEY" <"$MAIL")" "$(log_of postoffice)"
check "nor in nginx's, nor an address" refuses grep -qE 'hmac|shop\.example|c\.example' "$WORK/nginx/postoffice-intake.access.log"
check "nothing half kept" test -z "$(ls "$SPOOL/incoming")"

say "a full disk, strangers, and no old form"
start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL" --http-listen "127.0.0.1:$HTTP_PORT" \
    --http-keys "$KEYS" --min-free 9000000000000000
wait_for_port "$HTTP_PORT"
before=$(waiting_mails)
sign "$MAIL"
request=("${REQUEST[@]}")
ask 503 "no room" "${request[@]}"
check "and when to try again" grep -qi '^retry-after: 60' "$WORK/head"
ask 503 "the probe is red" "$URL/"
form 403 "without its option the form is refused" "$MAIL"
check "and the text names the option" answer_says --http-legacy-hmac-sha1
stop postoffice
start postoffice bash -c 'ulimit -f 600; exec "$@"' limited "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL" \
    --min-free 1 --http-listen "127.0.0.1:$HTTP_PORT" --http-keys "$KEYS" --allowed-sender @shop.example --default-sender noreply@shop.example
wait_for_port "$HTTP_PORT"
post 503 "a mail whose write fails" "$WORK/large.eml"
check "nothing of it is kept" test -z "$(ls "$SPOOL/incoming")"
ask 202 "with room the same request is taken: its nonce was not used" "${request[@]}"
post 403 "a sender that is not allowed" "$MAIL" 'FROM=<eve@c.example>'
printf 'To: ann@d.example\n\nbody\n' >"$WORK/without.eml"
post 202 "a header without a sender" "$WORK/without.eml"
check_equal "gets the default one" "$(record_field "$(record)" mail_from)" noreply@shop.example
check_equal "two mails in all" "$(($(waiting_mails) - before))" 2
stop postoffice

say "a socket that systemd hands over"
start postoffice systemd-socket-activate -l "$WORK/inherited.socket" "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" \
    --spool "$SPOOL" --min-free 1 --http-listen inherited --http-keys "$KEYS"
wait_for_socket "$WORK/inherited.socket"
URL=http://mail sign "$MAIL" 'TO=<x@y.example>'
ask 202 "is taken and served" --unix-socket "$WORK/inherited.socket" "${REQUEST[@]}"
stop postoffice

say "what is wrong with the options is said before anything starts"
run_once() { "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL" "$@" >"$WORK/once" 2>&1; }
status() { local status=0; "$@" || status=$?; printf '%s' "$status"; }
check_equal "no keys" "$(status run_once --http-listen 127.0.0.1:9)" 64
check "a sentence names the option" grep -q -- '--http-keys' "$WORK/once"
check_equal "nothing inherited" "$(status run_once --http-listen inherited --http-keys "$KEYS")" 78
check_equal "an address that faces the network" "$(status run_once --http-listen 192.0.2.1:80 --http-keys "$KEYS")" 64
check_equal "a keys file that is not there" "$(status run_once --http-listen "127.0.0.1:$HTTP_PORT" --http-keys "$KEYS.none")" 78
printf 'short\n' >"$KEYS"
check_equal "a short key" "$(status run_once --http-listen "127.0.0.1:$HTTP_PORT" --http-keys "$KEYS")" 78
check "with its line" grep -q 'line 1: a key has at least 16 octets' "$WORK/once"
printf '%s\n' "$NEW_KEY" >"$KEYS"
chmod 644 "$KEYS"
check_equal "a keys file that everybody reads" "$(status run_once --http-listen "127.0.0.1:$HTTP_PORT" --http-keys "$KEYS")" 78
