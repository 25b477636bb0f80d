#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Keys that stay in a token: softhsm2 stands for the HSM. Without it nothing is tested (77).
. "$(dirname "$0")/lib.sh"
module=$(find /usr/lib -name libsofthsm2.so 2> /dev/null | head -n 1)
command -v softhsm2-util > /dev/null && [ -n "$module" ] || exit 77
keys=$here/../golden/oms/generated/keys

printf 'directories.tokendir = %s\nobjectstore.backend = file\n' "$work/tokens" > softhsm2.conf
export SOFTHSM2_CONF=$work/softhsm2.conf
mkdir tokens model && printf weights > model/w.bin
softhsm2-util --init-token --free --label release --so-pin 12345678 --pin 1234 > /dev/null
softhsm2-util --init-token --free --label other --so-pin 12345678 --pin 1234 > /dev/null
id=1
for curve in p256 p384 p521; do
    softhsm2-util --import "$keys/$curve.key" --token release --label $curve --id 0$id --pin 1234 > /dev/null
    id=$((id + 1))
done
uri() { printf 'pkcs11:token=release;%s?module-path=%s' "$1" "$module"; }

id=1
for curve in p256 p384 p521; do
    merlon sign model --key "$(uri "object=$curve;id=%0$id")&pin-value=1234" --signature s
    exits "sign with $curve in a token" 0
    merlon verify model --signature s --public-key "$keys/$curve.pub"
    exits "verify it" 0
    id=$((id + 1))
done
printf '1234\n' > pin
merlon sign model --key "$(uri object=p256)" --password-file pin --signature s
exits "the PIN from a file" 0
MERLON_KEY_PASSWORD=1234 merlon sign model --key "$(uri id=%01)" --signature s
exits "the PIN from the environment, the key by its id" 0
merlon sign model --key "$(uri object=p256)&pin-source=file:$work/pin" --signature s
exits "the PIN from a source" 0
merlon sign model --key "$(uri object=p256)&pin-value=1234" --certificate-chain "$keys/leaf.crt" --signature s
exits "a certificate of another key" 2

merlon sign model --key "$(uri object=p256)&pin-value=4321" --signature s
exits "a wrong PIN" 2
says "a wrong PIN" "the PIN is wrong"
merlon sign model --key "$(uri object=nothing)&pin-value=1234" --signature s
exits "no such key" 2
says "no such key" "no private key on an elliptic curve fits"
merlon sign model --key "$(uri type=private)&pin-value=1234" --signature s
says "several keys" "two keys fit"
merlon sign model --key "pkcs11:token=nothing?module-path=$module" --signature s
says "no such token" "no token fits"
merlon sign model --key "pkcs11:object=p256?module-path=$module" --signature s
says "several tokens" "2 tokens fit"
merlon sign model --key "pkcs11:token=release?module-path=/nothing.so" --signature s
says "no such module" "is no PKCS #11 module that can be loaded"
merlon sign model --key "pkcs11:colour=red" --signature s
says "an unknown part" "holds a part that is not known"
merlon sign model --key "pkcs11:token=%zz" --signature s
says "a broken URI" "holds a % that two hexadecimal digits do not follow"
finish
