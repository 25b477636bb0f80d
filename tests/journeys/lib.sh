# SPDX-License-Identifier: Apache-2.0
# lib.sh - for the journeys: own folder, own home, counted checks, a summary line at the end.
# MERLON is the program under test; it can be given as the first argument, too.
set -u
MERLON=$(realpath "${1:-${MERLON:?which merlon?}}")
here=$(cd "$(dirname "$0")" && pwd)
examples=$here/../../examples
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work/home XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config GIT_CONFIG_NOSYSTEM=1
unset NO_COLOR FORCE_COLOR
mkdir -p "$HOME"
cd "$work" || exit 1
passed=0
failed=0
out=
code=0

merlon() { # output in $out, exit code in $code
    out=$("$MERLON" "$@" 2>&1)
    code=$?
}

ok() { # NAME COMMAND...
    local name=$1
    shift
    if "$@" > "$work/check.log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
        sed 's/^/    /' "$work/check.log"
        printf '%s\n' "$out" | head -n 30 | sed 's/^/  | /'
    fi
}

is() { ok "$1" [ "$2" = "$3" ] || true; [ "$2" = "$3" ] || echo "    got '$2', not '$3'"; }
exits() { is "$1: exit code" "$code" "$2"; }
says() { ok "$1: says '$2'" grep -qF -- "$2" <<< "$out"; }
silent_on() { ok "$1: does not say '$2'" bash -c '! grep -qF -- "$1" <<< "$2"' _ "$2" "$out"; }
exists() { ok "$1" [ -e "$2" ]; }
absent() { ok "$1" [ ! -e "$2" ]; }

project() { # NAME: an empty git project with one commit
    mkdir -p "$work/$1" && cd "$work/$1" || exit 1
    git init -q -b main . && git config user.email a@b.example && git config user.name tester
    echo "a project" > notes.md && git add . && git commit -qm one
}

finish() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
