#!/bin/bash
# `postoffice sendmail` when it cannot send: exit codes, the queue, answers that are lost, two runs at once.
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/smtp.sh"

QUEUE=$WORK/q/queue
mkdir -p "$WORK/q" "$WORK/spool"
printf 'From: web@app.example\nTo: ann@d.example\nSubject: x\nMessage-ID: <x@app.example>\nDate: Fri, 20 Nov 2026 08:00:00 +0000\n\nbody\n' >"$WORK/mail"
sed 's/$/\r/' "$WORK/mail" >"$WORK/wanted"
catcher() { start "$1" "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$WORK/spool"; wait_for_port "$SMTP_PORT"; }
SPOOL=$WORK/spool

# send ARGUMENT…: with the mail on its input; CODE is how it ended.
send()
{
    CODE=0
    "$MAIL_BIN/postoffice" sendmail --to "127.0.0.1:$SMTP_PORT" "$@" <"${MAIL:-$WORK/mail}" >"$WORK/said" 2>"$WORK/sendmail.log" || CODE=$?
}
said() { grep -qE -- "$1" "$WORK/sendmail.log"; }
queued() { find "$QUEUE" -type f ! -name '.*' 2>/dev/null | wc -l; }

say "nobody answers"
SMTP_PORT=$(free_port)
send -t
check_equal "75" "$CODE" 75
check_equal "one line" "$(wc -l <"$WORK/sendmail.log")" 1
check "which says why, and what to do" said '^sendmail: not sent, and not kept: 127.0.0.1:[0-9]+: no connection: Connection refused \(try again, or use --queue\)$'
send -t --queue "$QUEUE"
check_equal "with a queue it is kept, and all is well" "$CODE $(queued)" "0 1"
check_equal "in silence" "$(cat "$WORK/sendmail.log")" ''
file=$(ls "$QUEUE")
check "under a name as nullmailer's" grep -qxE '[0-9]+\.[0-9]+' <<<"$file"
check_equal "in its format" "$(cat "$QUEUE/$file")" $'web@app.example\nann@d.example\n\n'"$(cat "$WORK/mail")"
check_equal "nothing is left beside it" "$(ls "$WORK/q/tmp" | wc -l)" 0
check "mailq tells of it" eval '"$MAIL_BIN/postoffice" mailq --queue "$QUEUE" --spool "$WORK/none" | grep -qx "  to <ann@d.example>"'
send -q --queue "$QUEUE"
check_equal "a run while nobody answers leaves it" "$CODE $(queued)" "75 1"
check "and says so" said "queued mail left file=$file"
catcher first
MAIL=/dev/null send -q --queue "$QUEUE"
check_equal "a run when somebody does sends it" "$CODE $(queued)" "0 0"
check_equal "one record" "$(waiting_mails)" 1
record=$(find "$SPOOL/messages" -name '*.json')
record_field "$record" data >"$WORK/got"
check "every byte" cmp "$WORK/got" "$WORK/wanted"
check_equal "its envelope" "$(record_field "$record" mail_from) $(record_field "$record" rcpt_tos)" "web@app.example ann@d.example"
send -q --queue "$QUEUE"
check_equal "an empty queue is no trouble" "$CODE" 0
stop first

say "one mail of several; two runs at once"
send -t --queue "$QUEUE"; send -t --queue "$QUEUE"
catcher second
one=$(ls "$QUEUE" | head -n 1)
send -qI "$one" --queue "$QUEUE"
check_equal "-qI sends that one" "$CODE $(queued)" "0 1"
check "the other is still there" test ! -e "$QUEUE/$one"
send -qI "$one" --queue "$QUEUE"
check_equal "once only" "$CODE" 66
exec 8<"$QUEUE"
flock 8
send -q --queue "$QUEUE"
check_equal "while another run is at work nothing is touched" "$CODE $(queued)" "0 1"
exec 8<&-
send -q --queue "$QUEUE"
check_equal "then it goes" "$CODE $(queued)" "0 0"
mkfifo "$WORK/q/trigger"
exec 7<>"$WORK/q/trigger"
send -t --queue "$QUEUE" -t
send -q --queue "$QUEUE"
check_equal "nullmailer's own queue, while nullmailer-send runs, is left to it" "$CODE" 78
exec 7>&-
rm "$WORK/q/trigger"
stop second
rm -f "$SPOOL"/messages/*

say "the call and the message"
send; check_equal "no recipient, no -t" "$CODE" 64
send -z ann@d.example; check_equal "a flag of nobody's" "$CODE" 64
printf 'Subject: x\n\n' >"$WORK/nobody"
MAIL=$WORK/nobody send -t; check_equal "-t, and nobody in the header" "$CODE" 65
send $'ann@d.example>\r\nRCPT TO:<eve@d.example'; check_equal "an address that ends a command" "$CODE" 65
CODE=0; "$MAIL_BIN/postoffice" mail </dev/null 2>/dev/null || CODE=$?; check_equal "mail without anything" "$CODE" 66
CODE=0; "$MAIL_BIN/postoffice" sendmail -t <&- 2>/dev/null || CODE=$?; check_equal "no input at all" "$CODE" 74
echo 'qeue = /x' >"$WORK/bad.conf"
send -t --config "$WORK/bad.conf"; check_equal "settings with a slip" "$CODE" 78
check "which is named" said 'line 1: qeue: unknown \(did you mean queue\?\)'
echo "queue = $QUEUE" >"$WORK/good.conf"
CODE=0; "$MAIL_BIN/postoffice" sendmail -t --url http://127.0.0.1:1 <"$WORK/mail" 2>"$WORK/sendmail.log" || CODE=$?
check_equal "a URL without a key" "$CODE" 78
check "in appengine-mailer's words, too" said 'GMAIL_SECRET_KEY is not set'
CODE=0; GMAIL_SECRET_KEY=0123456789abcdef "$MAIL_BIN/postoffice" mail a@d.example <"$WORK/mail" 2>"$WORK/sendmail.log" || CODE=$?
check "a key without a URL" said 'GMAIL_PROXY_URL is not set\.'

say "what the other side says"
start_smtp server "$WORK/server"
with_fault() { echo "$1" >"$WORK/server/fault"; }
send ann@d.example; check_equal "taken" "$CODE" 0
send ann@d.example perm@d.example; check_equal "a recipient is refused" "$CODE" 67
check "the caller hears who, and that nobody got it" said 'said to <perm@d.example>: 550 5.1.1 No such user; nothing was sent to the other recipients'
check_equal "and so it is" "$(taken_count "$WORK/server")" 1
send ann@d.example temp@d.example; check_equal "one is put off: all are" "$CODE" 75
with_fault 530-at-mail; send ann@d.example; check_equal "refused otherwise" "$CODE" 69
with_fault greets-554; send ann@d.example; check_equal "a greeting that refuses is no verdict on the mail" "$CODE" 75
with_fault 552-in-data; head -c 3000000 /dev/zero | tr '\0' 'x' | fold >"$WORK/large"
MAIL=$WORK/large send ann@d.example; check_equal "too large" "$CODE" 65
for fault in closes huge-line mixed-codes http early-250 cut-after-mail cut-in-data cut-after-dot 421-at-mail; do
    with_fault $fault
    send ann@d.example
    check_equal "$fault: not now" "$CODE" 75
done
with_fault cut-after-dot
before=$(taken_count "$WORK/server")
send ann@d.example --queue "$QUEUE"
check_equal "an answer that is lost: kept, rather twice than never" "$CODE $(queued)" "0 1"
check_equal "with the key that the origin side would know it by" "$(find "$QUEUE" -name '.*.key' | wc -l)" 1
with_fault ''
rm "$WORK/server/fault"
send perm@d.example --queue "$QUEUE"
check_equal "what is refused is not kept" "$CODE $(queued)" "67 1"
printf 'web@app.example\nperm@d.example\n\nSubject: x\n\n' >"$QUEUE/1700000000.1"
touch -d '2 minutes ago' "$QUEUE/1700000000.1"
send -q --queue "$QUEUE"
check_equal "the run sends them all" "$CODE $(queued)" "0 0"
check "the refused one lies in failed/" test -s "$WORK/q/failed/1700000000.1"
check_equal "and no key is left" "$(find "$QUEUE" -name '.*' -type f | wc -l)" 0
check "our SMTP was without a fault" strict "$WORK/server"
check "no name of this host was said" eval '! grep -qi "$(hostname)" "$WORK/server/commands"'

if ((EUID == 0)); then
    say "a queue for every user, as the package makes it"
    shared=$WORK/shared
    mkdir -p "$shared"; mkdir -m 1777 "$shared/queue" "$shared/tmp"
    as() { setpriv --reuid "$1" --regid "$1" --clear-groups "${@:2}"; }
    closed=$(free_port)
    for user in 65533 65534; do
        as $user "$MAIL_BIN/postoffice" sendmail -t --to "127.0.0.1:$closed" --queue "$shared/queue" <"$WORK/mail"
    done
    check_equal "each may put mail in" "$(find "$shared/queue" -type f -perm 600 | wc -l)" 2
    as 65534 "$MAIL_BIN/postoffice" mailq --queue "$shared/queue" --spool "$WORK/none" >"$WORK/said" 2>"$WORK/sendmail.log" || true
    check_equal "and sees his own" "$(grep -c bytes "$WORK/said") $(cat "$WORK/sendmail.log")" "1 mailq: 1 mails of other users are not shown"
    before=$(taken_count "$WORK/server")
    exec 8<"$shared/queue"
    flock 8  # as any user may
    send -q --queue "$shared/queue"
    exec 8<&-
    check_equal "root sends both" "$CODE $(($(taken_count "$WORK/server") - before)) $(ls "$shared/queue" | wc -l)" "0 2 0"
fi

say "a refusal amid the content, and then the connection is cut"
EARLY_PORT=$(free_port)
start early python3 "$(dirname "$0")/early.py" "$EARLY_PORT"
wait_for_port "$EARLY_PORT"
head -c 9000000 /dev/zero | tr '\0' 'x' | fold >"$WORK/large"
MAIL=$WORK/large send ann@d.example --to "127.0.0.1:$EARLY_PORT"
check_equal "is heard" "$CODE" 65
stop early

say "-bs: the same verdicts, as replies"
smtp() { printf 'EHLO x\r\nMAIL FROM:<a@app.example>\r\nRCPT TO:<%s>\r\nDATA\r\nSubject: x\r\n\r\n.\r\nQUIT\r\n' "$1"; }
smtp ann@d.example >"$WORK/talk"; MAIL=$WORK/talk send -bs
check "taken" grep -q '^250 2.0.0 Ok: queued as' "$WORK/said"
smtp perm@d.example >"$WORK/talk"; MAIL=$WORK/talk send -bs
check "refused: a 5xx" grep -q '^550 5.1.1 .*No such user' "$WORK/said"
smtp temp@d.example >"$WORK/talk"; MAIL=$WORK/talk send -bs
check "not now: a 4xx" grep -q '^451 4.3.0' "$WORK/said"
check "and the reason, as ever, in one line beside it" said '^sendmail: not sent, and not kept: .*said to <temp@d.example>: 4'
MAIL=$WORK/talk send -bs --queue "$QUEUE"
check "not now, with a queue: a 250" grep -q '^250 2.0.0 Ok: queued as' "$WORK/said"
check_equal "and it is kept" "$(queued)" 1

say "a unix socket"
if "$MAIL_BIN/postoffice" --listen "unix:$WORK/smtp.socket" --check-config >/dev/null 2>&1; then
    start third "$MAIL_BIN/postoffice" --listen "unix:$WORK/smtp.socket" --spool "$WORK/spool"
    wait_for_socket "$WORK/smtp.socket"
    CODE=0; "$MAIL_BIN/postoffice" sendmail -t --to "unix:$WORK/smtp.socket" <"$WORK/mail" 2>"$WORK/sendmail.log" || CODE=$?
    check_equal "the catcher's" "$CODE $(waiting_mails)" "0 1"
fi
# The queue cannot be written: the mail is the caller's again.
echo x >"$WORK/file"
SMTP_PORT=$(free_port)
send -t --queue "$WORK/file/queue"
check_equal "a queue that cannot be: 75" "$CODE" 75
check "in words" said 'nor could it be kept'
