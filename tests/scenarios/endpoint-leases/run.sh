#!/bin/bash
# The lease API by curl, as docs/http-api.md describes it: lending, outcomes per recipient, expiry, renewal,
# release, waiting, and a restart of postmaster in between.
. "$(dirname "$0")/../../support/scenario.sh"
need curl python3

SPOOL=$WORK/spool
mkdir -p "$SPOOL"

start_postmaster()
{
    start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$WORK/socket" --unsafe-spool "$@"
    # Not only the socket's file: a crash leaves one that nobody answers on.
    wait_for 'curl --silent --unix-socket "$WORK/socket" --output /dev/null http://mail/healthz'
}
put() { python3 "$MAIL_SOURCE/tests/support/put_mail.py" "$SPOOL" "$@"; }

# ask METHOD TARGET [curl options]: the body goes to $WORK/body, the status to STATUS.
ask()
{
    local method=$1 target=$2
    shift 2
    STATUS=$(curl --silent --show-error --max-time 90 --unix-socket "$WORK/socket" --request "$method" \
        --dump-header "$WORK/head" --output "$WORK/body" --write-out '%{http_code}' "$@" "http://mail$target")
}
json() { python3 -c 'import json, sys; j = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$WORK/body" "$1"; }
waiting() { find "$SPOOL/messages" -name '*.json' | wc -l; }
settle() { ask POST "/v1/leases/$LEASE/outcomes" --data "{\"outcomes\":[$1]}"; }

# lease QUERY: asks until there is mail, which inotify brings a moment after it was put.
lease()
{
    ask POST "/v1/leases?wait=20${1:+&$1}"
    check_equal "a lease is given" "$STATUS" 200
    LEASE=$(json 'j["lease"]')
}

start_postmaster

say "nothing waits"
ask POST /v1/leases
check_equal "an empty spool is 204" "$STATUS" 204
check_equal "204 has no body" "$(wc -c <"$WORK/body")" 0

say "who waits gets the mail that comes"
curl --silent --unix-socket "$WORK/socket" --request POST "http://mail/v1/leases?wait=60" >"$WORK/waited" &
courier=$!
id=$(put)
wait "$courier"
cp "$WORK/waited" "$WORK/body"
check_equal "the mail came to the waiting courier" "$(json 'j["messages"][0]["id"]')" "$id"
check_equal "it is scrubbed" "$(json '"Received" in j["messages"][0]["data"]')" False
check_equal "the digest is that of the scrubbed bytes" \
    "$(json '__import__("hashlib").sha256(j["messages"][0]["data"].encode()).hexdigest() == j["messages"][0]["sha256"]')" True
check_equal "the members are in their order" "$(json 'list(j)')" "['lease', 'seconds', 'expires', 'messages']"
LEASE=$(json 'j["lease"]')
ask POST /v1/leases
check_equal "lent mail is not lent again" "$STATUS" 204
settle "{\"id\":\"$id\",\"outcome\":\"delivered\"}"
check_equal "delivered is settled" "$(cat "$WORK/body")" "{\"settled\":[\"$id\"],\"unknown\":[]}"
check_equal "the file is gone when the answer comes" "$(waiting)" 0
settle "{\"id\":\"$id\",\"outcome\":\"delivered\"}"
check_equal "saying it again is harmless" "$STATUS $(cat "$WORK/body")" "200 {\"settled\":[],\"unknown\":[\"$id\"]}"

say "a waiting courier that has gone gets no lease"
start gone curl --silent --verbose --unix-socket "$WORK/socket" --request POST "http://mail/v1/leases?wait=60"
wait_for_log gone '^> POST'
crash gone
id=$(put)
lease seconds=60
check_equal "its mail goes to the next" "$(json 'j["messages"][0]["id"]')" "$id"
settle "{\"id\":\"$id\",\"outcome\":\"delivered\"}"

say "one recipient after the other"
id=$(put --rcpt ann@example.org --rcpt bob@example.org --rcpt carl@example.org)
lease
settle "{\"id\":\"$id\",\"outcome\":\"delivered\",\"recipients\":[\"ann@example.org\"]},\
{\"id\":\"$id\",\"outcome\":\"deferred\",\"recipients\":[\"bob@example.org\"],\"retry_after\":1,\"reason\":\"busy\"},\
{\"id\":\"$id\",\"outcome\":\"deferred\",\"recipients\":[\"carl@example.org\"],\"retry_after\":86400,\"reason\":\"later\"}"
check_equal "outcomes per recipient are settled" "$STATUS" 200
lease
check_equal "only who is pending and due is lent" "$(json 'j["messages"][0]["rcpt_tos"]')" "['bob@example.org']"
settle "{\"id\":\"$id\",\"outcome\":\"failed\",\"reason\":\"no such user\"}"
ask POST /v1/leases
check_equal "who is deferred for a day is not lent now" "$STATUS" 204
check_equal "the mail stays for him" "$(waiting)" 1
check "each outcome is in the log with id, recipient and reason" \
    grep -q "outcome id=$id recipient=bob@example.org outcome=deferred reason=busy" "$(log_of postmaster)"

say "failed and held"
ids=($(put 2))
lease
settle "{\"id\":\"${ids[0]}\",\"outcome\":\"failed\",\"reason\":\"550 no\"},{\"id\":\"${ids[1]}\",\"outcome\":\"held\",\"reason\":\"ask\"}"
check "a dead letter is in failed/" test -f "$SPOOL/failed/${ids[0]}.json"
check "a held mail is in held/" test -f "$SPOOL/held/${ids[1]}.json"

say "expiry, renewal, release"
id=$(put)
lease seconds=1
ask POST "/v1/leases?wait=20"
check_equal "a lease that ends gives its mail back" "$STATUS $(json 'j["messages"][0]["id"]')" "200 $id"
OLD=$LEASE
LEASE=$(json 'j["lease"]')
ask POST "/v1/leases/$OLD/outcomes" --data "{\"outcomes\":[{\"id\":\"$id\",\"outcome\":\"delivered\"}]}"
check_equal "an ended lease settles nothing" "$(cat "$WORK/body")" "{\"settled\":[],\"unknown\":[\"$id\"]}"
ask POST "/v1/leases/$OLD/renewal"
check_equal "an ended lease cannot be renewed" "$STATUS" 404
ask POST "/v1/leases/$LEASE/renewal?seconds=3600"
check_equal "a living one can" "$STATUS $(json 'j["seconds"]')" "200 3600"
ask DELETE "/v1/leases/$LEASE"
check_equal "a lease is given back" "$STATUS" 204
lease
check_equal "its mail waits again at once" "$(json 'j["messages"][0]["id"]')" "$id"

say "a restart keeps leases"
stop postmaster 5
check_equal "postmaster ends well" "$EXIT_STATUS" 0
check "its socket is gone" test ! -e "$WORK/socket"
start_postmaster
ask POST /v1/leases
check_equal "lent mail is still lent" "$STATUS" 204
settle "{\"id\":\"$id\",\"outcome\":\"delivered\"}"
check_equal "the lease's token still settles" "$(cat "$WORK/body")" "{\"settled\":[\"$id\"],\"unknown\":[]}"
id=$(put)
lease
crash postmaster
start_postmaster
ask POST /v1/leases
check_equal "after a crash, too" "$STATUS" 204
settle "{\"id\":\"$id\",\"outcome\":\"delivered\"}"
check_equal "a stale socket was replaced, and the token settles" "$STATUS" 200

say "a corrupt record does not stop the others"
good=$(put)
echo '{"id":' >"$SPOOL/incoming/x"
mv "$SPOOL/incoming/x" "$SPOOL/messages/018f0000000070008000000000000001.json"
lease
check_equal "the sound one is lent" "$(json '[m["id"] for m in j["messages"]]')" "['$good']"
wait_for "[[ -f $SPOOL/corrupt/018f0000000070008000000000000001.json ]]"
settle "{\"id\":\"$good\",\"outcome\":\"delivered\"}"

say "limits"
ids=($(put 60))
wait_for 'ask POST "/v1/leases?max=1000"; [[ $STATUS == 200 ]]'
check_equal "at most 50 mails come at once" "$(json 'len(j["messages"]) <= 50')" True
check_equal "they come oldest first" "$(json 'j["messages"][0]["id"]')" "${ids[0]}"
check_equal "and in order" "$(json '[m["id"] for m in j["messages"]] == sorted(m["id"] for m in j["messages"])')" True

say "unsound requests"
while read -r method target status; do
    ask "$method" "$target" --data ''
    check_equal "$method $target" "$STATUS" "$status"
done <<'ROWS'
POST /v1/leases?bogus=1 400
POST /v1/leases?max=0 400
POST /v1/leases?max=1&max=2 400
POST /v1/leases?seconds=86401 400
POST /v1/leases?wait=-1 400
PUT /v1/leases 405
POST /v1/lease 404
POST /v1/leases/../../etc/outcomes 404
POST /v1/leases/0123456789abcdef0123456789abcdef/outcomes 400
POST / 405
BREW / 501
ROWS
ask GET /
check_equal "GET / is refused with the reason" "$STATUS $(json 'j["title"]')" "405 Method Not Allowed"
check "405 names what is allowed" grep -qi '^allow:' "$WORK/head"
ask HEAD /healthz --head
check_equal "HEAD has the status of GET" "$STATUS" 200
python3 -c 'print("{\"outcomes\":[" + "[" * 100000 + "]" * 100000 + "]}")' >"$WORK/deep"
ask POST "/v1/leases/$LEASE/outcomes" --data "@$WORK/deep"
check_equal "deeply nested JSON is refused" "$STATUS" 400
head -c 1048577 /dev/zero >"$WORK/large"
ask POST "/v1/leases/$LEASE/outcomes" --data-binary "@$WORK/large" --header 'Expect:'
check_equal "a body over 1 MiB is refused" "$STATUS" 413

say "SIGTERM while couriers wait"
for n in {1..5}; do
    curl --silent --unix-socket "$WORK/socket" --request POST --output /dev/null --write-out '%{http_code}\n' \
        "http://mail/v1/leases?wait=60&max=1" >>"$WORK/waiters" &
done
wait_for 'ask POST /v1/leases; [[ $STATUS == 204 ]]'
stop postmaster 5
check_equal "it ends well" "$EXIT_STATUS" 0

say "couriers that stop reading"
start_postmaster
put 8 --size 3000000 >/dev/null
start stalled python3 "$(dirname "$0")/stalled_reader.py" "$WORK/socket" 3
wait_for_log stalled 'stalled 3'
ask POST /v1/leases/0123456789abcdef0123456789abcdef/outcomes --data '{"outcomes":[]}'
check_equal "outcomes are taken meanwhile" "$STATUS" 200
lease max=1
check_equal "and another courier gets its mail" "$(json 'len(j["messages"])')" 1
stop postmaster 5
check_equal "SIGTERM does not wait for them" "$EXIT_STATUS" 0

say "a second postmaster on the same spool"
start_postmaster
status=0
"$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$WORK/other" --unsafe-spool >"$WORK/second" 2>&1 || status=$?
check_equal "it refuses to start" "$status" 75
check "and says who has it" grep -q "$(pid_of postmaster)" "$WORK/second"
