#!/bin/bash
# postmaster queue, with the daemon running and not: held mail is listed, shown, released and dropped; what a
# hostile mail says never reaches the terminal; a command beside a start or a stop says so.
. "$(dirname "$0")/../../support/scenario.sh"
need curl python3

SPOOL=$WORK/spool
mkdir -p "$SPOOL"
RULES=(--learn no --origin web1.internal)

start_postmaster()
{
    start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$WORK/socket" --unsafe-spool "${RULES[@]}"
    wait_for 'curl --silent --unix-socket "$WORK/socket" --output /dev/null http://mail/healthz'
}
put() { python3 "$MAIL_SOURCE/tests/support/put_mail.py" "$SPOOL" "$@"; }
is_held() { [[ -f $SPOOL/held/$1.json ]]; }
fetch() { curl --silent --unix-socket "$WORK/socket" --request POST "http://mail/v1/leases?$1"; }

# queue WORDS…: runs the command; its words go to $WORK/out and $WORK/err, its end to STATUS.
queue()
{
    STATUS=0
    env -u NO_COLOR TERM=xterm "$MAIL_BIN/postmaster" queue "$@" --spool "$SPOOL" --unsafe-spool "${RULES[@]}" \
        >"$WORK/out" 2>"$WORK/err" || STATUS=$?
}

# Puts a mail with a value of the origin in it, and has the gate hold it.
put_held()
{
    printf 'From: Web <web@app.example>\r\nTo: ann@example.org\r\nSubject: %s\r\n\r\nSee web1.internal\r\n' "$1" >"$WORK/mail"
    HELD=$(put --content "$WORK/mail")
    wait_for 'fetch wait=1 >/dev/null; is_held "$HELD"'
}

say "the daemon runs: the list, and one mail"
start_postmaster
check_equal "the control socket is its owner's alone" "$(stat -c %a "$SPOOL/state/control.socket")" 600
queue held
check_equal "nothing is held" "$STATUS $(cat "$WORK/out")" "0 No mail is held."
put_held 'first'
first=$HELD
put_held 'second'
second=$HELD
queue held
check_equal "held answers 0" "$STATUS" 0
check_equal "the oldest comes first" "$(awk 'NR > 1 { print substr($1, 1, 12) }' "$WORK/out" | tr '\n' ' ')" \
    "${first:0:12} ${second:0:12} "
check "with sender, recipient, subject and reason" grep -q 'web@app.example .*ann@example.org .*web1.internal' "$WORK/out"
queue held --json
check_equal "as JSON lines" "$(python3 -c 'import json,sys; print(*[json.loads(l)["id"] for l in open(sys.argv[1])])' "$WORK/out")" \
    "$first $second"
queue show "$first"
check_equal "one mail is shown" "$STATUS" 0
check "with what the rules say now" grep -q 'by the rules as they are now: held' "$WORK/out"
check "and each finding marked in its place" grep -qF 'See [web1.internal]' "$WORK/out"

say "release, through the gate and as it is"
queue release "$first"
check_equal "a release answers 0" "$STATUS" 0
check "and says that the gate judges again" grep -q "$first waits again; the gate judges" "$WORK/out"
wait_for 'fetch wait=1 >/dev/null; is_held "$first"'
queue release --as-is "$first"
check "as it is, it says so" grep -q "$first waits again, and goes as it is" "$WORK/out"
fetch wait=20 >"$WORK/lease"
check_equal "the courier gets it, with what it was held for" \
    "$(python3 -c 'import json,sys; m=json.load(open(sys.argv[1]))["messages"][0]; print(m["id"], "web1.internal" in m["data"])' "$WORK/lease")" \
    "$first True"
check "the log names who and what" grep -q "released by the operator id=$first as_is=true" "$(log_of postmaster)"

say "a plain release after a change of the rules"
put_held 'changed'
changed=$HELD
stop postmaster 10
RULES=(--learn no --origin web2.internal)
start_postmaster
queue release "$changed"
check_equal "answers 0" "$STATUS" 0
wait_for 'fetch wait=1 >"$WORK/lease"; grep -q "$changed" "$WORK/lease"'
check "and the mail goes, as the rules are now" test ! -e "$SPOOL/held/$changed.json"
check "its as-is mark was not wanted" grep -q "released by the operator id=$changed as_is=false" "$(log_of postmaster)"
stop postmaster 10
RULES=(--learn no --origin web1.internal)
start_postmaster

say "the mark outlives a crash"
put_held 'third'
third=$HELD
queue release --as-is "$third"
crash postmaster
start_postmaster
wait_for 'fetch wait=1 | grep -q "$third"'
check "the stale control socket was replaced" test -S "$SPOOL/state/control.socket"
queue held
check_equal "and answers" "$STATUS" 0

say "drop, and what is none"
queue drop "${second:0:20}"
check_equal "a beginning of the id is enough" "$STATUS" 0
check "a dropped mail is gone" test ! -e "$SPOOL/held/$second.json"
while read -r status words; do
    # shellcheck disable=SC2086
    queue $words
    check_equal "queue $words" "$STATUS" "$status"
    check "says a sentence" test -s "$WORK/err"
done <<ROWS
66 show $second
66 release 0123456789ab
64 release xyz
64 drop ../../etc/passwd
64 drop
64 burn $second
64
ROWS

say "hostile mails"
printf 'From: \033[2Jx <x@app.example>\r\nTo: ann@example.org\r\nSubject: \033]0;owned\007 web1.internal \302\2331m\342\200\256\r\n\r\n\033[31mweb1.internal\r\n' \
    >"$WORK/mail"
hostile=$(put --content "$WORK/mail")
python3 - "$SPOOL/messages/$hostile.json" <<'EDIT'
import json, sys
record = json.load(open(sys.argv[1]))
record["subject"] = "\x1b[31m\u009b2J\u202e\r\nid=forged\x00\x7f"
json.dump(record, open(sys.argv[1] + ".new", "w"))
EDIT
mv "$SPOOL/messages/$hostile.json.new" "$SPOOL/messages/$hostile.json"
wait_for 'fetch wait=1 >/dev/null; is_held "$hostile"'
for words in held "show $hostile" 'held --json' "show $hostile --json"; do
    # shellcheck disable=SC2086
    queue $words
    check_equal "queue ${words/$hostile/ID}: 0" "$STATUS" 0
    check "and no control character" python3 -c '
import sys
text = open(sys.argv[1], encoding="utf-8", newline="").read()
bad = [c for c in text if c != "\n" and (c < " " or "\x7f" <= c < "\xa0" or c in "\u202e\u2028")]
sys.exit(bool(bad))' "$WORK/out"
done
queue drop "$hostile"

say "many commands at once"
ids=()
for n in 1 2 3 4 5 6; do put_held "many $n"; ids+=("$HELD"); done
pids=()
for n in 0 1 2 3 4 5; do
    "$MAIL_BIN/postmaster" queue drop "${ids[n]}" "${ids[(n + 1) % 6]}" --spool "$SPOOL" --learn no >>"$WORK/many" 2>/dev/null &
    pids+=("$!")
done
for pid in "${pids[@]}"; do wait "$pid" || true; done
check_equal "each mail was dropped once" "$(sort "$WORK/many" | cut -d' ' -f1 | sort -u | wc -l) $(wc -l <"$WORK/many")" "6 6"

say "no daemon: the same under the spool's lock"
put_held 'fourth'
fourth=$HELD
stop postmaster 10
check "the control socket went with it" test ! -e "$SPOOL/state/control.socket"
queue held
check "the list is the same" grep -q "^${fourth:0:12}" "$WORK/out"
queue show "$fourth"
check "the findings, too" grep -qF 'See [web1.internal]' "$WORK/out"
queue release --as-is "$fourth"
check_equal "a release needs no daemon" "$STATUS $(test -f "$SPOOL/messages/$fourth.json" && echo there)" "0 there"
start_postmaster
wait_for 'fetch wait=1 | grep -q "$fourth"'

say "what the machine knows of itself is logged at the start, each value once"
stop postmaster 10
RULES=(--origin web1.internal)
start_postmaster
put_held 'learned'
queue drop "$HELD"
"$MAIL_BIN/postmaster" origin --json "${RULES[@]}" | python3 -c '
import json, sys
print(*sorted(v["value"] for v in map(json.loads, sys.stdin) if v["source"] == "learned"), sep="\n")' >"$WORK/learned"
check_equal "the values of postmaster origin" \
    "$(sed -n 's/.* origin learned value=\([^ ]*\).*/\1/p' "$(log_of postmaster)" | sort)" "$(sort "$WORK/learned")"
RULES=(--learn no --origin web1.internal)

say "a postmaster that starts or stops"
stop postmaster 10
exec 8>>"$SPOOL/state/postmaster.lock"
flock -n 8
queue held
check_equal "is 75" "$STATUS" 75
check "and says so" grep -q 'starts or stops' "$WORK/err"
exec 8>&-

say "a deep spool: the socket's path is longer than the system takes"
deep=$WORK/$(printf 'd%.0s' {1..60})/$(printf 'e%.0s' {1..60})
mkdir -p "$deep"
SPOOL=$deep
start_postmaster
put_held 'deep'
queue held
check "its commands work" grep -q "^${HELD:0:12}" "$WORK/out"
check "through the daemon" test -S "$deep/state/control.socket"
stop postmaster 10

say "root works as the spool's owner"
if ((EUID == 0)); then
    chown -R nobody "$deep"
    queue drop "$HELD"
    check_equal "drop answers 0" "$STATUS" 0
    check_equal "and leaves nothing that is root's" "$(find "$deep" -user root | wc -l)" 0
fi
SPOOL=$WORK/none
queue held
check_equal "a spool that is not there is 78" "$STATUS" 78
