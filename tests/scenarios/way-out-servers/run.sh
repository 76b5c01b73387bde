#!/bin/bash
# A mail through Debian's own Postfix (with Dovecot's sign-in), Exim and OpenSMTPD, by each mechanism that they have, and
# into Dovecot over LMTP.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
. "$MAIL_SOURCE/tests/support/parts.sh"
. "$MAIL_SOURCE/tests/support/smtp.sh"
. "$MAIL_SOURCE/tests/support/smarthosts.sh"
need python3 openssl

CA=$WORK/ca
make_ca "$CA"
make_cert "$CA" server DNS:localhost,IP:127.0.0.1
make_cert "$CA" courier DNS:courier.example
make_delivery_host
make_smarthosts
start_dovecot
start_smarthost_postfix
start_exim
start_opensmtpd
echo "$PASSWORD" >"$WORK/password"
chmod 600 "$WORK/password"
root=$WORK/origin
start_standin standin "$root"
url=http://127.0.0.1:$PORT

number=0
carry()  # SENTENCE WAY-OUT WHERE [OPTION…]: the mail arrives in a file of WHERE, whole
{
    local sentence=$1 where=$3
    DELIVER=$2
    shift 3
    number=$((number + 1))
    printf 'Subject: mail %03d\nFrom: web@app.example\nTo: ann@delivery.example\n\n.\n..two\nn\xc3\xa4chste\n' "$number" |
        put_mail "$root" "$number" web@app.example ann@delivery.example
    courier "$url" "$@"
    check_equal "$sentence" "$EXIT_STATUS" 0
    wait_for "grep -rqs 'Subject: mail $(printf %03d $number)' $where"
    check "   whole" python3 - "$number" $where <<'P'
import os, sys
want = b"Subject: mail %03d\nFrom: web@app.example\nTo: ann@delivery.example\n\n.\n..two\nn\xc3\xa4chste\n" % int(sys.argv[1])
def files(places):
    for place in places:
        if os.path.isdir(place):
            for directory, _, names in os.walk(place):
                yield from (os.path.join(directory, name) for name in names)
        else:
            yield place
found = b"".join(open(name, "rb").read().replace(b"\r\n", b"\n") for name in files(sys.argv[2:]))
start, body = want.split(b"\nFrom", 1)
head, text = want.split(b"\n\n", 1)
sys.exit(0 if start in found and text in found.split(start)[-1] else 1)
P
}
signed_in=(--smtp-ca "$CA/ca.pem" --deliver-password-file "$WORK/password")

say "Postfix, signed in by Dovecot"
for mechanism in PLAIN LOGIN CRAM-MD5 DIGEST-MD5; do
    carry "$mechanism" "smtp://web@app.example@localhost:$POSTFIX_PORT" "$(mailbox_of ann)" "${signed_in[@]}" --smtp-auth "$mechanism"
    check "   Postfix saw it" grep -q "sasl_method=$mechanism, sasl_username=web@app.example" "$DELIVERY_HOST/var/log/postfix.log"
done
carry "TLS from the first byte" "smtps://web@app.example@localhost:$POSTFIXS_PORT" "$(mailbox_of ann)" "${signed_in[@]}"
carry "on loopback, without a sign-in" "smtp:localhost:$POSTFIX_OPEN_PORT" "$(mailbox_of ann)"
say "Postfix, by a client certificate without AUTH"
carry "the certificate is the sign-in" "smtp://localhost:$POSTFIX_CERT_PORT" "$(mailbox_of ann)" \
    --smtp-ca "$CA/ca.pem" --smtp-cert "$CA/courier.pem" --smtp-key "$CA/courier.key"
printf 'Subject: no\n\nno\n' | put_mail "$root" 91 web@app.example ann@delivery.example
DELIVER=smtp://localhost:$POSTFIX_CERT_PORT
courier "$url" --smtp-ca "$CA/ca.pem"
check_equal "without one nothing goes" "$(outcomes_of "$root" "$(mail_id 91)")" 'failed ann@delivery.example'
say "a wrong password"
echo wrong >"$WORK/wrong" && chmod 600 "$WORK/wrong"
printf 'Subject: no\n\nno\n' | put_mail "$root" 90 web@app.example ann@delivery.example
DELIVER=smtp://web@app.example@localhost:$POSTFIX_PORT
courier "$url" --smtp-ca "$CA/ca.pem" --deliver-password-file "$WORK/wrong"
check_equal "stops the run, and the mail is kept" "$EXIT_STATUS $(ls "$root/mails" | wc -l)" "78 1"
rm "$root"/mails/*

say "Exim"
carry "PLAIN" "smtp://web@app.example@localhost:$EXIM_PORT" "$DELIVERY_HOST/var/mail/exim" "${signed_in[@]}"
carry "EXTERNAL by a client certificate" "smtp://courier.example@localhost:$EXIM_PORT" "$DELIVERY_HOST/var/mail/exim" \
    --smtp-ca "$CA/ca.pem" --smtp-cert "$CA/courier.pem" --smtp-key "$CA/courier.key" --smtp-auth EXTERNAL
check "   Exim saw it" grep -q 'A=external:courier.example' "$DELIVERY_HOST"/var/log/exim4/mainlog

say "OpenSMTPD"
carry "on loopback" "smtp:localhost:$OPENSMTPD_PORT" "$DELIVERY_HOST/var/opensmtpd"

say "Dovecot, over LMTP"
carry "a unix socket" "lmtp:$LMTP" "$DELIVERY_HOST/var/dovecot"
check "no secret in any log of ours" bash -c "! grep -q '$PASSWORD' '$WORK'/courier.log"
