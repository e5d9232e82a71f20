#!/usr/bin/env bash
# Builds the fault and measuring tools of Tests/Tools into .build-tools, when their sources changed.
# Usage: scripts/build-test-tools.sh [--self-test [IMAGES]]
set -euo pipefail
cd "$(dirname "$0")/.."

sources=Tests/Tools
out=.build-tools
flags=(-std=gnu11 -O2 -g -Wall -Wextra -Werror)
compiler=
for name in "${CC:-}" gcc clang cc; do
    [ -n "$name" ] && command -v "$name" >/dev/null && compiler=$name && break
done
if [ -z "$compiler" ]; then
    echo "no C compiler: install gcc, or put the toolchain's clang on PATH" >&2
    exit 69
fi

# newer TARGET SOURCE...: whether the target is missing or older than one of its sources.
stale() {
    local target=$1 source
    shift
    [ -e "$target" ] || return 0
    for source in "$@"; do [ ! "$source" -nt "$target" ] || return 0; done
    return 1
}

# make_tool TARGET FLAGS -- SOURCES: compiles beside the target and moves it there when whole.
make_tool() {
    local target=$1 own=()
    shift
    while [ "$1" != -- ]; do own+=("$1") && shift; done
    shift
    stale "$target" "$0" "$@" || return 0
    local units=() source
    for source in "$@"; do case $source in *.c) units+=("$source") ;; esac; done
    echo "    $compiler -> $target"
    "$compiler" "${flags[@]}" "${units[@]}" "${own[@]}" -o "$target.new"
    mv "$target.new" "$target"
}

mkdir -p $out/lib $out/bin
preload=(-shared -fPIC -fvisibility=hidden -ldl -lpthread)
builder=($sources/CPowerFail/*.c $sources/CPowerFail/*.h $sources/CPowerFail/include/CPowerFail.h)

make_tool $out/lib/record.so "${preload[@]}" -- \
    $sources/record/*.c $sources/record/record.h $sources/CPowerFail/trace.h
make_tool $out/lib/flushshim.so "${preload[@]}" -- $sources/flushshim.c
make_tool $out/lib/faults.so "${preload[@]}" -- $sources/faults.c
make_tool $out/bin/victim -llmdb -ldl -- $sources/selftest/victim.c
make_tool $out/bin/selftest -I$sources/CPowerFail/include -llmdb -- \
    $sources/selftest/selftest.c "${builder[@]}"
make_tool $out/bin/powerfail -I$sources/CPowerFail/include -- \
    $sources/powerfail.c "${builder[@]}"

if [ "${1:-}" = --self-test ]; then
    $out/bin/selftest "$PWD/$out/lib/record.so" "$PWD/$out/bin/victim" "${2:-700}"
fi
