#!/usr/bin/env bash
# Installs what is missing, and only that. Usage: scripts/setup.sh build|test
#   build   what it takes to build and run jangbu
#   test    the same, and what the tests compare it with: browser, promtool, Python oracles
# Silent when nothing is missing. Needs root or sudo only when it must install a system package.
set -euo pipefail
cd "$(dirname "$0")/.."

scope=${1:-build}
tools=.build-tools

# Packages of Debian and Ubuntu, each with the file or command that tells it is there already,
# so that a hand-made installation counts too.
build_packages=(
    "git=git"
    "liblmdb-dev=lmdb.h"
    "libssl-dev=openssl/evp.h"
    "libzstd-dev=zstd.h"
    "libsimdjson-dev=simdjson.h"
)
test_packages=(
    "gcc=cc"
    "libc6-dev=stdio.h"
    "python3=python3"
    "python3-venv=:venv"
    "chromium=:chromium"
    "fonts-noto-cjk=:korean-font"
)

say() { printf '    %s\n' "$*" >&2; }
stop() {
    printf '\nset-up stopped: %s\n' "$1" >&2
    shift
    local line
    for line in "$@"; do printf '  %s\n' "$line" >&2; done
    exit 69
}

check_swift() {
    command -v swift >/dev/null || stop "no 'swift' on PATH" \
        "Install the Swift 6.3 toolchain (https://www.swift.org/install/linux/)" \
        "and put its usr/bin on PATH."
    # Asking the compiler costs half a second; the answer changes only with its file.
    local path stamp version
    path=$(readlink -f "$(command -v swift)")
    stamp="$path $(stat -Lc '%Y %s' "$path")"
    if [ -f $tools/swift-checked ] && [ "$(cat $tools/swift-checked)" = "$stamp" ]; then
        return
    fi
    version=$(swift --version 2>/dev/null |
        sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    [ -n "$version" ] || stop "'swift --version' does not answer" "Is $path a whole toolchain?"
    case $version in
        6.[3-9] | 6.[1-9][0-9] | [7-9].*) ;;
        *) stop "Swift $version is too old" "Jangbu needs Swift 6.3 or later; found $path" ;;
    esac
    mkdir -p $tools
    printf '%s\n' "$stamp" >$tools/swift-checked
}

has_header() {
    local folder multi
    multi=$(uname -m)-linux-gnu
    for folder in /usr/include "/usr/include/$multi" /usr/local/include; do
        [ -e "$folder/$1" ] && return 0
    done
    return 1
}

is_there() {
    case $1 in
        :venv) command -v python3 >/dev/null && venv_python >/dev/null ;;
        :chromium) command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
            command -v google-chrome >/dev/null ;;
        :korean-font) compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null ||
            compgen -G '/usr/share/fonts/truetype/nanum/*' >/dev/null ;;
        *.h) has_header "$1" ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

# The first python3 that can make a virtual environment, the system's before others.
venv_python() {
    local python
    for python in /usr/bin/python3 "$(command -v python3 || true)"; do
        if [ -x "$python" ] && "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            printf '%s\n' "$python"
            return 0
        fi
    done
    return 1
}

missing_packages() {
    local entry
    for entry in "$@"; do
        is_there "${entry#*=}" || printf '%s\n' "${entry%%=*}"
    done
}

apt() {
    if [ "$(id -u)" = 0 ]; then
        DEBIAN_FRONTEND=noninteractive apt-get "$@"
    else
        sudo DEBIAN_FRONTEND=noninteractive apt-get "$@"
    fi
}

refresh_lists() {
    [ -z "${lists_are_fresh:-}" ] || return 0
    say "apt-get update"
    apt update -qq >$tools/apt.log 2>&1 || stop "the package lists cannot be fetched" \
        "'apt-get update' failed: is there a network? Its words are in $tools/apt.log."
    lists_are_fresh=yes
}

install_packages() {
    [ $# -gt 0 ] || return 0
    printf '==> set-up: %s\n' "$*" >&2
    command -v apt-get >/dev/null || stop "missing: $*" \
        "This system has no apt-get. Install these packages, or what your system calls them:" "$*"
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        stop "missing: $*" "You are not root and there is no sudo. Ask an administrator for:" \
            "apt-get install $*"
    fi
    mkdir -p $tools
    # Lists may be there from an earlier day: try them before fetching new ones.
    say "apt-get install"
    if ! apt install -y -qq --no-install-recommends "$@" >$tools/apt.log 2>&1; then
        refresh_lists
        say "apt-get install"
        apt install -y -qq --no-install-recommends "$@" >$tools/apt.log 2>&1 || stop \
            "these packages cannot be installed: $*" \
            "Is there a network? apt's words are in $tools/apt.log."
    fi
}

# promtool alone is taken out of its package: installing the package would start a server.
install_promtool() {
    command -v promtool >/dev/null && return 0
    [ -x $tools/bin/promtool ] && return 0
    printf '==> set-up: promtool\n' >&2
    command -v apt-get >/dev/null || stop "missing: promtool" \
        "Put promtool (https://prometheus.io/download/) on PATH."
    local folder=$tools/promtool.new
    rm -rf $folder
    mkdir -p $folder $tools/bin
    if ! (cd $folder && apt-get download -qq prometheus) >$tools/apt.log 2>&1; then
        refresh_lists
        (cd $folder && apt-get download -qq prometheus) >$tools/apt.log 2>&1 || stop \
            "promtool cannot be fetched" \
            "Is there a network? apt's words are in $tools/apt.log."
    fi
    dpkg -x $folder/prometheus_*.deb $folder
    mv $folder/usr/bin/promtool $tools/bin/promtool
    rm -rf $folder
}

# Independent implementations that the tests compare ours with.
install_oracles() {
    local wanted=Tests/Tools/oracles.txt venv=$tools/venv python
    [ -f $wanted ] || return 0
    cmp -s $wanted $venv/installed.txt && return 0
    printf '==> set-up: Python oracles\n' >&2
    python=$(venv_python) || stop "python3 cannot make virtual environments" \
        "Install python3-venv."
    rm -rf $venv
    mkdir -p $tools
    "$python" -m venv $venv
    say "pip install: $(grep -v '^#' $wanted | tr '\n' ' ')"
    $venv/bin/python -m pip install -q --disable-pip-version-check -r $wanted \
        >$tools/pip.log 2>&1 || stop "the Python oracles cannot be installed" \
        "Is there a network? pip's words are in $tools/pip.log."
    cp $wanted $venv/installed.txt
}

case $scope in build | test) ;; *) stop "unknown scope '$scope'" "Say build or test." ;; esac
[ "$(uname -s)" = Linux ] || stop "this is $(uname -s)" "Jangbu's server runs on Linux."

check_swift
wanted=("${build_packages[@]}")
[ "$scope" = test ] && wanted+=("${test_packages[@]}")
mapfile -t missing < <(missing_packages "${wanted[@]}")
install_packages "${missing[@]}"
if [ "$scope" = test ]; then
    install_promtool
    install_oracles
fi
