#!/bin/bash
# postoffice at its edges: too many connections, too little memory, disk or descriptors, silence, TERM in the
# middle of a mail, KILL behind a 250, a client that missed its 250, and everything that it must not start with.
. "$(dirname "$0")/../../support/scenario.sh"
need python3 setpriv strace

here=$(dirname "$0")
client() { python3 "$here/client.py" "$@"; }

# serve NAME OPTION...: a postoffice of its own spool; sets port, spool.
serve()
{
    port=$(free_port)
    spool=$WORK/spool.$1
    start "$1" "${prefix[@]}" "$MAIL_BIN/postoffice" localhost "$port" --spool "$spool" "${@:2}"
    wait_for_log "$1" ' started '
}
prefix=()
finish()
{
    stop "$1"
    check_equal "$1 ends well" "$EXIT_STATUS" 0
}
mails_in() { find "$1/messages" -type f | wc -l; }

# refuses WANTED_STATUS WORDS OPTION...: it ends at once with that status and those words.
refuses()
{
    local wanted=$1 words=$2 status=0
    shift 2
    timeout 20 "$MAIL_BIN/postoffice" "$@" >"$WORK/refusal" 2>&1 </dev/null || status=$?
    check_equal "exit status of: postoffice $*" "$status" "$wanted"
    check "it says: $words" grep -qF -e "$words" "$WORK/refusal"
}

say "what it does not start with"
port=$(free_port)
refuses 64 "--allow" --listen "0.0.0.0:$port" --spool "$WORK/none"
refuses 64 "--allow" "::" "$port" --spool "$WORK/none"
refuses 64 "did you mean --max-connections" --max-conections 5
refuses 64 "10.0.0.0/99" --listen "0.0.0.0:$port" --allow 10.0.0.0/99 --spool "$WORK/none"
refuses 64 "PORT" localhost --spool "$WORK/none"
touch "$WORK/file"
refuses 75 "$WORK/file/spool" 127.0.0.1 "$port" --spool "$WORK/file/spool"
mkdir -m 0555 "$WORK/readonly"
if ((EUID == 0)); then
    status=0
    cp "$MAIL_BIN/postoffice" "$WORK/program"  # the tree may lie in /root, where nobody else looks
    setpriv --reuid 65534 --regid 65534 --clear-groups timeout 20 \
        "$WORK/program" 127.0.0.1 "$port" --spool "$WORK/readonly/spool" >"$WORK/refusal" 2>&1 || status=$?
    check_equal "a spool that it cannot write" "$status" 75
    check "it names the spool" grep -qF "$WORK/readonly/spool" "$WORK/refusal"
fi
[[ $(stat -f -c %T /dev/shm) == tmpfs ]] &&
    refuses 78 "unsafe-spool" 127.0.0.1 "$port" --spool "/dev/shm/mail-catcher-$$"
rm -rf "/dev/shm/mail-catcher-$$"

say "the example configuration"
example=$MAIL_SOURCE/examples/postoffice.conf
check "is sound as shipped" "$MAIL_BIN/postoffice" --config "$example" --check-config
sed 's/^#\([a-z0-9-]* = \)/\1/' "$example" >"$WORK/all.conf"
check "is sound with every line in force" "$MAIL_BIN/postoffice" --config "$WORK/all.conf" --check-config
"$MAIL_BIN/postoffice" --config "$WORK/all.conf" --print-config | sed 's/ = .*//' | sort -u >"$WORK/known"
sed -n 's/^\([a-z0-9-]*\) = .*/\1/p' "$WORK/all.conf" | sort -u >"$WORK/explained"
check "explains every option" diff "$WORK/known" "$WORK/explained"

serve first
refuses 75 "127.0.0.1:$port" 127.0.0.1 "$port" --spool "$WORK/other"
refuses 75 "$(pid_of first)" 127.0.0.1 "$(free_port)" --spool "$spool"

say "a client that misses its 250 (RFC 1047)"
check "sent again, it is one mail with one id" client resend "$port"
check_equal "mails so far" "$(mails_in "$spool")" 1
check "a pipelined QUIT confirms nothing" client resend-after-quit "$port"
check_equal "mails so far" "$(mails_in "$spool")" 2
check "equal mails after a 250 that was heard are two mails" client equal-mails "$port"
check_equal "mails so far" "$(mails_in "$spool")" 4

say "KILL behind a 250"
check "a mail is taken" client send "$port" killed@app.example
crash first
check "it is there" grep -rqF killed@app.example "$spool/messages"

say "a slow disk"
prefix=(env ASAN_OPTIONS=detect_leaks=0 strace -D -f -qq -o /dev/null -e trace=fsync -e inject=fsync:delay_enter=500000)
serve slow
prefix=()
check "a QUIT that came while the disk was at work confirms nothing" client resend-after-late-quit "$port"
check_equal "mails" "$(mails_in "$spool")" 1
check "TERM behind the end of the data: the 250 comes all the same" client term-in-commit "$port" "$(pid_of slow)"
wait_exit slow
check_equal "and its mail is there" "$(mails_in "$spool")" 2

say "connections"
serve few --max-connections 5
check "the 6th connection hears 421, and the next one after a QUIT gets in" client connections "$port" 5
finish few
serve many
check "so does the 2,001st with the default" client connections "$port" 2000
finish many
prefix=(bash -c 'ulimit -n 60; exec "$@"' bash)
serve starved
prefix=()
check "out of descriptors it waits and comes back" client descriptors "$port"
check "it did not spin" test "$(grep -c 'cannot accept' "$(log_of starved)")" -lt 100
finish starved
allowed=$(free_port)
start fenced "$MAIL_BIN/postoffice" --listen "0.0.0.0:$allowed" --allow 192.0.2.0/24 --spool "$WORK/spool.fenced"
wait_for_port "$allowed"
check "a peer outside --allow hears 421 and nothing else" client expect "$allowed" "421 4.7.0"
finish fenced

if grep -q ' lo$' /proc/net/if_inet6 2>/dev/null; then
    start six "$MAIL_BIN/postoffice" --listen "[::1]:$(free_port)" --allow ::1/128 --spool "$WORK/spool.six"
    wait_for_log six ' started '
    check "it listens on IPv6" grep -qF 'address=[::1]:' "$(log_of six)"
    finish six
fi

say "silence"
serve idle --idle-timeout 1
check "a client that says nothing hears 421" client silence "$port" "421 4.4.2"
check "so does one that sends a command byte by byte for ever" client trickle "$port" "421 4.4.2"
check "the log says so" grep -q 'timed out.* in=command' "$(log_of idle)"
finish idle

say "memory"
serve tight --memory-budget 70000000 --max-message-size 40000000
check "six mails of 30 MB under a budget of 70 MB all end with 250 or 452" client big-mails "$port" 6 30000000 1
check "those that declare their SIZE wait for each other, and all are stored" client big-mails "$port" 6 30000000 6 SIZE=31000000
high=$(awk '/^VmHWM/ { print $2 }' "/proc/$(pid_of tight)/status")
say "most memory ever: $high KiB"
# A mail that is being written is in memory once, plus a little for the writer; sanitizers take their own.
[[ $MAIL_BIN == */asan/* || $MAIL_BIN == */tsan/* ]] ||
    check "memory stayed near the budget" test "$high" -lt 110000
check "and the next mail gets through" client send "$port" after@app.example
finish tight

say "disk"
serve full --min-free 1000000000000000
check "under the low-water mark MAIL hears 452 4.3.1, and so does all behind it" client no-room "$port"
check "nothing was stored" test "$(mails_in "$spool")" = 0
finish full
mkdir "$WORK/small"
if mount -t tmpfs -o size=6m tmpfs "$WORK/small" 2>/dev/null; then
    scenario_cleanup() { umount -l "$WORK/small"; }
    port=$(free_port)
    start small "$MAIL_BIN/postoffice" 127.0.0.1 "$port" --spool "$WORK/small/spool" --unsafe-spool --min-free 65536
    wait_for_port "$port"
    client fill "$port" >"$WORK/taken"
    check "a disk that fills up answers 452, never 5xx, and keeps what it took" \
        test "$(mails_in "$WORK/small/spool")" = "$(cat "$WORK/taken")"
    finish small
else
    say "no right to mount a small disk: left out"
fi

say "HUP"
serve reread
kill -HUP "$(pid_of reread)"
wait_for_log reread ' rereading files'
check "it reads its files again and goes on" client send "$port" after-hup@app.example
finish reread

say "TERM"
serve ending
mkfifo "$WORK/go"
client term "$port" <"$WORK/go" >"$WORK/term" 2>&1 &
waiter=$!
exec 8>"$WORK/go"
wait_for '[[ -s $WORK/term ]]'
kill -TERM "$(pid_of ending)"
wait_for_log ending ' stopping '
wait_for '! is_listening "$port"'
echo >&8
wait "$waiter" || { cat "$WORK/term"; fail "the client was not served well"; }
check "the idle client heard 421, the mail in transfer its 250" grep -qx done "$WORK/term"
wait_exit ending
check_equal "it ends well" "$EXIT_STATUS" 0
check_equal "the mail is there" "$(mails_in "$spool")" 1

serve hurried
check "a second TERM cuts the mail in transfer short, and its client hears 421" client term-twice "$port" "$(pid_of hurried)"
wait_exit hurried
check_equal "it ends well" "$EXIT_STATUS" 0
check_equal "half a mail is no mail" "$(find "$spool" -name '*.json' | wc -l)" 0
