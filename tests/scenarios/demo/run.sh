#!/bin/bash
# scripts/demo: before, after, what was removed; no trace after; nothing left running.
. "$(dirname "$0")/../../support/scenario.sh"

# MAIL_BIN: the programs are built already, no installing from inside a test.
# Not with start: its end would sweep away what the demo left running.
out=$(log_of demo)
setsid env MAIL_DEMO="$WORK/demo" "$MAIL_SOURCE/scripts/demo" >"$out" 2>&1 &
demo=$!
scenario_cleanup() { end_group "$demo"; }
wait_gone "$demo" 120 || fail "the demo takes longer than 120 s"
status=0
wait "$demo" || status=$?
check_equal "it ends well" "$status" 0

mapfile -t order < <(grep -E '^(before|after|what was removed.*)$' "$out" | cut -d' ' -f1-3)
check_equal "three times before, after, removed" "${order[*]}" \
    "$(printf 'before after what was removed %.0s' 1 2 3 | sed 's/ $//')"
after_last() { sed -n '/^==> Mail 3/,$p' "$out" | sed -n '/^after$/,/^what was removed/p'; }
absent() { ! after_last | grep -qiE -- "$1"; }
check "the last mail is the one with the traces" bash -c "grep -A12 '^==> Mail 3' '$out' | grep -q nullmailer"
check "after, none of them is left" absent 'nullmailer|backend7|internal\.example|10\.20\.30|203\.0\.113|X-PHP|X-Mailer|X-Originating|Bcc|^Received'
check "the first mail is as it was sent" grep -q 'every byte is as it was sent' "$out"
check "it says where the mail lies" grep -q 'Maildir/new' "$out"
check_equal "three mails lie there" "$(find "$WORK/demo/Maildir/new" -type f | wc -l)" 3

left_running()
{
    local process
    for process in /proc/[0-9]*; do
        [[ $(readlink "$process/exe" 2>/dev/null) == "$(realpath "$MAIL_BIN")"/* ]] || continue
        grep -qsa "$WORK/demo" "$process/cmdline" && return 0
    done
    return 1
}
refuses() { ! "$@"; }
check "nothing is left running" refuses left_running
