#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# data fetch against a server that cuts, lies, is busy, redirects and never ends.
. "$(dirname "$0")/lib.sh"
"$MERLON" data fetch - x < /dev/null > no.txt 2>&1
if ! "$MERLON" version -v | grep -q 'libcurl.*: found'; then echo "SKIPPED: libcurl is not installed"; exit 77; fi
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
server=$here/server.py
python3 "$server" > port.txt & server_pid=$!
trap 'kill $server_pid 2> /dev/null; rm -rf "$work"' EXIT
for _ in $(seq 400); do [ -s port.txt ] && break; sleep 0.05; done
at=http://127.0.0.1:$(cat port.txt)
known=$(python3 "$server" x {a..z}.csv p{1..12}.csv {ok,mine,same,big,cut,busy,noranges,wrongrange,changed,redirect,elsewhere,file,quiet}.csv)
hash_of() { sed -n "s/^$1 .*${2:-sha256}=\\([0-9a-f]*\\).*/\\1/p" <<< "$known"; }
row() { echo "$at/$1/$2 $(hash_of "$2") ${3:-}"; }
right() { is "$1" "$(sha256sum "$2" 2> /dev/null | cut -d' ' -f1)" "$(hash_of "${3:-$(basename "$2")}")"; }
requests() { curl -s "$at/log" 2> /dev/null || python3 -c "import urllib.request as u;print(u.urlopen('$at/log').read().decode())"; }
count() { requests | grep -c "^/$1 "; }

# the plain way, in every form of list
{ echo "# a list"; row plain a.csv; row plain b.csv sub/folder/renamed.csv; echo "$(hash_of c.csv)  $at/plain/c.csv"; } > list.txt
merlon data fetch list.txt data; exits "a list" 0; says "a list" "3 fetched"
right "by its URL's name" data/a.csv; right "by the list's name" data/sub/folder/renamed.csv b.csv; right "sha256sum's form" data/c.csv
absent "no part is left" data/a.csv.part; absent "no note is left" data/a.csv.part.info
merlon data fetch list.txt data -o json=again.json; exits "again" 0; says "again" "3 present"
is "nothing was asked again" "$(count plain/a.csv)" 1
is "json" "$(jq -r '[.schema, .statistics.rows, .statistics.present, .subjects[0].sha256 == "'"$(hash_of a.csv)"'"] | join(" ")' again.json)" "merlon.result/1 3 3 true"
printf 'id,url,note,sha256,file_name\n1,%s/plain/d.csv,"x, ""y""",%s,\n2,%s/plain/e.csv,,SHA256:%s,named.csv\n' \
    "$at" "$(hash_of d.csv)" "$at" "$(hash_of e.csv | tr a-f A-F)" > list.csv
merlon data fetch list.csv csv; exits "CSV" 0; right "CSV" csv/d.csv; right "CSV with names" csv/named.csv e.csv
printf '{"url": "%s/plain/f.csv", "md5": "%s"}\n{"url": "%s/plain/g.csv", "md5": "00", "sha512": "%s"}\n' \
    "$at" "$(hash_of f.csv md5)" "$at" "$(hash_of g.csv sha512)" > list.jsonl
merlon data fetch list.jsonl jsonl; exits "JSON lines: one bad hash" 2; right "MD5" jsonl/f.csv; says "MD5" "only MD5 or SHA-1"
cat > croissant.json <<X
{"@context": {"@vocab": "https://schema.org/"}, "@type": "sc:Dataset", "name": "d", "url": "https://example.org/d",
 "creator": {"@type": "Organization", "url": "https://example.org"},
 "distribution": [{"@type": "cr:FileObject", "@id": "t", "name": "title", "contentUrl": "$at/plain/h.csv", "sha256": "$(hash_of h.csv)"},
                  {"@type": "cr:FileObject", "contentUrl": "inner/x.csv", "containedIn": {"@id": "t"}}]}
X
merlon data fetch croissant.json croissant; exits "Croissant" 0; right "Croissant" croissant/h.csv; says "Croissant" "1 row: 1 fetched"

# what is not right is not kept
row liar l.csv > lie.txt; row plain ok.csv >> lie.txt
merlon data fetch lie.txt lies -o json=lie.json; exits "a liar" 1; says "a liar" "the server sent"
absent "not kept" lies/l.csv; absent "nor its part" lies/l.csv.part; right "the others are" lies/ok.csv
is "a finding" "$(jq -r '.findings[0] | [.rule, .path, .row] | join(" ")' lie.json)" "data.fetch-mismatch l.csv 0"
echo mine > lies/mine.csv; row plain mine.csv > mine.txt
merlon data fetch mine.txt lies; exits "another file is there" 1; is "and stays" "$(cat lies/mine.csv)" mine; says "told how" "--force"
merlon data fetch mine.txt lies --force; exits "unless forced" 0; right "then it is replaced" lies/mine.csv
row liar mine.csv > mine.txt
merlon data fetch mine.txt lies --force; exits "forced and right already" 0

# cut, busy, changed, out of range
for kind in cut busy noranges wrongrange changed redirect; do row $kind $kind.csv; done > bad.txt
merlon data fetch bad.txt bad -j 6; exits "a bad day" 0
for kind in cut busy noranges wrongrange changed redirect; do right "$kind" bad/$kind.csv; done
ok "went on where it was cut, for the same version" grep -qF '/cut/cut.csv bytes=60000- "one"' <(requests)
ok "asked for the old version, got the new one whole" grep -qF '/changed/changed.csv bytes=60000- "old"' <(requests)

# killed, and run again: only what is missing is asked for
row silent s.csv > silent.txt
"$MERLON" data fetch silent.txt resumed > /dev/null 2>&1 & pid=$!
for _ in $(seq 100); do [ "$(stat -c %s resumed/s.csv.part 2> /dev/null || echo 0)" = 50000 ] && break; sleep 0.05; done
merlon data fetch silent.txt resumed; exits "two runs on one file" 2; says "two runs on one file" "another run"
kill -9 $pid; wait $pid 2> /dev/null
sed -i s,/silent/,/plain/, silent.txt
merlon data fetch silent.txt resumed; right "another URL starts anew" resumed/s.csv
mkdir again; row plain t.csv > t.txt
python3 - "$server" > again/t.csv.part <<'X'
import sys, types
m = types.ModuleType("m"); src = open(sys.argv[1]).read().replace("\nmain()\n", "\n"); exec(src, m.__dict__)
sys.stdout.buffer.write(m.content("t.csv")[:70000])
X
printf '%s\n%s\n"one"\n' "$at/plain/t.csv" "$(hash_of t.csv)" > again/t.csv.part.info
cp -r again spoilt; printf X | dd of=spoilt/t.csv.part bs=1 seek=100 conv=notrunc 2> /dev/null
merlon data fetch t.txt again -o json=t.json; exits "resumed" 0; right "resumed" again/t.csv
is "130,000 bytes came" "$(jq .statistics.received t.json)" 130000
merlon data fetch t.txt spoilt -o json=t.json; exits "a spoilt part" 0; right "a spoilt part is fetched anew" spoilt/t.csv
is "in one piece" "$(jq .statistics.received t.json)" 330000

# names do not leave the folder; links in it are not followed
mkdir names outside; ln -s ../outside names/link; ln -s /etc/passwd names/n4.csv; mkfifo names/n5.csv
n=0
for name in ../up.csv /tmp/abs.csv a/../../up.csv link/in.csv n4.csv n5.csv .bashrc .git/hooks/x a//b x.part merlon-fetch.lock 'a\b'; do
    n=$((n + 1)); row plain "p$n.csv" "$name"
done > names.txt
merlon data fetch names.txt names; exits "bad names" 2; says "all of them" "12 rows: 12 refused"
silent_on "bad names" "fetched"
is "nothing outside" "$(ls outside; ls up.csv /tmp/abs.csv 2> /dev/null)" ""
echo "$at/plain/..%2fup.csv $(hash_of x)" > names.txt; echo "$at/plain/ $(hash_of x)" >> names.txt
merlon data fetch names.txt names; exits "names in URLs" 2
{ row plain same.csv; row liar same.csv same.csv; row plain same.csv; echo "$at/plain/x/same.csv $(hash_of same.csv)"; } > same.txt
merlon data fetch same.txt same; exits "two rows, one name" 2; says "two rows, one name" "another row has this file name"; right "the first has it" same/same.csv; right "the unnamed one is told apart by its hash" "same/$(hash_of same.csv | cut -c1-16)-same.csv" same.csv

# where it may go
for kind in elsewhere file; do row $kind $kind.csv; done > where.txt; row plain f.csv | sed 's,http://,ftp://,' >> where.txt
echo "file:///etc/passwd $(hash_of x)" >> where.txt; echo "$at/loop $(hash_of x)" >> where.txt
merlon data fetch where.txt where; exits "not everywhere" 2; says "a redirect inwards" "private network"; says "a loop" "redirects"; silent_on "not everywhere" "fetched"
row elsewhere elsewhere.csv > where.txt
merlon data fetch where.txt where --allow-private; exits "unless allowed" 0; right "then it follows" where/elsewhere.csv

# limits
echo "$at/endless $(hash_of x)" > big.txt; row plain big.csv >> big.txt
merlon data fetch big.txt big --max-size 100KB; exits "too large" 2; is "both" "$(grep -c 'max-size' <<< "$out")" 2; absent "not kept" big/big.csv
row gone g.csv > gone.txt; row always503 h.csv >> gone.txt
merlon data fetch gone.txt gone --retries 2; exits "not to be had" 2; says "not to be had" "answered 404"; says "tried again" "answered 503"
is "404 is asked once" "$(count gone/g.csv)" 1; is "503 three times" "$(count always503/h.csv)" 3
row silent quiet.csv > quiet.txt
out=$(timeout 20 "$MERLON" data fetch quiet.txt quiet --timeout 1s --retries 1 2>&1); code=$?; exits "silence ends" 2

# no hash
echo "$at/plain/u.csv" > unhashed.txt; row plain v.csv >> unhashed.txt
merlon data fetch unhashed.txt un; exits "no hash" 1; says "no hash" "names no hash"; absent "not fetched" un/u.csv; right "the other one is" un/v.csv
merlon data fetch unhashed.txt un --allow-unhashed; exits "allowed" 0; right "allowed" un/u.csv
ok "its hash is noted" grep -qF "$at/plain/u.csv $(hash_of u.csv) u.csv" un/merlon-fetch.lock
merlon data fetch un/merlon-fetch.lock locked; exits "the notes are a list" 0; right "the notes are a list" locked/u.csv
echo changed > un/u.csv; merlon data fetch unhashed.txt un --allow-unhashed; exits "what was seen first counts" 1
mkdir linked; echo mine > notes.txt; ln -s ../notes.txt linked/merlon-fetch.lock
merlon data fetch unhashed.txt linked --allow-unhashed; exits "a link for the notes" 2; is "is not followed" "$(cat notes.txt)" mine
for bad in "$at/plain/w.csv abcdefabcdefabcdefabcdef" "no url here" "$at/plain/w.csv sha256:12"; do
    echo "$bad" > w.txt; merlon data fetch w.txt w --allow-unhashed; exits "'${bad#"$at"}' is no row" 2
done

# the rest
: > empty.txt; merlon data fetch empty.txt e; exits "an empty list" 3
merlon data fetch missing.txt e; exits "no list" 2
merlon data fetch list.txt; exits "no folder" 2
merlon data fetch list.txt list.txt/x; exits "a file is no folder" 2
echo "http://user:secret@127.0.0.1:1/x.csv?token=abc $(hash_of x)" > cred.txt
merlon data fetch cred.txt c --retries 1 -v; exits "nobody there" 2; silent_on "credentials" "secret"; silent_on "credentials" "abc"
finish
