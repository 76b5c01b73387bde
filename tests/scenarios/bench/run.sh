#!/bin/bash
# The comparison of scripts/bench still runs from end to end, on tiny counts. Its figures are not looked at.
. "$(dirname "$0")/../../support/scenario.sh"

((EUID == 0)) || fail "this scenario needs root"
need mkfs.ext4 mount "$MAIL_BIN"/bench_{disk,calls,sendmail}

compare()
{
    (cd "$MAIL_SOURCE/tests/benchmarks" &&
        TMPDIR=$WORK PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m compare --tiny "$@")
}

report_has() { check "told: $1" grep -qE "$2" "$WORK/report.md"; }

sink=$(free_port)
start sink env LD_LIBRARY_PATH="$MAIL_PARTS/postfix/usr/lib/postfix" \
    "$MAIL_PARTS/postfix/usr/sbin/smtp-sink" -u nobody "127.0.0.1:$sink" 100
wait_for_port "$sink"
check "every measure runs to its end" \
    compare --plot "$WORK/plot.svg" --peer "one more=127.0.0.1:$sink" >"$WORK/report.md"
report_has "postoffice" '^\| postoffice.* \| yes \|'
report_has "Postfix" '^\| Postfix.* \| yes \|'
report_has "one more" '^\| one more \| \? \|'
report_has "their ratio beside its goal" '^\| postoffice.* / Postfix: .* \| ≥ 4× \| .*met'
for title in Intake Hand-out "Many mails waiting" Delivery Latency Memory "Slow clients"; do
    report_has "$title" "^### $title$"
done
check "the plot is XML" python3 -c "import sys, xml.etree.ElementTree as tree; tree.parse(sys.argv[1])" "$WORK/plot.svg"
check "nothing stays mounted" bash -c "! grep -q '$WORK' /proc/mounts"
check "a misspelt measure is refused" bash -c "! (cd '$MAIL_SOURCE/tests/benchmarks' && python3 -m compare --only itnake) 2>/dev/null"
