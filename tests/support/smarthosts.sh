# Debian's mail servers as smarthosts with TLS and sign-in, in a root of their own (make_delivery_host of parts.sh).
# Source after parts.sh and smtp.sh. The user is web@app.example with $PASSWORD; certificates are those of make_ca $CA.
#
#   make_smarthosts         Dovecot, Exim and OpenSMTPD beside the Postfix of make_delivery_host
#   start_dovecot           passwords for Postfix; LMTP on $LMTP (a socket); mail in $DELIVERY_HOST/var/dovecot/ann/new
#   start_smarthost_postfix STARTTLS and Dovecot's mechanisms on $POSTFIX_PORT, TLS from the first byte on $POSTFIXS_PORT,
#                           plain without sign-in on $POSTFIX_OPEN_PORT; STARTTLS for whoever has a client certificate of the
#                           CA, without AUTH, on $POSTFIX_CERT_PORT; mail in $(mailbox_of ann)
#   start_exim              STARTTLS, PLAIN and EXTERNAL on $EXIM_PORT; mail in $DELIVERY_HOST/var/mail/exim
#   start_opensmtpd         plain on $OPENSMTPD_PORT (the packaged 6.8 cannot sign with OpenSSL 3's keys, so no TLS); mail in
#                           $DELIVERY_HOST/var/opensmtpd/ann/new

PASSWORD=Zm9v-s3cret-phrase

make_smarthosts()
{
    local root=$DELIVERY_HOST part name
    for part in dovecot-core dovecot-lmtpd exim4-daemon-light opensmtpd; do cp -a "$(unpacked $part)"/{usr,etc} "$root/" 2>/dev/null || true; done
    [[ -d $root/usr/lib/x86_64-linux-gnu ]] || mkdir -p "$root/usr/lib/x86_64-linux-gnu"
    LD_LIBRARY_PATH=$root/usr/lib/dovecot copy_libraries "$root" "$root"/usr/lib/dovecot/{libdovecot.so.0,libdovecot-storage.so.0,libdovecot-lda.so.0,auth,anvil,log,config,stats,lmtp} \
        "$root"/usr/sbin/{dovecot,exim4,smtpd,smtpctl} "$root"/usr/libexec/opensmtpd/mail.maildir "$root"/usr/lib/postfix/sbin/tlsmgr
    cat >>"$root/etc/passwd" <<'USERS'
dovecot:x:9111:9111::/nonexistent:/usr/sbin/nologin
dovenull:x:9112:9112::/nonexistent:/usr/sbin/nologin
Debian-exim:x:9113:9113::/nonexistent:/usr/sbin/nologin
opensmtpd:x:9114:9114::/nonexistent:/usr/sbin/nologin
opensmtpq:x:9115:9115::/nonexistent:/usr/sbin/nologin
USERS
    printf '%s\n' dovecot:x:9111: dovenull:x:9112: Debian-exim:x:9113: opensmtpd:x:9114: opensmtpq:x:9115: >>"$root/etc/group"
    install -d -m 755 "$root/etc/tls" "$root/run" "$root/var/dovecot" "$root/var/opensmtpd"
    ln -sfn ../run "$root/var/run"
    cp "$CA"/{ca,server}.pem "$CA/server.key" "$root/etc/tls/"
    chown 9104:9104 "$root"/var/{dovecot,opensmtpd}
    for name in zero random; do [[ -e $root/dev/$name ]] || cp -a "/dev/$name" "$root/dev/"; done
}

start_dovecot()
{
    local root=$DELIVERY_HOST
    AUTH_PORT=$(free_port)
    LMTP=$root/run/lmtp
    echo "web@app.example:{PLAIN}$PASSWORD" >"$root/etc/dovecot/passwords"
    chown root:9111 "$root/etc/dovecot/passwords"
    chmod 640 "$root/etc/dovecot/passwords"
    cat >"$root/etc/dovecot/dovecot.conf" <<CONF
protocols = lmtp
base_dir = /run/dovecot
state_dir = /run/dovecot
log_path = /dev/stderr
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 digest-md5
passdb {
  driver = passwd-file
  args = /etc/dovecot/passwords
}
userdb {
  driver = static
  args = uid=9104 gid=9104 home=/var/dovecot/%n allow_all_users=yes
}
mail_location = maildir:/var/dovecot/%n
service auth {
  inet_listener {
    address = 127.0.0.1
    port = $AUTH_PORT
  }
}
service lmtp {
  unix_listener /run/lmtp {
    mode = 0666
  }
}
CONF
    start dovecot chroot "$root" /usr/sbin/dovecot -F
    wait_for_port "$AUTH_PORT"
    wait_for_socket "$LMTP"
}

start_smarthost_postfix()
{
    local root=$DELIVERY_HOST
    POSTFIX_PORT=$(free_port) POSTFIXS_PORT=$(free_port) POSTFIX_OPEN_PORT=$(free_port) POSTFIX_CERT_PORT=$(free_port)
    cat >>"$root/etc/postfix/main.cf" <<CONF
smtpd_tls_cert_file = /etc/tls/server.pem
smtpd_tls_key_file = /etc/tls/server.key
smtpd_tls_CAfile = /etc/tls/ca.pem
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:$AUTH_PORT
smtpd_sasl_auth_enable = yes
smtpd_sasl_security_options = noanonymous
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
CONF
    local signed_in='-o smtpd_relay_restrictions=permit_sasl_authenticated,reject -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject'
    cat >>"$root/etc/postfix/master.cf" <<CONF
127.0.0.1:$POSTFIX_PORT inet n - n - - smtpd -o smtpd_tls_security_level=encrypt $signed_in
127.0.0.1:$POSTFIXS_PORT inet n - n - - smtpd -o smtpd_tls_wrappermode=yes $signed_in
127.0.0.1:$POSTFIX_CERT_PORT inet n - n - - smtpd -o smtpd_tls_security_level=encrypt -o smtpd_tls_ask_ccert=yes -o smtpd_sasl_auth_enable=no -o smtpd_relay_restrictions=permit_tls_all_clientcerts,reject -o smtpd_recipient_restrictions=permit_tls_all_clientcerts,reject
127.0.0.1:$POSTFIX_OPEN_PORT inet n - n - - smtpd -o smtpd_tls_security_level=none -o smtpd_sasl_auth_enable=no
CONF
    start_postfix
    wait_for_port "$POSTFIX_OPEN_PORT"
}

start_exim()
{
    local root=$DELIVERY_HOST
    EXIM_PORT=$(free_port)
    mkdir -p "$root"/var/{spool,log}/exim4
    chown -R 9113:9113 "$root"/var/{spool,log}/exim4
    cat >"$root/etc/exim.conf" <<CONF
primary_hostname = exim.example
exim_user = Debian-exim
exim_group = Debian-exim
spool_directory = /var/spool/exim4
log_file_path = /var/log/exim4/%slog
local_interfaces = 127.0.0.1
daemon_smtp_ports = $EXIM_PORT
disable_ipv6 = true
notifier_socket =
rfc1413_query_timeout = 0s
tls_advertise_hosts = *
tls_certificate = /etc/tls/server.pem
tls_privatekey = /etc/tls/exim.key
tls_try_verify_hosts = *
tls_verify_certificates = /etc/tls/ca.pem
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  accept authenticated = *
  deny message = sign in first
begin routers
all:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  file = /var/mail/exim
  user = Debian-exim
begin authenticators
external:
  driver = external
  public_name = EXTERNAL
  server_advertise_condition = \$tls_in_certificate_verified
  server_condition = \${if eq{\$auth1}{\${certextract{subj_altname,dns}{\$tls_in_peercert}}}}
  server_set_id = \$auth1
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = \${if and{{eq{\$auth2}{web@app.example}}{eq{\$auth3}{$PASSWORD}}}}
  server_set_id = \$auth2
CONF
    install -o 9113 -m 600 "$CA/server.key" "$root/etc/tls/exim.key"
    install -d -m 755 "$root/etc/exim4"
    cp "$root/etc/exim.conf" "$root/etc/exim4/exim4.conf"
    chown root:root "$root/etc/exim4/exim4.conf"
    chmod 640 "$root/etc/exim4/exim4.conf"
    chmod 4755 "$root/usr/sbin/exim4"
    : >"$root/var/mail/exim"
    chown 9113:8 "$root/var/mail/exim"
    start exim chroot "$root" /usr/sbin/exim4 -bdf -q10m
    wait_for_port "$EXIM_PORT"
}

start_opensmtpd()
{
    local root=$DELIVERY_HOST
    OPENSMTPD_PORT=$(free_port)
    mkdir -p "$root"/var/lib/opensmtpd/empty "$root/var/spool/smtpd"
    chmod 711 "$root/var/spool/smtpd"
    echo opensmtpd.example >"$root/etc/mailname"
    cat >"$root/etc/smtpd.conf" <<CONF
listen on 127.0.0.1 port $OPENSMTPD_PORT
action "box" maildir "/var/opensmtpd/ann" user ann
match from any for any action "box"
CONF
    start opensmtpd chroot "$root" /usr/sbin/smtpd -d
    wait_for_port "$OPENSMTPD_PORT"
}
