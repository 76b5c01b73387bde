# What the scenarios of the ways out over SMTP share; source it after courier.sh.
#
#   start_smtp NAME DIR [OPTION…]  the strict stand-in on a port of its own: sets SMTP_PORT; DIR holds what it saw
#   taken DIR                      the mails that it took, one "from > to,to" per line
#   content_of DIR N               the octets of its N-th mail, from 1
#   strict DIR                     fails if the client did what a client may not
#   pin_of CERT                    sha256//… of its public key

start_smtp()
{
    local name=$1 dir=$2
    shift 2
    SMTP_PORT=$(free_port)
    mkdir -p "$dir"
    start "$name" python3 "$MAIL_SOURCE/tests/support/smtp_standin.py" "$SMTP_PORT" "$dir" "$@"
    wait_for_port "$SMTP_PORT"
}

taken()
{
    python3 - "$1/mails" <<'P'
import json, os, sys
if os.path.exists(sys.argv[1]):
    for line in open(sys.argv[1]):
        mail = json.loads(line)
        print(mail["from"], ">", ",".join(mail["to"]))
P
}

taken_count() { [[ ! -e $1/mails ]] && echo 0 || wc -l <"$1/mails"; }

content_of()
{
    python3 -c 'import base64, json, sys
sys.stdout.buffer.write(base64.b64decode(json.loads(open(sys.argv[1]).readlines()[int(sys.argv[2]) - 1])["data"]))' "$1/mails" "$2"
}

connections_of() { awk '{ print $1 }' "$1/commands" | sort -u | wc -l; }

strict()
{
    [[ ! -s $1/violations ]] && return
    cat "$1/violations"
    return 1
}

pin_of()
{
    printf 'sha256//%s' "$(openssl x509 -in "$1" -noout -pubkey | openssl pkey -pubin -outform der |
        openssl dgst -sha256 -binary | base64)"
}
