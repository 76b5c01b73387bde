#!/bin/bash
# --delete-on-get for a client that reads as the original's courier did (rows PO-11 to PO-14 and PO-18 to
# PO-22 of the original's features): the same answers, and nothing is lost that the original lost.
. "$(dirname "$0")/../../support/scenario.sh"
need python3 curl mkpasswd

SPOOL=$WORK/spool
mkdir -p "$SPOOL"
port=$(free_port)
printf 'courier:%s\n' "$(mkpasswd -m bcrypt -R 5 secret)" >"$WORK/users"
chmod 600 "$WORK/users"
start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "127.0.0.1:$port" --unsafe-spool --delete-on-get \
    --users "$WORK/users" --origin web1.corp.example
wait_for_port "$port"
python3 "$(dirname "$0")/original_courier.py" "$port" "$SPOOL" "$MAIL_SOURCE/tests/support/put_mail.py"
stop postmaster 5
check_equal "postmaster ends well" "$EXIT_STATUS" 0
