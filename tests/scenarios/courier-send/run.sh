#!/bin/bash
# `postman send` in a sendmail's place: PHP's mail(), msmtp-like calls, exit codes, Bcc, Resent-, a
# queue for what cannot go now.
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/courier.sh"
need php

make_sendmail "$WORK/sendmail"
DELIVER=sendmail:$WORK/sendmail

# send ARGUMENT… <message
send()
{
    EXIT_STATUS=0
    rm -f "$WORK"/calls/*
    "$MAIL_BIN/postman" send --deliver "$DELIVER" "$@" >"$WORK/courier.log" 2>&1 || EXIT_STATUS=$?
}
arguments() { tr '\n' ' ' <"$(ls "$WORK"/calls/*.arguments)"; }
input() { cat "$WORK"/calls/*.input; }
has() { grep -qE -- "$1" "$WORK"/calls/*.input; }
has_not() { ! has "$1"; }

say "recipients and sender from the header, Bcc taken out (RFC 5322 3.6.3)"
printf 'From: Shop <shop@app.example>\nTo: Ann <ann@d.example>, bob@d.example\nCc: ann@d.example\nBcc: carl@d.example,\n dora@d.example\nSubject: hi\n\nbody\n.\nend' >"$WORK/mail"
send <"$WORK/mail"
check_equal "it went" "$EXIT_STATUS" 0
check_equal "each once, by envelope" "$(arguments)" "-i -f shop@app.example -- ann@d.example bob@d.example carl@d.example dora@d.example "
check "no Bcc" has_not 'Bcc|carl|dora'
check "a lone dot does not end it" has '^end$'
check "a Date, in UTC" has '^Date: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), .* \+0000$'
check "a Message-ID that names the sender's domain" has '^Message-ID: <[0-9a-f]{32}@app.example>$'
check_equal "one From" "$(input | grep -c '^From:')" 1

say "given recipients and sender go before the header's"
send -f web@app.example eve@d.example <"$WORK/mail"
check_equal "they alone" "$(arguments)" "-i -f web@app.example -- eve@d.example "
send -t -fweb@app.example eve@d.example <"$WORK/mail"
check_equal "with -t both" "$(arguments)" "-i -f web@app.example -- eve@d.example ann@d.example bob@d.example carl@d.example dora@d.example "
send -f '<>' eve@d.example <"$WORK/mail"
check_equal "the null sender" "$(arguments)" "-i -f <> -- eve@d.example "

say "no domain is local: what sendmail's LOCAL_DOMAIN would keep goes out like any other"
send -f root@app.example root@app.example "root@$(hostname)" root@localhost <"$WORK/mail"
check_equal "the sender's own domain and this host's too" "$(arguments)" "-i -f root@app.example -- root@app.example root@$(hostname) root@localhost "

say "a mail that is resent goes to the newest block's recipients (RFC 5322 3.6.6)"
printf 'Resent-From: ann@d.example\nResent-To: new@d.example\nResent-Bcc: blind@d.example\nResent-From: old@d.example\nResent-To: older@d.example\nFrom: shop@app.example\nTo: first@d.example\nSubject: resent\n\nx\n' | send
check_equal "by its sender to them alone" "$(arguments)" "-i -f ann@d.example -- new@d.example blind@d.example "
check "no Resent-Bcc" has_not 'blind'

say "PHP's mail() with it as sendmail_path"
cat >"$WORK/mail.php" <<'PHP'
<?php
exit(mail('ann@d.example', 'by PHP', "first line\nsecond line\n", ['From' => 'shop@app.example', 'X-Shop' => 'yes']) ? 0 : 1);
PHP
rm -f "$WORK"/calls/*
php -d mail.add_x_header=1 -d sendmail_path="$MAIL_BIN/postman send -t -i --deliver $DELIVER" "$WORK/mail.php" 2>"$WORK/php.log"
check_equal "to the header's recipient" "$(arguments)" "-i -f shop@app.example -- ann@d.example "
check "the application's line is there" has '^X-Shop: yes$'
check "PHP's own is not" has_not X-PHP
check "no CR is left of PHP's line ends" has_not $'\r'

say "line ends and headers as they come"
printf 'Subject: crlf\r\nFrom: a@app.example\r\nTo: ann@d.example\r\n\r\nx\r\n' | send
check "CRLF is one line end" has_not $'\r'
printf 'no header at all\n' | send -f web@app.example -F 'Ann "A" Smith' ann@d.example
check "the text is body, behind a header that was made" bash -c "sed '1,/^\$/d' '$WORK'/calls/*.input | grep -qx 'no header at all'"
check "with the full name in its From" has '^From: "Ann \\"A\\" Smith" <web@app.example>$'

say "exit codes (sysexits.h)"
DELIVER=nonsense send <"$WORK/mail"; check_equal "usage" "$EXIT_STATUS" 64
send </dev/null; check_equal "nothing came in" "$EXIT_STATUS" 66
send -f a@app.example <<<$'Subject: x\n\nx'; check_equal "no recipient" "$EXIT_STATUS" 65
send <<<$'To: ann@d.example\n\nx'; check_equal "no sender" "$EXIT_STATUS" 65
send -f a@app.example -- '-oQ/tmp@d.example' <"$WORK/mail"; check_equal "a recipient like an option" "$EXIT_STATUS" 64
make_sendmail "$WORK/sendmail" 'exit 67'
send <"$WORK/mail"; check_equal "refused" "$EXIT_STATUS" 65
make_sendmail "$WORK/sendmail" 'exit 78'
send <"$WORK/mail"; check_equal "the way out is broken" "$EXIT_STATUS" 78
make_sendmail "$WORK/sendmail" 'exit 75'
send <"$WORK/mail"; check_equal "not now, and kept nowhere" "$EXIT_STATUS" 75
send <"$WORK/mail" --origin shop; check_equal "--origin: what shows it does not go" "$EXIT_STATUS" 65
check_equal "and no way out was asked" "$(calls)" 0

say "with --queue what cannot go now waits for a pickup"
mkdir -p "$WORK/q/queue"
send --queue "$WORK/q/queue" <"$WORK/mail"
check_equal "kept, so all is well" "$EXIT_STATUS" 0
check_equal "one file" "$(find "$WORK/q" -type f | wc -l)" 1
check_equal "nullmailer's name" "$(ls "$WORK/q/queue" | grep -cxE '[0-9]+\.[0-9]+')" 1
make_sendmail "$WORK/sendmail"
rm -f "$WORK"/calls/*
"$MAIL_BIN/postman" pickup "$WORK/q/queue" --state "$STATE" --deliver "$DELIVER" 2>>"$WORK/courier.log"
check_equal "the pickup sends it to the same" "$(arguments)" "-i -f shop@app.example -- ann@d.example bob@d.example carl@d.example dora@d.example "
check "without a Bcc" has_not Bcc
check_equal "the queue is empty" "$(ls "$WORK/q/queue" | wc -l)" 0

say "--unconfirmed hold: who may have the mail is told, and not queued to get it again"
make_sendmail "$WORK/sendmail" 'kill -9 $$'
send --queue "$WORK/q/queue" <"$WORK/mail"
check_equal "by default it waits for another try" "$EXIT_STATUS $(ls "$WORK/q/queue" | wc -l)" "0 1"
rm "$WORK"/q/queue/*
send --queue "$WORK/q/queue" --unconfirmed hold <"$WORK/mail"
check_equal "with hold it is refused, and the queue stays empty" "$EXIT_STATUS $(ls "$WORK/q/queue" | wc -l)" "65 0"
check "in words" grep -q 'refused .*to=ann@d.example .*it may have arrived' "$WORK/courier.log"
make_sendmail "$WORK/sendmail" 'exit 75'
send --queue "$WORK/q/queue" --unconfirmed hold <"$WORK/mail"
check_equal "who certainly has it not waits all the same" "$EXIT_STATUS $(ls "$WORK/q/queue" | wc -l)" "0 1"
