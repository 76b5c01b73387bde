#!/bin/bash
# The shipped cron file is one that cron takes: a cron.d line with a user, checked by Debian's crontab.
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/parts.sh"

file=$MAIL_SOURCE/cron/postman
crontab=$(unpacked cron)/usr/bin/crontab

# crontab -n reads the format without the user field.
without_user() { sed -E '/^[^#[:space:]]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +postman /s/ postman / /' "$1"; }
takes() { "$crontab" -n "$1" >>"$WORK/crontab.log" 2>&1; }
refuses() { ! takes "$1"; }

without_user "$file" >"$WORK/as-user"
check "crontab -n takes the line" takes "$WORK/as-user"
sed 's|^\*/2|*/2x|' "$WORK/as-user" >"$WORK/broken"
check "crontab -n refuses a broken one (so the check checks)" refuses "$WORK/broken"

mapfile -t lines < <(grep -vE '^(#|$|[A-Z]+=)' "$file")
check_equal "there is one line" "${#lines[@]}" 1
read -r minute hour day month weekday user program options <<<"${lines[0]}"
check_equal "it runs every two minutes" "$minute $hour $day $month $weekday" "*/2 * * * *"
check_equal "as the courier's own user" "$user" postman
check_equal "the program is where cmake --install puts it" "$program" /usr/sbin/postman
check "it is quiet and logs to syslog, so cron has nothing to mail" \
    grep -q -- '^--quiet --syslog ' <<<"$options"
check "no percent sign, which cron would take for a line end" bash -c "! grep -v '^#' '$file' | grep -q %"
check "the last line ends" bash -c "[[ -z \$(tail -c 1 '$file') ]]"
check "the name has no dot, or cron would pass it over" bash -c "[[ $(basename "$file") != *.* ]]"
