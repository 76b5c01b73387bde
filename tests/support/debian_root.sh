# A clean Debian 12 in a directory, for packages to be installed in. Source after scenario.sh. Needs root.
#
#   MIRROR_PROXIES            set it before scenario.sh clears them: MIRROR_PROXIES=$(env | grep -i _proxy= || true)
#   make_debian_root          debootstrap's minbase in $WORK/debian, with this host's way to its mirror; sets DEBIAN.
#                             Unpacked from build/parts/ where an earlier run has left it
#   on_debian COMMAND…        runs there as root, with a /proc of its own
#   IN_DEBIAN                 the same as an array, for start: start NAME "${IN_DEBIAN[@]}" COMMAND…
#   apt_on_debian ARGUMENT…   its apt-get; what it fetches is kept in build/parts/ too
#
# Which mirror, which proxy and which CA is this host's business: read from its apt, written nowhere else.

RELEASE=bookworm
ROOT_CACHE=${MAIL_PARTS:?}/$RELEASE-minbase.tar
DEB_CACHE=$MAIL_PARTS/$RELEASE-debs

# "URI SUITE" of each of this host's Debian suites, main, as apt has them.
debian_suites()
{
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(CREATED_BY) $(ORIGIN)' |
        awk -v release="$RELEASE" '$4 == "Packages" && $3 == "main" && ($5 == "Debian" || $5 == "") &&
            ($2 == release || $2 == release "-updates" || $2 == release "-security") { print $1, $2 }' | sort -u
}

apt_option() { apt-config dump --format '%v%n' "$1" | head -n 1; }

# The environment in which this host's programs reach the mirror.
mirror_environment()
{
    local scheme proxy
    printf '%s\n' "${MIRROR_PROXIES:-}"
    for scheme in http https; do
        proxy=$(apt_option "Acquire::$scheme::Proxy")
        [[ -z $proxy || $proxy == DIRECT ]] || printf '%s_proxy=%s\n' "$scheme" "$proxy"
    done
    local ca
    ca=$(apt_option Acquire::https::CaInfo)
    [[ -z $ca ]] || { echo "ca_certificate = $ca" >"$WORK/wgetrc"; echo "WGETRC=$WORK/wgetrc"; }
}

bootstrap()
{
    local mirror root=$WORK/bootstrap
    need debootstrap
    mirror=$(debian_suites | awk -v release="$RELEASE" '$2 == release { print $1; exit }')
    [[ $mirror ]] || fail "this host's apt knows no mirror of Debian $RELEASE main, so there is nothing to bootstrap from"
    say "debootstrap: once, then it is kept in ${ROOT_CACHE#"$MAIL_SOURCE"/}"
    mapfile -t environment < <(mirror_environment | grep . || true)
    env "${environment[@]}" debootstrap --variant=minbase "$RELEASE" "$root" "$mirror" >"$WORK/debootstrap.log" 2>&1 ||
        { cp "$root/debootstrap/debootstrap.log" "$WORK/debootstrap-more.log" 2>/dev/null || true
          fail "debootstrap does not work in this place; its log says why"; }
    mkdir -p "$MAIL_PARTS"
    tar -C "$root" --one-file-system --exclude='./proc/*' --exclude='./sys/*' -cf "$ROOT_CACHE.$$" .
    mv "$ROOT_CACHE.$$" "$ROOT_CACHE"
    rm -rf --one-file-system "$root"
}

# This host's way to the mirror, inside: suites, apt's own settings of the way, the CA.
configure_apt()
{
    local ca
    debian_suites | sed 's/\(.*\) \(.*\)/deb \1 \2 main/' >"$DEBIAN/etc/apt/sources.list"
    apt-config dump | grep -iE '^Acquire::(https?|Retries|Check-Valid-Until|Check-Date|AllowInsecure)' |
        grep -viE '^Acquire::[^ ]* ""' >"$DEBIAN/etc/apt/apt.conf.d/90mirror" || true
    printf '%s\n' 'Acquire::Languages "none";' 'APT::Install-Recommends "false";' >"$DEBIAN/etc/apt/apt.conf.d/91lean"
    mkdir -p "$DEBIAN/etc/ssl/certs"
    for ca in /etc/ssl/certs/ca-certificates.crt "$(apt_option Acquire::https::CaInfo)"; do
        [[ ! -f $ca || -e $DEBIAN$ca ]] || install -D -m 644 "$ca" "$DEBIAN$ca"
    done
    cp /etc/resolv.conf /etc/hosts "$DEBIAN/etc/" 2>/dev/null || true
}

make_debian_root()
{
    ((EUID == 0)) || fail "this scenario needs root"
    DEBIAN=$WORK/debian
    [[ -s $ROOT_CACHE ]] || bootstrap
    mkdir "$DEBIAN"
    tar -C "$DEBIAN" -xf "$ROOT_CACHE"
    configure_apt
    if unshare --mount true 2>/dev/null; then
        IN_DEBIAN=(unshare --mount --propagation private sh -c
            'mount -t proc proc "$1/proc" 2>/dev/null; exec chroot "$@"' sh "$DEBIAN")
    else
        IN_DEBIAN=(chroot "$DEBIAN")
    fi
    mkdir -p "$DEB_CACHE"
    find "$DEB_CACHE" -name '*.deb' -exec cp -t "$DEBIAN/var/cache/apt/archives" {} +
    apt_on_debian update
}

on_debian() { "${IN_DEBIAN[@]}" "$@"; }

apt_on_debian()
{
    mapfile -t environment < <(printf '%s\n' "${MIRROR_PROXIES:-}" | grep . || true)
    on_debian env "${environment[@]}" DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        apt-get -q -y -o APT::Keep-Downloaded-Packages=true "$@" >>"$WORK/apt.log" 2>&1 || return 1
    find "$DEBIAN/var/cache/apt/archives" -maxdepth 1 -name '*.deb' -exec cp -n -t "$DEB_CACHE" {} +
}
