#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the GitHub Action runs. Inputs come as environment variables, never as text of a script, so
# that nothing in a pull request is executed.
set -euo pipefail

merlon=$(command -v merlon || true)
if [ -z "$merlon" ]; then # built from the checkout of the action
    source=$(cd "${GITHUB_ACTION_PATH:?}/../.." && pwd)
    if [ "$(id -u)" -ne 0 ]; then sudo=(sudo); else sudo=(); fi
    "${sudo[@]}" "$source/tools/packages.sh" build
    make -C "$source"
    merlon=$source/build/merlon
fi

options=(--fail-on "${MERLON_IN_FAIL_ON:-high}" -o github -o sarif=merlon.sarif)
if [ -n "${MERLON_IN_SINCE:-}" ]; then options+=(--since "$MERLON_IN_SINCE"); fi
read -r -a more <<< "${MERLON_IN_ARGUMENTS:-}"

summary=$(mktemp)
code=0
"$merlon" scan "${MERLON_IN_PATH:-.}" "${options[@]}" -o markdown="$summary" "${more[@]}" || code=$?
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat "$summary" >> "$GITHUB_STEP_SUMMARY"; fi
rm -f "$summary"
[ "$code" -eq 3 ] && code=0 # nothing that Merlon knows: nothing to fail on
exit "$code"
