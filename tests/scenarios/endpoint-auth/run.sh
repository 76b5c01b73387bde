#!/bin/bash
# Basic authentication at postmaster itself: bcrypt of htpasswd, yescrypt of mkpasswd, wrong passwords,
# unsound users files, and a reread on SIGHUP.
. "$(dirname "$0")/../../support/scenario.sh"
need curl htpasswd mkpasswd

mkdir -p "$WORK/spool"
users=$WORK/users
port=$(free_port)

try()  # try USER:PASSWORD [curl options]: prints the status
{
    local pair=$1
    shift
    curl --silent --show-error --max-time 60 --output "$WORK/body" --dump-header "$WORK/head" --write-out '%{http_code}' \
        --request POST ${pair:+--user "$pair"} "$@" "http://127.0.0.1:$port/v1/leases"
}
refuses()  # refuses SENTENCE PATTERN OPTIONS…: postmaster does not start, and says why
{
    local sentence=$1 pattern=$2 status=0
    shift 2
    "$MAIL_BIN/postmaster" --spool "$WORK/spool" --unsafe-spool "$@" >"$WORK/refusal" 2>&1 || status=$?
    check "$sentence: it does not start" test "$status" -eq 64 -o "$status" -eq 78
    check "$sentence: it says why" grep -qE -e "$pattern" "$WORK/refusal"
}

say "the example configuration"
sed 's/^#\([a-z-]* = \)/\1/' "$MAIL_SOURCE/examples/postmaster.conf" | grep -v '^users' >"$WORK/postmaster.conf"
check "each option of it is known and sound" "$MAIL_BIN/postmaster" --config "$WORK/postmaster.conf" --check-config
options=$("$MAIL_BIN/postmaster" --help | grep -oE '^  --[a-z-]+' | grep -vE -- '--(version|check-config|print-config|config)$' | tr -d ' -' | sort)
explained=$(grep -oE '^#[a-z-]+ = ' "$MAIL_SOURCE/examples/postmaster.conf" | tr -d '# =-' | sort -u)
check_equal "and each option is in it" "$explained" "$options"

say "users files that are refused"
echo "ann:$(mkpasswd -m yescrypt secret)" >"$users"
chmod 644 "$users"
refuses "a world-readable users file" 'open to everyone' --users "$users"
refuses "a users file that is not there" 'No such file' --users "$WORK/nothing"
chmod 640 "$users"
printf '# couriers\n\nbob\n' >>"$users"
refuses "a malformed users file" 'line 4: no colon' --users "$users"
printf 'ann:%s\nbob:%s\n' "$(mkpasswd -m yescrypt secret)" "$(openssl passwd -apr1 secret)" >"$users"
refuses "a weak hash" 'line 2: .*htpasswd -nB' --users "$users"
refuses "a network address" 'nginx faces the network' --listen "0.0.0.0:$port"

say "two kinds of hash"
htpasswd -cbB "$users" ann 'bcrypt secret' 2>/dev/null
printf 'bob:%s\n' "$(mkpasswd -m yescrypt 'yescrypt secret')" >>"$users"
chmod 640 "$users"
start postmaster "$MAIL_BIN/postmaster" --spool "$WORK/spool" --listen "127.0.0.1:$port" --unsafe-spool --users "$users"
wait_for_port "$port"
check_equal "bcrypt of htpasswd lets in" "$(try 'ann:bcrypt secret')" 204
check_equal "and again, from memory" "$(try 'ann:bcrypt secret')" 204
check_equal "yescrypt of mkpasswd lets in" "$(try 'bob:yescrypt secret')" 204

say "what is not let in"
check_equal "nobody" "$(try '')" 401
check "401 asks for basic authentication" grep -qi '^www-authenticate: basic realm="mail"' "$WORK/head"
check_equal "a wrong password" "$(try 'ann:wrong')" 401
check_equal "another user's password" "$(try 'ann:yescrypt secret')" 401
check_equal "an unknown name" "$(try 'carl:bcrypt secret')" 401
check "the answer does not say which was wrong" test -z "$(grep -E 'ann|carl|unknown' "$WORK/body")"
check_equal "another scheme" "$(try '' --header 'Authorization: Bearer bcrypt')" 401
check_equal "the address that nginx gives" "$(try 'ann:wrong' --header 'X-Forwarded-For: 6.6.6.6, 203.0.113.9')" 401
check "it is in the log" grep -q 'login refused user=ann peer=203.0.113.9' "$(log_of postmaster)"
check_equal "an address that is none" "$(try 'ann:wrong' --header 'X-Forwarded-For: x" level=forged')" 401
check "the peer's is logged then" grep -q 'login refused user=ann peer=127.0.0.1' "$(log_of postmaster)"
check_equal "a name with line ends" "$(try '' --header "Authorization: Basic $(printf 'a\nb:c' | base64)")" 401
check "no password is in the log" test -z "$(grep -E 'secret|wrong' "$(log_of postmaster)")"
check "nothing was forged into the log" test -z "$(grep -E '^(b:c| *level=forged)' "$(log_of postmaster)")"
curl --silent --output "$WORK/body" --write-out '%{http_code}' "http://127.0.0.1:$port/healthz" >"$WORK/status"
check_equal "health is told to machines without a password" "$(cat "$WORK/status")" 200

say "SIGHUP"
printf 'dora:%s\n' "$(mkpasswd -m bcrypt -R 5 'new secret')" >"$users"
kill -HUP "$(pid_of postmaster)"
wait_for_log postmaster 'users reloaded users=1'
check_equal "who is new is let in" "$(try 'dora:new secret')" 204
check_equal "who is gone is not, remembered or not" "$(try 'ann:bcrypt secret')" 401
echo nonsense >"$users"
kill -HUP "$(pid_of postmaster)"
wait_for_log postmaster 'users not reloaded.*line 1'
check_equal "a malformed file changes nothing" "$(try 'dora:new secret')" 204

say "many slow logins at once"
printf 'slow:%s\n' "$(mkpasswd -m bcrypt -R 13 secret)" >"$users"
kill -HUP "$(pid_of postmaster)"
wait_for "(( \$(grep -c 'users reloaded' '$(log_of postmaster)') == 2 ))"
urls=()
for n in {1..16}; do urls+=("http://127.0.0.1:$port/v1/leases?max=$n"); done
curl --silent --no-progress-meter --parallel --parallel-max 16 --parallel-immediate --request POST --user slow:wrong \
    --write-out '%{http_code}\n' "${urls[@]}" 2>/dev/null | grep -xE '[0-9]{3}' | sort | uniq -c >"$WORK/codes" || true
check "a few are computed, the others are 429" grep -q 429 "$WORK/codes"
check "and nobody is let in" test -z "$(grep -vE ' (401|429)$' "$WORK/codes")"
check_equal "the right password is let in afterwards" "$(try 'slow:secret')" 204
stop postmaster 5
