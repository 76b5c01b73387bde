#!/bin/bash
# All three programs are killed (KILL) at random moments under load, again and again. Then they are left in
# peace, the queue drains, and every mail is counted: what the client heard a 250 for arrived whole, and what
# came twice came twice inside a window that has a name (docs/flow.md).
#
# MAIL_KILL_SECONDS=3600 tests/scenarios/random-kills/run.sh    kills for an hour (60 s unless told)
# MAIL_SEED=N                                                   repeats the choices of a run
. "$(dirname "$0")/../../support/scenario.sh"
need python3

python3 "$(dirname "$0")/kill.py" "$MAIL_BIN" "$WORK" "${MAIL_KILL_SECONDS:-60}" "${MAIL_SEED:-$RANDOM}"
