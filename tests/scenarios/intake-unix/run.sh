#!/bin/bash
# postoffice on a unix socket beside its port: who may write to the file may send, and the file comes and goes with it.
. "$(dirname "$0")/../../support/scenario.sh"
need swaks

socket=$WORK/run/smtp.socket
mkdir -m 2750 "$WORK/run"
port=$(free_port)
serve()
{
    start "$1" "$MAIL_BIN/postoffice" --listen "127.0.0.1:$port" --listen "unix:$socket" --spool "$WORK/spool" "${@:2}"
    wait_for_log "$1" ' started '
}
send() { swaks --socket "$socket" --silent 2 --helo a --from web@app.example --to ann@d.example --body "$1"; }
mails() { find "$WORK/spool/messages" -type f | wc -l; }
# refuses STATUS WORDS OPTION…
refuses()
{
    local status=0
    timeout 20 "$MAIL_BIN/postoffice" "${@:3}" >"$WORK/refusal" 2>&1 </dev/null || status=$?
    check_equal "exit status of: postoffice ${*:3}" "$status" "$1"
    check "it says: $2" grep -qF -e "$2" "$WORK/refusal"
}

serve first
check_equal "the file is for its owner and its directory's group" "$(stat -c %a "$socket")" 660
check "a mail is taken there" send one
check "and on the port" swaks --silent 2 --server 127.0.0.1 --port "$port" --helo a --from a@b.example --to c@d.example
check_equal "both are in the spool" "$(mails)" 2
refuses 75 "somebody listens on $socket already" --listen "unix:$socket" --spool "$WORK/other"

say "what a crash left is replaced"
crash first
check "the file is still there" test -S "$socket"
serve second --allow 192.0.2.0/24
check "a mail is taken again, whatever --allow says of the network" send two
check_equal "it is in the spool" "$(mails)" 3
stop second
check_equal "it ends well" "$EXIT_STATUS" 0
check "and takes its file along" test ! -e "$socket"

say "what is not its own stays"
echo precious >"$socket"
refuses 78 "is no socket" --listen "unix:$socket" --spool "$WORK/other"
check_equal "the file is as it was" "$(cat "$socket")" precious
refuses 64 "starts with a slash" --listen unix:run/smtp.socket --spool "$WORK/other"
refuses 64 "at most 107 bytes" --listen "unix:/$(printf 'x%.0s' {1..120})" --spool "$WORK/other"
