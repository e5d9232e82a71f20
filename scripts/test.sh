#!/usr/bin/env bash
# Every check and test in order, a line each, stopping at the first failure.
# Usage: scripts/test.sh [all|torture|sanitize]; CONFIG, SUITES and VERBOSE as in the Makefile.
set -euo pipefail
cd "$(dirname "$0")/.."

plan=${1:-all}
config=${CONFIG:-release}
scratch=${TEST_SCRATCH:-.build-test}
logs=.build-tools/logs
# The set-up below brings every tool that a test compares with: one that is missing is a failure.
export JANGBU_MUST_CHECK=1

# The quick and general first, so that a slip is told early; a suite not named here runs last.
order=(
    TidyTests
    CFloorTests FilesTests ThreadsTests LMDBTests CryptographyTests CompressionTests FinanceTests
    FrameTests EventLogTests VaultTests CommandsTests MyDataTests ProjectionsTests WebTests
    jangbuTests SimulationTests DecoderTests SystemTests
)
torture_suites=(DecoderTests SystemTests)
sanitized_suites=(LMDBTests CryptographyTests CompressionTests)

flags=(--scratch-path "$scratch")
case $plan in
    sanitize) flags+=(-c debug --sanitize=address) ;;
    *)
        flags+=(-c "$config")
        # Tests look inside modules; a debug build allows it without being asked.
        [ "$config" = debug ] || flags+=(-Xswiftc -enable-testing)
        ;;
esac

choose_suites() {
    local suite folder
    if [ -n "${SUITES:-}" ]; then
        printf '%s\n' $SUITES
        return
    fi
    case $plan in
        torture) printf '%s\n' "${torture_suites[@]}" ;;
        sanitize) printf '%s\n' "${sanitized_suites[@]}" ;;
        all)
            for suite in "${order[@]}"; do
                [ ! -d "Tests/$suite" ] || printf '%s\n' "$suite"
            done
            for folder in Tests/*Tests; do
                suite=${folder##*/}
                case " ${order[*]} " in *" $suite "*) ;; *) printf '%s\n' "$suite" ;; esac
            done
            ;;
        *) printf 'unknown plan %s\n' "$plan" >&2 && exit 64 ;;
    esac
}

now_ms() { date +%s%3N; }
spell() { awk -v ms="$1" 'BEGIN { printf "%.1f s", ms / 1000 }'; }

stage_index=0
begin=$(now_ms)
# stage TITLE COMMAND...: runs it into a log, one line when it ends, the log's end when it fails.
stage() {
    local title=$1 started log rc=0
    shift
    stage_index=$((stage_index + 1))
    log=$logs/$(printf '%02d' $stage_index)-${title%% *}.log
    printf '[%2d/%d] %-38s' $stage_index "$stage_count" "$title"
    started=$(now_ms)
    if [ -n "${VERBOSE:-}" ]; then
        printf '\n'
        "$@" 2>&1 | tee "$log" || rc=$?
        printf '%-46s' ''
    else
        # Appending: a suite's output and what is said of it come through two descriptors.
        "$@" >>"$log" 2>&1 || rc=$?
    fi
    if [ $rc != 0 ]; then
        printf 'FAILED after %s\n\n' "$(spell $(($(now_ms) - started)))"
        # What failed is said where it happened; the end of the log alone may not show it.
        grep -aE '(error:|✘|↳|SEED=)' "$log" |
            grep -avE 'Testing Library|Target Platform|: Issue recorded$' | head -n 60 || true
        printf '\n... the end of %s:\n' "$log"
        tail -n 12 "$log"
        exit 1
    fi
    printf '%8s  %s\n' "$(spell $(($(now_ms) - started)))" "$(verdict "$log")"
}

verdict() {
    sed -n 's/.*Test run with \([0-9]* tests\{0,1\}\) in .* passed.*/\1/p' "$1" | tail -n 1
}

run_suite() {
    swift test "${flags[@]}" --skip-build --disable-xctest --filter "^$1\." | tee -a /dev/fd/3
}

# A filter that matches nothing ends with 0: a suite without tests is a failure here.
checked_suite() {
    local count
    count=$(run_suite "$1" 3>&2 |
        sed -n 's/.*Test run with \([0-9]*\) test.* passed.*/\1/p') || return 1
    if [ "${count:-0}" -eq 0 ]; then
        printf 'error: no test of %s passed; is it in Package.swift?\n' "$1" >&2
        return 1
    fi
}

lint() { swift format lint --strict --recursive --parallel Package.swift Sources Tests; }
build() {
    # The bundle of all tests by its name: --build-tests would build the tools of packages too, a
    # Protobuf compiler among them.
    swift build "${flags[@]}" --product jangbuPackageTests --explicit-target-dependency-import-check error
}

mkdir -p $logs
rm -f $logs/*.log
mapfile -t suites < <(choose_suites)
stage_count=$((${#suites[@]} + 4))
printf '%s: %s, %s tests\n' "$plan" "$(swift --version 2>/dev/null |
    sed -n 's/.*\(Swift version [0-9.]*\).*/\1/p' | head -n 1)" "$config"

# Not a stage: what it installs and what is missing must be seen as it happens.
scripts/setup.sh test
stage_index=1
printf '[%2d/%d] %-38s%8s\n' 1 $stage_count 'set-up' "$(spell $(($(now_ms) - begin)))"
stage 'format' lint
stage "build ($config; first time: minutes)" build
stage 'fault tools and their self-test' scripts/build-test-tools.sh --self-test
for suite in "${suites[@]}"; do
    stage "$suite" checked_suite "$suite"
done
printf '\nall %d stages passed in %s\n' $stage_count "$(spell $(($(now_ms) - begin)))"
