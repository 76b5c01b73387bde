#!/bin/bash
# Mails a second from a postmaster through postman into one Postfix of Debian's: by its sendmail, one and eight at a time, and
# over one and eight kept SMTP connections. Postfix throws the mail away. Needs root and a build (MAIL_BIN).
#
#     tests/benchmarks/ways_out.sh [MAILS=400]
. "$(dirname "$0")/../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
. "$MAIL_SOURCE/tests/support/parts.sh"

mails=${1:-400}
make_delivery_host
sed -i 's/^default_transport = .*/default_transport = discard:/' "$DELIVERY_HOST/etc/postfix/main.cf"
echo 'smtpd_peername_lookup = no' >>"$DELIVERY_HOST/etc/postfix/main.cf"
POSTFIX_PORT=$(free_port)
echo "127.0.0.1:$POSTFIX_PORT inet n - n - - smtpd" >>"$DELIVERY_HOST/etc/postfix/master.cf"
start_postfix
wait_for_port "$POSTFIX_PORT"
SPOOL=$WORK/spool
mkdir -p "$SPOOL/messages"
HTTP_PORT=$(free_port)
start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "127.0.0.1:$HTTP_PORT"
wait_for_port "$HTTP_PORT"
head -c 1500 /dev/zero | tr '\0' x | fold -w 72 >"$WORK/body"
number=1

# measure NAME WAY-OUT JOBS MAILS
measure()
{
    local last=$((number + $4 - 1)) began ended
    { printf 'Subject: mail\nFrom: web@app.example\nTo: ann@sink.example\n\n'; cat "$WORK/body"; } |
        python3 "$MAIL_SOURCE/tests/support/write_record.py" "$SPOOL/messages" "$(mail_ids "$number-$last")" web@app.example ann@sink.example
    number=$((last + 1))
    began=$(date +%s%N)
    as_courier /usr/sbin/postman "http://127.0.0.1:$HTTP_PORT" --state /var/lib/postman --deliver "$2" --jobs "$3" --quiet \
        >"$WORK/postman.log" 2>&1
    ended=$(date +%s%N)
    [[ $(waiting_mails) == 0 ]] || fail "$1: $(waiting_mails) mails are left"
    [[ $1 == - ]] && return
    awk -v name="$1" -v n="$4" -v ns=$((ended - began)) 'BEGIN { printf "%-32s %6.0f mails/s\n", name, n * 1e9 / ns }' | tee -a "$WORK/rounds"
}

# The rows of docs/ways-out-smtp.md: median, spread, and the ratio of the medians.
table()
{
    python3 - "$WORK/rounds" <<'TABLE'
import re, statistics, sys
rounds = {}
for line in open(sys.argv[1]):
    name, rate = re.fullmatch(r"(.*?) +(\d+) mails/s\n", line).groups()
    rounds.setdefault(name, []).append(int(rate))
serial = statistics.median(rounds["sendmail, one at a time"])
for name, rates in rounds.items():
    median = statistics.median(rates)
    print(f"| {name} | {median:.0f} | {min(rates)} to {max(rates)} | {median / serial:.1f} |")
TABLE
}

measure - sendmail 2 10  # warm
for _ in 1 2 3; do
    measure "sendmail, one at a time" sendmail 1 $((mails / 2))
    measure "sendmail, eight at a time" sendmail 8 "$mails"
    measure "one SMTP connection" "smtp:127.0.0.1:$POSTFIX_PORT" 1 "$mails"
    measure "eight SMTP connections" "smtp:127.0.0.1:$POSTFIX_PORT" 8 "$mails"
done
table
