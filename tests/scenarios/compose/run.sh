#!/bin/bash
# gmail-relay's create-message.py: a MIME message from options, read back by a library that is not ours.
. "$(dirname "$0")/../../support/scenario.sh"

compose() { "$MAIL_BIN/postoffice" compose "$@"; }
refused() { EXIT_STATUS=0; compose "$@" >"$WORK/out" 2>"$WORK/compose.log" || EXIT_STATUS=$?; }

mkdir "$WORK/of-our-app"
head -c 300000 /dev/urandom >"$WORK/of-our-app/Bericht März.pdf"
printf 'a,b\r\n1,2\r\n' >"$WORK/of-our-app/list.csv"

say "the old names of all options, text from standard input, two attachments"
printf 'Grüße\n.\nFrom here\n' | compose --sender 'Straße Web <web@app.example>' --subject 'März: Grüße' \
    --recipient ann@d.example --recipient 'Bob <bob@d.example>' --body - \
    --attach "$WORK/of-our-app/Bericht März.pdf" --attach "$WORK/of-our-app/list.csv" >"$WORK/mail.eml"
cat >"$WORK/read.py" <<'READ'
import email, email.policy, sys
from pathlib import Path
work = Path(sys.argv[1])
raw = (work / "mail.eml").read_bytes()
message = email.message_from_bytes(raw, policy=email.policy.default)
assert not message.defects, message.defects
assert message["Subject"] == "März: Grüße", message["Subject"]
assert message["From"].addresses[0].display_name == "Straße Web"
assert [a.addr_spec for a in message["To"].addresses] == ["ann@d.example", "bob@d.example"]
assert message["Message-ID"].endswith("@app.example>") and message["Date"].endswith("+0000")
text = message.get_body().get_content().replace("\r\n", "\n")
assert text == "Grüße\n.\nFrom here\n", text
files = list(message.iter_attachments())
assert [f.get_filename() for f in files] == ["Bericht März.pdf", "list.csv"], [f.get_filename() for f in files]
assert [f.get_content_type() for f in files] == ["application/pdf", "text/csv"]
assert [f.get_payload(decode=True) for f in files] == [(work / "of-our-app" / f.get_filename()).read_bytes() for f in files]
assert max(map(len, raw.split(b"\n"))) <= 78
READ
check "Python's parser finds all of it, octet for octet" python3 "$WORK/read.py" "$WORK"
check "and nothing of this host: no path" bash -c "! grep -qF -e of-our-app -e '$WORK' '$WORK/mail.eml'"
check "no name" bash -c "! sed '/^$/q' '$WORK/mail.eml' | grep -qwF -e '$(uname -n)'"

say "piped into postoffice sendmail -t, it arrives whole"
SPOOL=$WORK/spool
port=$(free_port)
start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$port" --spool "$SPOOL" --min-free 1
wait_for_port "$port"
"$MAIL_BIN/postoffice" sendmail --to "127.0.0.1:$port" -t <"$WORK/mail.eml"
record=$(echo "$SPOOL"/messages/*)
check_equal "from its sender to all of its recipients" "$(record_field "$record" mail_from) $(record_field "$record" rcpt_tos | tr '\n' ' ')" \
    "web@app.example ann@d.example bob@d.example "
check "octet for octet" cmp <(record_field "$record" data) <(sed 's/$/\r/' "$WORK/mail.eml")
stop postoffice

say "the short names, and two messages are never one"
compose -f a@b.example -s Hi -t c@d.example -b 'one line' >"$WORK/1.eml"
compose -f a@b.example -s Hi -t c@d.example -b 'one line' >"$WORK/2.eml"
check_equal "plain text is one part as it stands" "$(tail -1 "$WORK/1.eml")" "one line"
check "each has a Message-ID of its own" bash -c "! cmp -s <(grep ^Message-ID '$WORK/1.eml') <(grep ^Message-ID '$WORK/2.eml')"

say "bad input"
refused -f a@b.example -s $'x\nBcc: y@z.example' -t c@d.example -b x
check_equal "a forged header line: EX_DATAERR, and nothing printed" "$EXIT_STATUS $(wc -c <"$WORK/out")" "65 0"
refused -f a@b.example -s x -t c@d.example -b x -a "$WORK/none"
check_equal "no such file: EX_NOINPUT" "$EXIT_STATUS $(wc -c <"$WORK/out")" "66 0"
refused -f a@b.example -s x -b x
check_equal "no recipient: EX_USAGE" "$EXIT_STATUS" 64
EXIT_STATUS=0
compose -f a@b.example -s x -t c@d.example -b x >/dev/full 2>/dev/null || EXIT_STATUS=$?
check_equal "a full disk is noticed: EX_IOERR" "$EXIT_STATUS" 74
