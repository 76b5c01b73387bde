#!/bin/bash
# --syslog: what a syslog daemon hears on /dev/log, with facility, level and program. In a /dev of its own, so root and a mount namespace.
. "$(dirname "$0")/../../support/scenario.sh"
. "$MAIL_SOURCE/tests/support/courier.sh"
. "$MAIL_SOURCE/tests/support/parts.sh"
need python3 unshare
need_root
if ! unshare --mount true 2>/dev/null; then
    say "no mount namespace can be made here: left out"
    exit 0
fi

mkdir "$WORK/dev"
touch "$WORK"/dev/{null,zero,random,urandom}
start syslog python3 "$MAIL_SOURCE/tests/support/notify_socket.py" "$WORK/dev/log" "$WORK/heard"
wait_for_socket "$WORK/dev/log"
cat >"$WORK/with-syslog" <<'S'
#!/bin/sh
# WORK COMMAND…: runs it where /dev holds a log socket.
dev=$1/dev
shift
for node in null zero random urandom; do mount --bind "/dev/$node" "$dev/$node"; done
mount --rbind "$dev" /dev
exec "$@"
S
chmod 755 "$WORK/with-syslog"
logging() { local name=$1 && shift && start "$name" unshare --mount --propagation private "$WORK/with-syslog" "$WORK" "$@" --syslog; }

SPOOL=$WORK/spool SMTP_PORT=$(free_port) ENDPOINT=$WORK/postmaster.socket
mkdir -p "$SPOOL"
logging postoffice "$MAIL_BIN/postoffice" 127.0.0.1 "$SMTP_PORT" --spool "$SPOOL"
logging postmaster "$MAIL_BIN/postmaster" --spool "$SPOOL" --listen "unix:$ENDPOINT"
wait_for_port "$SMTP_PORT" 60
wait_for_socket "$ENDPOINT" 60
printf 'From: web@app.example\nTo: ann@d.example\nSubject: s\n\nbody\n' >"$WORK/mail.eml"
reply=$(smtp_send "$SMTP_PORT" "$WORK/mail.eml" web@app.example ann@d.example)
id=${reply##* }
logging postman "$MAIL_BIN/postman" "unix:$ENDPOINT" --state "$STATE" --deliver "sendmail:/bin/false"
wait_exit postman 60
logging sendmail "$MAIL_BIN/postoffice-sendmail" --to 127.0.0.1:1 ann@d.example
wait_exit sendmail 60

# Facility mail is 2: <22> is its info, <20> its warning (RFC 3164 4.1.1).
heard() { wait_for "grep -qE -e '$2' '$WORK/heard'" 60 && check "$1" true; }
heard "the intake, as mail.info" "^<22>[A-Z][a-z]{2} [ 0-9]+ [0-9:]+ postoffice\[[0-9]+\]: info queued id=$id "
heard "the hand-out" "^<22>.* postmaster\[[0-9]+\]: info handed out id=$id "
heard "a deferral, as mail.warning" "^<20>.* postman\[[0-9]+\]: warning deferred id=$id "
heard "a mail that sendmail could not hand over, as mail.error" "^<19>.* sendmail\[[0-9]+\]: not sent, and not kept: 127.0.0.1:1: "
for program in postoffice postmaster; do stop "$program"; done
for program in postoffice postmaster postman; do
    check_equal "$program says nothing on stderr" "$(cat "$(log_of "$program")")" ''
done
