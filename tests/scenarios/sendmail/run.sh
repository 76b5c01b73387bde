#!/bin/bash
# The small program under sendmail's name, and postoffice where it hands on, called as PHP, PHPMailer, Symfony, cron, cronie, git send-email, mailx and mutt
# call one: every mail arrives at the catcher whole.
. "$(dirname "$0")/../../support/scenario.sh"
need php git /usr/lib/git-core/git-send-email s-nail mutt python3

SPOOL=$WORK/spool
mkdir -p "$SPOOL" "$WORK/bin" "$WORK/home"
for name in sendmail mailq newaliases; do ln -s "$MAIL_BIN/postoffice-sendmail" "$WORK/bin/$name"; done
SENDMAIL=$WORK/bin/sendmail
SMTP_PORT=$(free_port)
start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL"
wait_for_port "$SMTP_PORT"
export POSTOFFICE_SENDMAIL_TO=127.0.0.1:$SMTP_PORT POSTOFFICE_SENDMAIL_SPOOL=$SPOOL HOME=$WORK/home

# arrived SENDER RCPT…: one record, with this envelope; its octets are in $WORK/got then.
arrived()
{
    local record
    record=$(find "$SPOOL/messages" -name '*.json')
    check_equal "$CALLER: one mail" "$(wc -w <<<"$record")" 1
    check_equal "$CALLER: its envelope" "$(python3 - "$record" "$WORK/got" <<'READ'
import base64, json, sys
record = json.load(open(sys.argv[1], encoding="utf-8"))
data = base64.b64decode(record["data"]) if record.get("data_encoding") == "base64" else record["data"].encode()
open(sys.argv[2], "wb").write(data)
print(record["mail_from"], *record["rcpt_tos"])
READ
    )" "$*"
    rm "$record"
}
has() { grep -qE -- "$1" "$WORK/got"; }
has_not() { ! has "$1"; }
body() { sed $'1,/^\r$/d' "$WORK/got"; }

CALLER="every octet"
printf 'From: Shop <shop@app.example>\nTo: Ann <ann@d.example>\nBcc: carl@d.example\nDate: Fri, 20 Nov 2026 08:00:00 +0000\nMessage-ID: <x@app.example>\n\nGr\374\303\274\0 \r x\n.\n..\n\n \n' >"$WORK/mail"
head -c 5000 /dev/zero | tr '\0' y >>"$WORK/mail"
"$SENDMAIL" -ti <"$WORK/mail"
arrived shop@app.example ann@d.example carl@d.example
grep -av '^Bcc:' "$WORK/mail" | sed 's/$/\r/' >"$WORK/wanted"  # SMTP ends the last line
check "is there, but for the Bcc" cmp "$WORK/got" "$WORK/wanted"
sed 's/$/\r/' "$WORK/mail" | "$SENDMAIL" -ba -t
arrived shop@app.example ann@d.example carl@d.example
check "with CRLF line ends they stay so" cmp "$WORK/got" "$WORK/wanted"

CALLER="PHP's mail()"
cat >"$WORK/mail.php" <<'PHP'
<?php
exit(mail('ann@d.example', 'by PHP', "one\n.\ntwo\n", ['From' => 'shop@app.example', 'Bcc' => 'eve@d.example'], '-fweb@app.example') ? 0 : 1);
PHP
php -d sendmail_path="$SENDMAIL -t -i" "$WORK/mail.php"
arrived web@app.example ann@d.example eve@d.example
check "the body behind a lone dot, too" has '^two'
check "no Bcc" has_not '^Bcc'
check "a Date in UTC" has '^Date: .* \+0000'
check "a Message-ID of the sender's domain" has '^Message-ID: <[0-9a-f]{32}@app.example>'
check "no name of this host" has_not "$(hostname)"

CALLER=PHPMailer
printf 'From: a@app.example\nTo: ann@d.example\n\nx\n' | "$SENDMAIL" -oi -fweb@app.example -t
arrived web@app.example ann@d.example

CALLER="Symfony (-bs)"
python3 - "$SENDMAIL" <<'SPEAK'
import re, subprocess, sys
pipe = subprocess.Popen([sys.argv[1], "-bs", "-i"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
def hear(code):
    while True:
        line = pipe.stdout.readline()
        assert line.startswith(code), line
        if line[3:4] != b"-":
            return line
def say(line, code):
    pipe.stdin.write(line + b"\r\n")
    pipe.stdin.flush()
    return hear(code)
hear(b"220")
say(b"EHLO [127.0.0.1]", b"250")
for _ in range(2):
    say(b"MAIL FROM:<web@app.example>", b"250")
    say(b"RCPT TO:<ann@d.example>", b"250")
    say(b"DATA", b"354")
    text = say(b"Subject: two\r\nTo: ann@d.example\r\n\r\n..dot\r\n.", b"250")
    assert re.fullmatch(rb"250 2\.0\.0 Ok: queued as [0-9a-f]{32}\r\n", text), text
    say(b"RSET", b"250")
say(b"QUIT", b"221")
assert pipe.wait(10) == 0
SPEAK
check_equal "$CALLER: two mails over one pipe" "$(waiting_mails)" 2
record=$(find "$SPOOL/messages" -name '*.json' | sort | tail -n 1)
rm "$record"
arrived web@app.example ann@d.example
check_equal "as they were said, and nothing added" "$(tr '\r\n' '|/' <"$WORK/got")" 'Subject: two|/To: ann@d.example|/|/.dot|/'

CALLER="Debian's cron"
printf 'From: root (Cron Daemon)\nTo: root\nSubject: Cron <root@x> job\n\nout\n' | "$SENDMAIL" -i -FCronDaemon -B8BITMIME -oem root
arrived root root
CALLER=cronie
printf 'From: "(Cron Daemon)" <root>\nTo: root\n\nout\n' | POSTOFFICE_SENDMAIL_DOMAIN=app.example "$SENDMAIL" -FCronDaemon -i -odi -oem -oi -t -f root
arrived root@app.example root@app.example

CALLER="git send-email"
git init -q "$WORK/repo"
cd "$WORK/repo"
git -c user.name=Ann -c user.email=ann@app.example commit -q --allow-empty -m base
echo 1 >file; git add file
git -c user.name=Ann -c user.email=ann@app.example commit -qm 'A change'
git format-patch -q -1 -o "$WORK/patches"
git -c user.name=Ann -c user.email=ann@app.example send-email --quiet --confirm=never --smtp-server "$SENDMAIL" --envelope-sender web@app.example \
    --to list@d.example --cc bob@d.example "$WORK"/patches/*.patch >"$WORK/git.log" 2>&1
cd "$WORK"
arrived web@app.example list@d.example bob@d.example ann@app.example
check "the patch" has '^\+1'

CALLER="mailx (s-nail)"
echo 'the text' | s-nail -n -S v15-compat -S mta="$SENDMAIL" -S from=ann@app.example -r ann@app.example -s 'by mailx' bob@d.example >"$WORK/mailx.log" 2>&1
arrived ann@app.example bob@d.example
check "its subject" has '^Subject: by mailx'

CALLER=mutt
echo 'the text' | mutt -n -F /dev/null -e "set sendmail='$SENDMAIL -oem -oi'; set from=ann@app.example; set use_envelope_from=yes; set copy=no; set sendmail_wait=0" -s 'by mutt' -b eve@d.example -- bob@d.example
arrived ann@app.example bob@d.example eve@d.example
check "no Bcc" has_not eve@d.example

CALLER="postoffice mail"
echo 'größer' | USER=ann "$MAIL_BIN/postoffice" mail -s 'Grüße' --fix-sender --domain app.example bob@d.example carl@d.example
arrived ann@app.example bob@d.example carl@d.example
check "addresses joined, one to a line" eval "has '^To: bob@d.example,' && has '^ carl@d.example'"
check "the subject encoded" has '^Subject: =\?UTF-8\?B\?R3LDvMOfZQ==\?='
check "the text as it is, its charset told" has 'charset=UTF-8'
check_equal "its text" "$(body | tr -d '\r')" größer
CALLER="Exim's pipe"
printf 'Subject: x\nFrom: a@app.example\n\nx\n' | RECIPIENT=ann@d.example SENDER=web@app.example "$MAIL_BIN/postoffice" mail
arrived web@app.example ann@d.example
check "the recipient as its To (AM-11)" has '^To: ann@d.example'

CALLER="a null sender"
echo x | "$SENDMAIL" -f '<>' ann@d.example
arrived '' ann@d.example
echo x | "$SENDMAIL" -f '' ann@d.example
arrived '' ann@d.example

say "mailq: nothing while nothing waits, then nullmailer's shape"
check_equal "silence" "$("$WORK/bin/mailq")" ''
printf 'From: a@app.example\n\nx\n' | "$SENDMAIL" ann@d.example bob@d.example
check "a block for the mail" eval '"$WORK/bin/mailq" | grep -qE "^20[0-9-]{8} [0-9:]{8} [0-9]+ bytes from <a@app.example>$"'
check_equal "with a line for each recipient" "$("$SENDMAIL" -bp | tail -n 2 | tr '\n' /)" '  to <ann@d.example>/  to <bob@d.example>/'

say "newaliases, -bi and -q without a queue succeed in silence; -bv tells"
check_equal "silence" "$("$WORK/bin/newaliases" && "$SENDMAIL" -bi && "$SENDMAIL" -q && "$SENDMAIL" -q30m && echo all)" all
check "a sound address" eval '"$SENDMAIL" -bv ann@d.example | grep -q "^ann@d.example... deliverable"'
check "an unsound one" eval '! "$SENDMAIL" -bv "a b@d.example" >/dev/null'
check_equal "nothing was sent by it" "$(waiting_mails)" 1

say "the large program does the same"
rm -f "$SPOOL"/messages/*
CALLER="postoffice sendmail"
"$MAIL_BIN/postoffice" sendmail -ti <"$WORK/mail"
arrived shop@app.example ann@d.example carl@d.example
check "every octet" cmp "$WORK/got" "$WORK/wanted"
check_equal "the small one knows its version and its help by it" "$("$SENDMAIL" --version) $("$SENDMAIL" --help | grep -c -- '--queue DIR')" \
    "$("$MAIL_BIN/postoffice" --version) 1"

say "a set-uid caller's environment does not count"
if ((EUID == 0)) && ! findmnt -no OPTIONS -T "$WORK" | grep -q nosuid; then
    cp "$MAIL_BIN/postoffice" "$WORK/bin/setuid"
    chown mail "$WORK/bin/setuid"
    chmod 4755 "$WORK/bin/setuid"
    code=0
    echo x | setpriv --reuid 65534 --regid 65534 --clear-groups "$WORK/bin/setuid" sendmail ann@d.example 2>"$WORK/setuid.log" || code=$?
    check "it asks the usual catcher" grep -q '127.0.0.1:12345' "$WORK/setuid.log"
    check_equal "which is not there" "$code" 75
fi
stop postoffice
