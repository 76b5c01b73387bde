# What the courier's scenarios share; source it after scenario.sh.
#
#   mail_id N                      the id of the N-th test mail
#   put_mail ROOT N|N-M SENDER RCPTS [NAME=JSON…]   records for the stand-in; the content comes from stdin
#   start_standin NAME ROOT [OPTION…]           sets PORT; ROOT is its directory
#   courier ARGUMENT…              runs postman with $STATE and $DELIVER; EXIT_STATUS and $WORK/courier.log
#   outcomes_of ROOT ID            what was told about a mail: one "outcome recipients" per line
#   make_sendmail PATH [LINES]     a sendmail that notes each call in $WORK/calls/, then runs the shell lines
#   make_ca DIR                    a CA; make_cert DIR NAME SAN [DAYS-FROM-NOW-START END]

STATE=$WORK/state
DELIVER=maildir:$WORK/maildir

mail_id() { printf '0190000000007000800000%010d' "$1"; }
mail_ids() { local n; for n in $(seq "${1%-*}" "${1#*-}"); do mail_id "$n" && echo; done | paste -sd,; }

put_mail()
{
    local root=$1 number=$2 sender=$3 recipients=$4
    shift 4
    python3 "$MAIL_SOURCE/tests/support/write_record.py" "$root/mails" "$(mail_ids "$number")" "$sender" "$recipients" "$@"
}

start_standin()
{
    local name=$1 root=$2
    shift 2
    PORT=$(free_port)
    mkdir -p "$root/mails"
    start "$name" python3 "$MAIL_SOURCE/tests/support/postmaster_standin.py" "$PORT" "$root" "$@"
    wait_for_port "$PORT"
}

courier()
{
    EXIT_STATUS=0
    "$MAIL_BIN/postman" --state "$STATE" --deliver "$DELIVER" "$@" >"$WORK/courier.log" 2>&1 || EXIT_STATUS=$?
}

says() { grep -qE -e "$1" "$WORK/courier.log"; }

outcomes_of()
{
    python3 - "$1/outcomes" "$2" <<'P'
import json, sys
try:
    lines = open(sys.argv[1]).readlines()
except FileNotFoundError:
    lines = []
for line in lines:
    told = json.loads(line)
    if told["id"] == sys.argv[2]:
        print(told["outcome"], ",".join(told.get("recipients", ["*"])))
P
}

delivered_count() { find "$WORK/maildir/new" -type f 2>/dev/null | wc -l; }

# Each call leaves calls/N.arguments (one per line), calls/N.input and calls/N.environment.
make_sendmail()
{
    mkdir -p "$WORK/calls"
    cat >"$1" <<S
#!/bin/bash
n=\$(mktemp "$WORK/calls/XXXXXXXX")
printf '%s\n' "\$@" >"\$n.arguments"
env >"\$n.environment"
cat >"\$n.input"
${2:-exit 0}
S
    chmod 755 "$1"
}

calls() { find "$WORK/calls" -name '*.arguments' 2>/dev/null | wc -l; }

make_ca()
{
    mkdir -p "$1"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=Test CA $(basename "$1")" \
        -keyout "$1/ca.key" -out "$1/ca.pem" 2>/dev/null
    printf '%s\n' '[ca]' 'default_ca=d' '[d]' "database=$1/index" "new_certs_dir=$1" "serial=$1/serial" \
        'default_md=sha256' 'policy=p' '[p]' 'commonName=supplied' >"$1/ca.conf"
    : >"$1/index"
    echo 01 >"$1/serial"
}

# make_cert DIR NAME SAN [START END]: YYYYMMDDHHMMSSZ
make_cert()
{
    local dir=$1 name=$2
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" \
        -keyout "$dir/$name.key" -out "$dir/$name.csr" 2>/dev/null
    printf 'subjectAltName=%s\n' "$3" >"$dir/$name.ext"
    openssl ca -batch -notext -config "$dir/ca.conf" -cert "$dir/ca.pem" -keyfile "$dir/ca.key" -in "$dir/$name.csr" \
        -extfile "$dir/$name.ext" -startdate "${4:-20200101000000Z}" -enddate "${5:-20450101000000Z}" \
        -out "$dir/$name.pem" 2>>"$dir/openssl.log"
}
