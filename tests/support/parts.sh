# Debian's own programs as parts of a scenario, from build/parts/ (scripts/install-deps test), each in
# a place of its own under $WORK. Source after scenario.sh. Needs root.
#
#   make_nullmailer PORT      a backend's nullmailer that hands to 127.0.0.1:PORT; sets NULLMAILER (its root)
#   nullmailer COMMAND…       runs one of its programs: nullmailer sendmail -t <mail
#   make_certificates         a CA of our own and a certificate for localhost: $WORK/tls/{ca,server}.pem, server.key
#   start_nginx SOCKET        the shipped nginx/postoffice.conf in front of SOCKET; sets HTTPS_PORT, URL
#   run_nginx FILE            an nginx with this server block, under $WORK/nginx/, until HTTPS_PORT listens
#   make_delivery_host        a root of its own with Debian's Postfix at Debian's paths, our postman and a
#                             user postman; sets DELIVERY_HOST
#   start_postfix             its master process, mail for delivery.example goes to local mailboxes
#   on_delivery_host COMMAND… runs there as root;  as_courier COMMAND… as the user postman, with the
#                             capabilities, umask and read-only system of systemd/postman-sendmail.service

unpacked()
{
    [[ -e $MAIL_PARTS/.$1.done ]] || fail "Debian's $1 is not unpacked; run: scripts/install-deps test"
    printf '%s' "$MAIL_PARTS/$1"
}

need_root() { ((EUID == 0)) || fail "this scenario needs root"; }

# NULLMAILER_TEST_PREFIX moves all of nullmailer's paths, but not for a setuid program: here the queue
# program is a plain one, and everything runs as the user mail.
make_nullmailer()
{
    need_root
    local part
    part=$(unpacked nullmailer)
    NULLMAILER=$WORK/backend
    mkdir -p "$NULLMAILER"/{conf,queue/{queue,tmp,failed}}
    cp -r "$part/usr/bin" "$part/usr/sbin" "$NULLMAILER/"
    cp -r "$part/usr/lib/nullmailer" "$NULLMAILER/protocols"
    chmod 755 "$NULLMAILER/sbin/nullmailer-queue"
    mkfifo "$NULLMAILER/queue/trigger"
    chown -R mail:mail "$NULLMAILER/queue"
    echo "127.0.0.1 smtp port=$1" >"$NULLMAILER/conf/remotes"
    echo backend7.internal.example >"$NULLMAILER/mailname"
    echo app.example >"$NULLMAILER/conf/defaultdomain"
    echo 60 >"$NULLMAILER/conf/sendtimeout"
}

as_mail() { setpriv --reuid mail --regid mail --clear-groups "$@"; }

# The command that PHP's sendmail_path and the like call: nullmailer's own sendmail.
nullmailer_sendmail() { printf '%s' "$NULLMAILER/sbin/sendmail"; }

nullmailer()
{
    local program=$1
    shift
    [[ -x $NULLMAILER/bin/$program ]] && program=$NULLMAILER/bin/$program || program=$NULLMAILER/sbin/$program
    as_mail env NULLMAILER_TEST_PREFIX="$NULLMAILER" "$program" "$@"
}

start_nullmailer()
{
    start nullmailer setpriv --reuid mail --regid mail --clear-groups \
        env NULLMAILER_TEST_PREFIX="$NULLMAILER" "$NULLMAILER/sbin/nullmailer-send"
}

nullmailer_is_empty() { [[ -z $(ls -A "$NULLMAILER/queue/queue") ]]; }

make_certificates()
{
    need openssl
    mkdir -p "$WORK/tls"
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=scenario CA' \
        -keyout "$WORK/tls/ca.key" -out "$WORK/tls/ca.pem" 2>/dev/null
    openssl req -newkey rsa:2048 -nodes -subj '/CN=localhost' \
        -keyout "$WORK/tls/server.key" -out "$WORK/tls/server.csr" 2>/dev/null
    openssl x509 -req -in "$WORK/tls/server.csr" -CA "$WORK/tls/ca.pem" -CAkey "$WORK/tls/ca.key" -CAcreateserial \
        -days 2 -extfile <(echo 'subjectAltName=DNS:localhost,IP:127.0.0.1') -out "$WORK/tls/server.pem" 2>/dev/null
}

# make_users NAME PASSWORD: an htpasswd file with bcrypt, read by nginx's workers and by postmaster.
make_users()
{
    need htpasswd
    USERS=$WORK/users
    htpasswd -cbB -C 5 "$USERS" "$1" "$2" 2>/dev/null
    chown root:www-data "$USERS"
    chmod 640 "$USERS"
}

# Only paths, the port and the courier's address are changed in the shipped file, and what NGINX_EDIT says.
substitute_nginx()
{
    sed -e "${NGINX_EDIT:-}" -e "s|listen 443 ssl;|listen 127.0.0.1:$HTTPS_PORT ssl;|" -e '/listen \[::\]:443 ssl;/d' \
        -e 's|origin\.example\.com|localhost|' \
        -e "s|/etc/ssl/certs/postoffice.pem|$WORK/tls/server.pem|" \
        -e "s|/etc/ssl/private/postoffice.key|$WORK/tls/server.key|" \
        -e "s|allow 192\.0\.2\.25;|allow 127.0.0.1;|" \
        -e "s|/etc/postoffice/users|$USERS|" \
        -e "s|/run/postoffice/postmaster.socket|$1|" \
        -e "s|/var/log/nginx/|$WORK/nginx/|" "$MAIL_SOURCE/nginx/postoffice.conf"
}

start_nginx()
{
    need_root
    [[ -e $WORK/tls/server.pem ]] || make_certificates
    HTTPS_PORT=$(free_port)
    URL=https://localhost:$HTTPS_PORT/postoffice
    mkdir -p "$WORK/nginx"
    substitute_nginx "$1" >"$WORK/nginx/postoffice.conf"
    run_nginx "$WORK/nginx/postoffice.conf"
}

run_nginx()
{
    local nginx
    nginx=$(unpacked nginx)/usr/sbin/nginx
    chown www-data "$WORK/nginx"
    cat >"$WORK/nginx/nginx.conf" <<CONF
user www-data;
worker_processes 1;
daemon off;
pid $WORK/nginx/pid;
error_log stderr;
events {}
http {
    client_body_temp_path $WORK/nginx/body;
    proxy_temp_path       $WORK/nginx/proxy;
    fastcgi_temp_path     $WORK/nginx/fastcgi;
    uwsgi_temp_path       $WORK/nginx/uwsgi;
    scgi_temp_path        $WORK/nginx/scgi;
    access_log off;
    include $1;
}
CONF
    "$nginx" -t -q -e stderr -p "$WORK/nginx" -c "$WORK/nginx/nginx.conf"
    start nginx "$nginx" -e stderr -p "$WORK/nginx" -c "$WORK/nginx/nginx.conf"
    wait_for_port "$HTTPS_PORT"
}

# The libraries that a program needs, and the programs themselves, at the same places in another root.
copy_libraries()
{
    local root=$1 library
    while read -r library; do
        [[ -e $root$library ]] && continue
        mkdir -p "$root$(dirname "$library")"
        cp -L "$library" "$root$library"
    done < <(LD_LIBRARY_PATH="$root/usr/lib/postfix" ldd "${@:2}" 2>/dev/null | grep -oE '/[^ ]+' | grep -v ':$' |
        grep -v "^$root" | sort -u)
}

copy_programs()
{
    local root=$1 program
    shift
    for program in "$@"; do
        mkdir -p "$root$(dirname "$program")"
        cp -L "$program" "$root$program"
    done
    copy_libraries "$root" "$@"
}

# A machine of its own as far as a process can see: Postfix where Debian has it, setgid postdrop
# included, our postman, and users of its own (their numbers mean nothing outside).
make_delivery_host()
{
    need_root
    local root=$WORK/delivery-host part
    part=$(unpacked postfix)
    DELIVERY_HOST=$root
    mkdir -p "$root"/{dev,tmp,usr/lib64,usr/bin,var/mail,var/log,var/lib/postman,etc/postoffice,proc/sys/kernel/random}
    chmod 1777 "$root"/{tmp,var/mail}
    cp -a "$part"/{etc,usr,var} "$root/"
    ln -s usr/lib "$root/lib"
    ln -s usr/lib64 "$root/lib64"
    ln -s usr/bin "$root/bin"
    copy_programs "$root" /usr/bin/{env,setpriv,cat,sh}
    copy_libraries "$root" "$root"/usr/lib/postfix/sbin/{master,smtpd,smtp,local,pickup,cleanup} \
        "$root"/usr/sbin/{sendmail,postdrop,postqueue}
    install -D "$MAIL_BIN/postman" "$root/usr/sbin/postman"
    copy_libraries "$root" "$MAIL_BIN/postman"
    cp /proc/sys/kernel/random/boot_id "$root/proc/sys/kernel/random/"
    cp -a /dev/null /dev/urandom "$root/dev/"
    make_delivery_users "$root"
    make_postfix "$root"
}

make_delivery_users()
{
    cat >"$1/etc/passwd" <<'USERS'
root:x:0:0::/root:/bin/sh
postfix:x:9101:9101::/nonexistent:/usr/sbin/nologin
postman:x:9103:9103::/var/lib/postman:/usr/sbin/nologin
ann:x:9104:9104::/nonexistent:/usr/sbin/nologin
bob:x:9105:9105::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin
USERS
    printf '%s\n' root:x:0: mail:x:8: postfix:x:9101: postdrop:x:9102: postman:x:9103: ann:x:9104: bob:x:9105: \
        nogroup:x:65534: >"$1/etc/group"
    echo 'passwd: files
group: files
hosts: files' >"$1/etc/nsswitch.conf"
    echo '127.0.0.1 localhost courier.example' >"$1/etc/hosts"
    cp /etc/services /etc/protocols "$1/etc/"
    chown 9103:9103 "$1/var/lib/postman"
    chmod 700 "$1/var/lib/postman"
}

# What Debian's postinst would do: configuration, queue directories, the setgid bits.
make_postfix()
{
    local queue=$1/var/spool/postfix name
    cp "$1/usr/share/postfix/main.cf.debian" "$1/etc/postfix/main.cf"
    cat >>"$1/etc/postfix/main.cf" <<'CONF'
myhostname = courier.example
mydestination = delivery.example
inet_interfaces = loopback-only
inet_protocols = ipv4
alias_maps =
alias_database =
local_recipient_maps =
default_transport = error:no mail leaves this test
mailbox_size_limit = 0
message_size_limit = 0
maillog_file = /var/log/postfix.log
CONF
    sed -E -e '/^smtp +inet/d' -e 's/^([a-z]+ +unix(-dgram)? +[n-] +[n-] +)y/\1n/' -e '/^(maildrop|uucp|ifmail|bsmtp|scalemail|mailman|relay)/d' \
        -e '/^  /d' "$1/usr/share/postfix/master.cf.dist" >"$1/etc/postfix/master.cf"
    mkdir -p "$queue"/{active,bounce,corrupt,defer,deferred,flush,hold,incoming,maildrop,pid,private,public,saved,trace} \
        "$1/var/lib/postfix"
    chown root:root "$queue" "$queue/pid"
    for name in active bounce corrupt defer deferred flush hold incoming private saved trace; do
        chown 9101:0 "$queue/$name"
        chmod 700 "$queue/$name"
    done
    chown 9101:9102 "$queue"/{maildrop,public}
    chmod 730 "$queue/maildrop"
    chmod 710 "$queue/public"
    chown 9101:9101 "$1/var/lib/postfix"
    chown root:9102 "$1"/usr/sbin/{postdrop,postqueue}
    chmod 2755 "$1"/usr/sbin/{postdrop,postqueue}
}

on_delivery_host() { chroot "$DELIVERY_HOST" "$@"; }

start_postfix()
{
    start postfix chroot "$DELIVERY_HOST" /usr/lib/postfix/sbin/master -d
    wait_for "[[ -p '$DELIVERY_HOST/var/spool/postfix/public/pickup' || -S '$DELIVERY_HOST/var/spool/postfix/public/pickup' ]]"
}

# The mailbox that Postfix's local(8) writes.
mailbox_of() { printf '%s' "$DELIVERY_HOST/var/mail/$1"; }

# What systemd/postman-sendmail.service sets and a process can set for itself: the user, no
# capabilities, the umask, a file system that is read-only outside of the ledger and Postfix's queue.
# NoNewPrivileges stays off, or postdrop would lose its group.
as_courier()
{
    local shell='
        root=$1; shift
        if [ -z "$MAIL_NO_MOUNTS" ]; then
            mount --bind "$root" "$root"
            for open in var/lib/postman var/spool/postfix tmp; do mount --bind "$root/$open" "$root/$open"; done
            mount -o remount,bind,ro "$root"
        fi
        umask 0077
        exec chroot "$root" /usr/bin/setpriv --reuid 9103 --regid 9103 --clear-groups \
            --inh-caps=-all --bounding-set=-all "$@"'
    if unshare --mount true 2>/dev/null; then
        unshare --mount --propagation private sh -c "$shell" sh "$DELIVERY_HOST" "$@"
    else
        MAIL_NO_MOUNTS=yes sh -c "$shell" sh "$DELIVERY_HOST" "$@"
    fi
}
