#!/bin/bash
# Accounts by sender: who goes by which way out, limits over runs, sendmail's and Exim's files as they are.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
. "$MAIL_SOURCE/tests/support/smtp.sh"
need python3

root=$WORK/origin
start_standin standin "$root"
url=http://127.0.0.1:$PORT
accounts() { courier "$url" --accounts "$WORK/accounts.conf" "$@"; }
courier() # without --deliver: the accounts say it
{
    EXIT_STATUS=0
    "$MAIL_BIN/postman" --state "$STATE" "$@" >"$WORK/courier.log" 2>&1 || EXIT_STATUS=$?
}
in_box() { find "$WORK/$1/new" -type f 2>/dev/null | wc -l; }
told() { outcomes_of "$root" "$(mail_id "$1")"; }
one() { printf 'From: %s\nSubject: x\n\nHello\n' "$2" | put_mail "$root" "$1" "$2" "$3"; }

say "by address, domain, what is under it, the default; the null sender by its recipients"
make_sendmail "$WORK/sendmail"
cat >"$WORK/accounts.conf" <<A
default = rest
[boss]
for = boss@shop.example
deliver = maildir:$WORK/boss
[shop]
for = shop.example
deliver = sendmail:$WORK/sendmail
[under]
for = .shop.example
deliver = maildir:$WORK/under
[rest]
deliver = maildir:$WORK/rest
A
one 1 Boss@Shop.example ann@x.example
one 2 web@shop.example ann@x.example
one 3 web@eu.shop.example ann@x.example
one 4 web@else.example boss@shop.example
one 5 '' boss@shop.example,c@eu.shop.example,d@else.example
accounts
check_equal "all well" "$EXIT_STATUS" 0
check_equal "the address's account" "$(in_box boss)" 1
check_equal "the domain's account has its mail and the bounce to it" "$(calls)" 2
check_equal "the sub-domain's too" "$(in_box under)" 2
check_equal "and the default has the rest" "$(in_box rest)" 2
check_equal "each recipient of the bounce is told once" \
    "$(told 5 | cut -d' ' -f2 | tr , '\n' | sort | paste -sd,)" boss@shop.example,c@eu.shop.example,d@else.example
check "the log says by whom" says "account id=$(mail_id 2) account=shop"

say "a limit holds over runs and loses nothing"
sed -i "s|^deliver = maildir:$WORK/boss|&\nper-day = 3|" "$WORK/accounts.conf"
for number in {10..19}; do one "$number" boss@shop.example ann@x.example; done
one 20 web@eu.shop.example ann@x.example
accounts --jobs 4
check_equal "exit 75: some wait" "$EXIT_STATUS" 75
check_equal "three in the day, over four jobs" "$(in_box boss)" 4
check_equal "the others are deferred" "$(cat "$root/outcomes" | grep -c 'has met its limit')" 7
check_equal "other accounts are not held up" "$(in_box under)" 3
one 21 boss@shop.example ann@x.example
accounts
check_equal "another run sends none of it" "$(in_box boss)" 4
sed -i 's/^per-day = 3/per-day = 5/' "$WORK/accounts.conf"
one 22 boss@shop.example ann@x.example
accounts
check "a larger limit counts what was sent" test "$(in_box boss)" -ge 5
rm -f "$root"/mails/*

say "an account that is broken holds up nobody else"
cat >"$WORK/accounts.conf" <<A
[broken]
for = broken.example
deliver = sendmail:$WORK/nowhere
[fine]
for = fine.example
deliver = maildir:$WORK/fine
A
one 30 a@broken.example ann@x.example
one 31 a@fine.example ann@x.example
one 32 a@nobody.example ann@x.example
accounts
check_equal "it is told" "$(told 30)" 'deferred ann@x.example'
check "in the log too" says 'account-broken account=broken .*nowhere'
check_equal "the other's mail goes" "$(told 31)" 'delivered ann@x.example'
check_equal "whom nobody serves is held" "$(told 32)" 'held ann@x.example'
rm -f "$root"/mails/*

say "sendmail's genericstable"
printf 'root admin@fine.example\n@web1.internal %%1@fine.example\n' >"$WORK/genericstable"
echo web1.internal >"$WORK/genericsdomain"
sed -i "1i genericstable = $WORK/genericstable\ngenerics-domain-file = $WORK/genericsdomain" "$WORK/accounts.conf"
one 40 app@web1.internal ann@x.example
accounts
check_equal "the new form chooses the account" "$(told 40)" 'delivered ann@x.example'
check "and stands in From" grep -rq '^From: app@fine.example' "$WORK/fine/new"

say "SMTP, by Exim's lines as they are"
start_smtp smarthost "$WORK/smarthost"
printf 'exim.example: host=127.0.0.1::%s helo=mail.exim.example\n*: host=127.0.0.1::1\n' "$SMTP_PORT" >"$WORK/exim"
printf 'exim-smart-hosts = %s\n' "$WORK/exim" >"$WORK/accounts.conf"
one 50 web@exim.example ann@x.example
one 51 '' bob@exim.example,eve@else.example
accounts
check_equal "the line's server has its mail and the bounce to it" "$(taken "$WORK/smarthost" | sort)" \
    $' > bob@exim.example\nweb@exim.example > ann@x.example'
check_equal "the other recipient of the bounce went to the line of *, where nobody answers" \
    "$(told 51 | sort)" $'deferred eve@else.example\ndelivered bob@exim.example'
strict "$WORK/smarthost"
rm -f "$root"/mails/*

say "sendmail's M: is no leave to sign in without TLS, not even to this host"
start_smtp clear "$WORK/clear" --clear-auth --auth PLAIN --user web --secret hunter1
printf 'AuthInfo:localhost "I:web" "P:hunter1" "M:PLAIN"\n' >"$WORK/authinfo"
chmod 600 "$WORK/authinfo"
printf 'authinfo = %s\ndefault = near\n[near]\ndeliver = smtp://localhost:%s\n' "$WORK/authinfo" "$SMTP_PORT" >"$WORK/accounts.conf"
one 55 web@app.example ann@x.example
accounts
check "it says so" says 'account-broken account=near .*offers no STARTTLS'
check_equal "nobody signed in, the mail waits" "$(grep -c AUTH "$WORK/clear/commands") $(told 55)" '0 deferred ann@x.example'
check_equal "the password was not said" "$(grep -c hunter "$WORK/clear/commands")" 0
rm -f "$root"/mails/*

say "one limit for the courier, pickup and send, side by side"
cat >"$WORK/accounts.conf" <<A
default = shared
[shared]
deliver = maildir:$WORK/shared
per-day = 20
A
for number in {60..79}; do one "$number" a@app.example ann@x.example; done
mkdir -p "$WORK/nm/queue"
for number in {1..20}; do printf 'a@app.example\nann@x.example\n\nSubject: q%s\n\nx\n' "$number" >"$WORK/nm/queue/1600000000.$number"; done
chmod -R go= "$WORK/nm"
accounts --jobs 2 &
courier_pid=$!
"$MAIL_BIN/postman" pickup "$WORK/nm/queue" --state "$STATE" --accounts "$WORK/accounts.conf" 2>"$WORK/pickup.log" &
pickup_pid=$!
for number in {1..10}; do
    printf 'From: a@app.example\nTo: ann@x.example\n\nx\n' |
        "$MAIL_BIN/postman" send --state "$STATE" --accounts "$WORK/accounts.conf" 2>>"$WORK/send.log" || true
done
wait "$courier_pid" || true
wait "$pickup_pid" || true
check_equal "twenty in the day, whoever sends" "$(in_box shared)" 20
check "each of the three was told so" bash -c "grep -q 'met its limit' '$WORK/courier.log' && grep -q 'met its limit' '$WORK/pickup.log' && grep -q 'met its limit' '$WORK/send.log'"
printf 'From: a@app.example\nTo: ann@x.example\n\nx\n' >"$WORK/one.eml"
mv "$STATE/account-counts" "$WORK/kept"
mkdir "$STATE/account-counts"
STATUS=0
"$MAIL_BIN/postman" send --state "$STATE" --accounts "$WORK/accounts.conf" <"$WORK/one.eml" 2>"$WORK/send.log" || STATUS=$?
check_equal "counts that cannot be read: nothing goes" "$STATUS $(in_box shared)" "75 20"
check "and the log says why" grep -q "account-counts-unread account=shared" "$WORK/send.log"
rmdir "$STATE/account-counts"
mv "$WORK/kept" "$STATE/account-counts"
rm -f "$root"/mails/*

say "secrets"
printf 'AuthInfo:smtp.example "I:web" "P:hunter2"\n' >"$WORK/authinfo"
printf 'o.example: host=smtp.example::587 user=web password=hunter3\n' >"$WORK/exim"
printf '[a]\ndeliver = smtp://web@smtp.example\npassword = hunter4\n' >"$WORK/inline"
check_config() { "$MAIL_BIN/postman" --accounts "$1" --check-config "$url" >"$WORK/check.log" 2>&1; }
for file in authinfo exim inline; do
    case $file in
    inline) cp -p "$WORK/inline" "$WORK/with" ;;
    exim) printf 'exim-smart-hosts = %s\n' "$WORK/exim" >"$WORK/with" ;;
    authinfo) printf 'authinfo = %s\n[a]\ndeliver = smtp://smtp.example\n' "$WORK/authinfo" >"$WORK/with" ;;
    esac
    [[ $file == inline ]] && secret=$WORK/with || secret=$WORK/$file
    chmod 644 "$secret"
    check "$file that others can read is refused" eval "! check_config $WORK/with"
    check "with the command that mends it" grep -q "chmod 0640 $secret" "$WORK/check.log"
    chmod 640 "$secret"
    check "$file for its group is taken" check_config "$WORK/with"
    check "no secret is shown" eval "! grep -q hunter $WORK/check.log"
done

say "--check-config"
printf '[a]\ndeliver = gmail\nuser = a@b.example\n\nper-dya = 3\n' >"$WORK/with"
STATUS=0
check_config "$WORK/with" || STATUS=$?
check_equal "exit 78" "$STATUS" 78
check "file, line and what was meant" grep -q "$WORK/with: line 5: unknown name per-dya in an account (did you mean per-day?)" "$WORK/check.log"
check "the example is sound" eval "sed 's|/etc/|$WORK/etc/|' '$MAIL_SOURCE/examples/accounts.conf' >'$WORK/with' && chmod 640 '$WORK/with' && check_config '$WORK/with'"
