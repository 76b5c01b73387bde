#!/bin/bash
# `sendmail -t`, its start to its end, with a mail of 1.5 KB: postoffice's beside nullmailer's, msmtp's and Postfix's, each as its
# package has it. Needs root and a build (MAIL_BIN).
#
#     tests/benchmarks/sendmail_start.sh [ROUNDS=200]
#
# ours and msmtp hand the mail to a catcher, which has it on its disk before they end; nullmailer's and Postfix's write a queue file.
. "$(dirname "$0")/../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/parts.sh"
need msmtp python3

rounds=${1:-200}
SMTP_PORT=$(free_port)
mkdir -p "$WORK/spool" "$WORK/bin"
start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$WORK/spool" --quiet
wait_for_port "$SMTP_PORT"
make_nullmailer "$SMTP_PORT"
make_delivery_host
sed -i 's/^default_transport = .*/default_transport = discard:/' "$DELIVERY_HOST/etc/postfix/main.cf"
start_postfix
cat >"$WORK/msmtprc" <<CONF
account default
host 127.0.0.1
port $SMTP_PORT
from web@app.example
domain client.example
CONF
{ printf 'Subject: mail\nFrom: web@app.example\nTo: ann@sink.example\n\n'; head -c 1500 /dev/zero | tr '\0' x | fold -w 72; } >"$WORK/mail"
# A program needs its own root, user or environment: each pays for the same small shell.
cat >"$WORK/nullmailer" <<S
#!/bin/sh
NULLMAILER_TEST_PREFIX=$NULLMAILER exec $NULLMAILER/sbin/sendmail -t
S
chmod 755 "$WORK/nullmailer"
export POSTOFFICE_SENDMAIL_TO=127.0.0.1:$SMTP_PORT

echo "| sendmail -t | median, ms | quartiles | least | processor |"
echo "|---|---|---|---|---|"
python3 "$MAIL_SOURCE/tests/benchmarks/sendmail_start.py" "$rounds" "$WORK/mail" \
    "postoffice-sendmail=$MAIL_BIN/postoffice-sendmail -t" \
    "postoffice sendmail (the large program)=$MAIL_BIN/postoffice sendmail -t" \
    "msmtp=/usr/bin/msmtp --file=$WORK/msmtprc -t" \
    "nullmailer's (with a shell in front)=$WORK/nullmailer" \
    "Postfix's (with chroot(8) in front)=/usr/sbin/chroot $DELIVERY_HOST /usr/sbin/sendmail -t" \
    "nothing: /bin/true=/bin/true" \
    "nothing behind a shell=/bin/sh -c true" \
    "nothing behind chroot(8)=/usr/sbin/chroot / /bin/true"
