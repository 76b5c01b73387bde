#!/bin/bash
# Debian's Exim and Postfix, with the shipped examples, hand mail to the catcher by `postoffice sendmail`: envelope, octets,
# the null sender, Bcc, a catcher that is away, and one that refuses.
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/parts.sh"
. "$(dirname "$0")/../../support/exim.sh"
need_root

SPOOL=$WORK/spool
SMTP_PORT=$(free_port)
start_catcher()
{
    start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL" --min-free 1 "$@"
    wait_for_port "$SMTP_PORT"
}
start_catcher
record_with() { grep -lF -e "\"subject\":\"$1\"" "$SPOOL"/messages/* 2>/dev/null; }
envelope_of() { printf '%s | ' "$(record_field "$1" mail_from)"; record_field "$1" rcpt_tos | sort | tr '\n' ' '; }
# What the application wrote must be there as it was, whatever the MTA put in front.
printf 'From: Web <web@app.example>\nTo: ann@d.example\nSubject: SUBJECT\nX-Own: a  b\n\nFrom here\nGr\374\303\274\n.\n..dots\n\n last\n' >"$WORK/mail"
message() { sed "s/SUBJECT/$1/" "$WORK/mail"; }
is_whole()
{
    record_field "$1" data >"$WORK/got"
    cmp <(sed '1,/^$/d' "$WORK/mail" | sed 's/$/\r/') <(sed $'1,/^\r$/d' "$WORK/got") && grep -q $'^X-Own: a  b\r$' "$WORK/got"
}
shows_no_envelope() { ! grep -qiE '^(Return-Path|Envelope-to|Delivered-To|X-Original-To|Delivery-date):|carl' "$WORK/got"; }

say "Exim, with Debian's smarthost router and the shipped transport"
make_exim "$SMTP_PORT"

message "by Exim" | exim -odf -oi -f web@app.example ann@d.example bob@d.example carl@d.example || show_exim
record=$(record_with 'by Exim') || show_exim
check_equal "one mail with all recipients" "$(envelope_of "$record")" "web@app.example | ann@d.example bob@d.example carl@d.example "
check "what the application wrote is whole" is_whole "$record"
check "no header shows the envelope" shows_no_envelope
message "null by Exim" | exim -odf -oi -f '<>' ann@d.example
check_equal "the null sender" "$(envelope_of "$(record_with 'null by Exim')")" " | ann@d.example "
message "odd by Exim" | exim -odf -oi -f "o'dd+\$x@app.example" -- '-dash@d.example' '"a b"@d.example' || show_exim
check_equal "addresses that a shell would mangle, or that look like options" "$(envelope_of "$(record_with 'odd by Exim')")" \
    "o'dd+\$x@app.example | \"a b\"@d.example -dash@d.example "
stop postoffice
message "later by Exim" | exim -odf -oi -f web@app.example ann@d.example
check_equal "no catcher: it waits in Exim's queue" "$(exim_waiting)" 1
start_catcher
exim -qff
check_equal "and goes when there is one again" "$(envelope_of "$(record_with 'later by Exim')") $(exim_waiting)" "web@app.example | ann@d.example  0"
stop postoffice
start_catcher --max-message-size 200
message "large by Exim" | exim -odf -oi -f '<>' ann@d.example || true
check "what is too large is told to be" grep -q '\*\* ann@d.example' "$WORK/exim-mainlog"
stop postoffice
start_catcher

say "Postfix, with the shipped service"
make_delivery_host
root=$DELIVERY_HOST
copy_libraries "$root" "$root"/usr/lib/postfix/sbin/pipe "$MAIL_BIN/postoffice"
install -D "$MAIL_BIN/postoffice" "$root/usr/sbin/postoffice"
sed "s,postoffice sendmail,postoffice sendmail --to 127.0.0.1:$SMTP_PORT," "$MAIL_SOURCE/examples/postfix-master.cf" >>"$root/etc/postfix/master.cf"
# The page's own lines of main.cf.
sed -n 's/^#   \([a-z_]* = \)/\1/p' "$MAIL_SOURCE/examples/postfix-master.cf" >"$WORK/main.cf"
check_equal "the example says three settings of main.cf" "$(wc -l <"$WORK/main.cf")" 3
sed -i '/^default_transport/d' "$root/etc/postfix/main.cf"
cat "$WORK/main.cf" >>"$root/etc/postfix/main.cf"
echo 'minimal_backoff_time = 1s
queue_run_delay = 1s
maximal_backoff_time = 1s' >>"$root/etc/postfix/main.cf"
start_postfix
arrives() { wait_for "record_with '$1' >/dev/null" 15; }
message "by Postfix" | on_delivery_host /usr/sbin/sendmail -i -f web@app.example ann@d.example bob@d.example carl@d.example
arrives "by Postfix"
record=$(record_with 'by Postfix')
check_equal "one mail with all recipients" "$(envelope_of "$record")" "web@app.example | ann@d.example bob@d.example carl@d.example "
check "what the application wrote is whole" is_whole "$record"
check "no header shows the envelope" shows_no_envelope
message "null by Postfix" | on_delivery_host /usr/sbin/sendmail -i -f '<>' ann@d.example
arrives "null by Postfix"
check_equal "the null sender" "$(envelope_of "$(record_with 'null by Postfix')")" " | ann@d.example "
stop postoffice
message "later by Postfix" | on_delivery_host /usr/sbin/sendmail -i -f web@app.example ann@d.example
wait_for "grep -q 'status=deferred' '$root/var/log/postfix.log'"
start_catcher
on_delivery_host /usr/sbin/postqueue -f
arrives "later by Postfix"
check "it went when there was a catcher again" true
stop postfix
