#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A dataset signed by its records: all of them, one of them, one that is not there, and how it grew.
. "$(dirname "$0")/lib.sh"
openssl ecparam -name prime256v1 -genkey -noout -out key.pem 2> /dev/null
openssl ec -in key.pem -pubout -out key.pub 2> /dev/null
openssl ecparam -name prime256v1 -genkey -noout -out other.pem 2> /dev/null
openssl ec -in other.pem -pubout -out other.pub 2> /dev/null
printf '{"id": %d}\n' {1..50} > v1.jsonl
{ cat v1.jsonl; printf '{"id": %d}\n' {51..70}; } > v2.jsonl

# The root, made by another program from the page that describes it.
root_of() {
    python3 - "$@" << 'E'
import hashlib, sys
h = lambda b: hashlib.sha256(b).digest()
def tree(l):
    if len(l) == 1: return l[0]
    k = 1
    while k * 2 < len(l): k *= 2
    return h(b"\1" + tree(l[:k]) + tree(l[k:]))
rows = open(sys.argv[1], "rb").read().splitlines()
if sys.argv[1].endswith(".csv"): rows = rows[1:]
if len(sys.argv) > 2: rows = [r.encode() for r in sys.argv[2:]]
print(tree([h(b"\0" + r) for r in rows]).hex())
E
}

merlon data sign v1.jsonl --key key.pem; exits "sign" 0; says "sign" "50 records   root $(root_of v1.jsonl)"
exists "beside the data" v1.jsonl.records.sig
merlon data sign v2.jsonl --key key.pem --previous v1.jsonl.records.sig; exits "grown" 0; says "grown" "grown from 50 records"
merlon data verify v2.jsonl --public-key key.pub; exits "verify" 0
says "verify" "verified   70 records   root $(root_of v2.jsonl)"; says "its past" "grown from: 50 records, proved"
merlon data verify v2.jsonl --public-key other.pub; exits "another key" 1
merlon data verify v2.jsonl --public-key key.pub --signature v1.jsonl.records.sig
exits "an older root" 1; says "an older root" "the signed ones come first, unchanged"
merlon data verify v2.jsonl; exits "whose key?" 2; says "whose key?" "--public-key"

# One record: in, not in, and proofs that do not fit.
check() { merlon data check "$1" --record "$2" --signature "${3:-v2.jsonl.records.sig}" --public-key key.pub; }
sed -n 8p v2.jsonl > seven.json; echo '{"id": 99}' > none.json
merlon data prove v2.jsonl --row 7; exits "prove a row" 0; printf '%s' "$out" > in.json
check in.json seven.json; exits "in" 0; says "in" "as row 7"
merlon data prove v2.jsonl --record seven.json; is "prove a record" "$out" "$(cat in.json)"
merlon data prove v2.jsonl --record none.json; printf '%s' "$out" > out.json
check out.json none.json; exits "not in" 0; says "not in" "is not in the dataset"
check out.json seven.json; exits "about another record" 1; says "about another record" "another record"
check in.json none.json; exits "in, but another" 1
check in.json seven.json v1.jsonl.records.sig; exits "another root" 1; says "another root" "does not lead to the root"
for key in index records; do
    jq "(.. | objects | select(has(\"$key\"))).$key += 1" in.json > bad.json
    check bad.json seven.json; exits "another $key" 1
done
jq '.absent = true | .above = .at | del(.at)' in.json > bad.json; check bad.json seven.json; exits "turned around" 1
head -c 100 in.json > bad.json; check bad.json seven.json; exits "a broken proof" 2
printf '{"id": 8}' | "$MERLON" data check in.json --record - --signature v2.jsonl.records.sig --public-key key.pub > /dev/null; is "from standard input" $? 0
merlon data prove v2.jsonl; exits "which?" 2; says "which?" "--row N"
merlon data prove v2.jsonl --row 70; exits "no such row" 2; says "no such row" "has 70 records"
merlon data check in.json --signature v2.jsonl.records.sig --public-key key.pub; exits "of which record?" 2

# What was changed.
sed 's/"id": 7}/"id": 8}/' v2.jsonl > changed.jsonl
merlon data verify changed.jsonl --signature v2.jsonl.records.sig --public-key key.pub; exits "a changed record" 1
merlon data sign changed.jsonl --key key.pem --previous v1.jsonl.records.sig
exits "another past" 2; says "another past" "are not the first of this file"; absent "nothing is written" changed.jsonl.records.sig
sed 's/$/\r/' v2.jsonl > crlf.jsonl
merlon data verify crlf.jsonl --signature v2.jsonl.records.sig --public-key key.pub
exits "other line ends" 0; says "other line ends" "the file around the records differs"

# Other formats, other files.
printf 'a,b\n1,2\n3,4\n5,6\n' > t.csv
merlon data sign t.csv --key key.pem; says "CSV" "3 records   root $(root_of t.csv)"
signs() { merlon data sign "$1" --key key.pem; says "$1" "root $(root_of "$@")"; }
echo '[{"id": 1}, {"id": 2}]' > l.json; signs l.json '{"id": 1}' '{"id": 2}'
printf '[\n  {"id": 1},\r\n  {"id": [2,\n 3]\n  }\n , "x,", 7 ]\n' > m.json; signs m.json '{"id": 1}' "$(printf '{"id": [2,\n 3]\n  }')" '"x,"' 7
printf '  {"a": 1} \t\n\t{"a": 2}\n' > indented.jsonl; signs indented.jsonl
printf '{"a": "x\\",\\"b\\":\\"y"}\n{"k": "A"}\n' > escaped.jsonl; signs escaped.jsonl
printf '{"a": "x","b":"y"}\n{"k": "\\u0041"}\n' > same.jsonl # the same text once escapes are resolved
merlon data verify same.jsonl --signature escaped.jsonl.records.sig --public-key key.pub; exits "escapes are bytes" 1
printf 'a,b,c\n1,2,\n"x ""y""",2,3\n' > quoted.csv; signs quoted.csv
python3 -c 'print("""{"k": 1}\r\n{"t": "%s"}\r\n{"k": 2}\r""" % (("y" + chr(92) + chr(34)) * 700000 + "z" * 2500000))' > long.jsonl; signs long.jsonl
python3 -c 'print("""a,b\n"%s",1\n2,3""" % ("x, \"\"y"*700000))' > long.csv; signs long.csv
for n in -3 -2 -1 0 1 2; do # the end of a long record, between two blocks
    python3 -c "print('{\"k\": 1}\r\n{\"t\": \"' + 'w' * (2097152 - 19 + $n) + '\"}\r\n{}\r')" > border.jsonl; signs border.jsonl
done
echo '{"data": [{"id": 1}]}' > one.json; merlon data sign one.json --key key.pem; exits "a document" 2; says "a document" "one JSON document"
: > empty.csv; merlon data sign empty.csv --key key.pem; exits "no records" 2
merlon data sign nowhere.csv --key key.pem; exits "no file" 2; says "no file" "No such file"
merlon data sign . --key key.pem; exits "a folder" 2; says "a folder" "no plain file"
echo precious > t.csv.records.sig; merlon data sign t.csv --key key.pem; exits "not a signature" 2; says "not a signature" "--force"
mkdir m && cp v1.jsonl m/ && "$MERLON" sign m --key key.pem -q
merlon data verify v1.jsonl --signature m.merlon.sig --public-key key.pub; exits "a model's signature" 1; says "a model's signature" "not by its records"
merlon verify v1.jsonl --signature v1.jsonl.records.sig --public-key key.pub; exits "and the other way" 1; says "and the other way" "urn:merlon:records:v1"
finish
