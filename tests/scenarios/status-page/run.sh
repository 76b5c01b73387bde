#!/bin/bash
# The status page in a real browser (Debian's Chromium), with mail in every state and hostile words in it: nothing
# sticks out on a desktop or a phone, in the light or the dark, with scripts and without; nothing else is loaded.
# MAIL_SHOTS=DIR keeps the pictures.
. "$(dirname "$0")/../../support/scenario.sh"
need curl python3 chromium

SPOOL=$WORK/spool
mkdir -p "$SPOOL"
port=$(free_port)
start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$WORK/socket" --unsafe-spool --learn no \
    --origin web1.internal --courier-silence 12h --min-free 1 --metrics-listen "127.0.0.1:$port"
wait_for 'curl --silent --unix-socket "$WORK/socket" --output /dev/null http://mail/healthz' 60
put() { python3 "$MAIL_SOURCE/tests/support/put_mail.py" "$SPOOL" "$@"; }
ask() { curl --silent --max-time 60 --unix-socket "$WORK/socket" --request POST "$@"; }
says() { curl --silent "http://127.0.0.1:$port/metrics" | grep -qxF -e "$1"; }

say "mail in each state"
put 4 --rcpt ann@example.org --rcpt "bob-with-a-name-that-is-longer-than-any-line-on-a-phone-$(printf 'x%.0s' {1..80})@example.org" >"$WORK/ids"
wait_for 'says "postmaster_mails{state=\"waiting\"} 4"' 60
ask "http://mail/v1/leases?max=4" >"$WORK/lease"
python3 - "$WORK/lease" <<'OUTCOMES' >"$WORK/outcomes"
import json, sys
ids = [mail["id"] for mail in json.load(open(sys.argv[1]))["messages"]]
hostile = "550 <script>document.body.innerHTML='gone'</script> \u202eliam\u202c \u001b[31m " + "no-such-user-and-no-blank-" * 12
print(json.dumps({"outcomes": [
    {"id": ids[0], "outcome": "failed", "reason": hostile},
    {"id": ids[1], "outcome": "failed", "reason": "550 5.1.1 <ann@example.org>: Recipient address rejected: User unknown"},
    {"id": ids[2], "outcome": "deferred", "retry_after": 3600, "reason": "451 greylisted"}]}))
OUTCOMES
lease=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["lease"])' "$WORK/lease")
ask "http://mail/v1/leases/$lease/outcomes" --data @"$WORK/outcomes" >/dev/null
for _ in 1 2 3; do
    printf 'From: Web <web@app.example>\r\nTo: ann@example.org\r\nSubject: x\r\n\r\nSee web1.internal\r\n' >"$WORK/mail"
    put --content "$WORK/mail" >/dev/null
done
printf 'not JSON' >"$SPOOL/messages/00000000000070008000000000000001.json"
wait_for 'ask "http://mail/v1/leases?max=1" >/dev/null; says "postmaster_mails{state=\"held\"} 3" && says "postmaster_mails{state=\"corrupt\"} 1"' 60
put 23 >/dev/null
wait_for 'says "postmaster_mails{state=\"waiting\"} 23"' 60

say "the browser"
mkdir -p "$WORK/shots"
python3 "$(dirname "$0")/look.py" "http://127.0.0.1:$port/" "$WORK/shots" || fail "the page is not as it should be"
[[ ! ${MAIL_SHOTS:-} ]] || { mkdir -p "$MAIL_SHOTS"; cp "$WORK"/shots/*.png "$MAIL_SHOTS"; }
