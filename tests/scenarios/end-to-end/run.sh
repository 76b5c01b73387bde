#!/bin/bash
# The whole way with real parts: PHP -> nullmailer -> postoffice -> postmaster -> nginx with TLS and basic auth
# -> postman -> Postfix -> a mailbox. Prints the headers that arrived.
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/parts.sh"
need php

make_users postman right-horse
start_origin --users "$USERS" --origin '*.internal.example' --public-domain app.example
chgrp www-data "$ENDPOINT" && chmod 660 "$ENDPOINT"
start_nginx "$ENDPOINT"
make_nullmailer "$SMTP_PORT"
start_nullmailer
make_delivery_host
install -m 644 "$WORK/tls/ca.pem" "$DELIVERY_HOST/etc/postoffice/ca.pem"
install -m 600 -o 9103 /dev/stdin "$DELIVERY_HOST/etc/postoffice/postman.password" <<<right-horse
start_postfix

cat >"$WORK/order.php" <<'PHP'
<?php
$parts = "--part\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Grüße, Ann</p>\r\n"
       . "--part\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"order.pdf\"\r\n"
       . "Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjEK\r\n--part--\r\n";
exit(mail('ann@delivery.example', 'Your order', $parts,
          ['From' => 'Shop <shop@app.example>', 'MIME-Version' => '1.0', 'X-Originating-IP' => '203.0.113.77',
           'Bcc' => 'bob@delivery.example', 'Content-Type' => 'multipart/mixed; boundary=part'],
          '-fshop@app.example') ? 0 : 1);
PHP
as_mail env NULLMAILER_TEST_PREFIX="$NULLMAILER" php -d mail.add_x_header=1 \
    -d sendmail_path="$(nullmailer_sendmail) -t -i" "$WORK/order.php"
wait_for nullmailer_is_empty
wait_for "[[ \$(waiting_mails) == 1 ]]"
record=$(find "$SPOOL/messages" -name '*.json')
id=$(basename "$record" .json)
check "nullmailer's log has the id" grep -q "queued as $id" "$(log_of nullmailer)"
record_field "$record" data | tr -d '\r' >"$WORK/sent.eml"
check "on the origin side the mail shows the backend" grep -q backend7.internal.example "$WORK/sent.eml"

as_courier /usr/sbin/postman "$URL" --user postman --password-file /etc/postoffice/postman.password \
    --ca /etc/postoffice/ca.pem --state /var/lib/postman >"$WORK/postman.log" 2>&1
wait_for "[[ -s \$(mailbox_of ann) && -s \$(mailbox_of bob) ]]"
check_equal "the spool is empty" "$(waiting_mails)" 0
for program in postoffice postmaster postman; do
    check "the id is in $program's log" grep -q "id=$id" "$WORK/$program.log"
done

mailbox=$(mailbox_of ann)
absent() { ! grep -qiE -- "$1" "$mailbox"; }
check_equal "the only Received line is the courier's Postfix" "$(grep -c '^Received:' "$mailbox")" 1
check "and names it" grep -q 'by courier.example (Postfix' "$mailbox"
check "no backend name" absent 'backend7|internal\.example'
check "no nullmailer, no uid" absent 'nullmailer|invoked by uid'
check "no PHP script, no client address" absent 'X-PHP|203\.0\.113'
check "no Bcc" absent '^Bcc:|bob@'
body() { sed '1,/^$/d' "$1"; }
check "the body is what PHP wrote, attachment and all" \
    diff <(body "$WORK/sent.eml") <(body "$mailbox" | sed '$d')

printf '\nheaders that arrived\n--------------------\n'
sed '/^$/q' "$mailbox"
stop nullmailer
stop nginx
stop postmaster
stop postoffice
stop postfix
