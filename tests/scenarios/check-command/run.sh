#!/bin/bash
# postmaster check: ten realistic mails with their verdicts, as the README shows them; other ways in, bad input, and
# a gigabyte. postmaster origin, with a name server of our own and without one.
. "$(dirname "$0")/../../support/scenario.sh"
need python3
cd "$MAIL_SOURCE"

MAILS=examples/mails
# run WORDS…: words go to $WORK/out and $WORK/err, the end to STATUS.
run()
{
    STATUS=0
    "$MAIL_BIN/postmaster" "$@" >"$WORK/out" 2>"$WORK/err" || STATUS=$?
}
check_with() { run check --config "$MAILS/postmaster.conf" "$@"; }

say "the ten mails"
while read -r name status verdict; do
    check_with "$MAILS/$name.eml"
    # How often a value is found depends on how many ways lead to it; where it is found first does not.
    check_equal "$name" "$STATUS $(head -1 "$WORK/out" | sed 's/, and [0-9]* more$//')" "$status $MAILS/$name.eml: $verdict"
done <"$(dirname "$0")/verdicts"
check_equal "there are ten" "$(ls "$MAILS"/*.eml | wc -l) $(wc -l <"$(dirname "$0")/verdicts")" "10 10"
sed -n '/^\$ postmaster check --config .*cron\.eml$/,/^```$/p' README.md | sed '1d;$d' >"$WORK/readme"
check_with "$MAILS/cron.eml"
check_equal "the README shows one as it is printed" "$(cat "$WORK/readme")" "$(cat "$WORK/out")"
check_with "$MAILS"/*.eml
check_equal "all at once: one would be held" "$STATUS" 1
check_with "$MAILS/wordpress.eml" "$MAILS/gazelle.eml"
check_equal "without findings it is 0" "$STATUS" 0
check_with --json "$MAILS"/*.eml
check_equal "as JSON lines, each with its findings' places" "$(python3 -c '
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
held = [l for l in lines if l["verdict"] == "held"]
print(len(lines), all(f["place"] and f["excerpt"] and f["form"] for l in held for f in l["findings"]), all(l["findings"] for l in held))' \
    "$WORK/out")" "10 True True"

say "other ways in"
check_with - <"$MAILS/jenkins.eml"
check_equal "the standard input" "$STATUS $(head -1 "$WORK/out" | cut -c1-8)" "1 -: held:"
sed 's/$/\r/' "$MAILS/jenkins.eml" >"$WORK/crlf.eml"
check_with --json "$WORK/crlf.eml"
sed 's/"name":"[^"]*"//' "$WORK/out" >"$WORK/crlf"
check_with --json "$MAILS/jenkins.eml"
check_equal "LF and CRLF files get the same verdict" "$(sed 's/"name":"[^"]*"//' "$WORK/out")" "$(cat "$WORK/crlf")"
check_with --from www-data@web1.internal "$MAILS/gazelle.eml"
check "the sender is mapped" grep -q 'sent as www-data@shop.example.org' "$WORK/out"
mkdir "$WORK/spool" "$WORK/spool/messages" "$WORK/spool/incoming"
id=$(python3 tests/support/put_mail.py "$WORK/spool" --content "$WORK/crlf.eml")
check_with "$WORK/spool/messages/$id.json"
check_equal "a record of the spool" "$STATUS" 1
if ((EUID == 0)); then
    chmod 644 "$WORK/crlf.eml"
    STATUS=0
    setpriv --reuid 65534 --regid 65534 --clear-groups "$MAIL_BIN/postmaster" check --learn no --origin web1.internal \
        - <"$MAILS/laravel.eml" >"$WORK/out" 2>"$WORK/err" || STATUS=$?
    check_equal "anybody may check, without a spool" "$STATUS" 1
fi

say "bad input"
check_with "$WORK/none.eml"
check_equal "no such file is 66" "$STATUS" 66
check_with --bogus "$MAILS/cron.eml"
check_equal "an unknown option is 64" "$STATUS" 64
run check --origin 10.0.0.0/99 "$MAILS/cron.eml"
check_equal "an unsound value is 64" "$STATUS" 64
for words in check queue 'queue held' 'queue show' 'queue release' 'queue drop' origin; do
    # shellcheck disable=SC2086
    run $words --help
    check_equal "postmaster $words has a --help" "$STATUS $(grep -c '^Usage: ' "$WORK/out")" "0 1"
done

say "a gigabyte of base64 in one part"
python3 - "$WORK/large.eml" <<'LARGE'
import base64, os, sys
line = base64.b64encode(os.urandom(57)) + b"\r\n"
with open(sys.argv[1], "wb") as mail:
    mail.write(b"From: a@shop.example.org\r\nReceived: by web1.internal\r\nContent-Type: application/octet-stream\r\n"
               b"Content-Transfer-Encoding: base64\r\n\r\n")
    for _ in range(1024):
        mail.write(line * (2**20 // len(line)))
LARGE
STATUS=0
python3 tests/support/peak_memory.py "$WORK/peak" "$MAIL_BIN/postmaster" check --config "$MAILS/postmaster.conf" "$WORK/large.eml" \
    >"$WORK/out" 2>"$WORK/err" || STATUS=$?
check_equal "it is held: it cannot be read to its end" "$STATUS $(head -1 "$WORK/out" | cut -d: -f2-)" \
    "1  held: cannot be read to its end: 64 MiB decoded"
size=$(stat -c %s "$WORK/large.eml")
say "$((size / 1000000)) MB of mail, $(($(<"$WORK/peak") * 1024 / 1000000)) MB of memory"
check "at most 100 MB of memory beside the mail" test $(($(<"$WORK/peak") * 1024 - size)) -lt 100000000
rm "$WORK/large.eml"

say "origin"
run origin --learn no --origin web1.internal --origin 10.0.0.5
check_equal "the list is printed" "$STATUS" 0
check "with each form" grep -q 'reverse name  *5.0.0.10.in-addr.arpa' "$WORK/out"
run origin --learn no --origin web1.internal --json
check_equal "as JSON lines" "$(python3 -c 'import json, sys; print(json.loads(open(sys.argv[1]).readline())["source"])' "$WORK/out")" configured
port=$(free_port)
start dns python3 "$(dirname "$0")/dns.py" "$port"
wait_for_log dns ready
run origin --learn no --origin 192.0.2.77 --resolver "127.0.0.1:$port" example.org
check "what MX and SPF name is proposed" grep -q 'origin = mx.origin.example  *# MX of example.org' "$WORK/out"
check "addresses, too" grep -q 'origin = 192.0.2.1 ' "$WORK/out"
check "what is known is not" bash -c "! grep -q 'origin = 192.0.2.77' '$WORK/out'"
stop dns
run origin --learn no --resolver "127.0.0.1:$(free_port)" example.org
check_equal "without a name server the list is printed all the same" "$STATUS" 0
check "and it says what could not be resolved" grep -q 'could not be resolved' "$WORK/err"
