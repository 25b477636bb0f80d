#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# First contact: scan, exit codes, quiet and silent, pipes, colours, several reports, unread files.
. "$(dirname "$0")/lib.sh"
project first
cp -r "$examples/fraud/." . && cp "$examples/booby-trapped/fraud_score.pkl" ranker.pkl
trap_free=fraud_free; mkdir "$work/$trap_free"; cp -r "$examples/fraud/models" "$work/$trap_free/"

merlon scan .
exits "a trapped project" 1
says "a trapped project" "CRITICAL  model.pickle-exec"
says "a trapped project" "ranker.pkl"
is "the last line names the gate" "$(tail -n 1 <<< "$out" | cut -c1-13)" "gate: FAILED,"
says "no settings" "no merlon.toml, using defaults"
ok "a pipe gets no escape codes and no progress" bash -c '! "$1" scan . 2>&1 | grep -q "$(printf "\033")"' _ "$MERLON"
merlon scan . -q; silent_on "quiet" "gate:"; exits "quiet" 1
merlon scan . -s; is "silent prints nothing" "$out" ""; exits "silent" 1
merlon scan . --color always; ok "colours on demand" grep -q "$(printf '\033')" <<< "$out"
NO_COLOR=1 merlon scan .; exits "NO_COLOR" 1
merlon scan . --fail-on none; exits "no gate" 0
merlon scan ranker.pkl --fail-on critical; exits "gate at critical" 1
merlon scan models; exits "honest models" 0; says "honest models" "gate: passed"
"$MERLON" scan - < ranker.pkl > /dev/null; is "standard input" $? 1
"$MERLON" scan . | head -n 1 > /dev/null; is "a reader that goes away: the gate still counts" "${PIPESTATUS[0]}" 1
mkdir "$work/empty"; merlon scan "$work/empty"; exits "nothing to scan" 3
mkdir "$work/plain"; echo hello > "$work/plain/readme"; merlon scan "$work/plain"; exits "nothing recognised" 3
merlon scan no/such/path; exits "a missing path" 2; says "a missing path" "no/such/path"

mkdir "$work/unread"; head -c 5000 /dev/urandom > "$work/unread/net.onnx"
merlon scan "$work/unread" --why-skipped; exits "what was not inspected fails the gate" 1
says "what was not inspected is counted" "not inspected: 1 file"; says "and listed" "net.onnx"

merlon scan . -o json=a.json -o sarif=a.sarif -o junit=a.xml -o gitlab=gl.json -o markdown=c.md -o csv=a.csv
exits "six reports in one pass" 1
for f in a.json a.sarif a.xml gl.json c.md a.csv; do exists "report $f" $f; done
ok "json is json" jq -e '.schema == "merlon.result/1" and .gate.passed == false' a.json
ok "gitlab fingerprints are unique" jq -e '([.[].fingerprint] | length) == ([.[].fingerprint] | unique | length)' gl.json
ok "no temporary file is left" bash -c '! ls | grep -q "\.tmp$"'
ok "json on standard output is pure" bash -c '"$1" scan . -o json 2> /dev/null | jq -e . ' _ "$MERLON"
ok "jsonl: one object a line" bash -c '"$1" scan . -o jsonl 2> /dev/null | jq -es "length > 0" ' _ "$MERLON"
merlon scan . -o json -o sarif; exits "two reports on standard output" 2
merlon scan . -o jsn; exits "a misspelt report" 2; says "a misspelt report" "did you mean json?"
merlon scan . -o json=no/such/dir/a.json; exits "no place for a report" 2
merlon scan . -o github; says "annotations" "::error"

mkfifo slow.fifo
exec 9<> slow.fifo # a writer that never comes to its end
env --default-signal=INT "$MERLON" scan - -o json=never.json < slow.fifo > /dev/null 2>&1 &
sleep 0.5; kill -INT $!; wait $!
is "Ctrl-C" $? 130
exec 9>&-
absent "an interrupted scan leaves no report" never.json
finish
