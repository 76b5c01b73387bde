#!/bin/bash
# The way out through Gmail's API, against a stand-in over TLS that refuses what its discovery document does not have.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
need python3 openssl

ca=$WORK/ca
make_ca "$ca"
make_cert "$ca" api IP:127.0.0.1
api=$WORK/api
mkdir -p "$api"
token() { (umask 077 && echo "$1" >"$WORK/token"); }
echo "good-token https://www.googleapis.com/auth/gmail.send" >"$api/tokens"
token good-token
API=$(free_port)
start api python3 "$MAIL_SOURCE/tests/support/gmail_standin.py" "$API" "$ca/api.pem" "$ca/api.key" "$api"
wait_for_port "$API"

root=$WORK/origin
start_standin standin "$root" --least-defer 3600
DELIVER=gmail
url=http://127.0.0.1:$PORT
gmail() { courier "$url" --deliver-token "file:$WORK/token" --gmail-endpoint "https://127.0.0.1:$API" --gmail-ca "$ca/ca.pem" "$@"; }
accepted() { find "$api/accepted" -name '*.eml' 2>/dev/null | wc -l; }
last_request() { tail -n 1 "$api/requests"; }
told() { outcomes_of "$root" "$(mail_id "$1")"; }
# mail NUMBER RECIPIENTS 'HEADER LINES' : runs postman on it
mail()
{
    printf '%s\nSubject: mail %s\n\nHello\n' "$3" "$1" | put_mail "$root" "$1" web@shop.example "$2"
    gmail "${@:4}"
}

say "small and large"
mail 1 ann@x.example,bob@y.example 'From: Shop <web@shop.example>
To: Ann <ann@x.example>'
check_equal "delivered" "$(told 1)" 'delivered ann@x.example,bob@y.example'
check_equal "one request, as JSON" "$(last_request | cut -d' ' -f1-3)" 'POST /gmail/v1/users/me/messages/send application/json'
check_equal "it goes to the envelope's recipients" "$(sort "$api/accepted/1.rcpts")" $'ann@x.example\nbob@y.example'
check "who is in no header is in Bcc" grep -q '^Bcc: bob@y.example' "$api/accepted/1.eml"
check "Gmail's id of it is in the log, beside ours" says "accepted id=$(mail_id 1) .*message_id=18c2f0001"
{ printf 'To: ann@x.example\n\n'; head -c 4500000 /dev/zero | tr '\0' x | fold -w 76; echo; } >"$WORK/large"
put_mail "$root" 2 web@shop.example ann@x.example <"$WORK/large"
gmail
check_equal "4.5 MB are delivered" "$(told 2)" 'delivered ann@x.example'
check "to the upload endpoint" grep -qE '^POST /upload/gmail/v1/users/me/messages/send\?uploadType=media message/rfc822 46' <(last_request)
check "byte for byte, with CRLF" cmp <(sed 's/$/\r/' "$WORK/large") "$api/accepted/2.eml"
head -c 37000000 /dev/zero | tr '\0' x | fold -w 76 | put_mail "$root" 3 web@shop.example ann@x.example
gmail
check_equal "over 35 MiB it fails" "$(told 3)" 'failed ann@x.example'

say "the API has no envelope"
before=$(accepted)
mail 4 ann@x.example 'To: ann@x.example, stranger@z.example'
check_equal "a header that names another: held" "$(told 4)" 'held ann@x.example'
check "and told why" says 'stranger@z.example.*not among the recipients'
mail 5 ann@x.example 'To: ann@x.example; bob@y.example'
check_equal "a header that leaves a doubt: held" "$(told 5)" 'held ann@x.example'
mail 6 ann@x.example 'To: undisclosed-recipients:;
Bcc: ann@x.example, done@y.example'
check_equal "the application's Bcc names nobody" "$(cat "$api/accepted/$((before + 1)).rcpts")" ann@x.example
check_equal "nothing else was sent" "$(accepted)" $((before + 1))

say "tokens"
# unsent NUMBER WORDS: no mail is confirmed, the run stops, and the log says so
unsent()
{
    mail "$1" ann@x.example 'To: ann@x.example'
    check_equal "$2: exit 78" "$EXIT_STATUS" 78
    check "$2: the log says it" says "$2"
    check_equal "$2: nothing is confirmed" "$(told "$1")" ''
    rm "$root/mails/$(mail_id "$1").json"
}
token stale-token
unsent 7 'sign in again with `postman auth`'
echo "wide-token https://www.googleapis.com/auth/gmail.readonly" >>"$api/tokens"
token wide-token
unsent 8 insufficientPermissions
token good-token
mail 9 ann@x.example 'To: ann@x.example'
check_equal "a good one: delivered" "$(told 9)" 'delivered ann@x.example'
check "no token in any log" test -z "$(grep -lE 'good-token|stale-token|wide-token' "$WORK"/*.log)"

say "errors"
# answer NUMBER SCRIPT OUTCOME EXIT
answer()
{
    echo "$2" >"$api/script"
    mail "$1" ann@x.example 'To: ann@x.example'
    check_equal "$2: $3" "$(told "$1")" "$3 ann@x.example"
    check_equal "$2: exit $4" "$EXIT_STATUS" "$4"
}
answer 10 '403 userRateLimitExceeded 120' deferred 75
check "Retry-After is told" grep -q '"retry_after": *120' <(grep "$(mail_id 10)" "$root/outcomes")
answer 11 '429 rateLimitExceeded' deferred 75
answer 12 '403 dailyLimitExceeded' deferred 75
check "a day's limit waits an hour" grep -q '"retry_after": *3600' <(grep "$(mail_id 12)" "$root/outcomes")
answer 13 '503 backendError' deferred 75
answer 14 '400 invalidArgument - Invalid To header' failed 0
answer 15 cut-before deferred 75
answer 16 cut-after deferred 75
answer 17 junk deferred 75
before=$(accepted)
DELIVER=gmail
echo cut-after >"$api/script"
mail 18 ann@x.example 'To: ann@x.example' --unconfirmed hold
check_equal "cut after the body: held where the operator says so" "$(told 18)" 'held ann@x.example'
check_equal "it was sent once" "$(accepted)" $((before + 1))
echo cut-before >"$api/script"
head -c 20000000 /dev/zero | tr '\0' x | fold -w 76 | put_mail "$root" 19 web@shop.example ann@x.example
gmail --unconfirmed hold
check_equal "cut in the midst of it: no doubt, deferred" "$(told 19)" 'deferred ann@x.example'
echo '403 domainPolicy' >"$api/script"
unsent 20 domainPolicy

say "TLS"
make_ca "$WORK/foreign"
echo x | put_mail "$root" 30 web@shop.example ann@x.example
before=$(wc -l <"$api/requests")
courier "$url" --deliver-token "file:$WORK/token" --gmail-endpoint "https://127.0.0.1:$API" --gmail-ca "$WORK/foreign/ca.pem"
check_equal "a certificate of another CA: exit 78" "$EXIT_STATUS" 78
check "the log names the option" says 'gmail-ca'
check_equal "nothing was asked" "$(wc -l <"$api/requests")" "$before"

check_equal "in all this nothing was out of line" "$(cat "$api/refusals" 2>/dev/null)" ''
