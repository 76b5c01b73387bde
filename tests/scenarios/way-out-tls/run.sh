#!/bin/bash
# TLS and sign-in of the ways out over SMTP, against a strict stand-in: certificates that will do and those that will not,
# each mechanism, secrets that stay secret.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
. "$MAIL_SOURCE/tests/support/smtp.sh"
need python3 openssl strace

root=$WORK/origin
start_standin standin "$root"
url=http://127.0.0.1:$PORT
ca=$WORK/ca
make_ca "$ca"
make_cert "$ca" server DNS:localhost,IP:127.0.0.1
make_cert "$ca" expired DNS:localhost,IP:127.0.0.1 20200101000000Z 20210101000000Z
make_cert "$ca" other DNS:mx.other.example
make_cert "$ca" courier DNS:courier.example
make_ca "$WORK/evil"
make_cert "$WORK/evil" forged DNS:localhost,IP:127.0.0.1
printf 'Zm9v-s3cret-phrase\n' >"$WORK/password"
printf 'ya29.a0-t0ken_s3cret\n' >"$WORK/token"
chmod 600 "$WORK/password" "$WORK/token"
number=0

try()  # OPTION…: one mail, to $SMTP_PORT; sets EXIT_STATUS
{
    number=$((number + 1))
    put_mail "$root" "$number" web@app.example ann@x.example <<<$'Subject: s\n\nb'
    DELIVER=${SCHEME:-smtp}://$USER_PART${HOST:-localhost}:$SMTP_PORT
    [[ -z ${SOCKET:-} ]] || DELIVER=lmtp:$SOCKET
    courier "$url" --delivery-timeout "${PATIENCE:-20s}" "$@"
    rm -f "$root/mails/$(mail_id "$number").json"
}
takes()  # SENTENCE OPTION…
{
    local sentence=$1 dir=$DIR before
    shift
    before=$(taken_count "$dir")
    try "$@"
    check_equal "$sentence" "$EXIT_STATUS $(($(taken_count "$dir") - before))" "0 1"
}
refuses()  # SENTENCE PATTERN OPTION…: the run stops, the mail is kept, nothing was said to the server but EHLO and STARTTLS
{
    local sentence=$1 pattern=$2 before
    shift 2
    before=$(taken_count "$DIR")
    try "$@"
    check_equal "$sentence" "$EXIT_STATUS $(($(taken_count "$DIR") - before))" "78 0"
    check "   and says: $pattern" says "$pattern"
}
waits()  # SENTENCE PATTERN OPTION…: no harm is done, and another time will do
{
    local sentence=$1 pattern=$2 before
    shift 2
    before=$(taken_count "$DIR")
    try "$@"
    check_equal "$sentence" "$EXIT_STATUS $(($(taken_count "$DIR") - before))" "75 0"
    check "   and says: $pattern" says "$pattern"
}
serve()  # NAME OPTION…
{
    is_running mx && stop mx
    DIR=$WORK/$1
    start_smtp mx "$DIR" --cert "$ca/server.pem" --key "$ca/server.key" "${@:2}"
}
USER_PART=

say "STARTTLS, verified"
serve starttls
takes "our own CA" --smtp-ca "$ca/ca.pem"
takes "and by address" --smtp-ca "$ca/ca.pem" --smtp-server-name 127.0.0.1
takes "the pinned key alone" --smtp-pin "$(pin_of "$ca/server.pem")"
takes "the pinned key among others, and a CA" --smtp-ca "$ca/ca.pem" --smtp-pin "$(pin_of "$ca/other.pem")" --smtp-pin "$(pin_of "$ca/server.pem")"
refuses "another key" 'the key of its certificate is none of --smtp-pin' --smtp-pin "$(pin_of "$ca/other.pem")"
refuses "another name" 'certificate is not taken: hostname mismatch .*asked for mx.example' --smtp-ca "$ca/ca.pem" --smtp-server-name mx.example
refuses "another CA" 'certificate is not taken: (self.signed|unable to get|certificate signature)' --smtp-ca "$WORK/evil/ca.pem"
refuses "a CA file that is none" '--smtp-ca .* cannot be used' --smtp-ca "$WORK/password"
stop mx
DIR=$WORK/expired
start_smtp mx "$DIR" --cert "$ca/expired.pem" --key "$ca/expired.key"
refuses "an expired certificate" 'certificate is not taken: certificate has expired' --smtp-ca "$ca/ca.pem"
takes "an expired one whose key is pinned" --smtp-pin "$(pin_of "$ca/expired.pem")"

say "a reply before it is due, in a TLS record of its own that came with the one before"
serve early --fault early-250
waits "early-250" 'it answers before it has the content' --smtp-ca "$ca/ca.pem"
check_equal "no such reply counts as an acceptance" "$(grep -c EARLY "$WORK/courier.log")" 0

say "no TLS this time is no reason to stop"
serve garbage --fault tls-garbage
waits "an answer in clear instead of the handshake" 'TLS: ' --smtp-ca "$ca/ca.pem"

say "TLS over a unix socket: its certificate is for a name, or its key is pinned"
stop mx
DIR=$WORK/socket
mkdir -p "$DIR"
start mx python3 "$MAIL_SOURCE/tests/support/smtp_standin.py" "$WORK/lmtp" "$DIR" --lmtp --cert "$ca/server.pem" --key "$ca/server.key"
wait_for_socket "$WORK/lmtp"
SOCKET=$WORK/lmtp
takes "with its name" --smtp-ca "$ca/ca.pem" --smtp-server-name localhost
takes "with its key" --smtp-pin "$(pin_of "$ca/server.pem")"
refuses "with another name" 'hostname mismatch .*asked for mx.example' --smtp-ca "$ca/ca.pem" --smtp-server-name mx.example
before=$(wc -l <"$DIR/commands")
try --smtp-ca "$ca/ca.pem"
check_equal "without a name nothing starts" "$EXIT_STATUS $(wc -l <"$DIR/commands")" "64 $before"
check "   and says what is missing" says 'unix socket needs --smtp-server-name'
SOCKET=

say "TLS from the first byte"
serve smtps --smtps
SCHEME=smtps takes "smtps://" --smtp-ca "$ca/ca.pem"
SCHEME=smtps refuses "smtps:// with another CA" 'certificate is not taken' --smtp-ca "$WORK/evil/ca.pem"
PATIENCE=2s try --smtp-ca "$ca/ca.pem"
check "smtp:// to such a port waits in vain, and the mail waits too ($EXIT_STATUS)" test "$EXIT_STATUS" = 75

say "no TLS, no mail"
for fault in no-starttls injects; do
    serve "$fault" --fault "$fault" --auth PLAIN --user web --secret "$(<"$WORK/password")"
    USER_PART=web@ refuses "$fault" 'nothing was sent' --smtp-ca "$ca/ca.pem" --deliver-password-file "$WORK/password"
    check_equal "$fault: nothing but EHLO and STARTTLS was said" "$(cut -d' ' -f2 "$DIR/commands" | grep -cvE '^(EHLO|STARTTLS)$' || true)" 0
done
serve clear --clear-auth --auth PLAIN --user web --secret "$(<"$WORK/password")"
stop mx
start_smtp mx "$DIR" --clear-auth --auth PLAIN --user web --secret "$(<"$WORK/password")"
USER_PART=web@ refuses "no sign-in without TLS, even on loopback" 'offers no STARTTLS' --deliver-password-file "$WORK/password"
for mechanism in PLAIN CRAM-MD5; do
    USER_PART=web@ refuses "nor where the mechanism is named: $mechanism" 'offers no STARTTLS' --deliver-password-file "$WORK/password" --smtp-auth "$mechanism"
done

say "each mechanism"
for mechanism in PLAIN LOGIN CRAM-MD5; do
    serve "$mechanism" --auth "$mechanism" --user web@app.example --secret "$(<"$WORK/password")"
    USER_PART=web@app.example@ takes "$mechanism" --smtp-ca "$ca/ca.pem" --deliver-password-file "$WORK/password"
done
USER_PART=web@app.example@ takes "a password from a command" --smtp-ca "$ca/ca.pem" --deliver-password-command "cat $WORK/password; echo more >&2"
put_mail "$root" 900 web@app.example ann@x.example <<<$'Subject: s\n\nb'
strace -f -qq -s 4096 -v -e trace=execve -o "$WORK/trace" "$MAIL_BIN/postman" --state "$STATE" "$url" --smtp-ca "$ca/ca.pem" \
    --deliver "smtp://web@app.example@localhost:$SMTP_PORT" --deliver-password-command "cat $WORK/password" 2>>"$WORK/courier.log"
check "the command was run" grep -q 'execve.*"cat"' "$WORK/trace"
check "no child had the password among its arguments or in its environment" bash -c "! grep -qE 's3cret|$(printf %s "$(<"$WORK/password")" | base64)' '$WORK/trace'"
echo wrong >"$WORK/wrong"
chmod 600 "$WORK/wrong"
USER_PART=web@app.example@ refuses "a wrong password" 'does not take the sign-in of web@app.example by CRAM-MD5: 535 5.7.8 .*mend the password' \
    --smtp-ca "$ca/ca.pem" --deliver-password-file "$WORK/wrong"
USER_PART=web@app.example@ refuses "a mechanism that is not offered" 'it offers: CRAM-MD5' \
    --smtp-ca "$ca/ca.pem" --deliver-password-file "$WORK/password" --smtp-auth PLAIN
chmod 644 "$WORK/wrong"
USER_PART=web@app.example@ refuses "a password that everybody may read" 'chmod 0640' --smtp-ca "$ca/ca.pem" --deliver-password-file "$WORK/wrong"
for mechanism in XOAUTH2 OAUTHBEARER; do
    serve "$mechanism" --auth "$mechanism" --user web@app.example --secret "$(<"$WORK/token")"
    USER_PART=web@app.example@ takes "$mechanism" --smtp-ca "$ca/ca.pem" --deliver-token "file:$WORK/token"
    USER_PART=web@app.example@ refuses "$mechanism with a token that is over" "does not take the token of web@app.example by $mechanism: 535" \
        --smtp-ca "$ca/ca.pem" --deliver-token "command:echo ya29.old-s3cret"
    check "$mechanism: strict" strict "$DIR"
done
serve EXTERNAL --auth EXTERNAL --user web --client-ca "$ca/ca.pem"
USER_PART=web@ takes "EXTERNAL by a client certificate" --smtp-ca "$ca/ca.pem" --smtp-cert "$ca/courier.pem" --smtp-key "$ca/courier.key"
takes "EXTERNAL without a name" --smtp-ca "$ca/ca.pem" --smtp-cert "$ca/courier.pem" --smtp-key "$ca/courier.key" --smtp-auth EXTERNAL

check "no secret in any log" bash -c "! grep -rE 's3cret' '$WORK'/*.log"
for dir in starttls early socket smtps PLAIN LOGIN CRAM-MD5 EXTERNAL clear; do check "strict: $dir" strict "$WORK/$dir"; done
