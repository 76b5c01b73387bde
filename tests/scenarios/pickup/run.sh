#!/bin/bash
# Debian's nullmailer fills its queue; `postoffice pickup` takes it into the spool, beside a catcher that runs, as the
# spool's owner. Bytes, bad files, a full disk, kills between commit and removal, --watch.
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/parts.sh"
need strace

make_nullmailer 1  # nobody listens there, and nullmailer-send does not run
echo app.example | tee "$NULLMAILER"/conf/{idhost,defaulthost} >/dev/null
QUEUE=$NULLMAILER/queue/queue
FAILED=$NULLMAILER/queue/failed
SPOOL=$WORK/spool
install -d -o daemon -g daemon -m 700 "$SPOOL"

# By root, who becomes the spool's owner.
pickup()
{
    EXIT_STATUS=0
    "${BEFORE[@]}" "$MAIL_BIN/postoffice" pickup "$QUEUE" --spool "$SPOOL" --min-free "${MIN_FREE:-1}" "$@" \
        >"$WORK/pickup.log" 2>&1 || EXIT_STATUS=$?
}
BEFORE=()
says() { grep -qE -e "$1" "$WORK/pickup.log"; }
queued() { find "$QUEUE" -type f | wc -l; }
# put_queued NAME ENVELOPE-LINE… <message
put_queued()
{
    local name=$1
    shift
    { printf '%s\n' "$@" ''; cat; } >"$NULLMAILER/queue/tmp/$name"
    chown mail:mail "$NULLMAILER/queue/tmp/$name"
    mv "$NULLMAILER/queue/tmp/$name" "$QUEUE/$name"
}
record_with() { grep -lF -e "$1" "$SPOOL"/messages/*; }
empty_spool() { rm -f "$SPOOL"/messages/*; }

say "nullmailer-inject with two recipients and a Bcc, every octet, and the null sender"
printf 'From: web@app.example\nTo: ann@d.example, bob@d.example\nBcc: carl@d.example\nSubject: by inject\n\nGrüße\n.\n\xff\xfe\x01 end' |
    nullmailer nullmailer-inject -f web@app.example
printf '\nann@d.example\n\nSubject: a bounce\n\nx\n' | nullmailer nullmailer-queue
check_equal "both wait" "$(queued)" 2
sent=$(grep -l 'by inject' "$QUEUE"/*)
sed -e '1,/^$/d' "$sent" >"$WORK/sent"
pickup
check_equal "a clean end" "$EXIT_STATUS $(queued) $(waiting_mails)" "0 0 2"
record=$(record_with '"subject":"by inject"')
check_equal "all recipients by envelope, the Bcc included" "$(record_field "$record" rcpt_tos | tr '\n' ' ')" \
    "ann@d.example bob@d.example carl@d.example "
record_field "$record" data >"$WORK/kept"
check "the content is what nullmailer queued, octet for octet, with CRLF" cmp "$WORK/kept" <(sed 's/$/\r/' "$WORK/sent" | head -c -1)
check_equal "the null sender stays one" "$(record_field "$(record_with 'a bounce')" mail_from)" ""
check_equal "the files are the spool owner's, for postmaster to read" "$(stat -c '%U %a' "$SPOOL"/messages/* | sort -u)" "daemon 600"
check "the id is in the log" says "picked up id=$(basename "$record" .json) from=web@app.example rcpts=3"
empty_spool

say "bad files: half written, no queue file, a bad recipient, a link, too large"
exec 8>"$QUEUE/1795163260.1"
printf 'web@app.example\nann@d.exa' >&8
chown mail:mail "$QUEUE/1795163260.1"
ln -s /etc/passwd "$QUEUE/link"
printf 'no queue file' >"$QUEUE/broken"
touch -d '2 hours ago' "$QUEUE/broken"
put_queued 1795163261.1 web@app.example 'no body@d.example' ann@d.example <<<$'Subject: two\n\nx'
head -c 5000 /dev/zero | tr '\0' 'x' | put_queued 1795163262.1 web@app.example ann@d.example
pickup --max-message-size 4000
check_equal "something is left" "$EXIT_STATUS" 75
check_equal "the half-written and the large one" "$(find "$QUEUE" -type f -printf '%f\n' | sort | tr '\n' ' ')" "1795163260.1 1795163262.1 "
check "the log says why" says 'queue file left file=1795163262.1 reason=.*max-message-size'
check_equal "the sound recipient is served" "$(record_field "$(record_with '"subject":"two"')" rcpt_tos)" ann@d.example
check_equal "the other one waits in failed/ for a person" "$(head -2 "$FAILED/1795163261.1" | tr '\n' '|')" "web@app.example|no body@d.example|"
check "so does what is no queue file" test -f "$FAILED/broken"
check "a link is no mail" test -L "$QUEUE/link"
mv "$FAILED" "$FAILED.kept"
install -d -o root -m 755 "$WORK/of-root"
ln -s "$WORK/of-root" "$FAILED"
echo "no queue file" >"$QUEUE/evil.sh"
touch -d '2 minutes ago' "$QUEUE/evil.sh"
pickup
check "what is refused goes through no link, where the queue's owner could lay it" test -f "$QUEUE/evil.sh"
check "and the log says so" says 'queue file not removed file=evil.sh reason=.*failed is a link'
rm "$FAILED" "$QUEUE/evil.sh"
mv "$FAILED.kept" "$FAILED"
printf 'mple\n\nSubject: whole now\n\nx\n' >&8
exec 8>&-
pickup
check_equal "written to its end it goes, whole, and the large one too" "$EXIT_STATUS $(queued) $(waiting_mails)" "0 0 3"
rm "$QUEUE/link"
empty_spool

say "killed between the commit and the removal: once in the spool, whatever the next step was"
for point in rename:1 unlink:1 rename:2 unlink:2 fsync:10 fsync:11 fsync:12 fsync:13 fsync:14; do
    for n in 1 2; do put_queued 179516327$n.1 web@app.example "r$n@d.example" <<<"Subject: kill $n"; done
    BEFORE=(strace -o /dev/null -f -e "inject=/^${point%:*}:signal=SIGKILL:when=${point#*:}")
    pickup
    BEFORE=()
    check_equal "killed at $point" "$EXIT_STATUS" 137
    check "each mail is here or there" test $(($(queued) + $(waiting_mails))) -ge 2
    pickup
    check_equal "each is there once, whole, and nothing beside" \
        "$EXIT_STATUS $(queued) $(ls "$SPOOL/incoming" | wc -l) $(grep -ho '"rcpt_tos":[^]]*]' "$SPOOL"/messages/* | sort | tr '\n' ' ')" \
        '0 0 0 "rcpt_tos":["r1@d.example"] "rcpt_tos":["r2@d.example"] '
    empty_spool
done

say "no room: --min-free, and a disk that is full in the middle of it"
put_queued 1795163280.1 web@app.example ann@d.example <<<$'Subject: later\n\nx'
MIN_FREE=1000000000000000 pickup
check_equal "it waits in the queue" "$EXIT_STATUS $(queued) $(waiting_mails)" "75 1 0"
check "and the log says why" says 'no room for mail of the queue'
mkdir "$WORK/small"
if mount -t tmpfs -o size=1m tmpfs "$WORK/small" 2>/dev/null; then
    scenario_cleanup() { umount -l "$WORK/small"; }
    head -c 3000000 /dev/zero | tr '\0' 'x' | put_queued 1795163281.1 web@app.example ann@d.example
    SPOOL=$WORK/small pickup --unsafe-spool
    check_equal "the large one waits, the small one went" "$EXIT_STATUS $(queued) $(ls "$WORK/small/messages" | wc -l)" "75 1 1"
    check_equal "nothing half is kept" "$(ls "$WORK/small/incoming" | wc -l)" 0
    rm "$QUEUE"/*
else
    say "no tmpfs may be mounted here: left out"
    pickup
    empty_spool
fi

say "beside a catcher that runs: each leaves the other's mail alone"
start_origin_as_owner()
{
    SMTP_PORT=$(free_port)
    start postoffice setpriv --reuid daemon --regid daemon --clear-groups \
        "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL" --min-free 1
    wait_for_port "$SMTP_PORT"
}
start_origin_as_owner
put_queued 1795163290.1 web@app.example ann@d.example <<<$'Subject: by the queue\n\nx'
pickup
printf 'Subject: by SMTP\n\nx\n' >"$WORK/mail"
check_equal "both ways work" "$EXIT_STATUS $(smtp_send "$SMTP_PORT" "$WORK/mail" a@app.example b@d.example | cut -c1-9)" "0 250 2.0.0"
check_equal "two mails wait" "$(waiting_mails)" 2
stop postoffice
empty_spool

say "--watch: ready, a mail as it comes, and an end after TERM"
start notify python3 "$MAIL_SOURCE/tests/support/notify_socket.py" "$WORK/notify" "$WORK/heard"
wait_for_socket "$WORK/notify"
start watch env NOTIFY_SOCKET="$WORK/notify" "$MAIL_BIN/postoffice" pickup "$QUEUE" --watch --spool "$SPOOL" --min-free 1
wait_for_log watch 'watching the queue'
wait_for "grep -q READY=1 '$WORK/heard'"
printf 'From: web@app.example\nTo: ann@d.example\nSubject: while it watches\n\nx\n' | nullmailer nullmailer-inject -f web@app.example
wait_for '[[ $(waiting_mails) == 1 ]]' 5
wait_for '[[ $(queued) == 0 ]]' 5
pickup
check_equal "a second one sees that it is at work" "$EXIT_STATUS" 75
check "and says so" says 'already running'
stop watch 5
check_equal "0 after TERM" "$EXIT_STATUS" 0
stop notify

say "beside nullmailer-send nothing is done"
start_nullmailer
wait_for_log nullmailer 'Starting delivery|Rescanning|Trigger|queue'
pickup
check_equal "78" "$EXIT_STATUS" 78
check "and the log says what to do" says 'systemctl disable --now nullmailer'
stop nullmailer

say "as the service: the spool's owner with two capabilities"
caps=$(sed -n 's/^AmbientCapabilities=//p' "$MAIL_SOURCE/systemd/postoffice-pickup.service" | sed 's/CAP_/+/g' | tr 'A-Z ' 'a-z,')
put_queued 1795163291.1 web@app.example ann@d.example <<<$'Subject: by the service\n\nx'
BEFORE=(setpriv --reuid daemon --regid daemon --clear-groups)
pickup
check_equal "without them it may not, and the mail stays" "$EXIT_STATUS $(queued)" "75 1"
BEFORE=(setpriv --reuid daemon --regid daemon --clear-groups --no-new-privs --inh-caps=-all,"$caps" --ambient-caps=-all,"$caps"
    --bounding-set=-all,"$caps")
pickup
check_equal "it takes the mail of another user" "$EXIT_STATUS $(queued) $(stat -c %U "$(record_with 'by the service')")" "0 0 daemon"
BEFORE=(setpriv --reuid mail --regid mail --clear-groups)
pickup
check_equal "as another user than the spool's owner: 78" "$EXIT_STATUS" 78
check "with a word on whom to be" says 'another user.s: run this as he, or as root'
BEFORE=()
QUEUE=$WORK/none pickup
check_equal "no such queue: EX_NOINPUT" "$EXIT_STATUS" 66
