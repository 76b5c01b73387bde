#!/bin/bash
# Completion for bash, zsh and fish, asked as the shells ask.
. "$(dirname "$0")/../../support/scenario.sh"
need zsh fish
manuals=$(dirname "$MAIL_BIN")/manuals
script=$(realpath "$(dirname "$0")")/ask.zsh
mkdir "$WORK/place" && cd "$WORK/place" && mkdir sub && touch one.eml

# in_bash WORD…: what is offered for the last word, a space between.
in_bash()
{
    bash --norc -c '
        . "$1/$2.bash"
        COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2))
        "_$2"
        printf "%s\n" "${COMPREPLY[@]}"' bash "$manuals" "$@" | sort | paste -sd' '
}
# in_fish LINE
in_fish() { fish --no-config -c "source $manuals/${1%% *}.fish; complete -C '$1'" 2>&1 | cut -f1 | sort | paste -sd' '; }
holds() { [[ " $2 " == *" $1 "* ]]; }
lacks() { ! holds "$@"; }

for program in postoffice postmaster postman; do
    check "$program.bash is sound" bash -n "$manuals/$program.bash"
    check "_$program is sound" zsh -n "$manuals/_$program"
    check "$program.fish is sound" fish -n "$manuals/$program.fish"
    names=$("$MAIL_BIN/$program" --help | grep -oE '^  -[-a-z0-9,]+' | tr -d ' ' | tr , '\n' | sort)
    check_equal "$program: bash offers every option of --help" \
        "$(in_bash "$program" - | tr ' ' '\n' | sort)" "$names"
    check_equal "$program: fish does" "$(in_fish "$program --" | tr ' ' '\n' | sort)" "$(grep '^--' <<<"$names")"
    for name in $names; do
        grep -qE -- "\)?$name(=|\+)?\[" "$manuals/_$program" || fail "$program: zsh does not offer $name"
    done
done

say "bash: values, commands, files"
check_equal "a word of a choice" "$(in_bash postmaster --gate e)" enforce
check_equal "behind = as well" "$(in_bash postmaster --gate = r)" report
check_equal "all of them" "$(in_bash postmaster --gate '')" 'enforce report'
check_equal "an option by its beginning" "$(in_bash postoffice --max-m)" --max-message-size
check_equal "a directory for --spool" "$(in_bash postoffice --spool '')" sub
check_equal "any file for --users" "$(in_bash postmaster --users '')" 'one.eml sub'
check_equal "nothing for what is free text" "$(in_bash postmaster --origin '')" ''
check "the commands" holds queue "$(in_bash postmaster '')"
check "below a command its own" holds held "$(in_bash postmaster queue '')"
check "a command's option" holds --as-is "$(in_bash postmaster queue release --)"
check "and the program's behind it" holds --config "$(in_bash postmaster queue release --)"
check "not another command's" lacks --as-is "$(in_bash postmaster check --)"
check "a message for check" holds one.eml "$(in_bash postmaster check '')"
check_equal "a command's own choice" "$(in_bash postman auth --flow d)" device
check_equal "a queue's directory" "$(in_bash postman pickup '')" sub

say "fish: the same"
check_equal "a word of a choice" "$(in_fish 'postmaster --gate e')" enforce
check_equal "a directory for --spool" "$(in_fish 'postoffice --spool ')" sub/
check "the commands" holds queue "$(in_fish 'postmaster ')"
check "below a command its own" holds held "$(in_fish 'postmaster queue ')"
check "not beside one that is chosen" lacks drop "$(in_fish 'postmaster queue held ')"
check "a command's option" holds --as-is "$(in_fish 'postmaster queue release --')"
check "not another command's" lacks --as-is "$(in_fish 'postmaster check --')"
check "a message for check" holds one.eml "$(in_fish 'postmaster check ')"

say "zsh: as its line editor offers it"
# A zsh in a terminal of its own, TAB at the end of a line; completers print what they were given.
in_zsh() { zsh -f "$script" "$manuals" "$1" 2>"$WORK/zsh.log" | tr -d '\r' | sort -u | paste -sd' '; }
check_equal "a word of a choice" "$(in_zsh 'postmaster --gate ')" 'enforce report'
check "the commands" holds queue "$(in_zsh 'postmaster ')"
check "below a command its own" holds held "$(in_zsh 'postmaster queue ')"
check "a command's option" holds --as-is "$(in_zsh 'postmaster queue release --')"
check "not another command's" lacks --as-is "$(in_zsh 'postmaster check --')"
check_equal "a directory for --spool" "$(in_zsh 'postoffice --spool ')" sub
