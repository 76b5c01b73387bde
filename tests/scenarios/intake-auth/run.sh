#!/bin/bash
# AUTH at the catcher: who may send from other hosts, slow hashes beside mail, users that change, wrong passwords that
# lose nothing, and Debian's nullmailer with a password across TLS.
[[ ${IN_OWN_NET:-} ]] || ! unshare --net true 2>/dev/null || exec env IN_OWN_NET=yes unshare --net "$0" "$@"
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/parts.sh"
need openssl swaks python3 htpasswd ip

mails() { find "$WORK/spool/messages" -type f 2>/dev/null | wc -l; }
other=
if [[ ${IN_OWN_NET:-} ]]; then
    ip link set lo up
    other=192.0.2.9
    ip addr add "$other/32" dev lo
fi
host=${other:-127.0.0.1}
make_certificates
users=$WORK/backends
add_user() { htpasswd -bB -C 5 "$users" "$1" "$2" 2>/dev/null; }
(umask 077 && htpasswd -cbB -C 5 "$users" shop 'right horse' 2>/dev/null)
add_user blog battery
port=$(free_port)
cert=(--tls-cert "$WORK/tls/server.pem" --tls-key "$WORK/tls/server.key")
serve() { start "$1" "$MAIL_BIN/postoffice" --listen "$host:$port" --spool "$WORK/spool" --users "$users" "${@:2}"; wait_for_log "$1" ' started '; }
# refuses STATUS WORDS OPTION…
refuses()
{
    local status=0
    timeout 20 "$MAIL_BIN/postoffice" --spool "$WORK/none" "${@:3}" >"$WORK/refusal" 2>&1 </dev/null || status=$?
    check_equal "exit status with: ${*:3}" "$status" "$1"
    check "it says: $2" grep -qF -e "$2" "$WORK/refusal"
}

say "what it does not start with"
echo nonsense >"$WORK/nonsense"
chmod 600 "$WORK/nonsense"
refuses 78 "no colon" --listen "127.0.0.1:$port" --users "$WORK/nonsense"
refuses 78 "$WORK/away" --listen "127.0.0.1:$port" --users "$WORK/away"
refuses 64 "in the clear" --listen "0.0.0.0:$port" --allow 192.0.2.0/24 --users "$users"
refuses 64 "--allow" --listen "0.0.0.0:$port" "${cert[@]}"

serve first "${cert[@]}"
swak() { swaks --server "$host" --port "$port" --helo a --from web@app.example --to ann@d.example "$@" 2>&1; }
with() { swak --tls --auth "$1" --auth-user "$2" --auth-password "$3" "${@:4}"; }
check "PLAIN" with PLAIN shop 'right horse' --silent 2
check "LOGIN" with LOGIN blog battery --silent 2
check_equal "both mails are in the spool" "$(mails)" 2
for mechanism in PLAIN LOGIN; do
    with "$mechanism" shop wrong >"$WORK/dialogue" || true
    check "$mechanism with a wrong password: 454" grep -qE '^<~\*? +454 4\.7\.0 Wrong name or password' "$WORK/dialogue"
    check "and no 5xx" bash -c "! grep -qE '^<[~*]+ +5' '$WORK/dialogue'"
    with "$mechanism" nobody 'right horse' >"$WORK/dialogue" || true
    check "$mechanism with an unknown name: the same" grep -qE '^<~\*? +454 4\.7\.0 Wrong name or password' "$WORK/dialogue"
done
if [[ $other ]]; then
    swak --tls >"$WORK/dialogue" || true
    check "MAIL without AUTH: 454" grep -qE '^<~\*? +454 4\.7\.0 Say who' "$WORK/dialogue"
    swak --auth PLAIN --auth-user shop --auth-password 'right horse' >"$WORK/dialogue" || true
    check "AUTH is not offered outside of TLS" bash -c "! grep -q 'AUTH PLAIN' '$WORK/dialogue'"
fi
check_equal "no further mail" "$(mails)" 2
check_equal "each refused login is told, with its name and its peer" \
    "$(grep -c "warning login refused user=[a-z]* peer=$host reason=credentials" "$(log_of first)")" 4
for word in 'right horse' battery wrong "$(printf '\0shop\0right horse' | base64)"; do
    check "no password is in the log" bash -c "! grep -qF '$word' '$(log_of first)'"
done

say "guesses in the middle of mail"
cat >"$WORK/guess.py" <<'PY'
import base64, smtplib, ssl, sys, threading, time
host, port = sys.argv[1], int(sys.argv[2])
context = ssl.create_default_context(); context.check_hostname = False; context.verify_mode = ssl.CERT_NONE
def guess():
    for _ in range(2):
        s = smtplib.SMTP(host, port, timeout=60); s.starttls(context=context); s.ehlo()
        codes = [s.docmd("AUTH", "PLAIN " + base64.b64encode(b"\0shop\0guess").decode())[0] for _ in range(3)]
        assert codes == [454] * 3, codes
        assert s.getreply()[0] == 421
threads = [threading.Thread(target=guess) for _ in range(8)]
for t in threads: t.start()
slowest = 0
while any(t.is_alive() for t in threads):
    start = time.monotonic()
    s = smtplib.SMTP(host, port, timeout=60); s.starttls(context=context); s.login("shop", "right horse"); s.quit()
    slowest = max(slowest, time.monotonic() - start)
for t in threads: t.join()
print(f"{slowest:.3f}")
PY
# Hashes of 50 ms and more: 48 guesses keep both threads at work, and who is remembered does not wait behind them.
(umask 077 && htpasswd -cbB -C 10 "$users" shop 'right horse' 2>/dev/null)
kill -HUP "$(pid_of first)"
wait_for_log first 'users reloaded users=1'
check "the first login is checked" with PLAIN shop 'right horse' --quit-after AUTH --silent 2
slowest=$(python3 "$WORK/guess.py" "$host" "$port")
say "slowest login of a known client beside the guesses: $slowest s"
check "the third wrong password ended each" grep -q 'login refused' "$(log_of first)"

say "users that change"
cp "$users" "$WORK/kept"
echo broken >"$users"
kill -HUP "$(pid_of first)"
wait_for_log first 'users not reloaded.*no colon'
check "a broken file: the users stay" with PLAIN shop 'right horse' --quit-after AUTH --silent 2
cp "$WORK/kept" "$users"
add_user shop other
kill -HUP "$(pid_of first)"
wait_for '(($(grep -c "users reloaded" "$(log_of first)") == 2))'
with PLAIN shop 'right horse' --quit-after AUTH >"$WORK/dialogue" || true
check "the old password is refused at once" grep -q ' 454 4\.7\.0 Wrong' "$WORK/dialogue"
check "the new one is taken" with PLAIN shop other --quit-after AUTH --silent 2

if [[ $other ]]; then
    say "too many of one host"
    cat >"$WORK/crowd.py" <<'PY'
import socket, sys
def greeting(port):
    connection = socket.create_connection(("192.0.2.9", port), 20)
    return connection, connection.makefile("rb").readline()[:9]
def expect(got, wanted):
    assert got.startswith(wanted), got
at_once, in_minute = int(sys.argv[1]), int(sys.argv[2])
held = [greeting(at_once) for _ in range(3)]
for _, line in held: expect(line, b"220")
expect(greeting(at_once)[1], b"421 4.7.0")
held[0][0].sendall(b"QUIT\r\n"); held[0][0].makefile("rb").read(); held[0][0].close()
for _ in range(200):  # until the server has seen the end
    again = greeting(at_once)
    if again[1].startswith(b"220"): break
else: raise SystemExit("no way back in")
for _ in range(4): expect(greeting(in_minute)[1], b"220")
for _ in range(4): expect(greeting(in_minute)[1], b"421 4.7.0")
PY
    crowd() { local at=$(free_port) rate=$(free_port)
        start at-once "$MAIL_BIN/postoffice" --listen "$other:$at" --allow "$other" --spool "$WORK/spool.a" --max-connections-per-peer 3
        start in-minute "$MAIL_BIN/postoffice" --listen "$other:$rate" --allow "$other" --spool "$WORK/spool.b" --connections-per-minute 4
        wait_for_log at-once ' started '
        wait_for_log in-minute ' started '
        python3 "$WORK/crowd.py" "$at" "$rate"; }
    check "the 4th at a time and the 5th in a minute hear 421" crowd
    stop at-once
    stop in-minute
fi

say "nullmailer with a wrong password keeps its mail, and the right one delivers it"
count=$(mails)
make_nullmailer "$port"
cp "$WORK/tls/ca.pem" "$NULLMAILER/ca.pem"
remote() { echo "$1 smtp port=$port starttls x509cafile=$NULLMAILER/ca.pem ${*:2}" >"$NULLMAILER/conf/remotes"; }
failures() { grep -c 'Sending failed' "$(log_of nullmailer)" || true; }
# nullmailer wants the certificate's name; here it is an address.
[[ ! $other ]] || {
    openssl x509 -req -in "$WORK/tls/server.csr" -CA "$WORK/tls/ca.pem" -CAkey "$WORK/tls/ca.key" -CAcreateserial -days 2 \
        -extfile <(echo "subjectAltName=IP:$other,DNS:$other") -out "$WORK/tls/server.pem" 2>/dev/null
    kill -HUP "$(pid_of first)"
    wait_for_log first 'tls certificate read'
}
remote "$host" user=shop pass=wrong
printf 'From: web@app.example\nTo: ann@d.example\nSubject: by nullmailer\n\nGrüße\n.\nend' | nullmailer nullmailer-inject -f web@app.example
start_nullmailer
wait_for '(($(failures) >= 1))'
remote "$host" user=shop pass=wrong auth-login
kill -ALRM "$(pid_of nullmailer)"
wait_for '(($(failures) >= 2))'
remote "$host"
kill -ALRM "$(pid_of nullmailer)"
[[ ! $other ]] || wait_for '(($(failures) >= 3))'
[[ ! $other ]] || check "after PLAIN, LOGIN and no password at all it is still in its queue" bash -c "[[ -n \$(ls '$NULLMAILER/queue/queue') ]]"
check_equal "nothing failed for good" "$(ls "$NULLMAILER/queue/failed")" ""
remote "$host" user=shop pass=other auth-login
kill -ALRM "$(pid_of nullmailer)"
wait_for nullmailer_is_empty
check_equal "with the right one it is in the spool" "$(mails)" "$((count + 1))"
check "whole" bash -c "grep -rhF 'by nullmailer' '$WORK/spool/messages' | grep -qF '\r\n.\r\nend\r\n'"
check_equal "and nothing bounced" "$(ls "$NULLMAILER/queue/failed")" ""
stop nullmailer
stop first
check_equal "it ends well" "$EXIT_STATUS" 0
