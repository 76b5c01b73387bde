# What a scenario stands on: real programs on loopback, started and stopped by process id.
#
#     #!/bin/bash
#     . "$(dirname "$0")/../../support/scenario.sh"
#     port=$(free_port)
#     start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$port" --spool "$WORK/spool"
#     wait_for_port "$port"
#     check "the greeting comes" smtp_banner "$port"
#     stop postoffice
#
# Given by this file
#   MAIL_BIN, MAIL_SOURCE, MAIL_PARTS   the programs, the tree, Debian's unpacked parts
#   WORK                                a directory of this run's own; gone at the end (MAIL_KEEP=1 keeps it)
#   start NAME COMMAND…                 runs in the background, its words go to $WORK/NAME.log
#   stop NAME [SECONDS]                 TERM; fails if the program is still there after SECONDS (40)
#   crash NAME                          KILL, as a power cut would
#   wait_exit NAME [SECONDS]            waits for its own end; EXIT_STATUS says how it ended
#   pid_of NAME, log_of NAME, is_running NAME
#   free_port                           a loopback port that nobody has
#   wait_for 'CONDITION' [SECONDS]      polls a shell condition until it holds (20 s), else fails
#   wait_for_port PORT, wait_for_socket PATH, wait_for_log NAME PATTERN [SECONDS]
#   say, check SENTENCE COMMAND…, check_equal SENTENCE GOT WANTED, fail REASON
#   need PROGRAM…                       fails with the command that installs what is missing
#   smtp_banner PORT, smtp_send PORT FILE FROM RCPT…
#   start_origin                        postoffice and postmaster on one spool; more options go to postmaster
#   waiting_mails                       how many records wait or are lent
#   record_field FILE MEMBER            a member of a record as text, `data` decoded; a list a line each
# Any command that fails ends the scenario, and the logs of all its programs are shown.
# A scenario never waits a fixed time for a thing that it can look at.

set -Eeuo pipefail

MAIL_SOURCE=${MAIL_SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
if [[ -z ${MAIL_BIN:-} ]]; then
    for MAIL_BIN in "$MAIL_SOURCE"/build/{release,dev,asan}/bin; do
        [[ -x $MAIL_BIN/postoffice ]] && break
    done
fi
MAIL_PARTS=${MAIL_PARTS:-$MAIL_SOURCE/build/parts}
export MAIL_BIN MAIL_SOURCE MAIL_PARTS
export LC_ALL=C.UTF-8
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy

SCENARIO=$(basename "$(dirname "$(realpath "$0")")")
# A spool on tmpfs is refused, rightly; some machines have /tmp there.
[[ ${TMPDIR:-} || $(stat -f -c %T /tmp) != tmpfs ]] || TMPDIR=/var/tmp
WORK=$(mktemp -d "${TMPDIR:-/tmp}/mail-$SCENARIO.XXXXXX")
chmod 755 "$WORK"  # programs that run as other users must be able to walk through
declare -A PID_OF=()
EXIT_STATUS=0
FAILED=

say() { printf '%s\n' "-- $*"; }

fail()
{
    FAILED=$*
    exit 1
}

# Ends what is left of a process group, children of a dead leader included.
end_group() { kill -KILL -- "-$1" 2>/dev/null || true; }

scenario_end()
{
    local status=$? name
    trap - ERR EXIT
    trap '' PIPE  # whoever reads our words may be gone; the clean-up is not to be cut
    set +e
    for name in "${!PID_OF[@]}"; do kill -TERM "${PID_OF[$name]}" 2>/dev/null; done
    for name in "${!PID_OF[@]}"; do
        wait_gone "${PID_OF[$name]}" 5
        end_group "${PID_OF[$name]}"
        wait "${PID_OF[$name]}" 2>/dev/null
    done
    declare -F scenario_cleanup >/dev/null && scenario_cleanup
    if ((status != 0)); then
        [[ -z $FAILED ]] || printf 'FAILED: %s\n' "$FAILED" >&2
        show_logs >&2
    fi
    if [[ ${MAIL_KEEP:-} ]]; then say "kept: $WORK"; else rm -rf "$WORK"; fi
    ((status == 0)) && say "$SCENARIO: passed"
    exit "$status"
}

show_logs()
{
    local log
    for log in "$WORK"/*.log; do
        [[ -s $log ]] || continue
        printf '%s\n' "---- last lines of $(basename "$log")"
        tail -n "${MAIL_LOG_LINES:-60}" "$log"
    done
}

trap scenario_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap '[[ $FAILED ]] || FAILED="$(basename "${BASH_SOURCE[0]}") line $LINENO: $BASH_COMMAND"' ERR

log_of() { printf '%s' "$WORK/$1.log"; }

pid_of() { printf '%s' "${PID_OF[$1]:?$1 was not started}"; }

is_running() { [[ ${PID_OF[$1]:-} ]] && kill -0 "${PID_OF[$1]}" 2>/dev/null; }

# A group of its own (setsid), so that children cannot outlive the scenario.
start()
{
    local name=$1
    shift
    is_running "$name" && fail "$name is running already"
    setsid "$@" </dev/null >>"$WORK/$name.log" 2>&1 &
    PID_OF[$name]=$!
}

# wait_gone PID SECONDS: true as soon as the process has ended.
wait_gone()
{
    local until=$((SECONDS + $2 + 1))
    while kill -0 "$1" 2>/dev/null; do
        ((SECONDS < until)) || return 1
        sleep 0.02
    done
}

# Takes the status of a process that has ended, and forgets it.
collect()
{
    local pid=${PID_OF[$1]}
    EXIT_STATUS=0
    wait "$pid" 2>/dev/null || EXIT_STATUS=$?
    end_group "$pid"
    unset "PID_OF[$1]"
}

wait_exit()
{
    wait_gone "$(pid_of "$1")" "${2:-30}" || fail "$1 is still running after ${2:-30} s"
    collect "$1"
}

stop()
{
    kill -TERM "$(pid_of "$1")" 2>/dev/null || true
    wait_gone "$(pid_of "$1")" "${2:-40}" || fail "$1 is still there ${2:-40} s after TERM"
    collect "$1"
}

crash()
{
    end_group "$(pid_of "$1")"
    wait_gone "$(pid_of "$1")" 10 || fail "$1 survived KILL"
    collect "$1"
}

is_listening()
{
    local hex
    hex=$(printf ':%04X' "$1")
    awk -v port="$hex" '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 }
                        END { exit !found }' /proc/net/tcp /proc/net/tcp6
}

# Below the kernel's own ephemeral range, and never the same twice in one scenario.
free_port()
{
    local port
    for _ in {1..200}; do
        port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
        grep -qx "$port" "$WORK/.ports" 2>/dev/null && continue
        is_listening "$port" && continue
        echo "$port" >>"$WORK/.ports"
        echo "$port"
        return
    done
    fail "no free port"
}

wait_for()
{
    local until=$((SECONDS + ${2:-20} + 1))
    until eval "$1"; do
        ((SECONDS < until)) || fail "after ${2:-20} s still not so: $1"
        sleep 0.05
    done
}

wait_for_port() { wait_for "is_listening $1" "${2:-20}"; }
wait_for_socket() { wait_for "[[ -S '$1' ]]" "${2:-20}"; }
wait_for_log() { wait_for "grep -qE -e '$2' '$WORK/$1.log' 2>/dev/null" "${3:-20}"; }

check()
{
    local sentence=$1
    shift
    "$@" || fail "$sentence ($*)"
    printf 'ok  %s\n' "$sentence"
}

check_equal()
{
    [[ $2 == "$3" ]] || fail "$1: got '$2', wanted '$3'"
    printf 'ok  %s\n' "$1"
}

need()
{
    local program
    for program in "$@"; do
        [[ -x $program ]] || command -v "$program" >/dev/null ||
            fail "$program is missing; install it with: scripts/install-deps test"
    done
}

# The first line that the server says.
smtp_banner()
{
    local line
    exec 9<>"/dev/tcp/127.0.0.1/$1"
    IFS= read -r -t 10 line <&9
    exec 9<&- 9>&-
    [[ $line == 220* ]]
}

# smtp_send PORT FILE FROM RCPT…: an LF file goes out with CRLF. Prints the reply to the data, or to what came last.
smtp_send()
{
    local port=$1 file=$2 from=$3 rcpt
    shift 3
    local options=()
    for rcpt in "$@"; do options+=(--mail-rcpt "$rcpt"); done
    curl --silent --show-error --verbose --crlf --max-time 60 --mail-from "$from" "${options[@]}" \
        --upload-file "$file" "smtp://127.0.0.1:$port/client.example" 2>&1 |
        tr -d '\r' | awk '/^< / { last = substr($0, 3); if (data) exit; data = /^< 354/ } END { print last }'
}

# postoffice and postmaster on one spool: sets SPOOL, SMTP_PORT, ENDPOINT (a unix socket).
start_origin()
{
    SPOOL=${SPOOL:-$WORK/spool}
    SMTP_PORT=$(free_port)
    ENDPOINT=$WORK/postmaster.socket
    mkdir -p "$SPOOL"
    start postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL"
    start postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$ENDPOINT" "$@"
    wait_for_port "$SMTP_PORT"
    wait_for_socket "$ENDPOINT"
}

waiting_mails() { find "$SPOOL/messages" -type f | wc -l; }

record_field()
{
    python3 - "$1" "$2" <<'READ'
import base64, json, sys
record = json.load(open(sys.argv[1], encoding="utf-8"))
value = record[sys.argv[2]]
if sys.argv[2] == "data":
    octets = base64.b64decode(value) if record.get("data_encoding") == "base64" else value.encode()
    sys.stdout.buffer.write(octets)
else:
    print("\n".join(value) if isinstance(value, list) else value)
READ
}
