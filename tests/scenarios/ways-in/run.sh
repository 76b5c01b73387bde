#!/bin/bash
# The clients that operators have: swaks, msmtp, curl, Python's smtplib, PHP's mail() through msmtp.
. "$(dirname "$0")/../../support/scenario.sh"
need swaks msmtp curl python3 php

SPOOL=$WORK/spool
mkdir -p "$SPOOL"
SMTP_PORT=$(free_port)
start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL"
wait_for_port "$SMTP_PORT"

cat >"$WORK/mail.eml" <<'MAIL'
From: Shop <shop@app.example>
To: ann@d.example
Subject: one mail, five ways
Date: Fri, 20 Nov 2026 08:00:00 +0000
Message-ID: <fixed@app.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Grüße
.
..two dots
 a space first

last line
MAIL
sed 's/$/\r/' "$WORK/mail.eml" >"$WORK/wanted"
printf '%s' "$(<"$WORK/mail.eml")" >"$WORK/endless.eml"  # swaks ends the last line itself
record_field_to() { record_field "$1" data >"$2"; }

# arrived NAME: the newest record is what was sent, byte for byte; then it goes.
arrived()
{
    local record
    record=$(find "$SPOOL/messages" -name '*.json')
    check_equal "$1: there is one record" "$(wc -w <<<"$record")" 1
    check_equal "$1: the sender" "$(record_field "$record" mail_from)" shop@app.example
    check_equal "$1: the recipients" "$(record_field "$record" rcpt_tos | tr '\n' ' ')" "ann@d.example bob@d.example "
    record_field_to "$record" "$WORK/got"
    check "$1: every byte" cmp "$WORK/got" "$WORK/wanted"
    rm "$record"
}

swaks --server "127.0.0.1:$SMTP_PORT" --helo client.example --from shop@app.example \
    --to ann@d.example,bob@d.example --data "@$WORK/endless.eml" --suppress-data >"$WORK/swaks.log"
arrived swaks

swaks --server "127.0.0.1:$SMTP_PORT" --helo client.example --from shop@app.example --pipeline \
    --to ann@d.example,bob@d.example --data "@$WORK/endless.eml" --suppress-data >"$WORK/swaks.log"
arrived "swaks with pipelining"

cat >"$WORK/msmtprc" <<CONF
defaults
auth off
tls off
account default
host 127.0.0.1
port $SMTP_PORT
domain client.example
from shop@app.example
set_from_header off
set_date_header off
set_msgid_header off
CONF
msmtp --file="$WORK/msmtprc" ann@d.example bob@d.example <"$WORK/mail.eml"
arrived msmtp

reply=$(smtp_send "$SMTP_PORT" "$WORK/mail.eml" shop@app.example ann@d.example bob@d.example)
check "curl gets the id" grep -qE '^250 2\.0\.0 Ok: queued as [0-9a-f]{32}' <<<"$reply"
arrived curl

python3 - "$SMTP_PORT" "$WORK/wanted" <<'SEND'
import smtplib, sys
with smtplib.SMTP("127.0.0.1", int(sys.argv[1]), local_hostname="client.example") as server:
    assert server.ehlo()[0] == 250
    assert server.has_extn("pipelining") and server.has_extn("8bitmime") and server.has_extn("size")
    octets = open(sys.argv[2], "rb").read()
    server.sendmail("shop@app.example", ["ann@d.example", "bob@d.example"], octets,
                    mail_options=["BODY=8BITMIME", f"SIZE={len(octets)}"])
SEND
arrived smtplib

say "PHP's mail() writes its own header; the parts that PHP was given are looked at"
cat >"$WORK/mail.php" <<'PHP'
<?php
exit(mail('ann@d.example', 'by PHP', "one\ntwo", ['From' => 'shop@app.example']) ? 0 : 1);
PHP
php -d sendmail_path="$(command -v msmtp) --file=$WORK/msmtprc -t" "$WORK/mail.php"
record=$(find "$SPOOL/messages" -name '*.json')
check_equal "PHP through msmtp: the recipient" "$(record_field "$record" rcpt_tos)" ann@d.example
check_equal "PHP through msmtp: the subject" "$(record_field "$record" subject)" "by PHP"
record_field_to "$record" "$WORK/got"
check_equal "PHP through msmtp: the body" "$(tr -d '\r' <"$WORK/got" | sed '1,/^$/d' | head -2 | tr '\n' ' ')" "one two "
stop postoffice
