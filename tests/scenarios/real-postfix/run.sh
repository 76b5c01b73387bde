#!/bin/bash
# Debian's Postfix as the courier's sendmail, with a setgid postdrop, called under what
# systemd/postman-sendmail.service sets; the mail lands in a local mailbox.
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/parts.sh"

SPOOL=$WORK/spool
mkdir -p "$SPOOL"
SMTP_PORT=$(free_port)
HTTP_PORT=$(free_port)
start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL"
start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "127.0.0.1:$HTTP_PORT"
wait_for_port "$SMTP_PORT"
wait_for_port "$HTTP_PORT"
make_delivery_host
start_postfix

round() { as_courier /usr/sbin/postman "http://127.0.0.1:$HTTP_PORT" --state /var/lib/postman "$@" 2>&1 | tee -a "$WORK/postman.log"; }
in_mailbox() { grep -cF -- "$1" "$(mailbox_of ann)" 2>/dev/null || true; }

cat >"$WORK/mail.eml" <<'MAIL'
Received: from web-frontend.internal.example ([10.20.30.41]) by backend7.internal.example; Fri, 20 Nov 2026 08:00:00 +0000
X-Originating-IP: [203.0.113.77]
From: Shop <shop@app.example>
To: ann@delivery.example
Subject: through Postfix
Message-ID: <one@app.example>
Date: Fri, 20 Nov 2026 08:00:00 +0000

Dear Ann
.
MAIL
smtp_send "$SMTP_PORT" "$WORK/mail.eml" shop@app.example ann@delivery.example >/dev/null
round
wait_for "[[ -s \$(mailbox_of ann) ]]"
check_equal "confirmed, and gone from the spool" "$(waiting_mails)" 0
check_equal "one Received line" "$(in_mailbox 'Received:')" 1
check_equal "and it is the courier's Postfix" "$(grep -A1 '^Received:' "$(mailbox_of ann)" | grep -c 'by courier.example (Postfix')" 1
check_equal "nothing of the origin" "$(grep -ciE 'backend7|web-frontend|10\.20\.30|203\.0\.113' "$(mailbox_of ann)" || true)" 0
check_equal "the return path is the envelope's" "$(in_mailbox 'Return-Path: <shop@app.example>')" 1
check_equal "a lone dot does not end the mail" "$(grep -cx '\.' "$(mailbox_of ann)")" 1

say "two recipients, null sender, a recipient that looks like an option"
printf 'Subject: bounce\nTo: ann@delivery.example\n\nnull sender\n' >"$WORK/null.eml"
smtp_send "$SMTP_PORT" "$WORK/null.eml" "" ann@delivery.example >/dev/null
printf 'Subject: option\nTo: x\n\nhostile\n' >"$WORK/option.eml"
smtp_send "$SMTP_PORT" "$WORK/option.eml" shop@app.example '-oQ/tmp/evil@delivery.example' ann@delivery.example >/dev/null
round
wait_for "[[ \$(in_mailbox 'Subject: bounce') == 1 && \$(in_mailbox 'Subject: option') == 1 ]]"
check "no option came from a record" bash -c "[[ ! -e /tmp/evil* && ! -e '$DELIVERY_HOST/tmp/evil' ]]"

say "without its group, postdrop tries for ever: that is why the -sendmail units leave NoNewPrivileges out"
smtp_send "$SMTP_PORT" "$WORK/mail.eml" shop@app.example ann@delivery.example >/dev/null
status=0
as_courier /usr/bin/setpriv --no-new-privs /usr/sbin/postman "http://127.0.0.1:$HTTP_PORT" \
    --state /var/lib/postman --delivery-timeout 3s >"$WORK/no-new-privs.log" 2>&1 || status=$?
check "the round says that something is left ($status)" bash -c "(( $status != 0 ))"
check_equal "and nothing is lost" "$(waiting_mails)" 1
stop postmaster
stop postoffice
stop postfix
