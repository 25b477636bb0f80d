#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# data redact: the copy is sound, holds nothing that a scan would find, and says what it did.
. "$(dirname "$0")/lib.sh"
check=$here/redact_check.py
mkdir in out && python3 "$check" make in
head -c 32 /dev/urandom > key
personal() { "$MERLON" scan "$1" -o json 2> /dev/null | jq -r '.findings[].rule' | grep -E '^(pii|secret)\.' | sort | uniq -c; }

for mode in mask token drop; do
    for file in in/*; do
        name=$(basename "$file")
        merlon data redact "$file" "out/${mode}__$name" --mode $mode $([ $mode = token ] && echo --key key) -o json=r.json
        exits "$mode $name" 0
        ok "$mode $name is sound" python3 "$check" check "$file" "out/${mode}__$name" $mode
        is "a scan of $mode $name finds nothing" "$(personal "out/${mode}__$name")" ""
    done
done
ok "and finds a lot in the originals" [ "$(personal in/people.csv | wc -l)" -ge 3 ]
is "statistics" "$(jq -r '[.schema, .statistics.mode, .statistics.written, .statistics.values > 60] | join(" ")' r.json)" \
    "merlon.result/1 drop true true"
merlon data redact in/people.jsonl out/x.jsonl -o json=r.json
is "records and rules" "$(jq -r '[.statistics.records, .statistics.by_rule["pii.iban"], (.statistics.by_rule | add) == .statistics.values] | join(" ")' r.json)" \
    "60 60 true"
is "the digest is the copy's" "$(jq -r '.subjects[] | select(.path == "out/x.jsonl") | .sha256' r.json)" "$(sha256sum out/x.jsonl | cut -d' ' -f1)"


# a report of it says what was counted, and never that the original is clean
merlon report r.json -o json=again.json; ok "statistics are kept" [ "$(jq -S .statistics r.json)" = "$(jq -S .statistics again.json)" ]
for f in table markdown html; do
    merlon report r.json -o $f; exits "as $f" 0; says "as $f" "this was no scan"; silent_on "as $f" "every byte was read"
done
merlon report r.json; says "as a table" "values"; silent_on "as a table" "merlon scan"

# tokens: one value, one token, in every format, under one key
token_of() { grep -o '<iban:[A-Z2-7]*>' "$1" | head -n 1; }
is "the same token in CSV and JSON" "$(token_of out/token__people.csv)" "$(token_of out/token__people.json)"
merlon data redact in/people.csv out/again.csv --mode token --key key; ok "the same again" cmp out/again.csv out/token__people.csv
head -c 32 /dev/urandom > other; merlon data redact in/people.csv out/other.csv --mode token --key other
ok "another key, other tokens" [ "$(token_of out/other.csv)" != "$(token_of out/again.csv)" ]
merlon data redact in/people.csv out/n.csv --mode token; exits "no key" 2; says "no key" "--key FILE"; absent "nothing written" out/n.csv
printf short > short; merlon data redact in/people.csv out/n.csv --mode token --key short; exits "a short key" 2; says "a short key" "too few"

# which rules
merlon data redact in/people.csv out/iban.csv --only pii.iban; exits "one rule" 0
is "only this one" "$(personal out/iban.csv | grep -c iban)" 0; ok "not the others" grep -q -- '-mail.de' out/iban.csv
merlon data redact in/people.csv out/all.csv --except pii.iban,secret; exits "all but" 0; ok "IBANs stay" [ "$(personal out/all.csv | grep -c iban)" = 1 ]
merlon data redact in/people.csv out/n.csv --only pii.ibann; exits "a misspelt rule" 2; says "a misspelt rule" "did you mean pii.iban?"
merlon data redact in/people.csv --dry-run; exits "dry run" 0; says "dry run" "would be replaced"; says "dry run" "pii.iban"

# nothing is lost
merlon data redact in/people.csv out/all.csv; exits "OUT is there" 2; says "OUT is there" "--force"
cp in/people.csv same.csv; merlon data redact same.csv same.csv --force; exits "OUT is IN" 2; ok "IN is as it was" cmp same.csv in/people.csv
ln same.csv link.csv; merlon data redact same.csv link.csv --force; exits "OUT is IN by another name" 2
merlon data redact in/people.csv out/all.csv --force; exits "forced" 0
merlon data redact in/people.csv nowhere/x.csv; exits "no folder" 2
merlon data redact missing.csv x.csv; exits "no input" 2
merlon data redact in/people.csv; exits "no OUT" 2; says "no OUT" "--dry-run"
is "no temporary files" "$(find . -name '*.tmp' | wc -l)" 0

# pipes, and what cannot be done
out=$("$MERLON" data redact - - < in/people.jsonl 2> err.txt); code=$?; exits "a pipe" 0
is "a pipe gives the copy alone" "$out" "$(cat out/mask__people.jsonl)"; ok "and tells on stderr" grep -q 'values replaced' err.txt
printf 'PAR1 no' > x.bin; head -c 3000 /dev/urandom > noise.bin
merlon data redact noise.bin out/noise.bin; exits "noise" 3; absent "nothing written" out/noise.bin
cp "$examples/fraud/models/net.safetensors" m.safetensors; merlon data redact m.safetensors out/m; exits "a model" 2; says "a model" "only text"
: > empty.csv; merlon data redact empty.csv out/empty.csv; ok "an empty file does no harm" [ "$code" -ne 1 ]
(cat in/people.jsonl; echo '{"id": 61, "email": "late.row@weber-mail.de"') > cut.jsonl
merlon data redact cut.jsonl out/cut.jsonl; exits "a cut line" 0; ok "the cut line is clean, too" bash -c '! grep -q late.row out/cut.jsonl'
finish
