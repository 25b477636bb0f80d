#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A root key takes back keys, certificates and models, without a network.
. "$(dirname "$0")/lib.sh"
keys=$(cd "$here/../golden/oms/generated/keys" && pwd)
new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.pem" 2> /dev/null && openssl ec -in "$1.pem" -pubout -out "$1.pub" 2> /dev/null; }
for k in root release other; do new_key $k; done
mkdir m && echo weights > m/model.bin
merlon sign m --key release.pem; exits "sign" 0
digest=$(sed -n 's/.*manifest sha256 //p' <<< "$out")
id=$(sha256sum release.pub | cut -c1-64)
list() { # KIND SHA256 [REASON]
    echo "{\"schema\": \"merlon.revoked/1\", \"$1\": [{\"sha256\": \"$2\", \"reason\": \"${3:-}\"}]}" > revoked.json
    "$MERLON" sign revoked.json --key root.pem -q
}
verify() { merlon verify m --public-key release.pub --revoked revoked.json --revoked-by root.pub "$@"; }

list keys "$(sha256sum other.pub | cut -c1-64)"
verify; exits "another key is taken back" 0
list keys "$id" "lost on a train"
verify; exits "its key" 1; says "its key" "was revoked: lost on a train"
merlon verify m --public-key release.pub; exits "nobody asked for the list" 0
list models "$digest" "stolen data"
verify; exits "the model" 1; says "the model" "this model was revoked: stolen data"
list models "${id}"; verify; exits "another model" 0
merlon run --verify m.merlon.sig --public-key release.pub --revoked revoked.json --revoked-by root.pub -q -- true
grep -q "no namespace" <<< "$out" || exits "run" 0

merlon sign m --key "$keys/leaf.key" --certificate-chain "$keys/leaf.crt" --certificate-chain "$keys/int.crt" --signature c.sig
with_chain() { merlon verify m --signature c.sig --certificate-chain "$keys/ca.crt" --revoked revoked.json --revoked-by root.pub; }
with_chain; exits "a chain" 0
for crt in leaf int; do
    list certificates "$(openssl x509 -in "$keys/$crt.crt" -outform DER | sha256sum | cut -c1-64)" "$crt"
    with_chain; exits "the certificate $crt" 1; says "the certificate $crt" "was revoked: $crt"
done

printf '{"id": %d}\n' 1 2 3 > d.jsonl; "$MERLON" data sign d.jsonl --key release.pem -q
records() { merlon data verify d.jsonl --public-key release.pub --revoked revoked.json --revoked-by root.pub; }
records; exits "records" 0
list keys "$id"; records; exits "records by a lost key" 1; says "records by a lost key" "was revoked"

# A list that cannot be believed says nothing good.
list keys "$id"; echo >> revoked.json
verify; exits "a changed list" 2; says "a changed list" "its content is not what was signed"
list keys "$id"; "$MERLON" sign revoked.json --key other.pem -q
verify; exits "signed by another" 2; says "signed by another" "revoked.json: it is signed with another key"
rm revoked.json.merlon.sig; verify; exits "unsigned" 2
list keys "00"; verify; exits "a typing error" 2; says "a typing error" "64 digits"
merlon verify m --public-key release.pub --revoked revoked.json; exits "by whom?" 2; says "by whom?" "--revoked-by"
merlon verify m --public-key release.pub --revoked nowhere.json --revoked-by root.pub; exits "no list" 2
finish
