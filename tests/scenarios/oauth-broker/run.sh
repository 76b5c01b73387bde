#!/bin/bash
# postman broker: Debian's Exim and msmtp sign in through it at a server that is strict about every byte; the protocol as
# cloud_mdir_sync speaks it; clients that are out of line; postman token as a client of it.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/parts.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
. "$MAIL_SOURCE/tests/support/oauth.sh"
need python3 openssl msmtp systemd-socket-activate
need_root

start_provider
sign_in_by_device
TOKENS=$WORK/tokens
echo "$USER_NAME $(member access_token)" >"$TOKENS"
SOCKET=$WORK/broker.socket
start broker "$MAIL_BIN/postman" broker --socket "$SOCKET" --mode 0666 --account "$USER_NAME" \
    --account 'other@shop.example=command:echo from-a-command' --account gone@shop.example --state "$STATE"
wait_for_socket "$SOCKET"
check_equal "the socket's mode is as asked" "$(stat -c %a "$SOCKET")" 666

# ask WORDS: what the broker answers, ^A as |; nothing where it closes.
ask()
{
    python3 - "$SOCKET" "$1" <<'ASK'
import socket, sys
client = socket.socket(socket.AF_UNIX)
client.settimeout(20)
client.connect(sys.argv[1])
try:
    client.sendall(sys.argv[2].encode())
    client.shutdown(socket.SHUT_WR)
    answer = b""
    while piece := client.recv(4096):
        answer += piece
except (BrokenPipeError, ConnectionResetError):
    answer = b""
print(answer.decode().replace("\x01", "|"), end="")
ASK
}

say "the protocol"
answer="user=$USER_NAME|auth=Bearer $(member access_token)||"
check_equal "SMTP" "$(ask "SMTP $USER_NAME")" "$answer"
check_equal "IMAP, with options that are read over" "$(ask "IMAP,x,y $USER_NAME")" "$answer"
check_equal "a source of its own" "$(ask 'SMTP other@shop.example')" "user=other@shop.example|auth=Bearer from-a-command||"
for words in 'SMTP nobody@shop.example' "POP3 $USER_NAME" 'SMTP gone@shop.example' nonsense '' "SMTP $(printf 'x%.0s' {1..2000})"; do
    check_equal "nothing for: ${words:0:30}" "$(ask "$words")" ""
done
check_equal "each has its reason in the log" "$(grep -c token-not-given "$WORK/broker.log")" 6

say "clients that are out of line, as many as there are workers and more, and one that is not"
python3 - "$SOCKET" "SMTP $USER_NAME" <<'CROWD'
import socket, sys
path, words = sys.argv[1:]
def connect():
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(60)
    client.connect(path)
    return client
silent = [connect() for _ in range(16)]  # say nothing
half = [connect() for _ in range(16)]    # never close their side
for client in half:
    client.sendall(words.encode())
for client in [connect() for _ in range(20)]:  # go away
    client.sendall(words.encode())
    client.close()
good = connect()
good.sendall(words.encode())
good.shutdown(socket.SHUT_WR)
assert good.recv(9) == b"user=web@", "no answer"
for client in silent + half:
    assert client.recv(100) == b"", "a client that did not close its side was answered"
CROWD
check_equal "the broker still serves" "$(ask "SMTP $USER_NAME")" "$answer"

say "Exim, by readsocket, with the shipped configuration"
SMTP=$(free_port)
start strict python3 "$MAIL_SOURCE/tests/support/xoauth_standin.py" --port "$SMTP" --cert "$WORK/ca/provider.pem" \
    --key "$WORK/ca/provider.key" --log "$WORK/strict.jsonl" --tokens "$TOKENS"
wait_for_port "$SMTP"
exim=$(unpacked exim4-daemon-light)/usr/sbin/exim4
echo "shop.example: host=localhost::$SMTP user=$USER_NAME oauth=$SOCKET" >"$WORK/smart-hosts"
# What a test has otherwise: places, a CA, a smarthost that is this host.
sed -e "s,/etc/exim4/exim-smart-hosts,$WORK/smart-hosts," -e "s,certificates = system,certificates = $WORK/ca/ca.pem," \
    -e "1i spool_directory = $WORK/exim\nlog_file_path = $WORK/exim-%slog\nexim_path = $exim" \
    -e 's,driver = smtp$,driver = smtp\n  allow_localhost,' "$MAIL_SOURCE/examples/exim4-oauth.conf" >"$WORK/exim.conf"
for file in passwd group; do cp "/etc/$file" "$WORK/$file"; done
getent passwd Debian-exim >/dev/null || echo 'Debian-exim:x:9201:9201::/nonexistent:/usr/sbin/nologin' >>"$WORK/passwd"
getent group Debian-exim >/dev/null || echo 'Debian-exim:x:9201:' >>"$WORK/group"
mkdir -p "$WORK/exim"
touch "$WORK"/exim-{main,reject,panic}log
chown -R 9201:9201 "$WORK/exim" "$WORK"/exim-*log
# exim_sends SENDER SUBJECT: by its sendmail command, delivered at once.
exim_sends()
{
    printf 'From: %s\nTo: ann@example.org\nSubject: %s\n\nhello\n' "$1" "$2" |
        unshare --mount sh -c 'mount --bind "$0/passwd" /etc/passwd && mount --bind "$0/group" /etc/group && exec "$@"' \
            "$WORK" "$exim" -C "$WORK/exim.conf" -odf -f "$1" ann@example.org >>"$WORK/exim.log" 2>&1 || true
}
exim_sends "$USER_NAME" by-exim
check "the strict server has the mail" grep -q '"Subject: by-exim"' "$WORK/strict.jsonl"
check "after XOAUTH2, byte for byte" grep -q '"mechanism": "XOAUTH2", "initial": false, "verdict": "good"' "$WORK/strict.jsonl"
exim_sends ann@elsewhere.example nowhere
check "a sender without a line goes nowhere" test "$(grep -c nowhere "$WORK/strict.jsonl")" = 0
cp "$TOKENS" "$WORK/tokens.kept"
: >"$TOKENS"
exim_sends "$USER_NAME" refused
check "a token that is not taken: nothing is sent without" test "$(grep -c 'Subject: refused' "$WORK/strict.jsonl")" = 0
cp "$WORK/tokens.kept" "$TOKENS"

say "msmtp, by passwordeval, with the shipped configuration"
for mechanism in oauthbearer xoauth2; do
    sed -e '/^account office/,$d' -e "s,/etc/ssl/certs/ca-certificates.crt,$WORK/ca/ca.pem," -e "s,^host .*,host localhost," \
        -e "s,^port .*,port $SMTP," -e "s,/run/postman/broker.socket,$SOCKET," -e "s,eval postman,eval $MAIL_BIN/postman," \
        -e "s,^auth .*,auth $mechanism," -e "s,~/.msmtp.log,$WORK/msmtp-log," "$MAIL_SOURCE/examples/msmtp-oauth.conf" >"$WORK/msmtprc"
    chmod 600 "$WORK/msmtprc"
    printf 'Subject: by-msmtp-%s\n\nhello\n' "$mechanism" | msmtp -C "$WORK/msmtprc" -a gmail ann@example.org
    check "$mechanism: the strict server has the mail" grep -q "Subject: by-msmtp-$mechanism" "$WORK/strict.jsonl"
done
check_equal "nothing was out of line but the token taken away" "$(grep -cE '"verdict": "(AUTH|no|unk)' "$WORK/strict.jsonl" || true)" 0

say "postman token"
token --socket "$SOCKET" --output xoauth2 --no-newline
check_equal "XOAUTH2's string" "$(tr '\001' '|' <"$WORK/out")" "$answer"
token --cms_sock "$SOCKET" --output xoauth2-b64 --no_newline
check_equal "in base64, by the old names" "$(base64 -d <"$WORK/out" | tr '\001' '|')" "$answer"
token --socket "$SOCKET" --proto IMAP --output token
check_equal "the token alone" "$(cat "$WORK/out")" "$(member access_token)"
run_postman token --socket "$SOCKET" --user nobody@shop.example
check_equal "an account that the broker does not know: exit 75" "$EXIT_STATUS" 75
check "told" says 'the broker closed without a token: does it know nobody@shop.example'
token --socket "$WORK/nothing-there"
check_equal "no broker: exit 75" "$EXIT_STATUS" 75
token --test-smtp "localhost:$SMTP" --ca "$WORK/ca/ca.pem"
check_equal "--test-smtp: exit 0" "$EXIT_STATUS" 0
check "the dialogue is shown" says '^S: 235 2.7.0'
check "without the token" test "$(grep -cE 'ya29|dXNlcj' "$WORK/out")" = 0
IMAP=$(free_port)
start imap python3 "$MAIL_SOURCE/tests/support/xoauth_standin.py" --port "$IMAP" --cert "$WORK/ca/provider.pem" \
    --key "$WORK/ca/provider.key" --log "$WORK/imap.jsonl" --tokens "$TOKENS" --imap
wait_for_port "$IMAP"
token --test-imap "localhost:$IMAP" --ca "$WORK/ca/ca.pem"
check_equal "--test-imap: exit 0" "$EXIT_STATUS" 0
check "the inbox is selected" says '^S: a2 OK'
: >"$TOKENS"
for test in "--test-smtp=localhost:$SMTP" "--test-imap=localhost:$IMAP"; do
    token "$test" --ca "$WORK/ca/ca.pem"
    check_equal "${test%%=*}, a token that is not taken: exit 1" "$EXIT_STATUS" 1
    check "the server's own words are shown" says '\{"status":"400"'
done
token --test-smtp "localhost:$SMTP"
check_equal "a certificate of an unknown CA: exit 1" "$EXIT_STATUS" 1

say "a renewal ahead, without anybody asking"
stop broker
set_members expires_at now+5
before=$(granted refresh_token)
start broker "$MAIL_BIN/postman" broker --socket "$SOCKET" --account "$USER_NAME" --state "$STATE"
wait_for "(( \$(granted refresh_token) > $before ))"
wait_for_socket "$SOCKET"
check_equal "the mode by default" "$(stat -c %a "$SOCKET")" 600
stop broker
check_equal "it ended well" "$EXIT_STATUS" 0
check "and took its socket along" test ! -e "$SOCKET"

say "a socket from systemd"
start activated systemd-socket-activate --listen="$SOCKET" "$MAIL_BIN/postman" broker --account "$USER_NAME" --state "$STATE"
wait_for_socket "$SOCKET"
check_equal "serves" "$(ask "SMTP $USER_NAME")" "user=$USER_NAME|auth=Bearer $(member access_token)||"
stop activated

say "root signs in for the courier"
install -d -o mail -g mail "$WORK/owned"
"$MAIL_BIN/postman" auth --provider "$PROVIDER" --user "$USER_NAME" --flow client-credentials --state "$WORK/owned" >/dev/null 2>&1
check_equal "the file is the state directory's owner's" "$(stat -c '%U %a' "$WORK/owned/oauth/$USER_NAME.json")" "mail 600"

EXIT_STATUS=0
"$MAIL_BIN/postman" broker --socket "$SOCKET" --mode 999 --account "$USER_NAME" 2>"$WORK/err" || EXIT_STATUS=$?
check_equal "an odd mode: exit 64" "$EXIT_STATUS" 64
check "no token in any log" test "$(cat "$WORK"/*.log "$WORK"/exim-*log | grep -cE 'ya29\.|auth=Bearer|1//')" = 0
