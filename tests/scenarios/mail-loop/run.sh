#!/bin/bash
# A mail whose way out leads back in: the courier's mail server delivers to a domain whose MX is the backend. The
# scrub takes the trace away each time, so postmaster counts by the courier's own Received line: three returns pass,
# the fourth is held. A restart forgets nothing.
. "$(dirname "$0")/../../support/scenario.sh"
need python3

start_origin --origin '*.internal.example' --learn no --public-domain app.example --courier-name courier.example
cat >"$WORK/sendmail" <<SENDMAIL
#!/usr/bin/env python3
# As the courier's mail server would: its trace on top, then to the MX.
import smtplib, sys
sender, recipients = sys.argv[sys.argv.index("-f") + 1], sys.argv[sys.argv.index("--") + 1:]
content = sys.stdin.buffer.read().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
trace = b"Received: by courier.example (Postfix, from userid 9103)\r\n\tid 5F41; Fri, 20 Nov 2026 08:00:00 +0000\r\n"
open("$WORK/out.log", "a").write(" ".join(recipients) + "\n")
with smtplib.SMTP("127.0.0.1", $SMTP_PORT) as client:
    client.sendmail(sender, recipients, trace + content)
SENDMAIL
chmod 755 "$WORK/sendmail"
round()
{
    "$MAIL_BIN/postman" "unix:$ENDPOINT" --state "$WORK/state" --deliver "sendmail:$WORK/sendmail" \
        --quiet "$@" >>"$WORK/postman.log" 2>&1
}
held() { find "$SPOOL/held" -name '*.json' | wc -l; }
went_out() { grep -c "$1" "$WORK/out.log" 2>/dev/null || true; }
send()
{
    printf 'From: shop@app.example\nTo: %s\nSubject: round\n%s\n\nbody\n' "$1" "$2" >"$WORK/mail.eml"
    smtp_send "$SMTP_PORT" "$WORK/mail.eml" shop@app.example "$1" >/dev/null
}

send ann@back.example 'Message-ID: <1@web1.internal.example>'
round --max-per-run 2
check_equal "it goes out and comes back, and still circles" "$(went_out ann) $(held)" '2 0'
stop postmaster
start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$ENDPOINT" --origin '*.internal.example' \
    --learn no --public-domain app.example --courier-name courier.example
wait_for_socket "$ENDPOINT"
round
check_equal "after three returns it is held" "$(held)" 1
check_equal "it went out once, and for each return that passed" "$(went_out ann@back.example)" 4
check_equal "nothing waits" "$(waiting_mails)" 0
check "the log says why" grep -qE 'mail held id=[0-9a-f]{32} reason="loop: ' "$(log_of postmaster)"

say "without a Message-ID, and another mail beside it"
send bob@back.example 'X-Note: no identifier'
send ann@back.example 'Message-ID: <2@app.example>'
round
check_equal "both are held after three returns" "$(held)" 3
check_equal "the one without an identifier went out four times" "$(went_out bob@back.example)" 4
check_equal "the other one counts by itself" "$(went_out ann@back.example)" 8
stop postmaster
check "the counter has them" grep -qE 'mails held since the start .* loop=3$' "$(log_of postmaster)"
stop postoffice
