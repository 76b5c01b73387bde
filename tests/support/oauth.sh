# What the OAuth scenarios share. Source after scenario.sh and courier.sh.
#
#   start_provider [OPTION…]     the stand-in of tests/support/oauth_standin.py; sets PROVIDER (its FILE), PROVIDER_PORT
#   control NAME WORDS…          what the stand-in does next
#   auth ARGUMENT…, token ARGUMENT…, broker…   postman with $STATE; EXIT_STATUS, $WORK/out and $WORK/err
#   says PATTERN                 in what it said last
#   granted KIND                 how often the stand-in granted that
#   member NAME [USER]           of an account's file
#   USER_NAME                    web@shop.example

USER_NAME=web@shop.example

start_provider()
{
    PROVIDER_PORT=$(free_port)
    [[ -d $WORK/ca ]] || { make_ca "$WORK/ca"; make_cert "$WORK/ca" provider IP:127.0.0.1,DNS:localhost; }
    mkdir -p "$WORK/control"
    start provider python3 "$MAIL_SOURCE/tests/support/oauth_standin.py" --port "$PROVIDER_PORT" \
        --cert "$WORK/ca/provider.pem" --key "$WORK/ca/provider.key" --log "$WORK/provider.jsonl" \
        --control "$WORK/control" "$@"
    wait_for_port "$PROVIDER_PORT"
    PROVIDER=$WORK/provider.conf
    (umask 077 && echo s3cret >"$WORK/client.secret")
    cat >"$PROVIDER" <<CONF
name = example
authorization-url = https://127.0.0.1:$PROVIDER_PORT/authorize
token-url = https://127.0.0.1:$PROVIDER_PORT/token
device-url = https://127.0.0.1:$PROVIDER_PORT/device
scope = mail.send
client-id = postman-client
client-secret-file = $WORK/client.secret
ca = $WORK/ca/ca.pem
CONF
}

control() { printf '%s\n' "${*:2}" >"$WORK/control/$1"; }

run_postman()
{
    EXIT_STATUS=0
    "$MAIL_BIN/postman" "$@" --state "$STATE" >"$WORK/out" 2>"$WORK/err" || EXIT_STATUS=$?
}
auth() { run_postman auth "$@"; }
token() { run_postman token --user "$USER_NAME" "$@"; }
says() { grep -qE -e "$1" "$WORK/out" "$WORK/err"; }

granted() { grep -c "\"grant\": \"[^\"]*$1" "$WORK/provider.jsonl" || true; }

account_file() { printf '%s' "$STATE/oauth/${1:-$USER_NAME}.json"; }
member() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$(account_file "${2:-}")" "$1"; }

# Sets members of an account's file: NAME JSON-VALUE…
set_members()
{
    python3 - "$(account_file)" "$@" <<'SET'
import json, sys, time
path, pairs = sys.argv[1], sys.argv[2:]
account = json.load(open(path))
for name, value in zip(pairs[::2], pairs[1::2]):
    account[name] = int(time.time()) + int(value[3:]) if value.startswith("now") else json.loads(value)
open(path, "w").write(json.dumps(account))
SET
}

# Signs in with the device flow, as the quickest that needs no browser.
sign_in_by_device()
{
    control device ok
    auth --provider "$PROVIDER" --user "$USER_NAME" --flow device
    check_equal "signed in: exit 0" "$EXIT_STATUS" 0
}
