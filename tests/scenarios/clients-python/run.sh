#!/bin/bash
# The Python client, Django's e-mail with Debian's python3-django, and appengine-mailer's names, old and new signature,
# against a postoffice that takes mail over HTTP.
. "$(dirname "$0")/../../support/scenario.sh"

PYTHON=/usr/bin/python3  # the one that Debian's Django is for
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$MAIL_SOURCE/clients/python
"$PYTHON" -c "import django" 2>/dev/null || fail "Django is missing; install it with: scripts/install-deps test"
SPOOL=$WORK/spool
KEY=$(openssl rand -hex 20)
printf '# the keys\nanother-key-that-is-valid\n%s\n' "$KEY" >"$WORK/keys"
chmod 600 "$WORK/keys"
http=$(free_port)
serve()
{
    start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$(free_port)" --spool "$SPOOL" --min-free 1 \
        --http-listen "127.0.0.1:$http" --http-keys "$WORK/keys" "$@"
    wait_for_port "$http"
}
record_with() { grep -lF -e "\"subject\":\"$1\"" "$SPOOL"/messages/*; }
envelope_of() { printf '%s | ' "$(record_field "$1" mail_from)"; record_field "$1" rcpt_tos | tr '\n' ' '; }
export URL=http://127.0.0.1:$http KEY

say "the client: what is sent is what is kept"
serve --allowed-sender @app.example --default-sender noreply@app.example --allowed-sender "<>"
cat >"$WORK/client.py" <<'PY'
import os
from email.message import EmailMessage
from postoffice_client import Client, PostOfficeError, RefusedError, TemporaryError
client = Client(os.environ["URL"], os.environ["KEY"])
message = EmailMessage()
message["From"], message["To"], message["Subject"] = "Web <web@app.example>", "ann@d.example", "by the client"
message["Bcc"] = "carl@d.example"
message.set_content("Grüße\n")
print(client.send(message))
first = client.send(b"Subject: once\n\n\xff\x00x", "web@app.example", ["a@d.example", "grüße@d.example"], idempotency_key="one")
again = client.send(b"Subject: once\n\n\xff\x00x", "web@app.example", ["a@d.example", "grüße@d.example"], idempotency_key="one")
assert first == again, (first, again)
for arguments, status in ((dict(sender="eve@elsewhere.example", recipients=["a@d.example"]), 403),
                          (dict(sender="web@app.example"), 400)):
    try:
        client.send("Subject: refused\n\nx", **arguments)
        raise AssertionError("taken")
    except RefusedError as error:
        assert error.status == status, error
try:
    Client(os.environ["URL"], "a-key-that-nobody-knows").send(message)
    raise AssertionError("taken")
except RefusedError as error:
    assert error.status == 401 and "signature" in error.detail.lower(), error
PY
id=$("$PYTHON" "$WORK/client.py")
check_equal "the id is the record's" "$(basename "$(record_with 'by the client')" .json)" "$id"
check_equal "the envelope of the header, Bcc included" "$(envelope_of "$SPOOL/messages/$id.json")" "web@app.example | ann@d.example carl@d.example "
check "and no Bcc in the mail" bash -c "! grep -qi 'bcc' '$SPOOL/messages/$id.json'"
check_equal "one mail of the two with one Idempotency-Key, none of the refused" "$(waiting_mails)" 2
once=$(record_with once)
check_equal "octets and UTF-8 addresses as given" "$(envelope_of "$once")$(record_field "$once" data | tail -c 5 | od -An -tx1 | tr -d ' ')" \
    "web@app.example | a@d.example grüße@d.example 0d0aff0078"

say "Django, with attachment, Bcc and a reply"
cat >"$WORK/site.py" <<'PY'
import os, sys
from django.conf import settings
which = sys.argv[1]
settings.configure(EMAIL_BACKEND={"new": "postoffice_client.django.EmailBackend",
                                  "old": "appengine_mailer.django_email_backend.GmailBackend"}[which],
                   POSTOFFICE_URL=os.environ["URL"], POSTOFFICE_KEY_FILE=os.environ["KEY_FILE"],
                   EMAIL_APPENGINE_PROXY_URL=os.environ["URL"], SECRET_KEY=os.environ["KEY"],
                   EMAIL_APPENGINE_LEGACY="legacy" in sys.argv)
from django.core.mail import EmailMessage, get_connection, send_mail
subject = "by Django " + " ".join(sys.argv[1:])
mail = EmailMessage(subject, "Grüße\n", "Täter <web@app.example>", ["Ann <ann@d.example>"], bcc=["carl@d.example"],
                    reply_to=["reply@app.example"])
mail.attach("a.txt", "attached", "text/plain")
unsound = EmailMessage(subject + " refused", "x", "eve@elsewhere.example", ["ann@d.example"])
print(mail.send(), EmailMessage("nobody", "x").send(), get_connection(fail_silently=True).send_messages([unsound, mail]))
PY
sed -n 3p "$WORK/keys" >"$WORK/key"
export KEY_FILE=$WORK/key
check_equal "Django hears how many were taken" "$("$PYTHON" "$WORK/site.py" new)" "1 0 1"
record=$(record_with 'by Django new' | head -1)
check_equal "all of the envelope" "$(envelope_of "$record")" "web@app.example | ann@d.example carl@d.example "
check "the attachment is there, the Bcc is not" bash -c "grep -q 'a.txt' '$record' && ! grep -q carl <<<\"\$(sed 's/.*\"data\"//' '$record')\""
check_equal "appengine-mailer's backend by the new signature" "$("$PYTHON" "$WORK/site.py" old)" "1 0 1"
check_equal "the same envelope" "$(envelope_of "$(record_with 'by Django old' | head -1)")" "web@app.example | ann@d.example carl@d.example "
check_equal "its old form is refused here" "$(python3 "$MAIL_SOURCE/tests/support/appengine_client.py" "$URL/" "$KEY" <"$WORK/key" | cut -c1-3)" 403
stop postoffice

say "with --http-legacy-hmac-sha1: the old client's octets, and the old names with legacy=True"
serve --http-legacy-hmac-sha1 --allowed-sender @app.example --default-sender noreply@app.example
old_client() { python3 "$MAIL_SOURCE/tests/support/appengine_client.py" "$URL/" "$KEY" "$@"; }
printf 'From: web@app.example\nTo: ann@d.example\nSubject: of old\n\na+b & c=ü\n' >"$WORK/old.eml"
check_equal "204" "$(old_client <"$WORK/old.eml")" "204 "
check_equal "octet for octet" "$(record_field "$(record_with 'of old')" data | tail -1 | tr -d '\r')" "a+b & c=ü"
check_equal "one bit off" "$(old_client --break <"$WORK/old.eml")" "400 Signature doesn't match"
sed -i 's/web@app.example/eve@elsewhere.example/; s/of old/fixed/' "$WORK/old.eml"
check_equal "a sender that is not allowed" "$(old_client <"$WORK/old.eml")" "400 Unauthorized message sender 'eve@elsewhere.example'"
check_equal "fix_sender" "$(old_client --fix-sender <"$WORK/old.eml")" "204 "
check_equal "in the envelope" "$(record_field "$(record_with fixed)" mail_from)" noreply@app.example
check_equal "Django, the old way" "$("$PYTHON" "$WORK/site.py" old legacy)" "1 0 1"
cat >"$WORK/proxy.py" <<'PY'
from email.message import EmailMessage
from appengine_mailer.gmail import GmailProxy, MessageSendingFailure
message = EmailMessage()
message["From"], message["To"], message["Subject"] = "eve@elsewhere.example", "ann@d.example", "by the proxy"
message.set_content("x\n")
for legacy in (True, False):
    assert GmailProxy(fix_sender=True, legacy=legacy).send_mail(message) is True
    try:
        GmailProxy(legacy=legacy).send_mail(message)
        raise AssertionError("taken")
    except MessageSendingFailure as error:
        print(str(error)[:3])
    assert GmailProxy(fail_silently=True, legacy=legacy).send_mail(message) is False
PY
check_equal "GmailProxy with URL and key of the environment: true, a failure, false" \
    "$(GMAIL_PROXY_URL=$URL GMAIL_SECRET_KEY=$KEY GMAIL_DEFAULT_SENDER=noreply@app.example "$PYTHON" "$WORK/proxy.py" | tr '\n' ' ')" "400 403 "

say "nobody there"
stop postoffice
EXIT_STATUS=0
"$PYTHON" - <<'PY' || EXIT_STATUS=$?
import os
from postoffice_client import Client, TemporaryError
try:
    Client(os.environ["URL"], os.environ["KEY"]).send("Subject: x\nTo: a@d.example\n\nx", "web@app.example")
except TemporaryError as error:
    assert error.idempotency_key
PY
check_equal "TemporaryError, with the key for a second try" "$EXIT_STATUS" 0
