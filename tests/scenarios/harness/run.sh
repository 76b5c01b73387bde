#!/bin/bash
# The harness itself: programs start, stop, crash and are collected; nothing is left behind.
. "$(dirname "$0")/../../support/scenario.sh"
need python3

port=$(free_port)
start server python3 -m http.server --bind 127.0.0.1 "$port"
wait_for_port "$port"
check "a started program runs" is_running server
stop server
check_equal "its status is collected" "$EXIT_STATUS" 143

start parent bash -c 'sleep 300 & echo child $!; wait'
wait_for_log parent '^child'
child=$(awk '{print $2}' "$(log_of parent)")
crash parent
wait_for "! kill -0 $child 2>/dev/null"
check_equal "a crash is a KILL" "$EXIT_STATUS" 137

start short bash -c 'exit 7'
wait_exit short
check_equal "a program's own end is seen" "$EXIT_STATUS" 7

# A scenario that fails says where, shows the logs and leaves no process.
mkdir "$WORK/inner"
cat >"$WORK/inner/run.sh" <<SCRIPT
. "$MAIL_SOURCE/tests/support/scenario.sh"
start sleeper bash -c 'echo sleeper-words; exec sleep 300'
wait_for_log sleeper words
pid_of sleeper >"$WORK/inner.pid"
false
SCRIPT
status=0
bash "$WORK/inner/run.sh" >"$WORK/inner.out" 2>&1 || status=$?
check_equal "a failed command ends the scenario" "$status" 1
check "the failure names its line" grep -q 'FAILED: run.sh line 5: false' "$WORK/inner.out"
check "the logs are shown" grep -q sleeper-words "$WORK/inner.out"
wait_for "! kill -0 $(<"$WORK/inner.pid") 2>/dev/null"
