#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tables by row: signed, grown, proved in and out, checked by a stranger, compared; whatever packed them.
. "$(dirname "$0")/lib.sh"
golden=$here/../golden/rows
openssl ecparam -name prime256v1 -genkey -noout -out key.pem 2> /dev/null
openssl ec -in key.pem -pubout -out key.pub 2> /dev/null
table() { python3 "$here/parquet.py" "$@"; }
lines() { jq -nc --argjson a "$1" --argjson b "$2" 'range($a; $b) | {id: ., name: (if . % 5 == 1 then null else "n\(.)" end), score: (. / 4)}'; }
cols=id:int64,name:string,score:double
lines 0 50 | table v1.parquet $cols
lines 0 50 | table groups.parquet $cols 7
lines 0 70 | table v2.parquet $cols

merlon data sign v1.parquet --key key.pem; exits "sign" 0; says "sign" "signed 50 records of 3 columns"
payload() { jq -r .dsseEnvelope.payload "$1" | base64 -d; }
is "columns are signed" "$(payload v1.parquet.records.sig | jq -c .predicate.columns)" \
    '[{"name":"id","type":"int64"},{"name":"name","type":"string"},{"name":"score","type":"float64"}]'
merlon data sign v2.parquet --key key.pem --previous v1.parquet.records.sig; exits "grown" 0; says "grown" "grown from 50 records"
merlon data verify v2.parquet --public-key key.pub; exits "verify" 0; says "its past" "grown from: 50 records, proved"
verify() { merlon data verify "$1" --public-key key.pub --signature "${2:-v1.parquet.records.sig}"; }
verify groups.parquet; exits "packed otherwise" 0; says "packed otherwise" "packing, metadata"
verify v2.parquet; exits "more rows" 1; says "more rows" "the signed ones come first, unchanged"
lines 0 50 | jq -c 'if .id == 7 then .score = 1.7500000000000002 else . end' | table changed.parquet $cols
verify changed.parquet; exits "one bit of a number" 1; says "one bit of a number" "records are not those"
merlon data sign changed.parquet --key key.pem --previous v1.parquet.records.sig; exits "another past" 2
lines 0 50 | jq -c 'if .id == 6 then .name = "" else . end' | table empty.parquet $cols
verify empty.parquet; exits "empty is not null" 1
lines 0 50 | jq -c '{id, title: .name, score, more: 1}' | table columns.parquet id:int32,title:string,score:double,more:int64
verify columns.parquet; exits "other columns" 1; says "other columns" "its columns are not those"
says "retyped" "~ id   int64 -> int32"; says "removed" "- name   string"; says "added" "+ title   string"
lines 0 50 | table order.parquet score:double,id:int64,name:string; verify order.parquet; says "order of columns" "another order"

# One row, by a stranger who has the proof, the bundle, the key and the row
lines 7 8 | table seven.parquet $cols; lines 99 100 | table none.parquet $cols; lines 8 9 | table eight.parquet $cols
merlon data prove v2.parquet --row 7; exits "prove a row" 0; printf '%s' "$out" > in.json
merlon data prove v2.parquet --record seven.parquet; is "prove a record" "$out" "$(cat in.json)"
merlon data prove v2.parquet --record none.parquet; exits "prove absence" 0; printf '%s' "$out" > out.json
mkdir stranger && mv in.json out.json seven.parquet eight.parquet none.parquet stranger/
cp v2.parquet.records.sig key.pub columns.parquet stranger/
check() { merlon data check "stranger/$1" --record "stranger/$2" --signature stranger/v2.parquet.records.sig --public-key stranger/key.pub; }
check in.json seven.parquet; exits "in" 0; says "in" "is in the dataset, as row 7"
check out.json none.parquet; exits "not in" 0; says "not in" "is not in the dataset"
check in.json eight.parquet; exits "about another" 1; check out.json seven.parquet; exits "there, in truth" 1
check in.json columns.parquet; exits "another table" 2; says "another table" "its columns are not those of the dataset"
check in.json ../v1.parquet; exits "more than one row" 2; says "more than one row" "a table of one row"
printf '{"id": 7, "name": "n7", "score": 1.75}' > stranger/row.json; check in.json row.json; exits "no table" 2

# By whomever it was written: Parquet and Arrow
merlon data sign "$golden/honest-twin-js.arrows" --key key.pem --signature twin.sig; exits "arrow" 0
for f in "$golden"/honest-twin-*; do verify "$f" twin.sig; exits "$(basename "$f")" 0; done
merlon data sign "$golden/../parquet/malformed-group-rows.parquet" --key key.pem --signature x.sig
exits "counts that lie" 2; says "counts that lie" "65 rows were declared, 60 are there"
merlon data sign "$golden/../tfrecord/honest-lines.tfrec" --key key.pem --signature x.sig; exits "TFRecord" 2; absent "nothing is written" x.sig

# What changed
merlon diff v1.parquet groups.parquet; says "the same" "the same columns and rows, packed in another way"
merlon diff v1.parquet v2.parquet; says "added" "20 added, 50 the same (records)"; says "places" "+ row 60"
lines 0 50 | jq -sc 'sort_by(if .id == 3 then 40.5 else .id end) | .[]' | table moved.parquet $cols
merlon diff v1.parquet moved.parquet -o json; is "moved" "$(jq -c '.files[0] | [.moved, .reordered, .counts.record]' <<< "$out")" \
    '[1,true,{"added":0,"removed":0,"changed":0,"same":50}]'
merlon diff v1.parquet columns.parquet; says "columns" "compared by the 1 column that both have"; says "retyped" "~ id  int64 -> int32"
merlon diff v1.parquet columns.parquet -o json
is "columns in JSON" "$(jq -c '.files[0] | [.common_columns, .counts.column, .counts.record.same]' <<< "$out")" \
    '[1,{"added":2,"removed":1,"changed":1,"same":1},50]'
merlon diff v1.parquet order.parquet; says "order of columns" "its columns stand in another order"
merlon diff "$golden/honest-twin-js.arrows" "$golden/honest-twin-duckdb.parquet"; says "across formats" "the same columns and rows"
finish
