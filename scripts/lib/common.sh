# shellcheck shell=bash
# What demo, test and bench share: packages, build folders, the tests' Python. Sourced, with `set -euo
# pipefail` in force. Everything stays inside the checkout, so that checkouts don't disturb each other.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export LANG=C.UTF-8 LC_ALL=C.UTF-8

say() {
    printf '== %s\n' "$*" >&2
}

die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -- "$@"
    fi
}

# The packages of packages.txt that are not installed.
missing_packages() {
    local package
    grep -v '^#' "$top/scripts/packages.txt" | while read -r package; do
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
            printf '%s\n' "$package"
    done
}

install_packages() {
    local missing
    command -v dpkg-query >/dev/null || return 0 # not a Debian: the build says what it misses
    mapfile -t missing < <(missing_packages)
    [ "${#missing[@]}" -gt 0 ] || return 0
    say "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        "${missing[@]}" >&2 || {
        as_root apt-get update -q >&2
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
            "${missing[@]}" >&2
    }
}

# configure DIR [meson options]: a build folder of this checkout, configured once.
configure() {
    local dir=$top/$1
    shift
    if [ -f "$dir/build.ninja" ]; then
        meson configure "$dir" "$@" >&2
    else
        meson setup "$dir" "$top" "$@" >&2
    fi
}

# The tests' Python with what tests/requirements.txt pins, in .venv.
prepare_venv() {
    local stamp=$top/.venv/requirements.txt
    cmp -s "$top/tests/requirements.txt" "$stamp" && return 0
    say 'preparing .venv'
    python3 -m venv --clear "$top/.venv" >&2
    "$top/.venv/bin/python" -m pip install -q --disable-pip-version-check \
        -r "$top/tests/requirements.txt" >&2
    cp "$top/tests/requirements.txt" "$stamp"
}

# The build of the tests: sanitizers on. Tests look for its programs.
build_asan() {
    configure build-asan -Dwerror=true -Db_sanitize=address,undefined -Db_lundef=false && ninja -k 0 -C "$top/build-asan"
}

use_asan() {
    export LABTAB_BUILD=$top/build-asan
    export ASAN_OPTIONS=abort_on_error=0:detect_leaks=1 UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
}
