#!/bin/bash
# The gate, before a real Postfix: a mail full of traces arrives and names only the courier; one with a secret
# in its body is held and never gets there; with --gate report it does, and the report says what would help.
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/parts.sh"

SPOOL=$WORK/spool
mkdir -p "$SPOOL"
SMTP_PORT=$(free_port)
HTTP_PORT=$(free_port)
start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL"
start_endpoint()
{
    start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "127.0.0.1:$HTTP_PORT" \
        --origin '*.internal.example' --origin 203.0.113.0/24 --origin /var/www/shop --origin user:www-data \
        --public-domain app.example --rewrite '@web1.internal.example=shop@app.example' \
        --courier-name courier.example "$@"
    wait_for_port "$HTTP_PORT"
}
wait_for_port "$SMTP_PORT"
start_endpoint
make_delivery_host
start_postfix

round() { as_courier /usr/sbin/postman "http://127.0.0.1:$HTTP_PORT" --state /var/lib/postman >>"$WORK/postman.log" 2>&1; }
mailbox=$(mailbox_of ann)
arrived() { grep -cF -- "$1" "$mailbox" 2>/dev/null || true; }
clean() { python3 "$(dirname "$0")/shows_origin.py" "$mailbox"; }

python3 "$(dirname "$0")/traces.py" >"$WORK/traces.eml"
check "the mail is full of the origin" bash -c "! python3 '$(dirname "$0")/shows_origin.py' '$WORK/traces.eml' >'$WORK/shown'"
check "in many encodings ($(wc -l <"$WORK/shown"))" bash -c "(( $(wc -l <"$WORK/shown") >= 15 ))"
smtp_send "$SMTP_PORT" "$WORK/traces.eml" www-data@web1.internal.example ann@delivery.example >/dev/null
round
wait_for "[[ -s '$mailbox' ]]"
check_equal "confirmed, and gone from the spool" "$(waiting_mails)" 0
check "nothing of the origin has arrived, in no encoding" clean
check_equal "the return path is the mapped one" "$(arrived 'Return-Path: <shop@app.example>')" 1
check_equal "the only Received line is the courier's" "$(grep -A1 '^Received:' "$mailbox" | grep -c 'by courier.example (Postfix')" 1
check_equal "one Received line" "$(arrived 'Received:')" 1
check_equal "the application's own fields are there" "$(arrived 'List-Unsubscribe: <https://app.example/u?1>')" 1

say "a secret in a part that no scrub can clean"
secret()
{
    printf 'From: Shop <shop@app.example>\nTo: ann@delivery.example\nSubject: %s\nMIME-Version: 1.0\n' "$1"
    printf 'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n'
    printf 'see http://203.0.113.77:8080/track.gif\n' | base64
}
secret held >"$WORK/secret.eml"
smtp_send "$SMTP_PORT" "$WORK/secret.eml" shop@app.example ann@delivery.example >"$WORK/reply"
printf 'Subject: behind it\nTo: ann@delivery.example\n\nclean\n' >"$WORK/clean.eml"
smtp_send "$SMTP_PORT" "$WORK/clean.eml" shop@app.example ann@delivery.example >/dev/null
id=$(grep -oE '[0-9a-f]{32}' "$WORK/reply")
round
wait_for "[[ \$(arrived 'Subject: behind it') == 1 ]]"
check "it is in held/" test -e "$SPOOL/held/$id.json"
check_equal "and waits no more" "$(waiting_mails)" 0
check "one warning line says why" grep -qE "mail held id=$id .*203\.0\.113.* findings=[0-9]+ places=" "$(log_of postmaster)"
check_equal "Postfix has never seen it" "$(grep -rlE 'MjAzLjAuMTEz|Subject: held' "$DELIVERY_HOST/var/mail" "$DELIVERY_HOST/var/spool/postfix" | wc -l)" 0
check "nothing of the origin has arrived" clean

say "an envelope sender that no rule maps"
smtp_send "$SMTP_PORT" "$WORK/clean.eml" root@db1.internal.example ann@delivery.example >"$WORK/reply"
round
check "it is held, too" test -e "$SPOOL/held/$(grep -oE '[0-9a-f]{32}' "$WORK/reply").json"
stop postmaster
check "the log says at the end what was held" grep -qE 'mails held since the start envelope=1 header=0 text=1 attachment=0 unknown=0 loop=0' "$(log_of postmaster)"

say "--gate report: nothing is held, all is noted"
start_endpoint --gate report
secret reported >"$WORK/secret.eml"
smtp_send "$SMTP_PORT" "$WORK/secret.eml" root@db1.internal.example ann@delivery.example >"$WORK/reply"
id=$(grep -oE '[0-9a-f]{32}' "$WORK/reply")
smtp_send "$SMTP_PORT" "$WORK/clean.eml" shop@app.example ann@delivery.example >/dev/null
round
wait_for "[[ \$(arrived 'Subject: reported') == 1 && \$(arrived 'Subject: behind it') == 2 ]]"
check "its verdict is in the log" grep -qE "mail would be held id=$id" "$(log_of postmaster)"
check "and in the report, with the sender that wants a rewrite" \
    grep -qF '"addresses":[["root@db1.internal.example",false]],"held":true,"id":"'"$id" "$SPOOL/state/gate-report"
check_equal "a clean mail is not" "$(wc -l <"$SPOOL/state/gate-report")" 1
check_equal "those two are still held" "$(find "$SPOOL/held" -name '*.json' | wc -l)" 2
stop postmaster
"$MAIL_BIN/postmaster" origin --suggest --spool "$SPOOL" --public-domain app.example >"$WORK/suggested"
check "its sender gets a line" grep -q 'rewrite = root@db1.internal.example=root@app.example' "$WORK/suggested"
stop postoffice
stop postfix
