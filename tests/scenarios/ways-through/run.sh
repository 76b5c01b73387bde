#!/bin/bash
# One mail by every way in, through catcher, endpoint and courier into one Maildir: each is there once, its text whole, and
# shows neither this host nor who was a blind copy.
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/parts.sh"
. "$(dirname "$0")/../../support/courier.sh"
. "$(dirname "$0")/../../support/exim.sh"
need_root
need php git /usr/lib/git-core/git-send-email s-nail mutt python3 curl openssl htpasswd swaks

mkdir -p "$WORK/bin" "$WORK/home"
export HOME=$WORK/home PYTHONDONTWRITEBYTECODE=1
for name in sendmail mailq newaliases; do ln -s "$MAIL_BIN/postoffice-sendmail" "$WORK/bin/$name"; done
SENDMAIL=$WORK/bin/sendmail
KEY=$(openssl rand -hex 20)
(umask 077 && printf '%s\n' "$KEY" >"$WORK/keys" && htpasswd -cbB -C 5 "$WORK/backends" shop 'right horse' 2>/dev/null)
make_certificates
SPOOL=$WORK/spool
ENDPOINT=$WORK/postmaster.socket
SMTP_PORT=$(free_port)
TLS_PORT=$(free_port)
HTTP_PORT=$(free_port)
URL=http://127.0.0.1:$HTTP_PORT
start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL" --listen "unix:$WORK/smtp.socket" \
    --listen-tls "127.0.0.1:$TLS_PORT" --tls-cert "$WORK/tls/server.pem" --tls-key "$WORK/tls/server.key" --users "$WORK/backends" \
    --http-listen "127.0.0.1:$HTTP_PORT" --http-keys "$WORK/keys" --http-legacy-hmac-sha1
wait_for_port "$HTTP_PORT"
wait_for_port "$SMTP_PORT"
start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$ENDPOINT" \
    --public-domain app.example --default-domain app.example --origin "*.internal.example"
wait_for_socket "$ENDPOINT"
export POSTOFFICE_SENDMAIL_TO=unix:$WORK/smtp.socket POSTOFFICE_SENDMAIL_DOMAIN=app.example

TEXT=$'Gr\u00fc\u00dfe\n.\n..dots\n last'
message() { printf 'From: Shop <web@app.example>\nTo: ann@d.example\nBcc: carl@d.example\nSubject: by %s\n\n%s\n' "$1" "$TEXT"; }

say "programs of this host, by sendmail"
cat >"$WORK/mail.php" <<'PHP'
<?php
exit(mail('ann@d.example', 'by PHP', getenv('TEXT') . "\n", ['From' => 'web@app.example', 'Bcc' => 'carl@d.example'], '-fweb@app.example') ? 0 : 1);
PHP
TEXT=$TEXT php -d mail.add_x_header=1 -d sendmail_path="$SENDMAIL -t -i" "$WORK/mail.php"
python3 - "$SENDMAIL" "$TEXT" <<'SPEAK'
import smtplib, subprocess, sys
class Pipe(smtplib.SMTP):  # SMTP over sendmail -bs, as Symfony's transport speaks it
    def _get_socket(self, host, port, timeout):
        import socket
        ours, theirs = socket.socketpair()
        self.program = subprocess.Popen([sys.argv[1], "-bs"], stdin=theirs, stdout=theirs)
        theirs.close()
        return ours
server = Pipe("sendmail", 25, local_hostname="[127.0.0.1]")
server.sendmail("web@app.example", ["ann@d.example", "carl@d.example"],
                ("From: web@app.example\nTo: ann@d.example\nSubject: by Symfony\n\n" + sys.argv[2] + "\n").replace("\n", "\r\n").encode())
server.quit()
assert server.program.wait(10) == 0
SPEAK
message cron | grep -v ^Bcc: | "$SENDMAIL" -i -FCronDaemon -B8BITMIME -oem ann@d.example carl@d.example
echo "$TEXT" | s-nail -n -S v15-compat -S mta="$SENDMAIL" -S from=web@app.example -r web@app.example -b carl@d.example -s 'by mailx' ann@d.example >"$WORK/mailx.log" 2>&1
echo "$TEXT" | mutt -n -F /dev/null -e "set sendmail='$SENDMAIL -oem -oi'; set from=web@app.example; set use_envelope_from=yes; set copy=no; set sendmail_wait=0" \
    -s 'by mutt' -b carl@d.example -- ann@d.example
git init -q "$WORK/repo"
(
    cd "$WORK/repo"
    git config user.name Shop
    git config user.email web@app.example
    git commit -q --allow-empty -m base
    echo "$TEXT" >file && git add file && git commit -qm 'by git'
    git format-patch -q -1 -o "$WORK/patches"
    git send-email --quiet --confirm=never --smtp-server "$SENDMAIL" --envelope-sender web@app.example --to ann@d.example --suppress-cc=all \
        --bcc carl@d.example "$WORK"/patches/*.patch >"$WORK/git.log" 2>&1
)
echo "$TEXT" | "$MAIL_BIN/postoffice" mail -s 'by mail' ann@d.example carl@d.example
echo "$TEXT" >"$WORK/text"
"$MAIL_BIN/postoffice" compose -f web@app.example -s 'by compose' -t ann@d.example -b - -a "$WORK/text" <"$WORK/text" | "$SENDMAIL" -t -- carl@d.example

say "Exim, and nullmailer by pickup and across STARTTLS with AUTH"
make_exim "$SMTP_PORT"
message Exim | grep -v ^Bcc: | exim -odf -oi -f web@app.example ann@d.example carl@d.example || show_exim
make_nullmailer "$SMTP_PORT"
message pickup | nullmailer nullmailer-inject -f web@app.example
"$MAIL_BIN/postoffice" pickup "$NULLMAILER/queue/queue" --spool "$SPOOL" 2>"$WORK/pickup.log"
message nullmailer | nullmailer nullmailer-inject -f web@app.example
cp "$WORK/tls/ca.pem" "$NULLMAILER/ca.pem"
echo "localhost smtp port=$SMTP_PORT starttls x509cafile=$NULLMAILER/ca.pem user=shop pass='right horse'" >"$NULLMAILER/conf/remotes"
start_nullmailer
wait_for nullmailer_is_empty
stop nullmailer
printf '%s' "$(message swaks | grep -v ^Bcc:)" >"$WORK/swaks.eml"  # it ends the last line itself
swaks --server "localhost:$TLS_PORT" --tlsc --tls-verify --tls-ca-path "$WORK/tls/ca.pem" --auth PLAIN --auth-user shop --auth-password 'right horse' \
    --helo client.example --from web@app.example --to ann@d.example,carl@d.example --data "@$WORK/swaks.eml" --suppress-data >"$WORK/swaks.log"

say "signed HTTP: curl, sendmail --url, Python, Django, the old client"
message curl >"$WORK/curl.eml"
now=$(date +%s)
nonce=$(openssl rand -hex 16)
signature=$(printf 'PostOffice-HMAC-SHA256\nPOST\n/v1/messages\n\n\n\n\n%s\n%s\n%s\n' "$(sha256sum <"$WORK/curl.eml" | cut -c1-64)" "$now" "$nonce" |
    openssl dgst -sha256 -mac HMAC -macopt "key:$KEY" -binary | base64 -w0)
check_equal "curl hears 202" "$(curl --silent --output /dev/null --write-out '%{http_code}' --data-binary "@$WORK/curl.eml" \
    -H 'Content-Type: message/rfc822' -H "PostOffice-Signature: time=$now, nonce=$nonce, hmac-sha256=$signature" "$URL/v1/messages")" 202
message url | env -u POSTOFFICE_SENDMAIL_TO "$SENDMAIL" -t --url "$URL" --key-file "$WORK/keys"
export PYTHONPATH=$MAIL_SOURCE/clients/python URL KEY TEXT
/usr/bin/python3 - <<'PY'
import os
from email.message import EmailMessage
from django.conf import settings
from postoffice_client import Client
mail = EmailMessage()
mail["From"], mail["To"], mail["Bcc"], mail["Subject"] = "web@app.example", "ann@d.example", "carl@d.example", "by Python"
mail.set_content(os.environ["TEXT"] + "\n", cte="8bit")
Client(os.environ["URL"], os.environ["KEY"]).send(mail)
settings.configure(EMAIL_BACKEND="postoffice_client.django.EmailBackend", POSTOFFICE_URL=os.environ["URL"], POSTOFFICE_KEY=os.environ["KEY"])
from django.core.mail import EmailMessage as DjangoMail
assert DjangoMail("by Django", os.environ["TEXT"] + "\n", "web@app.example", ["ann@d.example"], bcc=["carl@d.example"]).send() == 1
PY
check_equal "the old client hears 204" "$(message AppEngine | python3 "$MAIL_SOURCE/tests/support/appengine_client.py" "$URL/" "$KEY" | cut -c1-3)" 204

say "the courier carries them all"
ways=(PHP Symfony cron mailx mutt git mail compose Exim pickup nullmailer swaks curl url Python Django AppEngine)
check_equal "each way brought one mail" "$(waiting_mails)" "${#ways[@]}"
courier "unix:$ENDPOINT"
check_equal "the courier ends well" "$EXIT_STATUS" 0
check_equal "nothing waits or is held" "$(find "$SPOOL"/{messages,held,failed,corrupt} -type f | wc -l)" 0
TEXT=$TEXT python3 - "$WORK/maildir" "$(hostname)" "${ways[@]}" <<'LOOK' || fail "a mail is missing, there twice, or not whole"
import email, email.policy, os, sys
folder, host, ways, text = sys.argv[1], sys.argv[2].encode(), sys.argv[3:], os.environ["TEXT"]
got = {}
for where, _, names in os.walk(folder):
    for name in names:
        octets = open(os.path.join(where, name), "rb").read()
        mail = email.message_from_bytes(octets, policy=email.policy.default)
        subject = str(mail["Subject"]).replace("[PATCH] ", "")
        part = mail.get_body() if mail.is_multipart() else mail
        body = part.get_content().replace("\r\n", "\n") if part.get_content_charset() else part.get_payload(decode=True).decode()
        head = octets.split(b"\n\n")[0]
        wrong = []
        if subject == "by git":
            body = body.replace("\n+", "\n")
        if text not in body: wrong.append(f"text {body!r}")
        if b"carl@" in head and subject not in ("by mail",): wrong.append("shows the blind copy")
        for trace in (host, b"backend7", b".nullmailer@", b"Received:", b"X-PHP"):
            if trace in head: wrong.append(f"shows {trace}")
        if wrong: print(subject, *wrong, sep="\n  ", file=sys.stderr)
        got.setdefault(subject, []).append(not wrong)
missing = [way for way in ways if f"by {way}" not in got]
if missing: print("missing:", *missing, file=sys.stderr)
copies = {len(found) for found in got.values()}  # a Maildir has one for each mail, or one for each recipient
sys.exit(0 if not missing and all(map(all, got.values())) and len(copies) == 1 else 1)
LOOK
check "all ${#ways[@]} are there, each text whole, no host and no blind copy in any" true
