#!/bin/bash
# A real signer's signatures (dkimpy) over several mails, through the scrub and the gate: what is handed out either
# verifies still, or has lost its signature.
. "$(dirname "$0")/../../support/scenario.sh"
HERE=$(dirname "$(realpath "$0")")
PYTHON=/usr/bin/python3 # Debian's, which has Debian's modules
"$PYTHON" -c 'import dkim' 2>/dev/null || fail "no dkimpy here; scripts/install-deps test brings it"
need curl openssl

SPOOL=$WORK/spool
mkdir -p "$SPOOL"
openssl genrsa -traditional -out "$WORK/key.pem" 2048 2>/dev/null

start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$WORK/socket" --unsafe-spool \
    --learn=no --origin web1.corp.example --public-domain shop.example \
    --rewrite '@web1.corp.example=app@shop.example'
wait_for 'curl --silent --unix-socket "$WORK/socket" --output /dev/null http://mail/healthz'

"$PYTHON" "$HERE/mails.py" sign "$WORK/key.pem" "$WORK/mails"
for mail in "$WORK"/mails/*.eml; do
    "$PYTHON" "$MAIL_SOURCE/tests/support/put_mail.py" "$SPOOL" --content "$mail" >"${mail%.eml}.id"
done
count=$(find "$WORK/mails" -name '*.eml' | wc -l)

: >"$WORK/answers"
leased() { grep -o '"id":' "$WORK/answers" | wc -l; }
lease_more()
{
    curl --silent --unix-socket "$WORK/socket" --request POST 'http://mail/v1/leases?max=50&wait=5' >>"$WORK/answers"
    echo >>"$WORK/answers"
    (($(leased) >= count))
}
wait_for lease_more

"$PYTHON" "$HERE/mails.py" verify "$WORK/key.pem" "$WORK/mails" "$WORK/answers"
