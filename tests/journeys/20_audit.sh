#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The log: off unless asked for, then a signed record of each scan, signature and verdict; what somebody does to it
# afterwards is named; a stranger checks it with other programs.
. "$(dirname "$0")/lib.sh"
schema=$here/../schemas/ocsf/events-1.1.0.json
project p
mkdir models && head -c 4000 /dev/zero > models/weights.bin
printf 'cposix\nsystem\n(S"echo hi"\ntR.' > bad.pkl
openssl ecparam -name prime256v1 -genkey -noout -out ../key.pem 2> /dev/null
openssl ec -in ../key.pem -pubout -out ../key.pub 2> /dev/null
log=.merlon/log

# Off.
merlon scan . -q; exits "without a log" 1
absent "nothing is written" .merlon
merlon audit verify; exits "no log" 3; says "no log" "merlon init --log begins one"

# On.
merlon init --log; exits "init" 0; says "init" "a log begins in"; says "init" "public key: merlon-log-"
is "the key is private" "$(stat -c %a $log/key)" 600
is "git sees nothing of it" "$(git status --porcelain .merlon)" ""
merlon init --log; exits "again" 0; says "again" "already"
cp $log/key.pub ../log.pub
merlon scan . -q; exits "scan" 1
merlon scan models -q; scan_code=$code
merlon sign models --key ../key.pem; exits "sign" 0
merlon verify models --public-key ../key.pub; exits "verify" 0
echo x >> models/weights.bin
(cd models && "$MERLON" verify . --signature ../models.merlon.sig --public-key ../../key.pub > /dev/null 2>&1); is "verify, changed" $? 1
merlon audit verify; exits "sound" 0; says "sound" "ok  6 records, chain unbroken"
merlon audit verify --public-key ../log.pub -q; exits "a key of ours" 0; is "quiet" "$out" ""
is "kinds" "$(jq -r .kind $log/00000001.log | tr '\n' ' ')" "log.created scan scan sign verify verify "
is "verdicts" "$(jq -r '.verdict // "-"' $log/00000001.log | tr '\n' ' ')" "- fail $([ "$scan_code" = 1 ] && echo fail || echo pass) - pass fail "
is "subjects" "$(jq -r '.subject // "-"' $log/00000001.log | tr '\n' ' ')" "- . models models models models "
is "rules" "$(sed -n 2p $log/00000001.log | jq -r '.rules | contains(["model.pickle-exec"])')" true
ok "no content" bash -c "! grep -q 'echo hi' $log/00000001.log"

# What a stranger can do with the page that describes it, and other programs.
ok "checked by another program" python3 - $log ../log.pub << 'P'
import base64, hashlib, json, subprocess, sys, zlib
folder, pub = sys.argv[1:]
h = lambda b: hashlib.sha256(b).digest()
def tree(l):
    if len(l) == 1: return l[0]
    k = 1
    while k * 2 < len(l): k *= 2
    return h(b"\1" + tree(l[:k]) + tree(l[k:]))
def crc32c(data):
    crc = 0xffffffff
    for b in data:
        crc ^= b
        for _ in range(8): crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff
lines = open(f"{folder}/00000001.log", "rb").read().splitlines()
for i, line in enumerate(lines):
    row = json.loads(line)
    assert row["n"] == i and int(row["crc"], 16) == crc32c(line[:line.rindex(b',"crc":')])
name, hint, key = open(pub).read().strip().split("+", 2)
raw = base64.b64decode(key)
assert raw[0] == 1 and h(name.encode() + b"\n" + raw)[:4].hex() == hint
open("../ed.der", "wb").write(bytes.fromhex("302a300506032b6570032100") + raw[1:])
notes = open(f"{folder}/00000001.sig", "rb").read().split(b"\n\n")[:-1]
assert len(notes) % 2 == 0 and len(notes) >= 10
for text, sig in zip(notes[::2], notes[1::2]):
    origin, size, root, place = (text + b"\n").split(b"\n")[:4]
    assert origin.decode() == name
    assert base64.b64decode(root) == tree([h(b"\0" + l) for l in lines[:int(size)]])
    assert int(place.split()[3]) == sum(len(l) + 1 for l in lines[:int(size)])
    body = base64.b64decode(sig.split(b" ")[2])
    assert body[:4].hex() == hint
    open("../m", "wb").write(text + b"\n"); open("../s", "wb").write(body[4:])
    subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", "../ed.der",
                    "-in", "../m", "-sigfile", "../s"], check=True)
P

# For other tools.
merlon audit export; is "jsonl is the records" "$out" "$(cat $log/00000001.log)"
merlon audit export --kind scan --verdict fail -o csv=../out.csv; exits "csv" 0
is "csv" "$(wc -l < ../out.csv)" "$([ "$scan_code" = 1 ] && echo 3 || echo 2)"
merlon audit export --kind 'log.*'; is "by a star" "$(jq -r .kind <<< "$out")" log.created
merlon audit export --since 1h -o cef; is "cef" "$(grep -c '^CEF:0|Merlon|Merlon|' <<< "$out")" 6
merlon audit export --until 1h; is "before" "$out" ""
merlon audit export --since tomorrow; exits "no time" 2
merlon audit export -o xml; exits "no format" 2; says "no format" "jsonl, ocsf, csv or cef"
merlon audit export -o ocsf=../ocsf.jsonl; exits "ocsf" 0
ok "OCSF 1.1.0" python3 - "$schema" ../ocsf.jsonl << 'P'
import json, jsonschema, sys
v = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
rows = [json.loads(l) for l in open(sys.argv[2])]
errors = [f"{list(e.path)}: {e.message[:200]}" for r in rows for e in v.iter_errors(r)]
assert not errors, errors
assert [r["class_uid"] for r in rows] == [0, 2004, 2004, 0, 2004, 2004], rows
assert rows[1]["severity_id"] == 5 and rows[1]["disposition"] == "Rejected"
bad = dict(rows[1]); del bad["finding_info"]; assert list(v.iter_errors(bad))
P
merlon audit tail -n 2; is "tail" "$(wc -l <<< "$out")" 2; says "tail" "verify        fail    models"
"$MERLON" audit tail -f -n 1 -o json > ../tail.out 2>&1 & tail=$!
sleep 0.5; merlon scan models -q; sleep 1; kill $tail; wait $tail 2> /dev/null
is "tail -f" "$(jq -r .n ../tail.out | tr '\n' ' ')" "5 6 "

# A proof.
merlon audit prove 1; exits "prove" 0; printf '%s\n' "$out" > ../1.tlog-proof
merlon audit check ../1.tlog-proof --public-key ../log.pub -q; exits "check" 0
is "the record" "$out" "$(sed -n 2p $log/00000001.log)"
merlon audit check ../1.tlog-proof; exits "whose?" 2
sed 's/^index 1$/index 2/' ../1.tlog-proof | "$MERLON" audit check - --public-key ../log.pub > /dev/null 2>&1; is "another place" $? 1
merlon audit prove 99; exits "no such record" 2; says "no such record" "there is no such record"

# What somebody does to it.
cp -r $log ../copy
restore() { rm -rf $log; cp -r ../copy $log; }
sed -i '3s/"verdict":"[a-z]*"/"verdict":"none"/' $log/00000001.log
merlon audit verify; exits "edited" 1; says "edited" "CHANGED     segment 1, record 2: its checksum does not hold"
merlon audit verify -o json; is "edited, json" "$(jq -r '.problems[0] | "\(.fault) \(.segment) \(.first) \(.last)"' <<< "$out")" "changed 1 2 2"
is "not verified" "$(jq .verified <<< "$out")" false
merlon audit prove 1; exits "no proof of a damaged log" 1
restore; sed -i 4d $log/00000001.log
merlon audit verify; exits "deleted" 1; says "deleted" "MISSING     segment 1, record 3: record 4 follows"
restore; head -c -20 ../copy/00000001.log > $log/00000001.log
merlon audit verify; exits "cut" 1; says "cut" "MISSING     segment 1, record 6: they were signed at"
merlon scan models -q; exits "no record on top of damage" 2; says "no record" "the log is damaged, segment 1"
MERLON_AUDIT_FULL=continue "$MERLON" scan models -q > ../out 2>&1; is "unless it may go on" $? "$scan_code"
ok "loud all the same" grep -q "not recorded" ../out
restore; cp "$log/key.pub" ../own.pub; rm $log/key $log/key.pub
merlon scan models -q; says "a new key" "segment 1: its last checkpoint: it is not signed by the log's key"; exits "a new key" 2
restore; tail -n 9 $log/00000001.sig | head -n 8 > ../held.note
merlon audit verify --checkpoint ../held.note; exits "held" 0
rm -rf $log; merlon init --log > /dev/null; merlon scan models -q
merlon audit verify; exits "another log" 0
merlon audit verify --public-key ../log.pub; exits "not ours" 1; says "not ours" "it is not signed by the log's key"
restore; chmod 644 $log/key
merlon scan models -q; exits "a key that others can read" 2; says "a key that others can read" "readable by nobody else"
restore

# Settings.
printf '[audit]\nlog = false\n' > merlon.toml
merlon scan models -q; merlon audit verify; says "off again" "ok  7 records"
rm -rf .merlon; printf '[audit]\nlog = true\nkeep_days = 30\n' > merlon.toml
merlon config show audit.log; is "config show" "$out" true
merlon scan models -q; says "made by the settings" "a log begins in"
merlon audit verify; says "made by the settings" "ok  2 records"
printf '[audit]\nlogs = true\n' > merlon.toml
merlon config check; exits "a wrong key" 2; says "a wrong key" "unknown key 'audit.logs'"
printf '[audits]\nlog = true\n' > merlon.toml
merlon config check; exits "a wrong table" 2; says "a wrong table" "unknown key 'audits'"
rm merlon.toml
for i in 1 2 3 4; do "$MERLON" scan models -q > /dev/null 2>&1 & done; wait
merlon audit verify; says "several at once" "ok  6 records"
finish
