#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# 27_guard_events.sh MERLON GUARD_LOG: what the gateway recorded, as the people behind it read it: one decision stage by
# stage, one caller's history, a SIEM's events, and a log that the gateway keeps.
tool=$(realpath "$2")
. "$(dirname "$0")/lib.sh"
schema=$here/../schemas/ocsf/events-1.1.0.json
blocked=00112233445566778899aabb passed_id=000000000000000000000001
"$tool" log || { echo "no log was made"; exit 1; }

# one decision
merlon explain --request $blocked --from log; exits "explain" 0
says "who" "key:0123456789ab   192.0.2.7   tenant acme"
says "read" "read       812 bytes, 4 parts"
says "normalise" "normalise  Base64   messages[1].content"
says "rules" "rules      inject.override   high   -> block   messages[1].content (user, text)   via Base64"
says "what was not looked at" "unscanned  text: deadline, nested"
says "decision" "decision   BLOCK by inject.override   policy 0f1e2d3c   said block"
says "time" "read 21, inspect 340, decide 2 microseconds"
says "end" "verdict    block   mode enforce   status 403   1.5 ms in all"
merlon audit prove 2 log; exits "the proof that it names" 0
merlon explain --request $blocked --from log -o json; is "json is the record" "$out" "$(sed -n 3p log/00000001.log)"
merlon explain --request $passed_id --from log; says "observe" "decision   ALLOW"; says "both sides" "the answer"
says "nothing was found" "rules      nothing matched"
merlon explain --request 0000000 --from log; exits "two" 2; says "two" "3 requests begin with '0000000'"
merlon explain --request 00112233 --from log; exits "the beginning is enough" 0
merlon explain --request ffffffff --from log; exits "unknown" 2; says "unknown" "no request 'ffffffff' in the log"
merlon explain --request 'a"b' --from log; exits "no id" 2
merlon explain --request $blocked --from nowhere; exits "no folder" 2
merlon explain --request $blocked; exits "no log" 3; says "no log" "merlon init --log begins one"
merlon explain --request 000000000000000000000bad --from log; exits "hostile" 0
ok "no byte of a client drives the terminal" bash -c '! grep -q "[[:cntrl:]]" <<< "$1"' _ "${out//$'\n'/}"

# one caller
merlon audit export log --caller key:012; is "a caller by the first letters" "$(jq -r .id <<< "$out" | tr '\n' ' ')" "$blocked 000000000000000000000bad "
merlon audit export log --kind guard --verdict redact --caller key:ffffffffffff
is "what was redacted" "$(jq -r '.matches[0].rule + " " + .flags[1]' <<< "$out")" "pii.iban cut"
merlon audit export log --kind guard --since 2026-11-30T12:00:00Z --until 2026-11-30T12:00:01Z
is "by time" "$(wc -l <<< "$out")" 4
merlon audit export log -o csv; is "csv" "$(wc -l <<< "$out")" 6
merlon audit export log -o cef; says "cef" "suser=key:0123456789ab"; says "cef" "src=192.0.2.7"
merlon audit tail log -n 4; says "tail" "block"

# a SIEM
merlon audit export log -o ocsf=ocsf.jsonl; exits "ocsf" 0
ok "OCSF 1.1.0" python3 - "$schema" ocsf.jsonl << 'P'
import json, jsonschema, sys
v = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
rows = [json.loads(l) for l in open(sys.argv[2])]
errors = [f"{list(e.path)}: {e.message[:200]}" for r in rows for e in v.iter_errors(r)]
assert not errors, errors
assert [r["class_uid"] for r in rows] == [0, 0, 2004, 2004, 2004], rows
blocked, cleaned = rows[2], rows[3]
assert (blocked["disposition"], cleaned["disposition"]) == ("Blocked", "Corrected")
who = blocked["evidences"][0]
assert who["actor"]["user"]["uid"] == "key:0123456789ab" and who["src_endpoint"]["ip"] == "192.0.2.7"
assert [e["data"]["rule"] for e in blocked["evidences"][1:]] == ["inject.override", "secret.aws.access_key_id"]
bad = json.loads(json.dumps(blocked)); bad["evidences"][0]["who"] = 1; assert list(v.iter_errors(bad))
P
merlon audit verify log; exits "the log is sound" 0

# a gateway that keeps one
pids=()
trap 'kill "${pids[@]}" 2> /dev/null; rm -rf "$work"' EXIT
guard() { # OPTION...: its process in $pid
    rm -f guard.out
    "$MERLON" guard --listen 127.0.0.1:0 --upstream http://127.0.0.1:9 "$@" > guard.out 2> guard.err & pid=$!
    pids+=("$pid")
    for _ in $(seq 400); do grep -qs "^log " guard.out && break; kill -0 $pid 2> /dev/null || break; sleep 0.02; done
    out=$(cat guard.out guard.err)
}
ends() { kill -TERM "$pid"; wait "$pid"; is "$1: it ends well" $? 0; }
guard; says "no log" "log    none"; ends "no log"
guard --log kept/log; says "a log" "log    kept/log   everything is kept   when it is full: requests are refused"
says "whose key to keep" "public key: merlon-log-"; is "the key is private" "$(stat -c %a kept/log/key)" 600
"$MERLON" guard --listen 127.0.0.1:0 --upstream http://127.0.0.1:9 --log kept/log > other.out 2>&1; is "one writer" $? 2
ok "and says so" grep -q "process $pid writes this log" other.out
is "no thread keeps a capability" "$(awk '/^CapEff/ {print $2}' /proc/$pid/task/*/status | sort -u)" 0000000000000000
ends "a log"; merlon audit verify kept/log; exits "it is sound" 0
guard --log kept/log --audit-full continue; says "going on" "requests pass unrecorded"; kill -9 "$pid"; wait "$pid" 2> /dev/null
guard --log kept/log; ends "after kill -9"; merlon audit verify kept/log; exits "sound after kill -9" 0
project p; merlon init --log; guard; says "the project's" "/.merlon/log"; ends "the project's"
printf '[[listen]]\naddress = "127.0.0.1:0"\n[[upstream]]\nurl = "http://127.0.0.1:9"\n[log]\npath = "there"\naudit_full = "continue"\nkeep_days = 30\n' > guard.toml
"$MERLON" guard --config guard.toml > guard.out 2> guard.err & pid=$!; pids+=("$pid")
for _ in $(seq 400); do grep -qs "^log " guard.out && break; sleep 0.02; done
out=$(cat guard.out); says "guard.toml" "log    there   kept 30 days   when it is full: requests pass unrecorded"; ends "guard.toml"
finish
