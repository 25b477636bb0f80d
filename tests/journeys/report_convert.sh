#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# report_convert.sh MERLON: one scan, every report; then each again from the JSON result: no byte may
# differ. A result that is broken, or none, is refused with exit code 2.
set -eu
merlon=$(realpath "$1")
examples=$(realpath "$(dirname "$0")/../../examples")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cp -r "$examples" project
fail() { echo "report_convert: $*" >&2; exit 1; }

formats="json sarif junit github gitlab markdown csv html jsonl"
args=()
for f in $formats; do args+=(-o "$f=one.$f"); done
code=0
"$merlon" scan project --no-cache "${args[@]}" -o table > one.table || code=$?
[ $code -eq 1 ] || fail "the examples must fail the gate, not exit with $code"
grep -q 'gate: FAILED' one.table || fail "no verdict in the table"
grep -q 'report: one.html' one.table || fail "the table does not name the HTML report"

args=()
for f in $formats; do args+=(-o "$f=two.$f"); done
"$merlon" report one.json "${args[@]}" -o table > two.table
for f in $formats; do cmp "one.$f" "two.$f" || fail "$f differs"; done

FORCE_COLOR=1 "$merlon" report one.json -o table=colour.table -o markdown > /dev/null
grep -q $'\033' colour.table && fail "a file holds colours of a terminal"

for bad in one.html one.sarif /dev/null missing.json; do
    code=0
    "$merlon" report "$bad" > out 2> err || code=$?
    [ $code -eq 2 ] || fail "$bad: exit code $code"
    [ -s err ] || fail "$bad: nothing was said"
    [ ! -s out ] || fail "$bad: something was reported"
done
echo "report_convert: every format came back the same"
