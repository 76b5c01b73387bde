#!/bin/bash
# `postman check URL`: the whole way through the shipped nginx, with each thing on it broken in turn; no mail is taken.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/parts.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
need python3 openssl htpasswd

make_users courier right-horse
# The CA and the certificates of this scenario: an end that is near, one that is past, another name.
ca=$WORK/ca
make_ca "$ca"
days() { date -u -d "now $1 days" +%Y%m%d%H%M%SZ; }
make_cert "$ca" good DNS:localhost "$(days -1)" "$(days +90)"
make_cert "$ca" ending DNS:localhost "$(days -80)" "$(days +5)"
make_cert "$ca" expired DNS:localhost "$(days -80)" "$(days -1)"
make_cert "$ca" elsewhere DNS:mail.elsewhere.example "$(days -1)" "$(days +90)"
mkdir -p "$WORK/tls"
certificate() { cp "$ca/$1.pem" "$WORK/tls/server.pem" && cp "$ca/$1.key" "$WORK/tls/server.key"; }
certificate good
start_origin --users "$USERS"
open_socket() { chgrp www-data "$ENDPOINT" && chmod 660 "$ENDPOINT"; }
open_socket
start_nginx "$ENDPOINT"
printf 'right-horse\n' >"$WORK/password"
printf 'wrong-horse\n' >"$WORK/wrong"
chmod 600 "$WORK/password" "$WORK/wrong"
printf 'From: web@app.example\nTo: ann@d.example\nSubject: waits\n\nbody\n' >"$WORK/mail.eml"
smtp_send "$SMTP_PORT" "$WORK/mail.eml" web@app.example ann@d.example >/dev/null

# The later of two equal options is refused, so each call says all of its own.
ask() { EXIT_STATUS=0 && "$MAIL_BIN/postman" check "$@" >"$WORK/answer.log" 2>&1 || EXIT_STATUS=$?; }
with=(--user courier --password-file "$WORK/password" --ca "$ca/ca.pem" --deliver "$DELIVER")
# finds RESULT STEP PATTERN
finds() { grep -qE "^  $1 +$2 +.*$3" "$WORK/answer.log"; }
# shows WANTED-EXIT RESULT STEP PATTERN SENTENCE
shows() { check_equal "$5: exit $1" "$EXIT_STATUS" "$1" && check "$5: told at its step" finds "$2" "$3" "$4"; }
last_step_is() { [[ $(grep -B1 '^maildir:' "$WORK/answer.log" | head -1) =~ ^\ \ $1\ +$2 ]]; }

say "all is well"
ask "$URL" "${with[@]}"
shows 0 ok name 'localhost is .*127\.0\.0\.1' "the name"
shows 0 ok connection "127\.0\.0\.1.*, port $HTTPS_PORT" "the connection"
shows 0 ok tls 'TLSv1\.[23]' "TLS"
shows 0 ok certificate 'for localhost, issued by "Test CA ca", ends .*, in (89|90) days' "the certificate"
shows 0 ok clock ' s ' "the clock"
shows 0 ok login 'as courier; without a password nobody gets in' "the login"
shows 0 ok protocol lease "the protocol"
shows 0 ok 'way out' 'it could deliver now' "the way out"
check "no Maildir was made" test ! -e "$WORK/maildir"
cat >"$WORK/postman.conf" <<CONF
url = $URL
user = courier
password-file = $WORK/password
ca = $ca/ca.pem
deliver = $DELIVER
CONF
ask --config "$WORK/postman.conf"
shows 0 ok login 'as courier' "all of it from the configuration file"
ask --config "$WORK/postman.conf" --json
check_equal "--json: exit 0" "$EXIT_STATUS" 0
check "--json is one object with every step" python3 -c '
import json, sys
told = json.load(open(sys.argv[1]))
assert told["ok"] is True
steps = [step["step"] for step in told["checks"][0]["steps"]]
assert steps == ["url", "name", "connection", "tls", "certificate", "clock", "http", "login", "protocol"], steps
assert all(step["result"] == "ok" for way in told["checks"] for step in way["steps"])' "$WORK/answer.log"
ask "unix:$ENDPOINT" --user courier --password-file "$WORK/password" --deliver "$DELIVER"
shows 0 ok protocol lease "the socket itself"

say "each thing broken in turn"
ask "$URL" "${with[@]/$WORK\/password/$WORK/wrong}"
shows 1 FAILED login 'user or password are wrong -> .*htpasswd -B /etc/postoffice/users courier' "a wrong password"
check "nothing is asked behind it" last_step_is FAILED login
ask "$URL" --ca "$ca/ca.pem" --deliver "$DELIVER"
shows 1 FAILED login 'asks for a user and a password -> give --user' "no password"
ask "$URL" "${with[@]/$ca\/ca.pem//etc/ssl/certs/ca-certificates.crt}"
shows 1 FAILED certificate 'unknown issuer .* issued by "Test CA ca"' "a CA that is another"
ask "https://localhost:$HTTPS_PORT/elsewhere" "${with[@]}"
shows 1 FAILED http "404: nothing is at this path -> .*https://HOST/postoffice" "a wrong path"
ask "https://nothing.invalid/postoffice" "${with[@]}"
shows 1 FAILED name 'nothing\.invalid cannot be resolved' "a name that nobody has"
ask "https://127.0.0.1:$(free_port)/postoffice" "${with[@]}"
shows 1 FAILED connection 'Connection refused -> does nginx run' "nobody listens"
ask "https://127.0.0.1:$SMTP_PORT/postoffice" "${with[@]}"
shows 1 FAILED tls 'no TLS: .* -> ' "something that is no TLS"
ask "$URL" --protocol original "${with[@]}"
shows 1 FAILED protocol 'does not delete on GET -> --protocol lease' "another protocol"
FAKETIME=+5m DONT_FAKE_MONOTONIC=1 LD_PRELOAD=$(echo /usr/lib/*/faketime/libfaketimeMT.so.1) \
    ask "$URL" "${with[@]}"
shows 1 warning clock '(29[0-9]|30[01]) s behind ours -> ' "a clock that is five minutes off"
ask "$URL" "${with[@]/$DELIVER/sendmail:$WORK/no-such-sendmail}"
shows 1 FAILED 'way out' 'no-such-sendmail: no such program' "a sendmail that is not there"
ask "$URL" "${with[@]/$DELIVER/smtp://127.0.0.1:$SMTP_PORT}"
shows 0 ok 'way out' 'it could deliver' "an SMTP server that says hello"
ask "$URL" "${with[@]/$DELIVER/smtp://127.0.0.1:$(free_port)}"
shows 1 FAILED 'way out' 'refused' "an SMTP server that is not there"

stop nginx && certificate ending && start_nginx "$ENDPOINT"
ask "$URL" "${with[@]}"
shows 1 warning certificate 'in (4|5) days -> renew it' "a certificate that ends soon"
stop nginx && certificate expired && start_nginx "$ENDPOINT"
ask "$URL" "${with[@]}"
shows 1 FAILED certificate 'has expired .* -> renew it on the origin side' "a certificate that has ended"
stop nginx && certificate elsewhere && start_nginx "$ENDPOINT"
ask "$URL" "${with[@]}"
shows 1 FAILED certificate 'another name than localhost -> .*mail\.elsewhere\.example' "a certificate for another name"
stop nginx && certificate good
NGINX_EDIT='s|auth_basic |#&|; s|auth_basic_user_file|#&|' start_nginx "$ENDPOINT"
ask "$URL" "${with[@]}"
shows 0 ok login 'as courier' "a password that only postmaster asks for"
check_equal "until here nothing was lent" "$(grep -cE 'handed|lease' "$(log_of postmaster)")" 0
check_equal "and the mail waits" "$(waiting_mails)" 1

stop postmaster
ask "$URL" "${with[@]}"
shows 1 FAILED http '502: a server is there, and no postmaster behind it -> .*systemctl status postmaster' "postmaster is down"
ask "unix:$ENDPOINT" --deliver "$DELIVER"
shows 1 FAILED connection '' "a socket that nobody serves"
start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$ENDPOINT" --delete-on-get
wait_for_log postmaster 'listening'
wait_for_socket "$ENDPOINT"
open_socket
ask "$URL" "${with[@]}"
shows 1 warning login 'whoever reaches it gets the mail' "nobody asks for a password"
ask "unix:$ENDPOINT" --protocol original --deliver "$DELIVER"
shows 0 ok protocol 'original' "the original's protocol, without a GET"
check_equal "the mail still waits" "$(waiting_mails)" 1

say "what cannot be tried"
ask 'https://courier:s3cret@localhost/' "${with[@]}"
check_equal "a URL that is none: exit 64" "$EXIT_STATUS" 64
ask "$URL" --user courier --password-file "$WORK/nowhere"
check_equal "no password file: exit 78" "$EXIT_STATUS" 78
check "the password is in no output" bash -c "! grep -l 'right-horse' '$WORK'/*.log"

"$MAIL_BIN/postman" "unix:$ENDPOINT" --state "$STATE" --deliver "$DELIVER" >"$WORK/courier.log" 2>&1
check_equal "and a round brings it" "$(delivered_count)" 1
