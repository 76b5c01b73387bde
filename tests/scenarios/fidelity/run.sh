#!/bin/bash
# 500 mails of every byte value, line end, encoding and size up to 20 MB go in over SMTP and come out in a
# Maildir: equal byte for byte, but for the scrubbed lines and canonical line ends.
. "$(dirname "$0")/../../support/scenario.sh"
need python3
here=$(dirname "$(realpath "$0")")
export PYTHONDONTWRITEBYTECODE=1

start_origin --public-domain shop.example --origin web1.corp.example --origin 10.0.0.0/8
python3 "$here/corpus.py" send "$SMTP_PORT" "$WORK/ids"

"$MAIL_BIN/postman" "unix:$ENDPOINT" --deliver "maildir:$WORK/maildir" --state "$WORK/state" 2>"$WORK/postman.log"

check "every mail came out as it went in" \
    python3 "$here/corpus.py" compare "$WORK/maildir" "$WORK/ids" "$SPOOL/state/message-id.key"
check_equal "the spool is empty" "$(find "$SPOOL/messages" -type f | wc -l)" 0
stop postmaster
stop postoffice
