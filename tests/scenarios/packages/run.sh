#!/bin/bash
# The five Debian packages on a clean Debian 12: lintian, installation, a mail's whole way, upgrade, removal, purge.
MIRROR_PROXIES=$(env | grep -iE '^[a-z]+_proxy=' || true)
. "$(dirname "$0")/../../support/scenario.sh"
. "$(dirname "$0")/../../support/debian_root.sh"
need cpack lintian dpkg-deb curl

build=$(dirname "$MAIL_BIN")
packages=$WORK/packages
(cd "$build" && cpack -G DEB -B "$packages") >"$WORK/cpack.log" 2>&1
version=$(dpkg-deb -f "$packages"/postman_*.deb Version)
deb() { echo "$packages/$1"_*.deb; }
for package in postoffice-common postoffice postmaster postman postoffice-sendmail; do
    check "cpack makes $package" test -s "$(deb $package)"
done
refuses() { ! "$@"; }

say lintian
# In a session of its own: its unpackers stop where a terminal is somebody else's.
setsid --wait lintian --fail-on error --tag-display-limit 0 "$packages"/*.deb >"$WORK/lintian.out" 2>"$WORK/lintian.log" \
    </dev/null ||
    { cat "$WORK/lintian.out"; fail "lintian finds errors"; }
check_equal "lintian finds neither errors nor warnings" "$(grep '^[EW]:' "$WORK/lintian.out" || true)" ''

field() { dpkg-deb -f "$(deb "$1")" "$2"; }
for library in 'libssl3 (>=' 'libgsasl18 (>=' 'libcpp-httplib0.11 (>='; do
    check "dpkg-shlibdeps has found ${library% *}" grep -qF "$library" <(field postman Depends)
done
check "postoffice wants its own common" grep -qF "postoffice-common (= $version)" <(field postoffice Depends)
check "postmaster recommends nginx" grep -q nginx <(field postmaster Recommends)
check "postman recommends an MTA, whichever" grep -q 'default-mta | mail-transport-agent' <(field postman Recommends)
for package in postoffice-common postoffice postmaster postman; do
    check_equal "$package conflicts with nothing" "$(field $package Conflicts)" ''
done
for relation in Provides Conflicts Replaces; do
    check_equal "postoffice-sendmail $relation a mail server" "$(field postoffice-sendmail $relation)" mail-transport-agent
done

say "nothing is left out"
DESTDIR=$WORK/installed cmake --install "$build" --prefix /usr >"$WORK/install.log"
(cd "$WORK/installed" && find . -type f ! -name LICENSE | sort) >"$WORK/installed.list"
for package in postoffice-common postoffice postmaster postman postoffice-sendmail; do dpkg-deb -c "$(deb $package)"; done |
    awk '!/^d/ { print $6 }' | sort >"$WORK/packed.list"
check_equal "what cmake installs is in a package" "$(comm -23 "$WORK/installed.list" "$WORK/packed.list")" ''
check_equal "and in one only" "$(uniq -d "$WORK/packed.list")" ''
rm -r "$WORK/installed"
# A unit that could be enabled and that dpkg's scripts do not know would be left enabled by a purge.
for unit in $(grep -l '^\[Install\]' "$MAIL_SOURCE"/systemd/*.{service,socket,timer,path}); do
    unit=$(basename "$unit")
    package=${unit%%[.-]*}
    [[ $unit != postoffice-sendmail.* ]] || package=postoffice-sendmail
    for script in postinst postrm; do
        check "$package's $script knows $unit" grep -qw -- "$unit" "$MAIL_SOURCE/packaging/debian/$package/$script"
    done
done

say "a clean Debian"
make_debian_root
mkdir "$DEBIAN/srv/packages"
cp "$packages"/*.deb "$DEBIAN/srv/packages/"
install_packages() { apt_on_debian install "${@/#//srv/packages/}"; }
files_of() { (cd "$DEBIAN/srv/packages" && ls "$1"_*.deb); }
there() { stat -c '%a %U:%G' "$DEBIAN$1" 2>/dev/null || echo none; }
mode_on_debian() { on_debian stat -c '%a %U:%G' "$1" 2>/dev/null || echo none; }

check "the courier alone is installed" install_packages "$(files_of postman)"
check_equal "without the spool's user" "$(on_debian getent passwd postoffice || true)" ''
check_equal "and without a spool" "$(mode_on_debian /var/spool/postoffice)" none
check_equal "with its own directory" "$(mode_on_debian /var/lib/postman)" '700 postman:postman'
check "the other three are installed" install_packages "$(files_of postoffice-common)" "$(files_of postoffice)" \
    "$(files_of postmaster)"
for program in postoffice postmaster postman; do
    check_equal "$program answers" "$(on_debian $program --version)" "$program ${version%-*}"
    check "$program has its configuration" on_debian test -s /etc/postoffice/$program.conf
done
check_equal "the spool is its owner's alone" "$(mode_on_debian /var/spool/postoffice)" '700 postoffice:postoffice'
check_equal "postman.conf may come to hold a secret" "$(mode_on_debian /etc/postoffice/postman.conf)" '640 root:postman'
check_equal "postoffice.conf is for all to read" "$(mode_on_debian /etc/postoffice/postoffice.conf)" '644 root:root'
check_equal "every file is as it was packed" \
    "$(on_debian dpkg --verify postoffice-common postoffice postmaster postman | grep -v '/etc/postoffice/postman.conf' || true)" ''
on_debian sh -c 'ls /etc/systemd/system/*/' >"$WORK/enabled.log" 2>&1 || true
check "catcher and endpoint start at boot" grep -q postmaster.socket "$WORK/enabled.log"
check "the courier does not, unasked" refuses grep -q postman "$WORK/enabled.log"

say "a mail goes its way"
as_user() { local user=$1; shift; COMMAND=("${IN_DEBIAN[@]}" setpriv --reuid "$user" --regid "$user" --clear-groups "$@"); }
start_daemons()
{
    SMTP_PORT=$(free_port)
    HTTP_PORT=$(free_port)
    as_user postoffice postoffice 127.0.0.1 "$SMTP_PORT"
    start postoffice "${COMMAND[@]}"
    as_user postoffice postmaster serve --listen "127.0.0.1:$HTTP_PORT"
    start postmaster "${COMMAND[@]}"
    wait_for_port "$SMTP_PORT" 60
    wait_for_port "$HTTP_PORT" 60
}
send_mail()
{
    printf 'From: web@app.example\nTo: ann@example.org\nSubject: packed\n\nhello\n' >"$WORK/mail.eml"
    check "the catcher takes it" grep -q '^250 ' <(smtp_send "$SMTP_PORT" "$WORK/mail.eml" web@app.example ann@example.org)
}
waiting_on_debian() { find "$DEBIAN/var/spool/postoffice/messages" -type f | wc -l; }
start_daemons
send_mail
on_debian install -d -o postman -g postman /srv/mail
as_user postman postman "http://127.0.0.1:$HTTP_PORT" --deliver maildir:/srv/mail/Maildir
"${COMMAND[@]}" >"$WORK/postman.log" 2>&1
check "and the courier delivers it" grep -q '^Subject: packed' "$DEBIAN"/srv/mail/Maildir/new/*
check_equal "the spool is empty again" "$(waiting_on_debian)" 0
check "the ledger lies where the package made room" test -s "$DEBIAN/var/lib/postman/ledger"

say "the sendmail that applications call"
check "it is installed" install_packages "$(files_of postoffice-sendmail)"
for name in /usr/sbin/sendmail /usr/lib/sendmail; do
    check_equal "$name, of any user, with the catcher down" "$(echo hi | on_debian setpriv --reuid 65534 --regid 65534 --clear-groups \
        env POSTOFFICE_SENDMAIL_TO=127.0.0.1:1 $name ann@example.org 2>&1; echo $?)" 0
done
check_equal "mailq tells of both" "$(on_debian mailq | grep -c '  to <ann@example.org>')" 2
check "newaliases succeeds" on_debian newaliases
check "sendmail -q sends them" on_debian env POSTOFFICE_SENDMAIL_TO="127.0.0.1:$SMTP_PORT" sendmail -q 2>>"$WORK/sendmail.log"
check_equal "mailq tells of them in the spool" "$(on_debian mailq | grep -c '  to <ann@example.org>')" 2
as_user postman postman "http://127.0.0.1:$HTTP_PORT" --deliver maildir:/srv/mail/sendmail
"${COMMAND[@]}" >"$WORK/postman.log" 2>&1
check_equal "they are delivered" "$(find "$DEBIAN/srv/mail/sendmail/new" -type f | wc -l)" 2
echo left >"$DEBIAN/var/spool/postoffice-sendmail/queue/1.1"
on_debian dpkg --purge postoffice-sendmail >"$WORK/purge.log" 2>&1
check "a purge leaves mail, and says where" grep -qF '/var/spool/postoffice-sendmail/queue (1)' "$WORK/purge.log"
rm -r "$DEBIAN/var/spool/postoffice-sendmail"
check_equal "and takes the names" "$(on_debian sh -c 'command -v sendmail mailq newaliases' || true)" ''
send_mail  # waits over all that follows
stop postmaster
stop postoffice

say upgrade
# repack PACKAGE VERSION [LINE]: the same with a higher version, and with a LINE at the end of its conffile.
repack()
{
    local tree=$WORK/repack conffile=$WORK/repack/etc/postoffice/$1.conf
    rm -rf "$tree"
    dpkg-deb -R "$DEBIAN/srv/packages/$(files_of "$1")" "$tree"
    sed -i "s/$version/$2/" "$tree/DEBIAN/control"
    if [[ ${3:-} ]]; then
        echo "$3" >>"$conffile"
        (cd "$tree" && sed -i "s|^.*  \(etc/postoffice/$1.conf\)|$(md5sum <"$conffile" | cut -d' ' -f1)  \1|" DEBIAN/md5sums)
    fi
    dpkg-deb --root-owner-group -Zgzip -z1 -b "$tree" "$DEBIAN/srv/packages/new-$1_$2.deb" >/dev/null
}
next=${version%-*}-9
repack postoffice-common "$next"
repack postoffice "$next" '# new in this version'
repack postmaster "$next"
repack postman "$next" '# new in this version'
echo 'max-connections = 1234' >>"$DEBIAN/etc/postoffice/postoffice.conf"
echo 'default-domain = app.example' >>"$DEBIAN/etc/postoffice/postmaster.conf"
chmod 0600 "$DEBIAN/etc/postoffice/postman.conf"
check "an upgrade goes through unattended" apt_on_debian -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold \
    install /srv/packages/new-{postoffice-common,postoffice,postmaster,postman}_"$next".deb
check_equal "to the new version" "$(on_debian dpkg-query -W -f '${Version}' postman)" "$next"
check "what was changed here stays, though the package's file changed too" \
    grep -qx 'max-connections = 1234' "$DEBIAN/etc/postoffice/postoffice.conf"
check "whose new text is beside it" grep -q 'new in this version' "$DEBIAN/etc/postoffice/postoffice.conf.dpkg-dist"
check "what was changed in one place only stays without a question" \
    grep -qx 'default-domain = app.example' "$DEBIAN/etc/postoffice/postmaster.conf"
check_equal "which is not even offered" "$(mode_on_debian /etc/postoffice/postmaster.conf.dpkg-dist)" none
check "an untouched file follows the package" grep -q 'new in this version' "$DEBIAN/etc/postoffice/postman.conf"
check_equal "with the mode that it was given here" "$(mode_on_debian /etc/postoffice/postman.conf)" '600 root:postman'
check_equal "the mail waits" "$(waiting_on_debian)" 1

say removal
check "the packages are removed" apt_on_debian remove postoffice-common postoffice postmaster postman
check "the programs are gone" refuses on_debian sh -c \
    'for program in postoffice postmaster postman; do command -v $program && exit; done; exit 1'
check_equal "the spool and its mail stay" "$(waiting_on_debian)" 1
check "so does the ledger" test -s "$DEBIAN/var/lib/postman/ledger"
check "and the configuration" grep -qx 'max-connections = 1234' "$DEBIAN/etc/postoffice/postoffice.conf"

say purge
purge() { on_debian dpkg --purge "$@" >"$WORK/purge.log" 2>&1; }
check "the packages are purged" purge postoffice postmaster postoffice-common postman
check "a spool with mail stays" test "$(waiting_on_debian)" = 1
check "and it is said where the mail lies" grep -qF '/var/spool/postoffice/messages (1)' "$WORK/purge.log"
check_equal "the ledger is gone" "$(mode_on_debian /var/lib/postman)" none
check_equal "so is the configuration" "$(mode_on_debian /etc/postoffice/postoffice.conf)" none

check "installed anew beside what was left" install_packages "$(files_of postoffice-common)" "$(files_of postoffice)" \
    "$(files_of postmaster)" "$(files_of postman)"
start_daemons
as_user postman postman "http://127.0.0.1:$HTTP_PORT" --deliver maildir:/srv/mail/Maildir
"${COMMAND[@]}" >"$WORK/postman.log" 2>&1
check_equal "the mail that was left is delivered" "$(find "$DEBIAN/srv/mail/Maildir/new" -type f | wc -l)" 2
stop postmaster
stop postoffice

# Each place that keeps mail, by the script that dpkg would run.
purges() { on_debian /var/lib/dpkg/info/"$1".postrm purge >"$WORK/purge.log" 2>&1; }
keeps()
{
    local package=$1 root=$2 place=$3
    on_debian sh -c "mkdir -p '$root/$place' && echo '{}' >'$root/$place/one'"
    check "$package: mail in $place is no empty spool" purges "$package"
    check "it stays, and is named" grep -qF "$root/$place (1)" "$WORK/purge.log"
    check "untouched" test -s "$DEBIAN$root/$place/one"
    rm "$DEBIAN$root/$place/one"
}
for place in messages held failed corrupt state/handed; do keeps postoffice-common /var/spool/postoffice $place; done
for place in fetched messages held failed corrupt; do keeps postman /var/lib/postman $place; done

say "mail in the commit journal alone"
start_with_journal()
{
    as_user postoffice postoffice 127.0.0.1 "$SMTP_PORT" --commit journal
    start postoffice "${COMMAND[@]}"
    wait_for_port "$SMTP_PORT" 60
}
start_with_journal
crash postoffice
# Some file systems cannot have it; there each mail is a file at once.
if [[ -e $DEBIAN/var/spool/postoffice/state/commits.0 ]]; then
    cp -a --sparse=always "$DEBIAN/var/spool/postoffice" "$WORK/without-mail"
    check "a journal without mail" purges postoffice-common
    check_equal "keeps nothing" "$(mode_on_debian /var/spool/postoffice)" none
    cp -a --sparse=always "$WORK/without-mail" "$DEBIAN/var/spool/postoffice"
    # A second after the 250 a checkpoint has emptied the journal; a slow machine may have to try again.
    for ((attempt = 0; attempt < 20; attempt++)); do
        start_with_journal
        send_mail
        crash postoffice
        rm "$DEBIAN"/var/spool/postoffice/messages/*
        purges postoffice-common
        [[ ! -d $DEBIAN/var/spool/postoffice ]] || break
        cp -a --sparse=always "$WORK/without-mail" "$DEBIAN/var/spool/postoffice"
    done
    check "what a replay would bring back keeps the spool" grep -qF /var/spool/postoffice/state/commits. "$WORK/purge.log"
    start_with_journal
    check_equal "and it does bring it back" "$(waiting_on_debian)" 1
    stop postoffice
    rm "$DEBIAN"/var/spool/postoffice/messages/*
fi

check "the packages are purged" apt_on_debian purge postoffice postmaster postoffice-common postman
for path in /var/spool/postoffice /var/lib/postman /etc/postoffice /run/postoffice; do
    check_equal "an empty $path goes" "$(mode_on_debian $path)" none
done
check "the users stay: files of theirs may lie anywhere" on_debian getent passwd postoffice postman
