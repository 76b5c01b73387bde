#!/bin/bash
# HTTPS: which certificate check failed is named, and only a sound one gets the password and the mail out.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
need python3 openssl

ca=$WORK/ca
make_ca "$ca"
make_ca "$WORK/foreign"
make_cert "$ca" good IP:127.0.0.1,DNS:localhost
make_cert "$ca" expired IP:127.0.0.1 20200101000000Z 20200201000000Z
make_cert "$ca" future IP:127.0.0.1 20440101000000Z 20450101000000Z
make_cert "$ca" elsewhere DNS:elsewhere.example,IP:127.0.0.2
make_cert "$WORK/foreign" foreign IP:127.0.0.1
make_cert "$ca" courier DNS:courier
printf 'secret word\n' >"$WORK/password"
chmod 600 "$WORK/password"

serve()
{
    root=$WORK/$1
    echo hello | put_mail "$root" 1 web@app.example ann@x.example
    start_standin "$1" "$root" --cert "$2.pem" --key "$2.key" --user 'courier:secret word' "${@:3}"
}
ask() { courier "https://127.0.0.1:$PORT" --ca "$ca/ca.pem" --user courier --password-file "$WORK/password" "$@"; }

refused()
{
    serve "$1" "$2"
    ask
    check_equal "$1: exit 75" "$EXIT_STATUS" 75
    check "$1: the log names the check" says "$3"
    check "$1: nothing was asked" test ! -e "$root/requests"
    check "$1: the mail still waits" test -e "$root/mails/$(mail_id 1).json"
    stop "$1"
}
refused expired "$ca/expired" "the server's certificate has expired"
refused future "$ca/future" "the server's certificate is not valid yet"
refused foreign "$WORK/foreign/foreign" "the server's certificate has an unknown issuer \\(give its CA with --ca\\)"
refused elsewhere "$ca/elsewhere" "the server's certificate is for another name than 127.0.0.1"

serve good "$ca/good"
courier "https://127.0.0.1:$PORT" --user courier --password-file "$WORK/password"
check_equal "without --ca: exit 75" "$EXIT_STATUS" 75
check "without --ca: unknown issuer" says 'unknown issuer'
courier "https://courier:s3cret@127.0.0.1:$PORT"
check_equal "a password in the URL is refused" "$EXIT_STATUS" 64
check_equal "and not shown to the log" "$(grep -c s3cret "$WORK/courier.log")" 0
courier "https://127.0.0.1:$PORT" --ca "$WORK/password"
check_equal "a CA file that is none: exit 75" "$EXIT_STATUS" 75
check "a CA file that is none: told" says 'CA file given with --ca cannot be loaded'
printf 'wrong\n' >"$WORK/wrong"
chmod 600 "$WORK/wrong"
courier "https://127.0.0.1:$PORT" --ca "$ca/ca.pem" --user courier --password-file "$WORK/wrong"
check_equal "wrong password: exit 75" "$EXIT_STATUS" 75
check "wrong password: told" says 'answered 401: user or password are wrong'
chmod 644 "$WORK/wrong"
courier "https://127.0.0.1:$PORT" --ca "$ca/ca.pem" --user courier --password-file "$WORK/wrong"
check_equal "a password that others can read: exit 78" "$EXIT_STATUS" 78
check "the mail still waits" test -e "$root/mails/$(mail_id 1).json"
ask
check_equal "a sound certificate and the password: exit 0" "$EXIT_STATUS" 0
check_equal "the mail is there" "$(delivered_count)" 1
check "the password is in no log" test -z "$(grep -l 'secret word' "$WORK"/*.log)"
echo again | put_mail "$root" 2 web@app.example ann@x.example
courier "https://localhost:$PORT/" --ca "$ca/ca.pem" --user courier --password 'secret word'
check_equal "--password works: exit 0" "$EXIT_STATUS" 0
check "--password warns" says 'password-on-command-line'
CREDENTIALS_DIRECTORY=$WORK courier "https://localhost:$PORT/" --ca "$ca/ca.pem" --user courier --password-file password
check_equal "the password from \$CREDENTIALS_DIRECTORY: exit 0" "$EXIT_STATUS" 0

say "client certificates"
serve mutual "$ca/good" --client-ca "$ca/ca.pem"
ask
check_equal "none: exit 75" "$EXIT_STATUS" 75
ask --cert "$ca/courier.pem" --key "$ca/courier.key"
check_equal "a sound one: exit 0" "$EXIT_STATUS" 0
ask --cert "$ca/courier.pem" --key "$ca/good.key"
check_equal "a key that is not its own: exit 78" "$EXIT_STATUS" 78

say "what is no TLS"
start_standin plain "$WORK/plain"
ask
check_equal "plain HTTP behind https://: exit 75" "$EXIT_STATUS" 75
check "plain HTTP behind https://: told" says 'no TLS'
courier "http://192.0.2.1/" --user courier --password-file "$WORK/password"
check_equal "http:// to another host: exit 64" "$EXIT_STATUS" 64
courier "http://127.0.0.1:$(free_port)"
check_equal "nobody listens: exit 75" "$EXIT_STATUS" 75
check "nobody listens: told" says 'cannot connect: Connection refused'
courier "unix:$WORK/nowhere"
check_equal "no socket: exit 75" "$EXIT_STATUS" 75
say "one endpoint that fails does not stop the other"
echo third | put_mail "$WORK/plain" 3 web@app.example ann@x.example
courier "http://127.0.0.1:$(free_port)" "http://127.0.0.1:$PORT"
check_equal "exit 75" "$EXIT_STATUS" 75
check "and the other's mail is there" says "delivered id=$(mail_id 3)"
