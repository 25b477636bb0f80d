#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh [full]: every check, one line each, and a last line "N passed, N failed".
# A check's own output is shown only when it fails.
set -u
cd "$(dirname "$0")/.."
full=${1:-}
out=${TEST_BUILDS:-build-test}
mkdir -p "$out"
passed=0
failed=0
tests_run=0
started=$SECONDS

check() { # NAME COMMAND...
    local name=$1 log t=$SECONDS
    shift
    log=$out/$(tr -c 'a-zA-Z0-9\n' '-' <<< "$name").log
    if "$@" > "$log" 2>&1; then
        passed=$((passed + 1))
        printf 'ok      %-46s %4d s\n' "$name" $((SECONDS - t))
    else
        failed=$((failed + 1))
        printf 'FAILED  %-46s %4d s\n' "$name" $((SECONDS - t))
        tail -n "${TEST_TAIL:-60}" "$log" | sed 's/^/        /'
    fi
}

setup() { # COMPILER DIR MESON-OPTION...
    local cc=$1 dir=$out/$2
    shift 2
    [ -d "$dir/meson-info" ] && return 0
    rm -rf "$dir"
    CC=$cc meson setup "$dir" "$@"
}

build() { ninja -C "$out/$1"; }

# Every test of these suites is a line of its own in the count.
suites() { # DIR SUITE...
    local dir=$out/$1 args=() line status name
    shift
    for s in "$@"; do args+=(--suite "$s"); done
    rm -f "$dir/meson-logs/testlog.json"
    meson test -C "$dir" --no-rebuild --num-processes 2 "${args[@]}" > "$dir/run.log" 2>&1
    if [ ! -s "$dir/meson-logs/testlog.json" ]; then
        failed=$((failed + 1))
        echo "FAILED  $(basename "$dir"): no test ran"
        tail -n 20 "$dir/run.log" | sed 's/^/        /'
        return
    fi
    while read -r line; do
        name=$(jq -r '.name' <<< "$line")
        status=$(jq -r '.result' <<< "$line")
        tests_run=$((tests_run + 1))
        case $status in
        OK) passed=$((passed + 1)) ;;
        *)
            failed=$((failed + 1))
            echo "FAILED  $(basename "$dir"): $name ($status)"
            jq -r '(.stdout // "") + (.stderr // "")' <<< "$line" | tail -n 40 | sed 's/^/        /'
            ;;
        esac
    done < "$dir/meson-logs/testlog.json"
    printf '        %-46s %4d tests so far\n' "$(basename "$dir"): $*" $tests_run
}

check "house rules and format" tools/lint.sh
check "gcc release: set up" setup gcc gcc --buildtype=release
check "gcc release: build, warnings are errors" build gcc
suites gcc quick hostile journeys
check "gcc ASan+UBSan: set up" setup gcc asan --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false
check "gcc ASan+UBSan: build" build asan
suites asan quick hostile
check "clang: set up" setup clang clang --buildtype=debugoptimized
check "clang: build, warnings are errors" build clang
check "cppcheck and clang-tidy" env BUILD="$out/clang" tools/lint.sh deep
check "fuzz smoke" env FUZZ_LIGHT=1 FUZZ_BUILD="$out/fuzz" tools/fuzz.sh "${FUZZ_RUNS:-3000}"

if [ "$full" = full ]; then
    suites asan every
    check "clang TSan: set up" setup clang tsan --buildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false
    check "clang TSan: build" build tsan
    suites tsan quick
    check "scan-build" tools/analyze.sh "$out/scan-build"
    check "coverage floor" tools/coverage.sh "$out/coverage"
    check "reproducible build" tools/reproducible.sh "$out/repro"
    check "guard: 100,000 connections" env CHURN=100000 tests/journeys/22_guard.sh "$out/gcc/merlon"
    check "peers" tools/peers.sh "$out/peers" "$out/gcc"
    check "fuzz, long" env FUZZ_BUILD="$out/fuzz" tools/fuzz.sh 1000000
fi

echo "time: $((SECONDS - started)) s"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
