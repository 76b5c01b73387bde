# Debian's Exim with Debian's smarthost router and the shipped transport; source it after parts.sh. Wants root.
#
#   make_exim PORT        an Exim whose transport hands mail to the catcher at 127.0.0.1:PORT
#   exim ARGUMENT…        runs it, as root does
#   exim_waiting          how many mails are in its queue
#   show_exim             its last words; false

make_exim()
{
    local owner file
    EXIM=$(unpacked exim4-daemon-light)/usr/sbin/exim4
    {
        cat <<CONF
primary_hostname = app.example
spool_directory = $WORK/exim
log_file_path = $WORK/exim-%slog
exim_path = $EXIM
exim_user = Debian-exim
exim_group = Debian-exim
disable_ipv6 = true
notifier_socket =
local_interfaces = 127.0.0.1
keep_environment =
add_environment = PATH=/usr/bin:/bin
trusted_users = root
untrusted_set_sender = *
acl_smtp_rcpt = accept
begin routers
smarthost:
  driver = manualroute
  domains = *
  transport = remote_smtp_smarthost
  route_list = * smarthost.example byname
  host_find_failed = ignore
  same_domain_copy_routing = yes
  no_more
begin transports
CONF
        sed -e "s,/usr/sbin/postoffice sendmail,$MAIL_BIN/postoffice sendmail --to 127.0.0.1:$1," \
            "$MAIL_SOURCE/examples/exim4-transport.conf"
        printf 'begin retry\n* * F,1h,1s\n'
    } >"$WORK/exim.conf"
    for file in passwd group; do cp "/etc/$file" "$WORK/$file"; done
    getent passwd Debian-exim >/dev/null || echo 'Debian-exim:x:9201:9201::/nonexistent:/usr/sbin/nologin' >>"$WORK/passwd"
    getent group Debian-exim >/dev/null || echo 'Debian-exim:x:9201:' >>"$WORK/group"
    owner=$(sed -n 's/^Debian-exim:x:\([0-9]*\):.*/\1/p' "$WORK/passwd")
    mkdir -p "$WORK/exim"
    touch "$WORK"/exim-{main,reject,panic}log
    chown -R "$owner" "$WORK/exim" "$WORK"/exim-*log
}

# As root, as Exim's setuid program would; Debian's user exists for it alone.
exim()
{
    unshare --mount sh -c 'mount --bind "$0/passwd" /etc/passwd && mount --bind "$0/group" /etc/group && exec "$@"' \
        "$WORK" "$EXIM" -C "$WORK/exim.conf" "$@" >>"$WORK/exim.log" 2>&1
}
exim_waiting() { find "$WORK/exim/input" -name '*-H' | wc -l; }
show_exim()
{
    tail -n 20 "$WORK"/exim-{main,panic}log
    false
}
