#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One pass: what is scanned is held against a signature, and what passed the gate is signed.
. "$(dirname "$0")/lib.sh"
openssl ecparam -name prime256v1 -genkey -noout -out key.pem 2> /dev/null
openssl ec -in key.pem -pubout -out key.pub 2> /dev/null
mkdir -p m/sub
echo '{"model_type": "bert"}' > m/config.json
head -c 6000000 /dev/zero | tr '\0' 'x' > m/sub/blob.dat # of no format that is judged: hashed all the same
echo words > m/.gitignore
touch -d '1 hour ago' m/config.json m/sub/blob.dat

merlon scan m --sign key.pem; exits "scan and sign" 0; says "scan and sign" "signed 2 files"
merlon verify m --public-key key.pub; exits "verify knows it" 0
merlon scan m --verify m.merlon.sig --public-key key.pub; exits "scan and verify" 0
says "scan and verify" "2 files as they were signed"
sleep 3 # what changed within two seconds is read again: the clock of a file system is coarse
if command -v strace > /dev/null && strace -o /dev/null true 2> /dev/null; then
    strace -ff -y -e trace=pread64,read -o trace "$MERLON" scan m --verify m.merlon.sig --public-key key.pub --no-cache -s
    bytes=$(sed -n 's/.*\(pread64\|read\)([0-9]*<[^>]*blob.dat>.* = \([0-9]*\)$/\2/p' trace.* | awk '{n += $1} END {print n}')
    is "each byte is read once" "$bytes" 6000000
fi
for what in "echo x >> m/sub/blob.dat" "rm m/config.json" "touch m/new"; do
    cp -a m keep
    eval "$what"
    merlon scan m --verify m.merlon.sig --public-key key.pub -o json=out.json
    exits "$what" 1
    is "$what: named" "$(jq -r '[.findings[] | select(.rule == "model.signature-invalid")] | length' out.json)" 1
    rm -r m out.json; mv keep m
done
openssl ecparam -name prime256v1 -genkey -noout -out other.pem 2> /dev/null
openssl ec -in other.pem -pubout -out other.pub 2> /dev/null
merlon scan m --verify m.merlon.sig --public-key other.pub; exits "another key" 1; says "another key" "model.signature-invalid"

cp "$examples/booby-trapped/ranker.pkl" m/; rm m.merlon.sig
merlon scan m --sign key.pem; exits "the gate fails" 1; says "the gate fails" "not signed: the gate failed"; absent "nothing is signed" m.merlon.sig
rm m/ranker.pkl
merlon scan m --sign key.pem -o json; exits "json alone on standard output" 0; ok "json" jq -e .schema <<< "$out"; exists "signed" m.merlon.sig
merlon scan m m --sign key.pem; exits "two paths" 2
merlon scan m --sign key.pem --no-hash; exits "without digests" 2
merlon scan m --public-key key.pub; exits "a key without --verify" 2
merlon scan m --verify m.merlon.sig; exits "whose?" 2
merlon scan m --verify nowhere.sig --public-key key.pub; exits "no signature" 2
finish
