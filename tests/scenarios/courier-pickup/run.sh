#!/bin/bash
# gmail-relay's job: Debian's own nullmailer-inject and PHP fill nullmailer's queue, `postman pickup`
# empties it through a way out. Partial recipients, bad files, kills, locks.
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/parts.sh"
. "$(dirname "$0")/../../support/courier.sh"
need php

make_nullmailer 1  # nobody listens there, and nullmailer-send does not run
echo app.example | tee "$NULLMAILER"/conf/{idhost,defaulthost} >/dev/null  # as README.md says
QUEUE=$NULLMAILER/queue/queue
FAILED=$NULLMAILER/queue/failed
STATE=$WORK/state
install -d -o mail -g mail -m 700 "$STATE" "$WORK/maildir" "$WORK/calls"

# As the unit does: as the user who owns the queue.
pickup()
{
    EXIT_STATUS=0
    as_mail "$MAIL_BIN/postman" pickup "$QUEUE" --state "$STATE" --deliver "$DELIVER" "$@" \
        >"$WORK/courier.log" 2>&1 || EXIT_STATUS=$?
}
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

say "nullmailer-inject with two recipients and a Bcc, and PHP's mail()"
printf 'From: web@app.example\nTo: ann@d.example, bob@d.example\nBcc: carl@d.example\nSubject: by inject\n\nGrüße\n.\nend' |
    nullmailer nullmailer-inject -f web@app.example
cat >"$WORK/mail.php" <<'PHP'
<?php
exit(mail('ann@d.example', 'by PHP', "first line\nsecond line\n",
          ['From' => 'shop@app.example', 'X-Shop' => 'yes']) ? 0 : 1);
PHP
as_mail env NULLMAILER_TEST_PREFIX="$NULLMAILER" php -d mail.add_x_header=1 \
    -d sendmail_path="$(nullmailer_sendmail) -t -i -f shop@app.example" "$WORK/mail.php"
check_equal "both wait" "$(queued)" 2
make_sendmail "$WORK/sendmail"
chown mail:mail "$WORK/calls"
DELIVER=sendmail:$WORK/sendmail pickup
check_equal "a clean end" "$EXIT_STATUS" 0
check_equal "the queue is empty" "$(queued)" 0
check_equal "two calls" "$(calls)" 2
inject=$(basename -s .input "$(grep -lF 'by inject' "$WORK"/calls/*.input)")
check_equal "all recipients by envelope, the Bcc included" \
    "$(tr '\n' ' ' <"$WORK/calls/$inject.arguments")" "-i -f web@app.example -- ann@d.example bob@d.example carl@d.example "
check "the mail begins with its header, not with envelope lines" \
    bash -c "! grep -qE '^(web@app|ann@d|carl@d)' '$WORK/calls/$inject.input'"
check "a lone dot and 8-bit text come through" bash -c "grep -qx '\.' '$WORK/calls/$inject.input' && grep -q Grüße '$WORK/calls/$inject.input'"
check "nothing of the backend: no trace, no script, no host name" \
    bash -c "! grep -qiE 'nullmailer pid|X-PHP|backend7|^Bcc' '$WORK'/calls/*.input"
check "what the application wrote is there" grep -qx 'X-Shop: yes' "$WORK"/calls/*.input
rm -f "$WORK"/calls/*

say "one recipient refused by the way out: the others go on, the file goes to failed/"
put_queued 1795163247.1 web@app.example nobody@d.example <<<$'Subject: refused\n\nx'
put_queued 1795163248.1 web@app.example ann@d.example <<<$'Subject: taken\n\nx'
make_sendmail "$WORK/sendmail" '[[ $* == *nobody* ]] && { echo "no such user" >&2; exit 67; }; exit 0'
DELIVER=sendmail:$WORK/sendmail pickup
check_equal "nothing waits" "$(queued)" 0
check_equal "the refused one lies in failed/ as nullmailer would put it" "$(head -2 "$FAILED/1795163247.1" | tr '\n' ' ')" "web@app.example nobody@d.example "
check "the reason is in the log" says 'failed id=.*no such user'

say "moved back, it is tried again"
make_sendmail "$WORK/sendmail"
mv "$FAILED/1795163247.1" "$QUEUE/"
DELIVER=sendmail:$WORK/sendmail pickup
check_equal "sent now" "$(queued) $(ls "$FAILED" | wc -l)" "0 0"

say "deferred: the file waits, and a second run does not hurry"
put_queued 1795163249.1 web@app.example ann@d.example <<<$'Subject: later\n\nx'
make_sendmail "$WORK/sendmail" 'exit 75'
rm -f "$WORK"/calls/*
DELIVER=sendmail:$WORK/sendmail pickup
check_equal "75 says so" "$EXIT_STATUS" 75
DELIVER=sendmail:$WORK/sendmail pickup
check_equal "tried once" "$(calls)" 1
check_equal "and still 75" "$EXIT_STATUS" 75
rm -f "$QUEUE"/*

say "killed while sendmail runs: the mail is sent again (W5), and those before it are not"
for n in 1 2 3; do put_queued 179516325$n.1 web@app.example "r$n@d.example" <<<$'Subject: kill\n\nx'; done
rm -f "$WORK"/calls/*
make_sendmail "$WORK/sendmail" "[[ \$* == *r2@* && ! -e $WORK/calls/killed ]] && { touch $WORK/calls/killed; kill -KILL \$PPID; sleep 1; }; exit 0"
DELIVER=sendmail:$WORK/sendmail pickup --jobs 1
check_equal "it was killed" "$EXIT_STATUS" 137
DELIVER=sendmail:$WORK/sendmail pickup --jobs 1
check_equal "nothing is lost" "$(queued)" 0
for n in 1 2 3; do
    check_equal "r$n was given to sendmail" "$(grep -lx "r$n@d.example" "$WORK"/calls/*.arguments | wc -l)" "$((n == 2 ? 2 : 1))"
done

say "half-written, foreign and broken files"
exec 8>"$QUEUE/1795163260.1"
printf 'web@app.example\nann@d.exa' >&8
chown mail:mail "$QUEUE/1795163260.1"
mkdir "$QUEUE/directory"
ln -s /etc/passwd "$QUEUE/link"
printf 'no queue file' >"$QUEUE/broken"
chown mail:mail "$QUEUE/broken"
touch -d '2 hours ago' "$QUEUE/broken"
put_queued 1795163261.1 web@app.example ann@d.example <<<$'Subject: sound\n\nx'
DELIVER=maildir:$WORK/maildir pickup
check_equal "the sound one went" "$(delivered_count)" 1
check "the broken one lies in failed/" test -f "$FAILED/broken"
check "the half-written one waits" test -f "$QUEUE/1795163260.1"
check "a link is no mail" test -L "$QUEUE/link"
printf 'mple\n\nSubject: whole now\n\nx\n' >&8
exec 8>&-
DELIVER=maildir:$WORK/maildir pickup
check_equal "written to its end, it goes whole" "$(grep -lx 'Subject: whole now' "$WORK"/maildir/new/* | wc -l)" 1
rm -r "$QUEUE/directory" "$QUEUE/link"

say "locks: two runs, and nullmailer-send"
put_queued 1795163270.1 web@app.example ann@d.example <<<$'Subject: slow\n\nx'
make_sendmail "$WORK/sendmail" "touch $WORK/calls/at-work; while [[ ! -e $WORK/go ]]; do sleep 0.05; done"
start first setpriv --reuid mail --regid mail --clear-groups "$MAIL_BIN/postman" pickup "$QUEUE" \
    --state "$STATE" --deliver "sendmail:$WORK/sendmail"
wait_for "[[ -e $WORK/calls/at-work ]]"
DELIVER=maildir:$WORK/maildir STATE=$WORK/maildir pickup
check_equal "a second run ends at once, whatever its state" "$EXIT_STATUS" 0
check "and says why" says already-running
touch "$WORK/go"
wait_exit first
check_equal "the first one delivered" "$EXIT_STATUS $(queued)" "0 0"
start_nullmailer
wait_for_log nullmailer 'Starting delivery|Rescanning|Trigger|queue'
DELIVER=maildir:$WORK/maildir pickup
check_equal "beside nullmailer-send nothing is done" "$EXIT_STATUS" 78
check "and the log says what to do" says 'systemctl disable --now nullmailer'
stop nullmailer

say "what shows the origin is held back where --origin says so"
put_queued 1795163280.1 web@app.example ann@d.example <<<$'Subject: backup of web1.internal.example\n\nx'
DELIVER=maildir:$WORK/maildir pickup --origin web1.internal.example
check "it is in failed/, not sent" test -f "$FAILED/1795163280.1"
check "with the place" says 'held id=.*web1.internal.example in Subject'

say "gmail-relay's whole job: nullmailer's queue, and Gmail's API behind TLS"
make_ca "$WORK/ca"
make_cert "$WORK/ca" api IP:127.0.0.1
mkdir -p "$WORK/api"
echo "good-token https://www.googleapis.com/auth/gmail.send" >"$WORK/api/tokens"
install -o mail -m 600 <(echo good-token) "$WORK/token"
api=$(free_port)
start api python3 "$MAIL_SOURCE/tests/support/gmail_standin.py" "$api" "$WORK/ca/api.pem" "$WORK/ca/api.key" "$WORK/api"
wait_for_port "$api"
printf 'From: web@app.example\nTo: ann@d.example\nBcc: bob@d.example\nSubject: by Gmail\n\nx\n' | nullmailer nullmailer-inject -f web@app.example
DELIVER=gmail pickup --deliver-user web@app.example --deliver-token "file:$WORK/token" \
    --gmail-endpoint "https://127.0.0.1:$api" --gmail-ca "$WORK/ca/ca.pem"
check_equal "accepted, and gone from the queue" "$EXIT_STATUS $(queued)" "0 0"
check_equal "for both recipients" "$(sort "$WORK/api/accepted/1.rcpts" | tr '\n' ' ')" "ann@d.example bob@d.example "
check "without nullmailer's trace" bash -c "! grep -q 'nullmailer pid' '$WORK/api/accepted/1.eml'"

DELIVER=nonsense pickup
check_equal "an unsound way out is a usage error" "$EXIT_STATUS" 64
QUEUE=$WORK/none pickup
check_equal "no such queue: EX_NOINPUT" "$EXIT_STATUS" 66
