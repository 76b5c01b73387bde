#!/bin/bash
# postman auth: each way to sign in, against a provider that refuses what is out of line; and each way in which it fails.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
. "$MAIL_SOURCE/tests/support/oauth.sh"
need python3 openssl curl

openssl genrsa -traditional -out "$WORK/robot.key" 2048 2>/dev/null
openssl rsa -in "$WORK/robot.key" -pubout -out "$WORK/robot.pub" 2>/dev/null
start_provider --public-key "$WORK/robot.pub"

# browser: opens the URL that postman shows, and follows the redirect to the loopback address.
browser()
{
    wait_for "grep -q 'https://127.0.0.1:$PROVIDER_PORT/authorize' $WORK/auth.log"
    URL=$(grep -o "https://127.0.0.1:$PROVIDER_PORT/authorize[^ ]*" "$WORK/auth.log")
    LOOPBACK=$(sed -n 's/.*ssh -L \([0-9]*\):.*/\1/p' "$WORK/auth.log")
    curl --silent --show-error --max-time 20 --cacert "$WORK/ca/ca.pem" "$@" "$URL" >"$WORK/page"
}
start_auth()
{
    rm -f "$WORK/auth.log"
    start auth "$MAIL_BIN/postman" auth --provider "$PROVIDER" --user "$USER_NAME" --state "$STATE" "$@"
}

say "loopback with PKCE"
start_auth
browser
check "the page of the provider leads back" test ! -s "$WORK/page"
check_equal "another's state does not end the wait" \
    "$(curl -s -o "$WORK/page" -w '%{http_code}' "http://127.0.0.1:$LOOPBACK/?code=4%2Fstolen&state=00000000000000000000000000000000")" 404
check "postman still waits" is_running auth
check "only this host can reach it" grep -qE '^ *[0-9]+: 0100007F:' <(grep -i ":$(printf %04X "$LOOPBACK") 00000000:0000 0A" /proc/net/tcp)
exec 7<>"/dev/tcp/127.0.0.1/$LOOPBACK"  # a browser's connection in advance, that says nothing
browser --location
exec 7>&-
check "the person is thanked" grep -q 'can be closed' "$WORK/page"
wait_exit auth
check_equal "signed in: exit 0" "$EXIT_STATUS" 0
check "it tells how to reach it from another host" grep -qE "ssh -L $LOOPBACK:127.0.0.1:$LOOPBACK " "$WORK/auth.log"
check_equal "the file is its owner's alone" "$(stat -c %a "$(account_file)")" 600
check_equal "one code was redeemed" "$(granted authorization_code)" 1
token --output token
check_equal "the token is there" "$EXIT_STATUS $(cut -c1-11 "$WORK/out")" "0 ya29.token-"
check_equal "and the provider was not asked for it" "$(granted refresh_token)" 0

say "a person who says no"
control authorize-error access_denied
start_auth --port "$(free_port)"
browser --location
wait_exit auth
check_equal "exit 1" "$EXIT_STATUS" 1
check "told" grep -q 'access_denied' "$WORK/auth.log"
check_equal "the account that was there stays" "$(member user)" "$USER_NAME"

say "a device"
control device pending ok
auth --provider "$PROVIDER" --user "$USER_NAME" --flow device
check_equal "signed in: exit 0" "$EXIT_STATUS" 0
check "the code is shown" says WDJB-MJHT
for word in denied expired; do
    control device "$word"
    auth --provider "$PROVIDER" --user "$USER_NAME" --flow device
    check_equal "$word: exit 1" "$EXIT_STATUS" 1
done

say "client credentials, in the body"
auth --provider "$PROVIDER" --user bot@shop.example --flow client-credentials
check_equal "exit 0" "$EXIT_STATUS" 0
check_equal "granted" "$(granted client_credentials)" 1

say "a service account's key file"
service_key()
{
    python3 - "$WORK/robot.key" "$PROVIDER_PORT" >"$WORK/$1" <<'KEY'
import json, sys
print(json.dumps({"type": "service_account", "client_email": "robot@project.example", "private_key_id": "key-1",
                  "private_key": open(sys.argv[1]).read(), "token_uri": f"https://127.0.0.1:{sys.argv[2]}/token"}))
KEY
}
service_key robot.json
auth --provider "$PROVIDER" --user "$USER_NAME" --client "$WORK/robot.json"
check_equal "exit 0" "$EXIT_STATUS" 0
check_equal "granted" "$(granted jwt-bearer)" 1
openssl genrsa -traditional -out "$WORK/robot.key" 2048 2>/dev/null
service_key wrong.json
auth --provider "$PROVIDER" --user "$USER_NAME" --client "$WORK/wrong.json"
check_equal "signed with another key: exit 1" "$EXIT_STATUS" 1
check "told" says 'Invalid JWT Signature'
for days in +1d -1d; do
    EXIT_STATUS=0
    LD_PRELOAD=$(echo /usr/lib/*/faketime/libfaketimeMT.so.1) FAKETIME=$days DONT_FAKE_MONOTONIC=1 "$MAIL_BIN/postman" auth \
        --state "$STATE" --provider "$PROVIDER" --user "$USER_NAME" --client "$WORK/robot.json" \
        >"$WORK/out" 2>"$WORK/err" || EXIT_STATUS=$?
    check_equal "a clock that is off by $days: exit 1" "$EXIT_STATUS" 1
    check "told to look at the clock" says "is this host's clock right"
done

say "gmail-relay's credentials.json"
cat >"$WORK/credentials.json" <<JSON
{"_class": "OAuth2Credentials", "_module": "oauth2client.client", "access_token": "old", "client_id": "postman-client",
 "client_secret": "s3cret", "id_token": null, "id_token_jwt": null, "invalid": false, "refresh_token": "1//first-refresh",
 "revoke_uri": "https://127.0.0.1:$PROVIDER_PORT/revoke", "scopes": ["https://www.googleapis.com/auth/gmail.send"],
 "token_expiry": "2019-01-01T00:00:00Z", "token_info_uri": null, "token_response": {"expires_in": 3600},
 "token_uri": "https://127.0.0.1:$PROVIDER_PORT/token", "user_agent": "gmail-relay"}
JSON
auth --provider "$PROVIDER" --user "$USER_NAME" --client "$WORK/credentials.json"
check_equal "exit 0" "$EXIT_STATUS" 0
check_equal "its refresh token works" "$(member refresh_token)" 1//first-refresh
auth --provider google --user "$USER_NAME" --client "$WORK/credentials.json"
check_equal "with another provider: exit 78" "$EXIT_STATUS" 78
check "told" says 'which is not google'

say "Google's client_secret.json, for an installed program"
cat >"$WORK/client_secret.json" <<JSON
{"installed": {"client_id": "postman-client", "project_id": "p", "auth_uri": "https://127.0.0.1:$PROVIDER_PORT/authorize",
 "token_uri": "https://127.0.0.1:$PROVIDER_PORT/token", "client_secret": "s3cret", "redirect_uris": ["http://localhost"]}}
JSON
start_auth --client "$WORK/client_secret.json"
browser --location
wait_exit auth
check_equal "exit 0" "$EXIT_STATUS" 0

say "what cannot work"
auth --provider "$PROVIDER"
check_equal "no user: exit 64" "$EXIT_STATUS" 64
sed 's/token-url/token-uri/' "$PROVIDER" >"$WORK/slip.conf"
auth --provider "$WORK/slip.conf" --user "$USER_NAME"
check_equal "a slip in the file: exit 78" "$EXIT_STATUS" 78
check "told with its line" says 'line 3: unknown name token-uri \(did you mean token-url\?\)'
echo wrong >"$WORK/client.secret"
auth --provider "$PROVIDER" --user bot@shop.example --flow client-credentials
check_equal "a wrong client secret: exit 1" "$EXIT_STATUS" 1
check "told" says invalid_client
chmod 644 "$WORK/client.secret"
auth --provider "$PROVIDER" --user bot@shop.example --flow client-credentials
check "a secret that all can read is told" says 'is open to everyone: chmod 0640'
(umask 077 && rm "$WORK/client.secret" && echo s3cret >"$WORK/client.secret")
sed "s|^ca = .*|ca = $WORK/ca/provider.pem|" "$PROVIDER" >"$WORK/no-ca.conf"
auth --provider "$WORK/no-ca.conf" --user bot@shop.example --flow client-credentials
check_equal "a certificate of an unknown CA: exit 1" "$EXIT_STATUS" 1
check "told" says "the server's certificate"
cp "$PROVIDER" "$WORK/basic.conf"
echo "client-authentication = basic" >>"$WORK/basic.conf"
auth --provider "$WORK/basic.conf" --user bot@shop.example --flow client-credentials
check_equal "basic where the body is wanted: exit 1" "$EXIT_STATUS" 1
stop provider
start_provider --basic
echo "client-authentication = basic" >>"$PROVIDER"
auth --provider "$PROVIDER" --user bot@shop.example --flow client-credentials
check_equal "basic where basic is wanted: exit 0" "$EXIT_STATUS" 0

auth --list
check "the list shows the account" says "^$USER_NAME  "
check "and no token" test "$(cat "$WORK"/{out,err,auth.log} | grep -cE 'ya29|1//|s3cret')" = 0
