#!/bin/bash
# The catcher inside TLS: STARTTLS and TLS at once, commands put in front of it, certificates that change under load or
# do not hold together, clients with certificates, slow handshakes, and Debian's nullmailer across it.
[[ ${IN_OWN_NET:-} ]] || ! unshare --net true 2>/dev/null || exec env IN_OWN_NET=yes unshare --net "$0" "$@"
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/parts.sh"
need openssl swaks python3 ip

here=$(dirname "$0")
client() { timeout 60 python3 "$here/client.py" "$@"; }
mails() { find "$WORK/spool/messages" -type f 2>/dev/null | wc -l; }

# An address that is not loopback, which only this scenario has.
other=
if [[ ${IN_OWN_NET:-} ]]; then
    ip link set lo up
    other=192.0.2.9
    ip addr add "$other/32" dev lo
fi

make_certificates
tls=$WORK/tls
ca=$tls/ca.pem
# certificate NAME SUBJECT [OPTION…]: $tls/NAME.pem and $tls/NAME.key, of the scenario's CA
certificate()
{
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$2" -keyout "$tls/$1.key" -out "$tls/$1.csr" 2>/dev/null
    openssl x509 -req -in "$tls/$1.csr" -CA "$ca" -CAkey "$tls/ca.key" -CAcreateserial -out "$tls/$1.pem" -days 2 \
        -extfile <(echo 'subjectAltName=DNS:localhost,IP:127.0.0.1') 2>/dev/null
}
certificate next localhost
FAKETIME=-30d LD_PRELOAD=$(echo /usr/lib/*/faketime/libfaketime.so.1) certificate old localhost
certificate backend backend7
cp "$tls/server.pem" "$tls/live.pem"
cp -p "$tls/server.key" "$tls/live.key"

port=$(free_port) tls_port=$(free_port)
serve()
{
    start "$1" "$MAIL_BIN/postoffice" --listen "127.0.0.1:$port" --listen-tls "127.0.0.1:$tls_port" --spool "$WORK/spool" \
        --tls-cert "$tls/live.pem" --tls-key "$tls/live.key" "${@:2}"
    wait_for_log "$1" ' started '
}
# refuses STATUS WORDS OPTION…
refuses()
{
    local status=0
    timeout 20 "$MAIL_BIN/postoffice" --listen "127.0.0.1:$port" --spool "$WORK/none" "${@:3}" >"$WORK/refusal" 2>&1 </dev/null || status=$?
    check_equal "exit status with: ${*:3}" "$status" "$1"
    check "it says: $2" grep -qF -e "$2" "$WORK/refusal"
}

say "what it does not start with"
refuses 78 "does not match the certificate" --tls-cert "$tls/server.pem" --tls-key "$tls/next.key"
refuses 78 "$tls/none.pem" --tls-cert "$tls/none.pem" --tls-key "$tls/server.key"
refuses 78 "no certificate in PEM form" --tls-cert "$tls/server.key" --tls-key "$tls/server.key"
refuses 78 "no private key in PEM form" --tls-cert "$tls/server.pem" --tls-key <(cat "$tls/server.pem")
cp "$tls/server.key" "$tls/open.key"
chmod 644 "$tls/open.key"
refuses 78 "is open to everyone" --tls-cert "$tls/server.pem" --tls-key "$tls/open.key"
refuses 78 "has no certificate" --tls-cert "$tls/server.pem" --tls-key "$tls/server.key" --tls-client-ca "$tls/server.key"
head -c 600 "$tls/server.pem" >"$tls/half.pem"
refuses 78 "$tls/half.pem" --tls-cert "$tls/half.pem" --tls-key "$tls/server.key"
refuses 64 "--tls-cert and --tls-key go together" --tls-cert "$tls/server.pem"
refuses 64 "--tls-required wants --tls-cert" --tls-required
refuses 64 "--listen-tls wants --tls-cert" --listen-tls "127.0.0.1:$tls_port"
refuses 64 "--allow" --listen "0.0.0.0:$tls_port" --tls-cert "$tls/server.pem" --tls-key "$tls/server.key"

say "STARTTLS, and TLS at once"
serve first --tls-handshake-timeout 1
s_client() { openssl s_client -connect "127.0.0.1:$1" -CAfile "$ca" -verify_return_error -verify_hostname localhost "${@:2}" </dev/null 2>&1; }
check "STARTTLS, by openssl" grep -q 'Verify return code: 0 (ok)' <(s_client "$port" -starttls smtp)
check "TLS at once, by openssl" grep -q 'Verify return code: 0 (ok)' <(s_client "$tls_port")
check "TLS 1.2 is taken" grep -q 'Cipher is ECDHE' <(s_client "$port" -starttls smtp -tls1_2)
check "TLS 1.3 is taken" grep -q 'Cipher is TLS_AES' <(s_client "$port" -starttls smtp -tls1_3)
for old in -tls1 -tls1_1; do
    s_client "$port" -starttls smtp $old -cipher 'ALL:@SECLEVEL=0' >"$WORK/old" || true
    check "$old is not" grep -qE 'alert protocol version|Cipher is \(NONE\)' "$WORK/old"
done
swak() { swaks --silent 2 --server 127.0.0.1 --helo a --from web@app.example --to ann@d.example "$@"; }
check "a mail by STARTTLS" swak --port "$port" --tls --tls-verify --tls-ca-path "$ca" --body 'inside'
check "a mail by TLS at once" swak --port "$tls_port" --tlsc --body 'inside'
check "a mail without TLS, as before" swak --port "$port" --body 'outside'
head -c 3000000 /dev/urandom | base64 >"$WORK/large"
check "a large mail" swak --port "$tls_port" --tlsc --data "Subject: large\n\n$(head -c 60000 "$WORK/large")\n"
check_equal "all are in the spool" "$(mails)" 4

say "commands in front of TLS (CVE-2011-0411)"
check "in one piece with STARTTLS: 503, and nothing of it is run inside" client injection "$port"
check "in a piece of their own: no handshake" client plain-behind "$port"
wait_for_log first 'tls handshake failed'
check_equal "one more mail, the client's own" "$(mails)" 5
check "nothing is from him who put them there" bash -c "! grep -rqF evil@x '$WORK/spool/messages'"

say "a slow handshake"
check "byte by byte, it is cut (TLS at once)" client slow "$tls_port" 0.9 4
check "the log says so" grep -q 'timed out.* in="tls handshake"' "$(log_of first)"

say "another certificate under load"
before=$(client serial "$port" "$ca")
client load "$port" "$ca" "$WORK/stop" >"$WORK/load" 2>"$WORK/load.log" &
waiter=$!
wait_for '(($(mails) > 20))'
swap() { cp "$tls/$1.pem" "$tls/live.pem"; cp -p "$tls/${2:-$1}.key" "$tls/live.key"; kill -HUP "$(pid_of first)"; }
for name in next server next; do
    told=$(grep -c 'tls certificate read' "$(log_of first)" || true)
    swap "$name"
    wait_for '(($(grep -c "tls certificate read" "$(log_of first)") > told))'
done
after=$(client serial "$port" "$ca")
check "new connections see the new one" test "$after" != "$before"
swap server next
wait_for_log first 'tls certificate not changed.*does not match'
check_equal "one that does not match its key: the old one stays" "$(client serial "$port" "$ca")" "$after"
swap old
wait_for_log first 'tls certificate not changed.*ended on'
check_equal "one that has expired: the old one stays" "$(client serial "$port" "$ca")" "$after"
rm "$tls/live.pem" && mkdir "$tls/live.pem"
kill -HUP "$(pid_of first)"
wait_for_log first 'tls certificate not changed.*Is a directory'
check_equal "a directory in its place: the old one stays" "$(client serial "$port" "$ca")" "$after"
rmdir "$tls/live.pem" && swap next
touch "$WORK/stop"
wait "$waiter" || fail "a connection was dropped: $(cat "$WORK/load.log")"
check_equal "no mail of the load is missing" "$(mails)" "$((5 + $(cat "$WORK/load")))"
stop first
check_equal "it ends well" "$EXIT_STATUS" 0
start expired "$MAIL_BIN/postoffice" --listen "127.0.0.1:$port" --spool "$WORK/spool" --tls-cert "$tls/old.pem" --tls-key "$tls/old.key"
wait_for_log expired 'tls certificate has expired'
wait_for_log expired ' started '
stop expired
cp "$tls/server.pem" "$tls/live.pem"
cp -p "$tls/server.key" "$tls/live.key"

say "clients with certificates"
count=$(mails)
serve clients --tls-client-ca "$ca"
check "one of the CA" swak --port "$tls_port" --tlsc --tls-cert "$tls/backend.pem" --tls-key "$tls/backend.key"
check "none: no mail" bash -c "! swaks --silent 3 --server 127.0.0.1 --port $tls_port --tlsc --helo a --from a@b.example --to c@d.example 2>/dev/null"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=stranger -keyout "$tls/stranger.key" -out "$tls/stranger.pem" 2>/dev/null
check "one of another CA: no mail" bash -c "! swaks --silent 3 --server 127.0.0.1 --port $tls_port --tlsc --tls-cert '$tls/stranger.pem' --tls-key '$tls/stranger.key' --helo a --from a@b.example --to c@d.example 2>/dev/null"
check_equal "one mail" "$(mails)" "$((count + 1))"
stop clients

if [[ $other ]]; then
    say "from another address"
    serve_there() { start "$1" "$MAIL_BIN/postoffice" --listen "$other:$port" --spool "$WORK/spool" --tls-cert "$tls/live.pem" --tls-key "$tls/live.key" "${@:2}"; wait_for_log "$1" ' started '; }
    serve_there required --allow "$other" --tls-required
    check "with --tls-required MAIL outside hears 451, never 5xx" client without-tls "$other" "$port" "451 4.7.0"
    stop required
    serve_there asked --tls-client-ca "$ca" --tls-client-cert ask
    check "with --tls-client-ca MAIL without a certificate hears 454, inside too" client without-tls "$other" "$port" "454 4.7.0"
    count=$(mails)
    check "and with one it is taken" swaks --silent 2 --server "$other" --port "$port" --tls --tls-cert "$tls/backend.pem" \
        --tls-key "$tls/backend.key" --helo a --from web@app.example --to ann@d.example
    check_equal "it is in the spool" "$(mails)" "$((count + 1))"
    stop asked
else
    say "no right to an address of its own: left out"
fi

say "nullmailer across TLS"
count=$(mails)
serve last
make_nullmailer "$port"
cp "$ca" "$NULLMAILER/ca.pem"
echo "localhost smtp port=$port starttls x509cafile=$NULLMAILER/ca.pem" >"$NULLMAILER/conf/remotes"
printf 'From: web@app.example\nTo: ann@d.example\nSubject: by nullmailer\n\nGrüße\n.\nend' | nullmailer nullmailer-inject -f web@app.example
start_nullmailer
wait_for nullmailer_is_empty
check_equal "its mail is in the spool" "$(mails)" "$((count + 1))"
check_equal "nothing failed" "$(ls "$NULLMAILER/queue/failed")" ""
check "a lone dot is a lone dot" bash -c "grep -rhF 'by nullmailer' '$WORK/spool/messages' | grep -qF '\r\n.\r\nend\r\n'"
stop nullmailer
stop last
