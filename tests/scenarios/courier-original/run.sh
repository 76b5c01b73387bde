#!/bin/bash
# --protocol original, against a stand-in that answers as the Python PostMaster did (rows PO-11 to PO-14).
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
need python3 curl

root=$WORK/origin
start_standin standin "$root" --mode original
url=http://127.0.0.1:$PORT

# original N[-M] [RCPT]: records as the Python PostOffice wrote them, with LF line ends and 32 hex digits for a name.
original()
{
    python3 - "$root/mails" "$1" "${2:-ann@x.example}" <<'P'
import json, sys
directory, numbers, recipient = sys.argv[1:]
first, _, last = numbers.partition("-")
for number in range(int(first), int(last or first) + 1):
    data = (f"Received: from backend.internal ([10.0.0.5])\nX-PHP-Originating-Script: 33:mailer.php\n"
            f"Subject: mail {number}\nFrom: web@app.example\nTo: ann@x.example\n\nHello {number}\n.\n")
    with open(f"{directory}/{number:032x}", "w") as file:
        json.dump({"mail_from": "web@app.example", "rcpt_tos": [recipient], "subject": f"mail {number}", "body": "Hello",
                   "data": data, "timestamp": f"2026-11-20T08:27:27.{number:06d}"}, file)
P
}
drain() { courier "$url" --protocol original "$@"; }

say "the stand-in is like the original"
check_equal "an empty queue is [] (PO-11)" "$(curl -s "$url/")" '[]'
check_equal "as JSON (PO-11)" "$(curl -s -o /dev/null -w '%{content_type}' "$url/")" application/json
check_equal "another method is 405 (PO-14)" "$(curl -s -o /dev/null -w '%{http_code}' -X POST "$url/")" 405
check_equal "another path is 404 (PO-14)" "$(curl -s -o /dev/null -w '%{http_code}' "$url/x")" 404
original 1-54
for i in 1 2 3; do echo '{"mail_from":' >"$root/mails/$(printf %032x $((1000 + i)))"; done
: >"$root/requests"
drain
check_equal "exit 0" "$EXIT_STATUS" 0
check_equal "54 of 57 files were records, and all are delivered (PO-12)" "$(delivered_count)" 54
check_equal "two answers of at most 50, and the empty one that ends it" "$(sort "$root/requests" | uniq -c | tr -s ' ')" ' 3 GET /'
check "the origin's traces are gone" test -z "$(grep -lE 'Received|X-PHP|10\.0\.0\.5' "$WORK"/maildir/new/*)"
check "the mail is the mail's own (PO-22)" grep -rqx 'Hello 7' "$WORK/maildir/new"
check "nothing is left to do" test -z "$(find "$STATE"/{messages,fetched,incoming} -type f)"
drain
check_equal "an empty queue: exit 0" "$EXIT_STATUS" 0

say "what is fetched lies on disk before it is delivered (PO-13)"
DELIVER=sendmail:$WORK/sendmail
make_sendmail "$WORK/sendmail" 'kill -KILL $PPID; exit 75'
original 101
original 102
drain
check_equal "the courier died in its first delivery" "$EXIT_STATUS" 137
check_equal "the origin has nothing any more" "$(ls "$root/mails" | wc -l)" 0
check_equal "the courier has all" "$(ls "$STATE/messages" | wc -l)" 2
rm -rf "$WORK/calls"
make_sendmail "$WORK/sendmail"
drain
check_equal "the next run delivers both" "$(calls)" 2

say "one bad mail does not stop the others (PO-24)"
rm -rf "$WORK/calls"
make_sendmail "$WORK/sendmail" 'case "$*" in *bad*) echo "no such user here" >&2; exit 67;; *later*) exit 75;; esac'
original 111 bad@x.example
original 112 later@x.example
original 113
drain
check_equal "something is deferred: exit 75" "$EXIT_STATUS" 75
check "one delivered, one failed, one deferred" says 'mails=3 delivered=1 deferred=1 failed=1'
check_equal "the dead letter lies in failed/" "$(ls "$STATE/failed" | wc -l)" 1
check_equal "the deferred one waits" "$(ls "$STATE/messages" | wc -l)" 1

say "a cut answer"
original 121
original 122
original 123
echo cut-original >"$root/mode"
drain
check "every whole record counts, and it is told" says 'answer-cut'
check_equal "what was cut is kept for a person" "$(ls "$STATE/corrupt" | wc -l)" 1
rm "$root/mode"

say "what is no PostMaster"
echo html >"$root/mode"
drain
check_equal "HTML: exit 75" "$EXIT_STATUS" 75
check "HTML: told" says 'where JSON was due'
check_equal "HTML: nothing is kept of it" "$(ls "$STATE/corrupt" | wc -l)" 1
