# What the scripts share: where the tree is, how steps look on a terminal, how root is asked for.

set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$ROOT} CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR:-1}
export NINJA_STATUS=${NINJA_STATUS:-'[%f/%t, %es] '}

if [[ -t 1 ]]; then
    BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' GREEN=$'\e[32m' PLAIN=$'\e[0m'
else
    BOLD='' DIM='' RED='' GREEN='' PLAIN=''
fi

step() { printf '\n%s==> %s%s\n' "$BOLD" "$*" "$PLAIN"; }
note() { printf '%s    %s%s\n' "$DIM" "$*" "$PLAIN"; }
die()
{
    printf '%s%s: %s%s\n' "$RED" "$(basename "$0")" "$*" "$PLAIN" >&2
    exit 1
}

as_root()
{
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo -E "$@"
    else
        die "this needs root: $*"
    fi
}

# The comment block at the top of a script is its help.
usage() { sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"; }

# build PRESET TARGET…: configures once, then builds; ninja shows how far it is.
build()
{
    local preset=$1
    shift
    if [[ ! -f $ROOT/build/$preset/build.ninja ]]; then
        (cd "$ROOT" && cmake --preset "$preset" >"/tmp/configure.$$" 2>&1) ||
            { cat "/tmp/configure.$$"; rm -f "/tmp/configure.$$"; die "cmake --preset $preset failed"; }
        rm -f "/tmp/configure.$$"
    fi
    (cd "$ROOT" && cmake --build --preset "$preset" --target "$@")
}
