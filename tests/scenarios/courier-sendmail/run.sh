#!/bin/bash
# The way out through a sendmail: how it is called, and what each of its ends means.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
need python3

root=$WORK/origin
start_standin standin "$root" --least-defer 3600
DELIVER=sendmail:$WORK/sendmail
url=http://127.0.0.1:$PORT

# one NUMBER 'SHELL LINES': a mail of its own through a sendmail that ends so.
one()
{
    rm -rf "$WORK/calls"
    make_sendmail "$WORK/sendmail" "$2"
    echo "mail $1" | put_mail "$root" "$1" web@app.example ann@x.example,bob@x.example
    courier "$url"
    told=$(outcomes_of "$root" "$(mail_id "$1")" | cut -d' ' -f1)
}

say "exit codes (sysexits.h)"
number=10
for row in 0:delivered:0 1:deferred:75 64:failed:0 65:failed:0 66:deferred:75 67:failed:0 68:failed:0 69:deferred:75 \
    70:deferred:75 71:deferred:75 73:deferred:75 74:deferred:75 75:deferred:75 76:deferred:75 127:deferred:75; do
    IFS=: read -r code outcome status <<<"$row"
    one $((++number)) "echo 'words of $code' >&2; exit $code"
    check_equal "exit $code is $outcome" "$told" "$outcome"
    check_equal "exit $code: postman ends with $status" "$EXIT_STATUS" "$status"
    if [[ $code != 0 ]]; then check "exit $code: its words are in the log" says "exit $code.*words of $code"; fi
done
check "its words are in the reason too" grep -q 'exit 75 (temporary failure): words of 75' "$root/outcomes"
for code in 72 77 78; do
    one $((++number)) "exit $code"
    check_equal "exit $code stops the run and confirms nothing" "$told" ''
    check_equal "exit $code: postman ends with 78" "$EXIT_STATUS" 78
    rm "$root/mails/$(mail_id $number).json"
done
one $((++number)) 'kill -SEGV $$'
check_equal "a signal is deferred" "$told" deferred
check "and told" says 'ended by signal 11'

say "no such program"
requests=$(wc -l <"$root/requests")
echo x | put_mail "$root" 40 web@app.example ann@x.example
DELIVER=sendmail:$WORK/nowhere courier "$url"
check_equal "missing: exit 78" "$EXIT_STATUS" 78
check "missing: told" says 'cannot run .*/nowhere'
check_equal "missing: nothing was leased" "$(wc -l <"$root/requests")" "$requests"
printf '#!/nowhere/at/all\n' >"$WORK/hollow"
chmod 755 "$WORK/hollow"
DELIVER=sendmail:$WORK/hollow courier "$url"
check_equal "found missing at the call: exit 78" "$EXIT_STATUS" 78
check_equal "nothing is confirmed" "$(outcomes_of "$root" "$(mail_id 40)")" ''
check "the lease is given back" grep -q '^DELETE /v1/leases/' "$root/requests"
rm "$root/mails/$(mail_id 40).json"

say "a sendmail that hangs"
rm -rf "$WORK/calls"
make_sendmail "$WORK/sendmail" "sleep 600 & echo \$! >'$WORK/child'; echo \$\$ >'$WORK/parent'; echo 'about to hang' >&2; wait"
echo x | put_mail "$root" 41 web@app.example ann@x.example
courier "$url" --delivery-timeout 1s
check_equal "it is deferred" "$(outcomes_of "$root" "$(mail_id 41)")" 'deferred ann@x.example'
check "with its words" says 'no end within 1 s, killed: about to hang'
gone() { [[ ! -e /proc/$1 || $(awk '/^State:/ { print $2 }' "/proc/$1/status") == Z ]]; }
check "it is killed" gone "$(cat "$WORK/parent")"
wait_for "gone $(cat "$WORK/child")"
check "and its child too" gone "$(cat "$WORK/child")"
one 42 "exec >&- 2>&-; sleep 600 & echo \$! >'$WORK/left'; exit 0"
check_equal "a child that it leaves behind on purpose does not keep us" "$told" delivered
check "and lives on" kill "$(cat "$WORK/left")"
one 44 'yes words | head -c 20000000 >&2; exit 75'
check_equal "20 MB of words do not stop it" "$told" deferred
make_sendmail "$WORK/sendmail"
cat >"$WORK/sendmail" <<'S'
#!/bin/sh
exec <&-
exit 0
S
head -c 3000000 /dev/zero | tr '\0' x | fold -w 70 | put_mail "$root" 45 web@app.example ann@x.example
courier "$url"
check_equal "one that does not read the mail has not delivered it" "$(outcomes_of "$root" "$(mail_id 45)")" 'deferred ann@x.example'

say "what it is given"
rm -rf "$WORK/calls"
make_sendmail "$WORK/sendmail"
printf 'Subject: dots\n\n.\n..\n.x\nlast\n.\n' | tee "$WORK/dots" | put_mail "$root" 50 '' ann@x.example
MAIL_SECRET=1 courier "$url"
check_equal "the null sender is <>" "$(cat "$WORK"/calls/*.arguments)" $'-i\n-f\n<>\n--\nann@x.example'
check "the bytes are the mail's own, with LF line ends" cmp "$WORK/dots" "$WORK"/calls/*.input
check "nothing of our environment is in its own" test -z "$(grep -l MAIL_SECRET "$WORK"/calls/*.environment)"
rm -rf "$WORK/calls"
make_sendmail "$WORK/sendmail"
recipients=$(for i in {1..1000}; do printf 'r%d@x.example,' "$i"; done)
printf 'Subject: many\n\nx\n' | put_mail "$root" 51 web@app.example "${recipients%,}"
courier "$url"
check_equal "1,000 recipients are one call" "$(calls)" 1
check_equal "with all of them" "$(tail -n +5 "$WORK"/calls/*.arguments | sort -u | wc -l)" 1000
check_equal "and all are told" "$(outcomes_of "$root" "$(mail_id 51)" | grep -o '@x' | wc -l)" 1000
rm -rf "$WORK/calls"
make_sendmail "$WORK/sendmail"
for i in {1..1000}; do printf '%0200d@x.example\n' "$i"; done >"$WORK/recipients"
printf 'Subject: long\n\nx\n' | put_mail "$root" 52 web@app.example "@$WORK/recipients"
courier "$url"
check "more than one call takes are several" test "$(calls)" -gt 1
check_equal "with each recipient once" "$(cat "$WORK"/calls/*.arguments | grep -c '@x.example')" 1000

say "half a mail is no mail"
rm -rf "$WORK/calls"
printf '#!/bin/sh\nexit 0\n' >"$WORK/sendmail"
echo x | put_mail "$root" 60 web@app.example ann@x.example
courier "$url"
check_equal "a short one that it never read is not delivered" "$(outcomes_of "$root" "$(mail_id 60)")" 'deferred ann@x.example'
# The process that writes the rest of a large mail into the pipe dies: the sendmail must see no end.
cat >"$WORK/sendmail" <<S
#!/bin/bash
for pid in \$(ps -o pid= --ppid \$PPID); do
    ((pid == \$\$)) || kill -KILL "\$pid"
done
cat >/dev/null
touch "$WORK/ended"
S
head -c 3000000 /dev/zero | tr '\0' x | fold -w 70 | put_mail "$root" 61 web@app.example ann@x.example
courier "$url"
check_equal "one whose end could not be written is deferred" "$(outcomes_of "$root" "$(mail_id 61)")" 'deferred ann@x.example'
check "and its sendmail saw no end" test ! -e "$WORK/ended"
# killed_with NUMBER FILE: postman is killed while its sendmail has not read on; then that reads to the end.
killed_with()
{
    rm -rf "$WORK/calls" "$WORK/go"
    mkdir "$WORK/calls"
    cat >"$WORK/sendmail" <<S
#!/bin/bash
n=\$(mktemp "$WORK/calls/XXXXXXXX")
until [[ -e $WORK/go ]]; do sleep 0.02; done
cat >"\$n.tmp"
mv "\$n.tmp" "\$n.input"
S
    chmod 755 "$WORK/sendmail"
    put_mail "$root" "$1" web@app.example ann@x.example <"$2"
    start killed "$MAIL_BIN/postman" --state "$STATE" --deliver "$DELIVER" "$url"
    wait_for "[[ \$(ls $WORK/calls) ]]"
    kill -KILL "$(pid_of killed)"
    wait_gone "$(pid_of killed)" 10
    touch "$WORK/go"
    wait_for "[[ \$(find $WORK/calls -name '*.input') ]]"
    check_equal "killed: a mail of $(wc -c <"$2") bytes is whole" "$(wc -c <"$(find "$WORK/calls" -name '*.input')")" "$(wc -c <"$2")"
    end_group "$(pid_of killed)"
    unset 'PID_OF[killed]'
    rm "$root/mails/$(mail_id "$1").json"
}
number=70
for size in 100 100000 3000000; do
    head -c "$size" /dev/zero | tr '\0' x | fold -w 70 >"$WORK/mail"
    echo >>"$WORK/mail"
    killed_with $((number++)) "$WORK/mail"
done
