#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# lint.sh: house rules and format; with "deep" also cppcheck and clang-tidy (needs build-dev or BUILD).
set -u
cd "$(dirname "$0")/.."
bad=0
python3 tools/lint.py || bad=1
if command -v clang-format > /dev/null; then
    git ls-files 'src/*.c' 'src/*.h' 'tests/*.c' 'tests/*.h' 'fuzz/*.c' 'fuzz/*.h' |
        xargs -r clang-format --dry-run -Werror 2>&1 | head -n 20
    [ "${PIPESTATUS[1]}" -eq 0 ] || bad=1
fi
if [ "${1:-}" = deep ]; then
    cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
        --suppressions-list=tools/cppcheck.suppress --error-exitcode=1 -j 2 -I src src || bad=1
    # A quarter of the analyzer's depth in a fifth of its time; scan-build in `make test-full` goes all the way.
    shallow=(-extra-arg=-Xclang -extra-arg=-analyzer-config -extra-arg=-Xclang -extra-arg=max-nodes=50000)
    run-clang-tidy -quiet -j 2 "${shallow[@]}" -p "${BUILD:-build-dev}" "$PWD/src/.*" 2> /dev/null |
        grep -E 'warning:|error:' && bad=1
fi
exit $bad
