#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Datasets: what is found in them, where, how it is shown, and what stays silent.
. "$(dirname "$0")/lib.sh"
project data
cp "$examples"/booby-trapped/{customers.csv,support.jsonl,explore.ipynb} .

merlon scan . -o json=a.json -s; exits "datasets with secrets" 1
found() { ok "$1" jq -e --arg r "$2" --argjson row "$3" --arg field "$4" \
    'any(.findings[]; .rule == $r and .row == $row and .field == $field)' a.json; }
found "a key in a conversation" secret.aws.access_key_id 10 '$.question'
found "a token in base64" secret.github.classic 21 '$.answer'
found "an instruction" inject.override 32 '$.question'
found "text that no font shows" data.hidden-tags 43 '$.question'
found "a formula" data.formula 17 note
found "an account" pii.iban 0 iban
ok "numbers that only their column tells" jq -e '[.findings[] | select(.rule == "pii.nl.bsn" and .field == "number")] | length == 40' a.json
ok "a token in a notebook's output: line and path" jq -e 'any(.findings[]; .rule == "secret.huggingface" and .line == 34
    and .row == null and .field == "cell 2, output")' a.json
ok "rows are counted" jq -e '[.subjects[] | select(.kind == "dataset") | .detail.rows] | sort == [40, 44]' a.json
key=$(grep -o 'AKIA[A-Z2-7]*' support.jsonl); iban=$(sed -n 2p customers.csv | cut -d, -f4)
for f in json sarif html csv markdown junit gitlab jsonl table; do
    merlon scan . -o "$f" --all > out.txt 2>&1; printf '%s\n' "$out" >> out.txt
    ok "$f shows no whole value" bash -c '! grep -qe "$1" -e "$2" out.txt' _ "$key" "$iban"
done
merlon scan . -o json --reveal; says "values on demand" "$key"
merlon scan .; says "rows of a column share a line" "field iban, 40 rows, first row 0"

mkdir honest; cp -r "$examples/fraud/data" "$examples/chat/data" honest/
awk 'BEGIN { srand(7); print "id,ts,a,b,c"; for (i = 0; i < 3000; i++)
    printf "%d,%d,%.0f,%.0f,%.0f\n", 1000000000 + i, 1700000000 + 37 * i, rand() * 1e9, rand() * 1e11, rand() * 1e13 }' > honest/numbers.csv
merlon scan honest -o json=b.json -s; exits "honest tables" 0
is "nothing is said of honest tables" "$(jq '.findings | length' b.json)" 0

# more encoded text than is decoded: what was found in the decoded part keeps the name of its view
python3 -c 'import base64
for i in range(60000): print(base64.b64encode(b"to anna.k%05d@firma.de" % i).decode())' > encoded.txt
merlon scan encoded.txt -o json=e.json -s
ok "not all was decoded" jq -e '.summary.not_inspected == 1' e.json
ok "each value names its view" jq -e '[.findings[] | select(.rule == "pii.email" and .line != null) | .evidence | endswith("(in base64)")] | length > 100 and all' e.json

# a file that somebody writes to meanwhile was not looked at whole; the run's own output is no news
mkdir live && awk 'BEGIN { for (i = 0; i < 300000; i++) printf "{\"id\": %d, \"text\": \"row %d of many\"}\n", i, i }' > live/log.jsonl
(while :; do echo '{"id": 0, "text": "one more"}'; done) >> live/log.jsonl & writer=$!
merlon scan live -o json=c.json -s; kill $writer; wait $writer 2> /dev/null
ok "a file that grows is told" jq -e '(.findings | any(.rule == "data.not-inspected" and .evidence == "it was changed while it was read"))
    and .summary.not_inspected == 1 and .subjects[0].sha256 == null' c.json
merlon scan live -o json=c.json -s; ok "at rest it is whole" jq -e '.summary.not_inspected == 0 and (.subjects[0].sha256 | length) == 64' c.json
mkdir own && cp customers.csv own/ && "$MERLON" scan own -o jsonl > own/out.jsonl
ok "its own output is no finding" bash -c '! grep -q not-inspected own/out.jsonl'

printf 'a,b\n1,2\n3\n' > ragged.csv; merlon scan ragged.csv -o json
ok "a ragged row is told" jq -e '.findings | any(.rule == "data.malformed" and .row == 1 and .severity == "medium")' <<< "$out"
for i in 1 2 3 4 5 6; do echo '{"text": "this is the very same record as before"}'; done > same.jsonl
merlon scan same.jsonl -o json
ok "repeats are counted" jq -e '.findings | any(.rule == "data.duplicates" and (.evidence | startswith("5 of 6")))' <<< "$out"
finish
