#!/bin/bash
# SMTP smuggling (CVE-2023-51764 and its kin): whatever stands in for CR LF . CR LF, a mail is one mail, and
# what an attacker wrote behind the fake end stays text.
. "$(dirname "$0")/../../support/scenario.sh"
need python3

port=$(free_port)
start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$port" --spool "$WORK/spool"
wait_for_port "$port"
check "every fake end, in every variant, makes exactly one mail" \
    python3 "$(dirname "$0")/smuggle.py" "$port" "$WORK/spool"
stop postoffice
check_equal "it ends well" "$EXIT_STATUS" 0
