#!/bin/bash
# Debian's nullmailer feeds postoffice: its inject, its sendmail, PHP 8's mail() through it, and its bounces.
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/parts.sh"
need php python3

start_origin
make_nullmailer "$SMTP_PORT"
echo mx.app.example >"$NULLMAILER/conf/helohost"

# The ids that nullmailer was told, in order.
told_ids() { sed -n 's/.*Succeeded: 250 2\.0\.0 Ok: queued as \([0-9a-f]\{32\}\).*/\1/p' "$(log_of nullmailer)"; }
only_crlf() { ! python3 -c 'import sys,re; sys.exit(not re.search(rb"(?<!\r)\n|\r(?!\n)", open(sys.argv[1],"rb").read()))' "$1"; }
has_line() { tr -d '\r' <"$1" | grep -qxF -- "$2"; }
# record_with SUBJECT: the file in the spool.
record_with() { grep -lF "\"subject\":\"$1\"" "$SPOOL"/messages/*.json || grep -lF "\"subject\": \"$1\"" "$SPOOL"/messages/*.json; }

say "nullmailer-inject, an 8-bit body, two recipients and a Bcc"
printf 'From: web@app.example\nTo: ann@d.example, bob@d.example\nBcc: carl@d.example\nSubject: by inject\n\nGrüße\n.\nend' |
    nullmailer nullmailer-inject -f web@app.example

say "sendmail with the null sender"
printf 'To: ann@d.example\nSubject: by sendmail\n\nno sender\n' | nullmailer sendmail -f '' ann@d.example

say "PHP 8's mail(), whose header lines end in CR LF"
cat >"$WORK/mail.php" <<'PHP'
<?php
exit(mail('ann@d.example', 'by PHP', "first line\nsecond line\n",
          ['From' => 'shop@app.example', 'X-Shop' => 'yes', 'Reply-To' => 'help@app.example']) ? 0 : 1);
PHP
as_mail env NULLMAILER_TEST_PREFIX="$NULLMAILER" php -d mail.add_x_header=1 \
    -d sendmail_path="$(nullmailer_sendmail) -t -i" "$WORK/mail.php"

start_nullmailer
wait_for nullmailer_is_empty
wait_for "[[ \$(waiting_mails) == 3 ]]"
check_equal "nothing failed" "$(ls "$NULLMAILER/queue/failed")" ""
check_equal "nullmailer's log has the ids of the spool" \
    "$(told_ids | sort)" "$(cd "$SPOOL/messages" && ls | sed 's/\.json$//' | sort)"

inject=$(record_with "by inject")
record_field "$inject" data >"$WORK/inject.eml"
check_equal "the sender is nullmailer's" "$(record_field "$inject" mail_from)" web@app.example
check_equal "all recipients are in, the Bcc included" \
    "$(record_field "$inject" rcpt_tos | sort | tr '\n' ' ')" "ann@d.example bob@d.example carl@d.example "
check "the lone dot in the body stays a lone dot" has_line "$WORK/inject.eml" .
check "8-bit data without BODY=8BITMIME comes through" has_line "$WORK/inject.eml" 'Grüße'
check "the last line gets its end" has_line "$WORK/inject.eml" end
check_equal "the null sender is empty" "$(record_field "$(record_with "by sendmail")" mail_from)" ""

php=$(record_with "by PHP")
record_field "$php" data >"$WORK/php.eml"
check "CR CR LF of PHP's header lines is made CR LF" only_crlf "$WORK/php.eml"
check "the application's own header line is whole" has_line "$WORK/php.eml" 'X-Shop: yes'
check "PHP's body is whole" has_line "$WORK/php.eml" 'second line'
for record in "$SPOOL"/messages/*.json; do
    check "the HELO name is not in the record" bash -c "! grep -q mx.app.example '$record'"
done

say "postoffice away: nullmailer keeps the mail, and hands it over later"
stop postoffice
printf 'To: ann@d.example\nSubject: kept\n\nlater\n' | nullmailer sendmail -f web@app.example ann@d.example
wait_for_log nullmailer 'Connect failed|Connection failed|Sending failed'
check "it is still in nullmailer's queue" bash -c "[[ -n \$(ls '$NULLMAILER/queue/queue') ]]"
start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL"
wait_for_port "$SMTP_PORT"
kill -ALRM "$(pid_of nullmailer)"
wait_for nullmailer_is_empty
wait_for "[[ \$(waiting_mails) == 4 ]]"
check_equal "nothing bounced" "$(ls "$NULLMAILER/queue/failed")" ""
stop nullmailer
stop postoffice
stop postmaster
