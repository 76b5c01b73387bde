#!/bin/bash
# --help, the manuals and the example configurations tell the same options with the same defaults; the pages are sound.
. "$(dirname "$0")/../../support/scenario.sh"
need groff mandoc
manuals=$(dirname "$MAIL_BIN")/manuals
compare() { /usr/bin/python3 "$(dirname "$0")/compare.py" "$@" >"$WORK/compare.log" 2>&1; }
refuses() { ! "$@"; }

for program in postoffice postmaster postman; do
    pages=("$manuals/$program.8" "$manuals/$program.conf.5" "$manuals/$program.conf")
    check "$program: help, manuals and example agree" compare "$MAIL_BIN/$program" "${pages[@]}"
    tail -n 1 "$WORK/compare.log"
    check "its example is a sound configuration" \
        env POSTMAN_URL=x.example "$MAIL_BIN/$program" --config "$manuals/$program.conf" --check-config
done

say "the comparison sees what differs"
program=postmaster
cp "$manuals/postmaster".{8,conf.5,conf} "$WORK/"
differs()
{
    local sentence=$1 file=$2 change=$3
    sed -E "$change" "$manuals/$file" >"$WORK/$file"
    cmp -s "$manuals/$file" "$WORK/$file" && fail "nothing was changed: $sentence"
    check "$sentence" refuses compare "$MAIL_BIN/$program" "$WORK/postmaster.8" "$WORK/postmaster.conf.5" "$WORK/postmaster.conf"
    cp "$manuals/$file" "$WORK/$file"
}
differs "an option that the manual lacks" postmaster.8 '/^\\fB\\-\\-batch\\fR/d'
differs "a command's option that it lacks" postmaster.8 '/^\\fB\\-\\-as\\-is\\fR/d'
differs "a command that it lacks" postmaster.8 '/^\.SS "postmaster check"/d'
differs "another default there" postmaster.8 's/^Default: \\fB900/Default: \\fB901/'
differs "a setting that its manual lacks" postmaster.conf.5 '/^\\fBbatch\\fR/d'
differs "a setting that the example lacks" postmaster.conf '/^#gate = /d'
differs "one that only the example has" postmaster.conf 's/^#gate = .*/&\n#gates = enforce/'
differs "another default there" postmaster.conf 's/^#batch = 50/#batch = 51/'
# An option of the program alone: the same program, with a line more in its help.
cat >"$WORK/postmaster" <<S
#!/bin/bash
"$MAIL_BIN/postmaster" "\$@" | sed 's/^  --batch N=50.*/&\n  --brand-new TEXT=x              nothing yet/'
S
chmod 755 "$WORK/postmaster"
check "an option that only the program has" refuses compare "$WORK/postmaster" "$manuals/postmaster".{8,conf.5,conf}

say "the pages"
for page in "$manuals"/*.[578]; do
    name=$(basename "$page")
    groff -ww -man -Tutf8 "$page" >"$WORK/$name.txt" 2>"$WORK/$name.log"
    check_equal "$name: groff warns of nothing" "$(cat "$WORK/$name.log")" ''
    check_equal "$name: nor does mandoc" "$(mandoc -Tlint -W warning "$page" 2>&1 || true)" ''
    check "$name has text" test "$(wc -l <"$WORK/$name.txt")" -gt 30
    check "$name: no mark is left" refuses grep -q '@[A-Z_]*@' "$WORK/$name.txt"
done
check "the seven pages are there, and the two configurations' own" test "$(ls "$manuals"/*.[578] | wc -l)" = 9
