#!/bin/bash
# cmake --install into a root of its own: things are where Debian expects them, and they run.
. "$(dirname "$0")/../../support/scenario.sh"

build=$(dirname "$MAIL_BIN")
DESTDIR=$WORK/root cmake --install "$build" --prefix /usr >"$WORK/install.log"
cd "$WORK/root"

for program in postoffice postmaster postman; do
    check "$program is in /usr/sbin" test -x usr/sbin/$program
    check "$program runs" bash -c "usr/sbin/$program --version >'$WORK/$program.log'"
    check "$program has an example configuration" test -s usr/share/doc/postoffice/examples/$program.conf
    check "which it takes" env POSTMAN_URL=origin.example.com usr/sbin/$program --config usr/share/doc/postoffice/examples/$program.conf --check-config
done
for unit in "$MAIL_SOURCE"/systemd/*.{service,socket,timer,path}; do
    check "$(basename "$unit") is in /usr/lib/systemd/system" test -s "usr/lib/systemd/system/$(basename "$unit")"
done
for file in usr/lib/tmpfiles.d/postoffice-sendmail.conf usr/share/man/man8/postoffice-sendmail.8.gz usr/lib/{sysusers,tmpfiles}.d/{postoffice,postman}.conf \
    usr/share/man/man8/{postoffice,postmaster,postman}.8.gz usr/share/man/man5/{postoffice,postmaster,postman}.conf.5.gz \
    usr/share/man/man5/postoffice-record.5.gz usr/share/man/man7/postoffice.7.gz \
    usr/share/{bash-completion/completions/postman,zsh/vendor-completions/_postman,fish/vendor_completions.d/postman.fish} \
    usr/share/doc/postoffice/{README.md,CHANGELOG.md,docs/flow.md,docs/intake-http.md,examples/nginx.conf,examples/nginx-intake.conf,examples/postman.cron,examples/prometheus/alerts.yml,examples/grafana/dashboard.json,clients/python/{README.md,postoffice_client/client.py}} \
    usr/share/doc/postoffice/examples/{fail2ban/filter.d/{postmaster,postoffice}-auth.conf,fail2ban/jail.d/postoffice.conf,logcheck/ignore.d.server/postoffice}; do
    check "$file" test -s "$file"
done
check "no mail server's names are taken" bash -c "[[ ! -e usr/sbin/sendmail && ! -e usr/bin/mailq ]]"
check "nothing under /etc or /var is touched" bash -c "[[ ! -e etc && ! -e var ]]"

mkdir etc
systemd-sysusers --root="$WORK/root" >"$WORK/sysusers.log" 2>&1
check "sysusers makes both users" bash -c "grep -q ^postoffice: etc/passwd && grep -q ^postman: etc/passwd"
systemd-tmpfiles --root="$WORK/root" --create >"$WORK/tmpfiles.log" 2>&1
check_equal "tmpfiles makes the spool, for its owner alone" "$(stat -c %a var/spool/postoffice)" 700
