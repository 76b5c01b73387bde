#!/bin/bash
# The store over time: renewals ahead and one at a time, rotation, loss, and files that cannot be used. Nothing is
# thrown away, and no secret shows.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
. "$MAIL_SOURCE/tests/support/oauth.sh"
need python3 openssl strace

start_provider
sign_in_by_device

say "sixteen processes want a token that has expired"
set_members expires_at now-10
for n in {1..16}; do
    "$MAIL_BIN/postman" token --user "$USER_NAME" --state "$STATE" --output token >"$WORK/token.$n" 2>"$WORK/errors.$n" &
done
wait $(jobs -p | grep -v "$(pid_of provider)")
check_equal "all have the same" "$(sort -u "$WORK"/token.* | wc -l)" 1
check "and it is a token" grep -q '^ya29' "$WORK/token.1"
check_equal "the provider was asked once" "$(granted refresh_token)" 1

say "rotation"
control rotate yes
before=$(member refresh_token)
set_members expires_at now-10
token --output token
check_equal "exit 0" "$EXIT_STATUS" 0
check "the new refresh token is stored" test "$(member refresh_token)" != "$before"
set_members expires_at now-10
strace -f -qq -e trace=rename,renameat,renameat2,fsync,write,writev,sendmsg,sendto -o "$WORK/trace" \
    "$MAIL_BIN/postman" token --user "$USER_NAME" --state "$STATE" --output token >"$WORK/out" 2>"$WORK/err"
check "it is on the disk before the token is shown" python3 - "$WORK/trace" <<'ORDER'
import re, sys
lines = open(sys.argv[1]).read().splitlines()
renamed = max(i for i, line in enumerate(lines) if "rename" in line and ".json" in line)
synced = [i for i, line in enumerate(lines) if "fsync" in line]
shown = next(i for i, line in enumerate(lines) if re.search(r'write\(1, "ya29', line))
assert max(i for i in synced if i < renamed) and any(renamed < i < shown for i in synced), (renamed, synced, shown)
ORDER

say "the provider is away"
stop provider
set_members expires_at now+100
before=$(member refresh_token)
token --output token
check_equal "a token that still works is given: exit 0" "$EXIT_STATUS" 0
set_members expires_at now-10 retry_at 0
token
check_equal "an expired one is not: exit 75" "$EXIT_STATUS" 75
check_equal "the refresh token stays" "$(member refresh_token)" "$before"
PROVIDER_LOG=$WORK/provider.jsonl
start_again()
{
    start provider python3 "$MAIL_SOURCE/tests/support/oauth_standin.py" --port "$PROVIDER_PORT" \
        --cert "$WORK/ca/provider.pem" --key "$WORK/ca/provider.key" --log "$PROVIDER_LOG" --control "$WORK/control"
    wait_for_port "$PROVIDER_PORT"
}
start_again
token
check_equal "it is not asked again at once" "$EXIT_STATUS" 75
check "told" says 'not asked again for'

say "invalid_grant: the provider has forgotten"
set_members retry_at 0
token
check_equal "exit 78" "$EXIT_STATUS" 78
check "an alarm line with the command" says "error grant-lost account=$USER_NAME .*mend=\"postman auth --provider $PROVIDER --user $USER_NAME\""
check_equal "it is kept as a state" "$(member is_lost)" True
check_equal "and nothing is thrown away" "$(member refresh_token)" "$before"
auth --list
check_equal "the list wants a person: exit 1" "$EXIT_STATUS" 1
check "and names the command" says "to mend it +postman auth --provider"
# The courier from cron with --deliver gmail: it ends before its first round, and must tell all the same.
lost() { grep -E "^postman_token_grant_lost\{account=\"$USER_NAME\"" "$WORK/postman.prom" | cut -d' ' -f2; }
gmail()  # ARGUMENT…
{
    EXIT_STATUS=0
    "$MAIL_BIN/postman" "$@" --state "$STATE" --deliver gmail --deliver-user "$USER_NAME" --metrics-file "$WORK/postman.prom" \
        >"$WORK/out" 2>"$WORK/err" || EXIT_STATUS=$?
}
gmail http://127.0.0.1:9/
check_equal "a run that cannot begin: exit 78" "$EXIT_STATUS" 78
check_equal "the metric that wakes somebody" "$(lost)" 1
check "the round counts as failed" grep -qx 'postman_rounds_total{result="failed"} 1' "$WORK/postman.prom"
rm "$WORK/postman.prom"
mkdir -p "$WORK/nullmailer/queue"
gmail pickup "$WORK/nullmailer/queue"
check_equal "pickup tells it too" "$EXIT_STATUS $(lost)" "78 1"
sign_in_by_device
check_equal "the command mends it" "$(member is_lost)" False

say "answers that are out of line"
set_members expires_at now-10
control token-type mac
token
check_equal "a token of another type: exit 75" "$EXIT_STATUS" 75
check "told" says 'of type mac where Bearer is wanted'
set_members retry_at 0
control token-life none
token
check_equal "a token without expiry: exit 0" "$EXIT_STATUS" 0
check_equal "it is taken for an hour" "$(($(member expires_at) - $(member obtained_at)))" 3600
set_members expires_at now-10
control token-status 503
control retry-after 77
token
check_equal "503: exit 75" "$EXIT_STATUS" 75
check_equal "its Retry-After is kept" "$(($(member retry_at) - $(member failed_at)))" 77

for trouble in huge cut; do
    set_members retry_at 0
    control trouble "$trouble"
    token
    check_equal "$trouble: exit 75" "$EXIT_STATUS" 75
done
check "told" says 'the answer was cut off'

say "files that cannot be used"
set_members retry_at 0
chmod 644 "$(account_file)"
token
check_equal "others can read it: exit 78" "$EXIT_STATUS" 78
check "told what to do" says 'chmod 0600 .*web@shop.example.json'
chmod 600 "$(account_file)"
cp "$(account_file)" "$WORK/kept"
truncate -s 100 "$(account_file)"
token
check_equal "cut off: exit 78" "$EXIT_STATUS" 78
check "told what to do" says 'cut off or not whole: run postman auth'
cp "$WORK/kept" "$(account_file other@shop.example)"
run_postman token --user other@shop.example
check_equal "another account's: exit 78" "$EXIT_STATUS" 78
check "told" says "is of another account, $USER_NAME"
run_postman token --user nobody@shop.example
check_equal "no such account: exit 78" "$EXIT_STATUS" 78
check "told" says 'no account nobody@shop.example in .*: run postman auth'
cp "$WORK/kept" "$(account_file)"

say "other sources"
umask 077
echo "from-a-file" >"$WORK/token-file"
umask 022
token --source "file:$WORK/token-file" --output token
check_equal "a file" "$EXIT_STATUS $(cat "$WORK/out")" "0 from-a-file"
chmod 644 "$WORK/token-file"
token --source "file:$WORK/token-file" --output token
check_equal "one that all can read: exit 78" "$EXIT_STATUS" 78
token --source 'command:printf "from-%s\nsecond\n" "a-command"; echo noise >&2' --output xoauth2-b64 --no-newline
check_equal "a command" "$(base64 -d <"$WORK/out" | tr '\001' '|')" "user=$USER_NAME|auth=Bearer from-a-command||"
token --source 'command:echo secret-words; exit 3'
check_equal "one that fails: exit 75" "$EXIT_STATUS" 75
check "its exit is told, not its words" says 'ended with exit 3$'
check "nor its output" test "$(grep -c secret-words "$WORK/err")" = 0

say "no secret shows"
set_members expires_at now-10
strace -f -qq -s 4096 -e trace=execve,prctl -o "$WORK/trace" "$MAIL_BIN/postman" token --user "$USER_NAME" --state "$STATE" \
    --source "command:cat $WORK/token-file" >/dev/null 2>"$WORK/err"
check "no core dump can be taken" grep -q 'PR_SET_DUMPABLE, SUID_DUMP_DISABLE' "$WORK/trace"
strace -f -qq -e trace=prctl -o "$WORK/trace.courier" "$MAIL_BIN/postman" http://127.0.0.1:9/ --state "$STATE" --deliver smtp:localhost \
    2>/dev/null || true
check "nor of a courier that has a password, from its first line on" grep -q 'PR_SET_DUMPABLE, SUID_DUMP_DISABLE' "$WORK/trace.courier"
check "no token in a child's arguments" test "$(grep -cE 'ya29|1//|from-a-file' "$WORK/trace")" = 0
check "none in the logs" test "$(cat "$WORK"/*.log "$WORK/err" | grep -cE 'ya29\.|1//|s3cret')" = 0
