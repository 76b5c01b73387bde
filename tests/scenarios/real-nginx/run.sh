#!/bin/bash
# The shipped nginx file in front of postmaster: TLS, address, password, prefix, the unix socket; postman through it.
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/parts.sh"
need curl

make_users postman right-horse
chmod 755 "$WORK"
cp -p "$USERS" "$WORK/users-of-postmaster"
htpasswd -bB -C 5 "$USERS" guest guest-horse 2>/dev/null  # whom nginx knows and postmaster does not
start_origin --users "$WORK/users-of-postmaster"
chgrp www-data "$ENDPOINT" && chmod 660 "$ENDPOINT"  # systemd's SocketGroup= and SocketMode=
# A tenth of the rate, so that one courier's haste meets it.
NGINX_EDIT='s/rate=[0-9]*r/rate=20r/; s/burst=[0-9]*/burst=20/' start_nginx "$ENDPOINT"
printf 'right-horse\n' >"$WORK/password"
printf 'wrong-horse\n' >"$WORK/wrong-password"
chmod 600 "$WORK"/*password

# ask WANTED-STATUS SENTENCE CURL-OPTION…
ask()
{
    local wanted=$1 sentence=$2
    shift 2
    check_equal "$sentence" "$(curl --silent --output "$WORK/answer" --dump-header "$WORK/head" \
        --write-out '%{http_code}' --cacert "$WORK/tls/ca.pem" "$@" || true)" "$wanted"
}
courier() { "$MAIL_BIN/postman" "$URL" --user postman --ca "$WORK/tls/ca.pem" --state "$WORK/postman" "$@"; }

ask 204 "a lease through the prefix, with nothing to hand out" -u postman:right-horse -X POST "$URL/v1/leases?max=1"
ask 401 "no password" -X POST "$URL/v1/leases"
ask 401 "a wrong password" -u postman:wrong-horse -X POST "$URL/v1/leases"
check "nginx's log has the address and the name" grep -q 'user "postman": password mismatch, client: 127.0.0.1' \
    "$WORK/nginx/postoffice.error.log"
ask 403 "an address that is not the courier's" --interface 127.0.0.2 -u postman:right-horse -X POST "$URL/v1/leases"
ask 404 "nothing lives beside the prefix" -u postman:right-horse "https://localhost:$HTTPS_PORT/v1/leases"
ask 413 "a body over 1 MiB" -u postman:right-horse --data-binary "@$MAIL_BIN/postmaster" "$URL/v1/leases/x/outcomes"
ask 400 "two Content-Lengths" -u postman:right-horse -X POST -H 'Content-Length: 0' -H 'Content-Length: 2' "$URL/v1/leases"
ask 400 "an unknown query key" -u postman:right-horse -X POST "$URL/v1/leases?maximum=1"
check "no answer names a version or our programs" bash -c "! grep -iE '^(server: nginx/|x-powered|server: (postmaster|cpp))' '$WORK/head'"
ask 000 "a certificate that the caller does not know is refused" --cacert /etc/ssl/certs/ca-certificates.crt "$URL/healthz"

say "what nginx lets through still has to show its password to postmaster"
check_equal "a wrong password at the socket itself" "$(curl --silent --output /dev/null --write-out '%{http_code}' \
    --unix-socket "$ENDPOINT" -H 'X-Forwarded-For: 198.51.100.9' -u postman:wrong -X POST http://x/v1/leases)" 401
wait_for_log postmaster '198\.51\.100\.9'
ask 401 "through nginx the address is nginx's word, whatever the client claims" -u guest:guest-horse \
    -H 'X-Forwarded-For: 198.51.100.77' -X POST "$URL/v1/leases"
wait_for_log postmaster 'user=guest peer=127\.0\.0\.1 '
check "the claimed address is nowhere" bash -c "! grep -q '198\.51\.100\.77' '$(log_of postmaster)'"

say "a long wait outlives nginx's patience by no means"
check "proxy_read_timeout is over the longest wait" bash -c \
    "(( \$(sed -n 's/.*proxy_read_timeout *\([0-9]*\)s;/\1/p' '$MAIL_SOURCE/nginx/postoffice.conf') > 60 ))"

say "postman through it"
printf 'From: web@app.example\nTo: ann@d.example\nSubject: through nginx\n\nbody\n' >"$WORK/mail.eml"
smtp_send "$SMTP_PORT" "$WORK/mail.eml" web@app.example ann@d.example >/dev/null
courier --password-file "$WORK/password" --deliver "maildir:$WORK/Maildir"
check_equal "the mail is in the Maildir" "$(grep -l 'Subject: through nginx' "$WORK"/Maildir/new/* | wc -l)" 1
check_equal "and no longer in the spool" "$(waiting_mails)" 0

smtp_send "$SMTP_PORT" "$WORK/mail.eml" web@app.example ann@d.example >/dev/null
status=0
courier --password-file "$WORK/wrong-password" --deliver "maildir:$WORK/Maildir" 2>"$WORK/postman-wrong.log" || status=$?
check_equal "a wrong password ends the round, to be tried again" "$status" 75
check "and says why" grep -q 401 "$WORK/postman-wrong.log"
check_equal "nothing is lost" "$(waiting_mails)" 1
status=0
"$MAIL_BIN/postman" "$URL" --user postman --password-file "$WORK/password" --state "$WORK/postman" \
    --deliver "maildir:$WORK/Maildir" 2>"$WORK/postman-ca.log" || status=$?
check_equal "an unknown CA ends the round, to be tried again" "$status" 75
check "and says that it is the certificate" grep -qi certificate "$WORK/postman-ca.log"
check_equal "still nothing is lost" "$(waiting_mails)" 1

say "mail that comes one by one, faster than the rate that slows guessers down"
start watch "$MAIL_BIN/postman" "$URL" --watch --user postman --password-file "$WORK/password" --ca "$WORK/tls/ca.pem" \
    --state "$WORK/postman" --deliver "maildir:$WORK/stream"
python3 - "$SMTP_PORT" <<'P'
import smtplib, sys, time
with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as client:
    for number in range(200):
        client.sendmail("web@app.example", ["ann@d.example"], f"From: web@app.example\nSubject: {number}\n\nbody\n")
        time.sleep(0.01)
P
wait_for "((201 == \$(ls '$WORK/stream/new' | wc -l)))" 60
wait_for '((0 == $(waiting_mails)))'
stop watch
check_equal "the courier is slowed down, never refused" "$(grep -cE 'answered 503|endpoint-failed' "$(log_of watch)")" 0
