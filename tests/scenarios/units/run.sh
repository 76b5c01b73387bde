#!/bin/bash
# systemd's own judgement on the shipped units: sound, and hardened.
. "$(dirname "$0")/../../support/scenario.sh"
need systemd-analyze

cp -r "$MAIL_SOURCE/systemd" "$WORK/units"
cd "$WORK/units"
rm -rf sysusers.d tmpfiles.d
# verify looks for the programs of ExecStart.
sed -i -E "s,=/usr/sbin/(postoffice|postmaster|postman),=$MAIL_BIN/\1," ./*.service

verify() { systemd-analyze verify --man=no --recursive-errors=no "./$1" >>"$WORK/verify.log" 2>&1; }
secure() { systemd-analyze security --offline=true --no-pager --threshold="$2" "./$1" >>"$WORK/security.log" 2>&1; }
refuses() { ! "$@"; }

for unit in *.service *.socket *.timer *.path; do
    check "$unit is sound" verify "$unit"
done
for unit in *.service; do
    case $unit in
    postoffice-sendmail.service) threshold=25 ;;  # root, for every user's mails, with three capabilities
    *-sendmail.service) threshold=55 ;;
    *) threshold=20 ;;
    esac
    check "$unit is exposed less than $threshold" secure "$unit" "$threshold"
done

sed 's/^ProtectHome=/ProtectHom=/' postman.service >broken.service
check "an unknown setting is refused (so the check checks)" refuses verify broken.service
check "a threshold that nobody meets is refused" refuses secure postman-sendmail.service 20

for unit in postman*-sendmail.service; do
    # Each of these would take the setgid bit from postdrop.
    check "$unit leaves postdrop its group" \
        refuses grep -qE '^(NoNewPrivileges=yes|RestrictSUIDSGID|SystemCall|PrivateDevices|ProtectKernel|ProtectClock|ProtectHostname|MemoryDeny|LockPersonality|Restrict(Address|Namesp|Realt)|PrivateUsers)' "$unit"
done
check "stopping postmaster leaves systemd its socket" refuses grep -q '^RuntimeDirectory' postmaster.service
for starter in *.timer *.path; do
    check "$starter has its service" test -f "${starter%.*}.service"
done

# The longest --delivery-timeout that postman takes; a stop waits for the deliveries at work.
takes_timeout() { POSTMAN_URL=x.example "$MAIL_BIN/postman" --delivery-timeout "$1" --check-config >/dev/null 2>&1; }
longest=400
check "no --delivery-timeout is over $longest s" eval "takes_timeout ${longest}s && ! takes_timeout $((longest + 1))s"
seconds_of() { sed -n "s/^$2=//p" "$1"; }
for unit in postman*.service; do
    [[ $unit != postman-broker.service ]] || continue  # it delivers nothing
    check "$unit: a stop waits longer than a delivery may take" \
        test "$(seconds_of "$unit" TimeoutStopSec)" -gt "$longest"
    check "$unit: a stop does not end a sendmail" grep -qE '^KillMode=(mixed|process)$' "$unit"
done
for unit in *.service; do
    check "$unit writes no core with mail in it" grep -qx 'LimitCORE=0' "$unit"
    check_equal "$unit: each command stands once" "$(grep '^Exec' "$unit" | sort | uniq -d)" ''
done
for unit in $(grep -lx 'Type=notify' ./*.service); do
    [[ $unit != ./postman-broker.service ]] || continue  # it sleeps until somebody asks
    check "$unit: systemd watches whether it lives" test "$(seconds_of "$unit" WatchdogSec)" -ge 60
done
