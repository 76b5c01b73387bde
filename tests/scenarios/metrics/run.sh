#!/bin/bash
# --metrics-listen of postoffice and postmaster: the numbers before and after a mail in each state, the alarms with
# their reasons, the status page, and who is refused.
. "$(dirname "$0")/../../support/scenario.sh"
need curl python3

catcher=$(free_port)
endpoint=$(free_port)
SPOOL=$WORK/spool
mkdir -p "$SPOOL"
smtp=$(free_port)

# A machine with a full disk may run this, so the mark is low unless the mark is what it is about.
start_postoffice()  # [MIN_FREE]
{
    start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$smtp" --spool "$SPOOL" --unsafe-spool \
        --metrics-listen "127.0.0.1:$catcher" --min-free "${1:-1}"
    wait_for_port "$smtp"
    wait_for_port "$catcher"
}
start_postmaster()  # COURIER_SILENCE [MIN_FREE]
{
    start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$WORK/socket" --unsafe-spool --learn no \
        --origin web1.internal --metrics-listen "127.0.0.1:$endpoint" --courier-silence "$1" --min-free "${2:-1}"
    wait_for 'curl --silent --unix-socket "$WORK/socket" --output /dev/null http://mail/healthz' 60
}

# get PORT PATH [curl options]: the body goes to $WORK/body, the status to STATUS.
get()
{
    local port=$1 path=$2
    shift 2
    STATUS=$(curl --silent --max-time 30 --dump-header "$WORK/head" --output "$WORK/body" --write-out '%{http_code}' "$@" \
        "http://127.0.0.1:$port$path")
}
# value PORT NAME: what that sample says now; nothing if there is none.
value() { curl --silent --max-time 30 "http://127.0.0.1:$1/metrics" | awk -v name="$2" '$1 == name { print $2 }'; }
is() { [[ $(value "$1" "$2") == "$3" ]]; }
mails() { printf 'postmaster_mails{state="%s"}' "$1"; }
ask() { curl --silent --max-time 60 --unix-socket "$WORK/socket" --request POST "$@"; }
first_id() { python3 -c 'import json,sys; j = json.load(open(sys.argv[1])); print(j["lease"], *[m["id"] for m in j["messages"]])' "$1"; }
send() { smtp_send "$smtp" "$WORK/mail" web@app.example "${1:-ann@example.org}" >"$WORK/reply"; }

say "postoffice: mails, bytes, latency, refusals, connections"
start_postoffice
check "nothing was taken" is "$catcher" postoffice_mails_total 0
printf 'From: web@app.example\nTo: ann@example.org\nSubject: hello\n\nbody\n' >"$WORK/mail"
send && check "a mail is taken" grep -q '^250 2.0.0 Ok: queued' "$WORK/reply"
check "it is counted" is "$catcher" postoffice_mails_total 1
check "with its octets" is "$catcher" postoffice_bytes_total "$(($(wc -c <"$WORK/mail") + $(wc -l <"$WORK/mail")))"
check "and the wait for the disk" is "$catcher" postoffice_commit_seconds_count 1
check "a wrong command is refused" bash -c "exec 9<>/dev/tcp/127.0.0.1/$smtp; printf 'DATA\r\n' >&9; head -n 2 <&9 | grep -q ^503"
wait_for 'is "$catcher" "postoffice_refusals_total{code=\"503\",enhanced=\"5.5.1\"}" 1'
check "connections were welcomed" is "$catcher" postoffice_connections_total 2
wait_for 'is "$catcher" postoffice_connections 0'
check "the disk's room is told" test "$(value "$catcher" postoffice_spool_free_bytes | cut -d. -f1)" != ""
get "$catcher" /alarms
check_equal "no alarm" "$STATUS $(cat "$WORK/body")" "200 ok"

say "postmaster: a mail in each state"
start_postmaster 1h
check "what lay there waits" is "$endpoint" "$(mails waiting)" 1
for _ in 1 2 3 4; do send; done
wait_for 'is "$endpoint" "$(mails waiting)" 5'
check "what came since the start is counted" is "$endpoint" postmaster_arrived_total 4
check "no courier was here" is "$endpoint" postmaster_last_courier_visit_timestamp_seconds 0
check "the oldest is not old yet" python3 -c "import sys; sys.exit(not 0 < float(sys.argv[1]) < 3600)" "$(value "$endpoint" postmaster_oldest_waiting_seconds)"
ask "http://mail/v1/leases?max=4" >"$WORK/lease"
read -r lease a b c d <<<"$(first_id "$WORK/lease")"
check "four are leased" is "$endpoint" "$(mails leased)" 4
check "one waits" is "$endpoint" "$(mails waiting)" 1
check "in one lease" is "$endpoint" postmaster_leases 1
ask "http://mail/v1/leases/$lease/outcomes" --data "{\"outcomes\":[{\"id\":\"$a\",\"outcome\":\"delivered\"},
    {\"id\":\"$b\",\"outcome\":\"deferred\",\"retry_after\":3000},
    {\"id\":\"$c\",\"outcome\":\"failed\",\"reason\":\"550 <b>no</b> such user\"}]}" >/dev/null
check "one is deferred" is "$endpoint" "$(mails deferred)" 1
check "one is still leased" is "$endpoint" "$(mails leased)" 1
wait_for 'is "$endpoint" "$(mails failed)" 1'
for result in leased:4 delivered:1 deferred:1 failed:1 held:0; do
    check "$result" is "$endpoint" "postmaster_hand_outs_total{result=\"${result%:*}\"}" "${result#*:}"
done
printf 'From: web@app.example\nTo: ann@example.org\nSubject: hello\n\nSee web1.internal\n' >"$WORK/mail"
send
wait_for 'ask "http://mail/v1/leases?wait=1" >>"$WORK/leases"; is "$endpoint" "postmaster_held_total{reason=\"text\"}" 1' 60
check "the courier's visit is told" test "$(value "$endpoint" postmaster_last_courier_visit_timestamp_seconds)" -gt 1000000000
printf 'not JSON' >"$SPOOL/incoming/00000000000070008000000000000001.json"
mv "$SPOOL/incoming/00000000000070008000000000000001.json" "$SPOOL/messages/"
wait_for 'ask "http://mail/v1/leases?wait=1" >>"$WORK/leases"; [[ $(ls "$SPOOL/corrupt") ]]' 60
wait_for 'is "$endpoint" "$(mails corrupt)" 1 && is "$endpoint" "$(mails held)" 1' 60

say "alarms and the status page"
get "$endpoint" /alarms
check_equal "503, a reason a line" "$STATUS $(sort "$WORK/body" | tr '\n' ';')" \
    "503 1 mail has failed;1 mail is corrupt;1 mail is held;"
get "$endpoint" /
check_equal "the page" "$STATUS" 200
check "it runs nothing and loads nothing" grep -qi "^content-security-policy: default-src 'none'; style-src 'unsafe-inline'" "$WORK/head"
check "no script is in it" bash -c "! grep -qi '<script' '$WORK/body'"
check "the held mail is there, with its reason" grep -q 'web1.internal' "$WORK/body"
check "what the courier said stands as text" grep -q '550 &lt;b&gt;no&lt;/b&gt; such user' "$WORK/body"
check "the process is healthy all the same" bash -c "curl --silent --fail --unix-socket '$WORK/socket' http://mail/healthz | grep -q ok"
[[ ! ${MAIL_KEEP_PAGE:-} ]] || cp "$WORK/body" "$MAIL_KEEP_PAGE"

say "who is refused"
get "$endpoint" / --request POST
check_equal "it is for reading alone" "$STATUS" 405
get "$endpoint" / --header 'Host: rebound.example'
check_equal "a name that points here does not read it" "$STATUS" 403
get "$catcher" /
check_equal "postoffice has no page" "$STATUS" 404
for program in postoffice postmaster; do
    words=(--spool "$WORK/other" --unsafe-spool --metrics-listen)
    [[ $program == postoffice ]] && words=(127.0.0.1 "$(free_port)" "${words[@]}") || words=(--listen "unix:$WORK/other.socket" "${words[@]}")
    mkdir -p "$WORK/other"
    status=0
    "$MAIL_BIN/$program" "${words[@]}" 0.0.0.0:9 >"$WORK/refused.log" 2>&1 || status=$?
    check "$program does not show its numbers to the network" test "$status" -ge 64
    check "and says why" grep -q 'not loopback' "$WORK/refused.log"
    status=0
    timeout 60 "$MAIL_BIN/$program" "${words[@]}" "127.0.0.1:$catcher" >"$WORK/refused.log" 2>&1 || status=$?
    check_equal "$program does not start beside a port that is taken" "$status" 75
    check "and says which" grep -q "metrics-listen: .*127.0.0.1:$catcher" "$WORK/refused.log"
done

say "silence, and a full disk"
stop postmaster
start_postmaster 1s
wait_for 'get "$endpoint" /alarms; grep -q "no courier came for .*, since the start" "$WORK/body"' 60
ask "http://mail/v1/leases?wait=0" >/dev/null
wait_for 'get "$endpoint" /alarms; grep -q "no courier came for [^,]*(the limit is 1 s)" "$WORK/body"' 60
check "counters begin anew, states do not" is "$endpoint" 'postmaster_hand_outs_total{result="delivered"}' 0
check "the failed mail is there still" is "$endpoint" "$(mails failed)" 1
stop postmaster
start_postmaster 1h "$((1 << 60))"
get "$endpoint" /alarms
check "postmaster says that the disk is below the mark" grep -q "the spool's disk is below the mark: [0-9]* MiB free" "$WORK/body"
stop postoffice
start_postoffice "$((1 << 60))"
get "$catcher" /alarms
check_equal "postoffice takes no mail, and says so" "$STATUS $(sed 's/[0-9]* MiB/N MiB/' "$WORK/body")" \
    "503 intake stopped: the spool's disk is below the mark (N MiB free)"
check "in a number, too" is "$catcher" 'postoffice_intake_stopped{reason="low_water"}' 1

say "a week's silence: log, number, alarm, page and health"
week_old=$(python3 -c 'import time; print(f"{(int(time.time()) - 7 * 86400) * 1000:012x}70008000000000000001")')
python3 "$MAIL_SOURCE/tests/support/write_record.py" "$SPOOL/messages" "$week_old" web@app.example ann@example.org <"$WORK/mail"
wait_for_log postmaster 'error "?alarm: mail waits for more than a day"? oldest_seconds=6048.. waiting=' 60
check "the number" python3 -c "import sys; sys.exit(not 604800 <= float(sys.argv[1]) < 605400)" "$(value "$endpoint" postmaster_oldest_waiting_seconds)"
get "$endpoint" /alarms
check_equal "the alarm" "$STATUS $(grep -c '^the oldest waiting mail has waited for 7 d' "$WORK/body")" "503 1"
get "$endpoint" /
check "the page" grep -q '<dt>Oldest waiting</dt><dd>7 d' "$WORK/body"
check "the process is healthy" bash -c "curl --silent --fail --unix-socket '$WORK/socket' http://mail/healthz | grep -q ok"
ask "http://mail/v1/leases?wait=0" >/dev/null
wait_for_log postmaster 'no mail waits for long any more' 60

say "a unix socket"
stop postoffice
start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$smtp" --spool "$SPOOL" --unsafe-spool --metrics-listen "unix:$WORK/numbers"
wait_for_socket "$WORK/numbers"
check "a unix socket does, too" bash -c "curl --silent --unix-socket '$WORK/numbers' http://any.example/metrics | grep -q ^postoffice_mails_total"
stop postoffice
stop postmaster
