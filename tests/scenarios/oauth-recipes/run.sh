#!/bin/bash
# The recipes of docs/oauth.md for other programs: each command as it stands on the page, run as its program runs it.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
. "$MAIL_SOURCE/tests/support/oauth.sh"
need python3 openssl msmtp git

start_provider
sign_in_by_device
TOKENS=$WORK/tokens
echo "$USER_NAME $(member access_token)" >"$TOKENS"
# `postman` on the PATH, with the test's own state.
mkdir -p "$WORK/bin"
printf '#!/bin/sh\nexec "%s" "$@" --state "%s"\n' "$MAIL_BIN/postman" "$STATE" >"$WORK/bin/postman"
chmod 755 "$WORK/bin/postman"
export PATH=$WORK/bin:$PATH
# recipe 'LINE WITH (A GROUP)': the group, from the page
recipe() { sed -nE "s/^ *$1\$/\1/p" "$MAIL_SOURCE/docs/oauth.md" | head -n 1; }
# gives PROGRAM COMMAND: on its standard output the token in one line, and nothing else at all
gives()
{
    check "$1: the page has a command" test -n "$2"
    sh -c "$2" >"$WORK/out" 2>"$WORK/err"
    check_equal "$1: the token, in one line" "$(cat "$WORK/out")" "$(member access_token)"
    check_equal "$1: and no word beside it" "$(wc -l <"$WORK/out") $(wc -c <"$WORK/err")" "1 0"
}

say "mutt and neomutt"
gives "for SMTP" "$(recipe 'set smtp_oauth_refresh_command = "(.*)"')"
gives "for IMAP" "$(recipe 'set imap_oauth_refresh_command = "(.*)"')"

say "mbsync"
gives "PassCmd" "$(recipe 'PassCmd "(.*)"')"

say "Emacs, by smtpmail"
command=$(recipe '\(string-trim \(shell-command-to-string \(concat "(.*)" user\)\)\)\)\)')
check "the page has a command that ends where the user's name begins" test "${command: -1}" = ' '
gives "with the user's name" "$command$USER_NAME"

say "git send-email, through msmtp"
SMTP=$(free_port)
start strict python3 "$MAIL_SOURCE/tests/support/xoauth_standin.py" --port "$SMTP" --cert "$WORK/ca/provider.pem" \
    --key "$WORK/ca/provider.key" --log "$WORK/strict.jsonl" --tokens "$TOKENS"
wait_for_port "$SMTP"
mkdir "$WORK/home"
export HOME=$WORK/home
sed -e '/^account office/,$d' -e "s,/etc/ssl/certs/ca-certificates.crt,$WORK/ca/ca.pem," -e "s,^host .*,host localhost," \
    -e "s,^port .*,port $SMTP," -e "s, --socket /run/postman/broker.socket,," "$MAIL_SOURCE/examples/msmtp-oauth.conf" >"$HOME/.msmtprc"
chmod 600 "$HOME/.msmtprc"
line=$(recipe '(git config --global sendemail.sendmailCmd ".*")')
check "the page has a line" test -n "$line"
sh -c "$line"
sends=$(git config --global sendemail.sendmailCmd)
# As git-send-email does (sendmailCmd goes through the shell, with -i and the recipients behind it).
printf 'From: %s\nTo: ann@example.org\nSubject: [PATCH] by-git\n\n---\n' "$USER_NAME" | sh -c "$sends \"\$@\"" "$sends" -i ann@example.org
check "the strict server has the mail" grep -q 'Subject: \[PATCH\] by-git' "$WORK/strict.jsonl"
check "after a sign-in by token" grep -q '"verdict": "good"' "$WORK/strict.jsonl"

say "Emacs, through msmtp"
program=$(recipe '.*sendmail-program "([a-z]*)"')
account=$(recipe ".*message-sendmail-extra-arguments '\(\"-a\" \"([a-z]*)\"\)\)")
check_equal "the page names program and account" "$program $account" "msmtp gmail"
printf 'To: ann@example.org\nSubject: by-emacs\n\nx\n' | "$program" -a "$account" -oi -f "$USER_NAME" -t
check "the strict server has the mail" grep -q 'Subject: by-emacs' "$WORK/strict.jsonl"
