#!/bin/bash
# What the courier tells: one summary a day, reports to senders (RFC 3464) and to whom never, the
# metrics file, over kills.
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/courier.sh"

QUEUE=$WORK/q/queue
mkdir -p "$QUEUE" "$WORK/q/tmp"
METRICS=$WORK/postman.prom
DELIVER=sendmail:$WORK/sendmail
# nobody@ is refused, kill@ kills the run; the rest goes.
make_sendmail "$WORK/sendmail" "[[ \$* == *kill@* && ! -e $WORK/killed ]] && { touch $WORK/killed; kill -KILL \$PPID; sleep 1; }
[[ \$* == *nobody@* ]] && { echo '550 5.1.1 no such user' >&2; exit 67; }; exit 0"

# put NAME HEADER… : from shop@app.example to nobody@d.example
put()
{
    local name=$1
    shift
    { printf '%s\n' "${SENDER-shop@app.example}" "${RCPT:-nobody@d.example}" ''
      printf '%s\n' "$@" 'From: shop@app.example' "Message-ID: <$name@app.example>" "Subject: $name" '' "secret body of $name"; } \
        >"$WORK/q/tmp/$name"
    mv "$WORK/q/tmp/$name" "$QUEUE/$name"
}
pickup()
{
    EXIT_STATUS=0
    "$MAIL_BIN/postman" pickup "$QUEUE" --state "$STATE" --deliver "$DELIVER" --metrics-file "$METRICS" "$@" \
        >"$WORK/courier.log" 2>&1 || EXIT_STATUS=$?
}
with_reports() { pickup --courier-name mail.example.net --report-to ops@example.com --dsn sender --dsn-domain app.example "$@"; }
# given_to RCPT: the inputs of the calls for that recipient
given_to()
{
    local call
    for call in "$WORK"/calls/*.arguments; do
        [[ ! -e $call || $(tail -1 "$call") != "$1" ]] || echo "${call%arguments}input"
    done
}
given_count() { given_to "$1" | wc -l; }
metric() { awk -v name="$1" 'index($0, name " ") == 1 { print substr($0, length(name) + 2) }' "$METRICS"; }
refuses() { ! "$@"; }

say "off by default"
put off
pickup
check_equal "one call, the mail's own" "$(calls)" 1
rm -f "$WORK"/calls/* "$WORK"/q/failed/*

say "a refused mail: a report to its sender, and a summary"
put one
with_reports
check_equal "one report" "$(given_count shop@app.example)" 1
check_equal "one summary" "$(given_count ops@example.com)" 1
report=$(given_to shop@app.example)
summary=$(given_to ops@example.com)
check "both have the null sender" bash -c "[[ \$(head -3 '${report%input}arguments' | tail -1) == '<>' && \$(head -3 '${summary%input}arguments' | tail -1) == '<>' ]]"
check "nothing of the body is in either" refuses grep -q 'secret body' "$report" "$summary"
check "the summary has recipient, reason and Message-ID" \
    bash -c "grep -q 'nobody@d.example' '$summary' && grep -q '550 5.1.1 no such user' '$summary' && grep -q '<one@app.example>' '$summary'"
python3 - "$report" <<'P'
import email, email.policy, sys
mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
assert mail.get_content_type() == "multipart/report" and mail.get_param("report-type") == "delivery-status"
assert mail["Auto-Submitted"] == "auto-replied" and mail["To"] == "shop@app.example"
text, status, headers = mail.iter_parts()
assert status.get_content_type() == "message/delivery-status"
blocks = status.get_payload()
assert blocks[0]["Reporting-MTA"] == "dns; mail.example.net", blocks[0]
assert blocks[1]["Final-Recipient"] == "rfc822; nobody@d.example" and blocks[1]["Action"] == "failed" and blocks[1]["Status"] == "5.1.1"
assert headers.get_content_type() == "text/rfc822-headers"
assert "Subject: one" in headers.get_payload() and "Received" not in headers.get_payload()
P
check "the report is a multipart/report as RFC 3464 has it" true

say "within a day no second summary; a killed run tells nothing twice"
rm -f "$WORK"/calls/*
put two
RCPT=kill@d.example put three
with_reports --jobs 1
check_equal "killed" "$EXIT_STATUS" 137
with_reports --jobs 1
check_equal "one report for the second mail" "$(given_to shop@app.example | xargs -r grep -l 'Subject: two' | wc -l)" 1
check_equal "no summary yet" "$(given_count ops@example.com)" 0
with_reports --report-every 0s
check_equal "it is told when it is time" "$(given_to ops@example.com | xargs -r grep -c 'two@app.example')" 1
rm -f "$WORK"/calls/*
with_reports --report-every 0s
check_equal "nothing to tell: no mail" "$(calls)" 0

say "never to automatic mail, lists, the null sender or other domains"
put auto 'Auto-Submitted: auto-replied'
put list 'List-Id: <news.app.example>'
put bulk 'Precedence: bulk'
SENDER='' put bounce
SENDER=shop@elsewhere.example put foreign
with_reports --report-every 1d
check_equal "five refused" "$(grep -c ' error failed ' "$WORK/courier.log")" 5
check_equal "and five calls: no report" "$(calls)" 5

say "what is refused itself is told nobody: no loop"
rm -f "$WORK"/calls/*
SENDER=nobody@app.example put loop
with_reports
check_equal "the mail and its report" "$(calls)" 2
with_reports
check_equal "and no third" "$(calls)" 2
check_equal "the report lies with the dead letters" "$(find "$STATE"/pickup-*/notices/failed -type f | wc -l)" 1

say "the gate stands before the courier's own mail"
rm -f "$WORK"/calls/*
make_sendmail "$WORK/sendmail" "[[ \$* == *nobody@* ]] && { echo 'rejected, says web1.internal.example' >&2; exit 67; }; exit 0"
put gated
with_reports --report-every 0s --origin web1.internal.example
check_equal "the report is held" "$(given_count shop@app.example)" 0
check_equal "the summary goes without the name" "$(given_to ops@example.com | xargs -r grep -c 'shows the origin')" 1
check "no call shows it" refuses grep -rq web1.internal.example "$WORK"/calls --include='*.input'

say "the metrics file"
check_equal "readable by the collector" "$(stat -c %a "$METRICS")" 644
check_equal "refused recipients, over all runs" "$(metric "postman_recipients_total{via=\"$DELIVER\",outcome=\"failed\"}")" 10
check "a round that went well is noted" test "$(metric postman_last_successful_round_timestamp_seconds)" -gt 1700000000
check "the width of W5 is there" grep -q '^postman_unconfirmed_window_seconds{quantile="0.99"} ' "$METRICS"
/usr/bin/python3 -c 'import sys
from prometheus_client.parser import text_string_to_metric_families as parse
families = {f.name: f for f in parse(open(sys.argv[1]).read())}
assert families["postman_recipients"].type == "counter", families
assert all(f.documentation for f in families.values())' "$METRICS"
check "Prometheus can read it" true
for name in $(grep -o '^# TYPE [a-z0-9_]*' "$METRICS" | cut -d' ' -f3); do
    check "$name is in docs/metrics.md" grep -q "\`$name" "$MAIL_SOURCE/docs/metrics.md"
done

pickup --report-to ops@example.com
check_equal "without a name of its own the courier writes no mail" "$EXIT_STATUS" 64
