#!/bin/bash
# The shipped fail2ban and logcheck files, against the lines of a real run: guesses are found with the guesser's address, and an
# ordinary hour is not reported.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
. "$MAIL_SOURCE/tests/support/parts.sh"
need python3 htpasswd curl

fail2ban=$(unpacked fail2ban)
cp -r "$fail2ban/etc/fail2ban" "$WORK/fail2ban"
cp "$MAIL_SOURCE"/examples/fail2ban/filter.d/*.conf "$WORK/fail2ban/filter.d/"
rm "$WORK"/fail2ban/jail.d/*  # a jail for an sshd that is not here
sed "s|/var/log/nginx/|$WORK/|" "$MAIL_SOURCE/examples/fail2ban/jail.d/postoffice.conf" >"$WORK/fail2ban/jail.d/postoffice.conf"
touch "$WORK/postoffice.error.log"
# finds LOG: how many guesses the filter finds in it, and of whom.
with_fail2ban() { PYTHONPATH=$fail2ban/usr/lib/python3/dist-packages /usr/bin/python3 "$fail2ban/usr/bin/$1" -c "$WORK/fail2ban" "${@:2}"; }
finds() { with_fail2ban fail2ban-regex --out ip "$1" postmaster-auth 2>>"$WORK/fail2ban.log" | sort | uniq -c | awk '{ print $2 "x" $1 }' | paste -sd' '; }

make_users courier right-horse
guess() { curl --silent --output /dev/null --unix-socket "$ENDPOINT" -H "X-Forwarded-For: $1" -u "$2" -X POST http://x/v1/leases; }
# In the journal's form (as journalctl prints it, and syslog): no time of the program's own, but a prefix.
as_syslog() { sed -E "s/^[0-9TZ:-]+ //; s/^/Nov 30 15:02:03 mail1 $1[4711]: /"; }
attack()
{
    guess 198.51.100.9 courier:wrong-horse
    guess 198.51.100.9 'guest:x'
    guess 2001:db8::9 'a name with "quotes":x'
    guess 203.0.113.5 'x peer=192.0.2.1 reason=credentials:x'
    curl --silent --output /dev/null --unix-socket "$ENDPOINT" -H 'X-Forwarded-For: 192.0.2.77' -X POST http://x/v1/leases
}
found='198.51.100.9x2 2001:db8::9x1 203.0.113.5x1'

SPOOL=$WORK/spool
start_origin --users "$USERS"
attack
curl --silent --output /dev/null --unix-socket "$ENDPOINT" -u courier:right-horse -X POST http://x/v1/leases
wait_for_log postmaster 'peer=192\.0\.2\.77 reason='
printf 'From: web@app.example\nTo: ann@d.example\nSubject: s\n\nbody\n' >"$WORK/mail.eml"
smtp_send "$SMTP_PORT" "$WORK/mail.eml" web@app.example ann@d.example >/dev/null
printf 'right-horse\n' >"$WORK/password"
chmod 600 "$WORK/password"
start postman "$MAIL_BIN/postman" "unix:$ENDPOINT" --user courier --password-file "$WORK/password" --state "$STATE" --deliver "$DELIVER"
wait_exit postman 60
check_equal "the round went well" "$EXIT_STATUS" 0
stop postmaster
stop postoffice
cp "$(log_of postmaster)" "$WORK/file.log"
check_equal "fail2ban finds the guessers in a file" "$(finds "$WORK/file.log")" "$found"
as_syslog postmaster <"$WORK/file.log" >"$WORK/syslog"
check_equal "in the journal and in syslog" "$(finds "$WORK/syslog")" "$found"
sed -E 's/^[0-9TZ:-]+ //' "$WORK/file.log" >"$WORK/bare"
start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$ENDPOINT" --users "$USERS" --log-format json
wait_for_socket "$ENDPOINT"
wait_for_log postmaster '"event":"listening"'
attack
stop postmaster
grep '^{' "$(log_of postmaster)" >"$WORK/json.log"
check_equal "in JSON" "$(finds "$WORK/json.log")" "$found"
check "the jails are sound" with_fail2ban fail2ban-client -t

say "guesses over SMTP"
guesser()
{
    python3 - "$SMTP_PORT" <<'PY'
import base64, socket, sys
for name in (b"guest", b'a name with "quotes"', b"x peer=192.0.2.1 reason=credentials"):
    heard = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
    lines = heard.makefile("rb")
    lines.readline()
    heard.sendall(b"HELO a\r\nAUTH PLAIN " + base64.b64encode(b"\0" + name + b"\0guess") + b"\r\nQUIT\r\n")
    assert b"454 4.7.0" in lines.read()
PY
}
smtp_finds() { with_fail2ban fail2ban-regex --out ip "$1" postoffice-auth 2>>"$WORK/fail2ban.log" | sort | uniq -c | awk '{ print $2 "x" $1 }' | paste -sd' '; }
for format in text json; do
    start "guarded-$format" "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL" --users "$USERS" --log-format "$format"
    wait_for_port "$SMTP_PORT"
    guesser
    stop "guarded-$format"
    grep 'login refused' "$(log_of "guarded-$format")" >"$WORK/smtp-$format"
    check_equal "fail2ban finds them ($format)" "$(smtp_finds "$WORK/smtp-$format")" 127.0.0.1x3
done
as_syslog postoffice <"$WORK/smtp-text" >"$WORK/smtp-syslog"
check_equal "and in the journal" "$(smtp_finds "$WORK/smtp-syslog")" 127.0.0.1x3

say "logcheck"
grep -v '^#' "$MAIL_SOURCE/examples/logcheck/ignore.d.server/postoffice" >"$WORK/ignored"
for program in postoffice postmaster postman; do
    log=$(log_of "$program")
    [[ $program != postmaster ]] || log=$WORK/file.log
    as_syslog "$program" <"$log"
done >"$WORK/day"
as_syslog postmaster <"$WORK/json.log" | sed -E 's/"time":"[^"]*",//' >>"$WORK/day"
reported() { grep -vE -f "$WORK/ignored" "$WORK/day" || true; }
check "there is something to ignore" test "$(grep -c ': info ' "$WORK/day")" -gt 5
check_equal "an ordinary line is not reported" "$(reported | grep -cE ': info |"level":"info"' || true)" 0
check_equal "each refused login is" "$(reported | grep -c 'login refused')" 10
check_equal "and nothing else" "$(reported | grep -vc 'login refused' || true)" 0
