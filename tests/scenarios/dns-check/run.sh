#!/bin/bash
# `postman check --dns`, asked of a name server on loopback: what the DNS of a domain shows of the origin.
. "$(dirname "$0")/../../support/scenario.sh"
need python3

port=$(free_port)
cat >"$WORK/zone" <<ZONE
example.org A 192.0.2.80
example.org MX 10 mx.example.net
example.org TXT v=spf1 include:_spf.example.net -all
mx.example.net A 192.0.2.25
_spf.example.net TXT v=spf1 ip4:192.0.2.0/24 -all
_dmarc.example.org TXT v=DMARC1; p=none; rua=mailto:dmarc@example.org
shop.example CNAME web.shop.example
web.shop.example AAAA 2001:db8::5
shop.example CUT -
shop.example MX 10 web1.internal.example
shop.example TXT v=spf1 ip4:203.0.113.5 $(printf 'include:_%03d.example.net ' {1..30})-all
report.example A 192.0.2.80
_dmarc.report.example TXT v=DMARC1; p=none; rua=mailto:dmarc@example.org,mailto:reports@db1.internal.example; ruf=mailto:a@example.org
broken.example FAIL -
ZONE
start dns python3 "$MAIL_SOURCE/tests/support/dns_standin.py" "$port" "$WORK/zone"
wait_for_port "$port"

ask()
{
    EXIT_STATUS=0
    "$MAIL_BIN/postman" check --dns "$@" --origin 203.0.113.0/24 --origin '*.internal.example' --origin 2001:db8::5 \
        --resolver "127.0.0.1:$port" >"$WORK/answer.log" 2>&1 || EXIT_STATUS=$?
}
told() { grep -qF -e "$1" "$WORK/answer.log"; }

ask example.org
check_equal "a clean domain: exit 0" "$EXIT_STATUS" 0
check "what an include names is shown" told 'ip4:192.0.2.0/24'
check "and the sum" told '0 of 1 domains show the origin'

ask shop.example example.org
check_equal "a domain that shows it: exit 1" "$EXIT_STATUS" 1
check "the address behind an alias" told '2001:db8::5   <- shows the origin: 2001:db8::5'
check "the MX by its name" told 'web1.internal.example   <- shows the origin: .internal.example'
check "the SPF record, too long for UDP" told 'ip4:203.0.113.5   <- shows the origin: 203.0.113.0/24'
check "and the sum" told '1 of 2 domains show the origin'

ask report.example
check_equal "reports that go to the origin: exit 1" "$EXIT_STATUS" 1
check "the address of rua is told" told 'reports@db1.internal.example   <- shows the origin: .internal.example'
check "the others are shown, and clean" told 'dmarc@example.org'

ask broken.example
check_equal "no answer: exit 75" "$EXIT_STATUS" 75
check "it says what is not known" told 'not known: no name server answers for broken.example'

EXIT_STATUS=0
"$MAIL_BIN/postman" check --dns example.org >"$WORK/answer.log" 2>&1 || EXIT_STATUS=$?
check_equal "without an origin: exit 64" "$EXIT_STATUS" 64
check "it says what is missing" told '--origin'
EXIT_STATUS=0
"$MAIL_BIN/postman" check --dns example.org --origin 999.1.1.1 >"$WORK/answer.log" 2>&1 || EXIT_STATUS=$?
check_equal "an unsound origin: exit 64" "$EXIT_STATUS" 64
