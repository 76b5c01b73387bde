#!/bin/bash
# Every tests/dialogues/*.smtp against the live daemon: what the bare session promises, the program keeps.
. "$(dirname "$0")/../../support/scenario.sh"
need python3

# One daemon for each set of options that a dialogue asks for.
mapfile -t option_sets < <(
    for script in "$MAIL_SOURCE"/tests/dialogues/*.smtp; do
        sed -n 's/^SERVER: *//p' "$script" | grep . || echo
    done | sort -u)

# ann, secret
(umask 077 && echo 'ann:$2y$04$ifTjE6RDCBiQT7U3wTgsDOkEOLsDq9OrviJQ4PpoKzGpm98rx8MOq' >"$WORK/users")

dialogues_hold() { python3 "$(dirname "$0")/dialogue.py" "$port" "$spool" "${scripts[@]}"; }

total=0
for options in "${option_sets[@]}"; do
    port=$(free_port)
    spool=$WORK/spool.$port
    # shellcheck disable=SC2086  # the options are words
    start "postoffice-$port" "$MAIL_BIN/postoffice" 127.0.0.1 "$port" --spool "$spool" ${options//USERS/$WORK/users}
    wait_for_port "$port"
    scripts=()
    for script in "$MAIL_SOURCE"/tests/dialogues/*.smtp; do
        [[ $(sed -n 's/^SERVER: *//p' "$script") == "$options" ]] && scripts+=("$script")
    done
    check "${#scripts[@]} dialogues hold with options '${options}'" dialogues_hold
    total=$((total + ${#scripts[@]}))
    stop "postoffice-$port"
    check_equal "it ends well" "$EXIT_STATUS" 0
done
check "at least 60 dialogues were run" test "$total" -ge 60
