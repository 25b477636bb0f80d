#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sign a model, prove it, and see each way in which it can be another one.
. "$(dirname "$0")/lib.sh"
oms=$here/../golden/oms
keys=$oms/generated/keys

model() { # NAME: a model of three files
    rm -rf "$1" && mkdir -p "$1/sub"
    printf 'weights' > "$1/model.bin"
    printf '{}' > "$1/config.json"
    printf 'words' > "$1/sub/vocab.txt"
}
verify() { merlon verify "$@" --public-key "$keys/p256.pub"; }

# the lines of the story
model models
merlon sign models/ --key "$keys/p256.key"
exits "sign" 0
says "sign" "signed 3 files, 14 bytes   bundle: models.merlon.sig   manifest sha256 "
verify models/
exits "verify" 0
says "verify" "verified   models/: the signature holds; 3 of 3 files match"
says "verify names the key" "key f76d6e6c167ccc67"
merlon sign models --key "$keys/p256.key" -q
exits "an earlier signature is replaced" 0
is "quiet says nothing" "$out" ""

# each way to be another model is named
model m && merlon sign m --key "$keys/p256.key" --signature s
printf 'Weights' > m/model.bin && verify m --signature s
exits "changed" 1
says "changed" "NOT VERIFIED   m: model.bin: its content is not what was signed"
model m && printf x > m/added.py && verify m --signature s
exits "added" 1
says "added" "unsigned    added.py"
model m && rm m/config.json && verify m --signature s
exits "missing" 1
says "missing" "missing     config.json"
model m && mv m/sub/vocab.txt m/sub/words.txt && verify m --signature s
says "renamed: the old name" "missing     sub/vocab.txt"
says "renamed: the new name" "unsigned    sub/words.txt"
says "renamed: both are counted" "(and 1 more)"
model m && ln -s model.bin m/link.bin && verify m --signature s
exits "a link" 1
says "a link" "refused     link.bin"
model m && mkfifo m/pipe && verify m --signature s
exits "a pipe" 1
says "a pipe" "refused     pipe"
model m && rm m/config.json && mkdir m/config.json && verify m --signature s
exits "a folder for a file" 1
says "a folder for a file" "missing     config.json"
model m && printf x > m/added.py && verify m --signature s --ignore-unsigned-files
exits "unsigned files allowed" 0
says "and told" "not covered  added.py   unsigned, and allowed to be"
model m && mkdir m/nothing m/.git && printf x > m/.git/config && verify m --signature s
exits "git and empty folders" 0
says "git is told" "not covered  .git   ignored, as the signer said"
says "empty folders are told" "not covered  nothing   an empty folder"
model m && verify m --signature s --ignore-paths model.bin
says "ignored on request, and told" "not covered  model.bin   ignored, as you asked"

# other signers
model m
merlon verify m --signature s --public-key "$keys/other.pub"
exits "another key" 1
says "another key" "it is signed with another key"
merlon verify m --signature s --certificate-chain "$keys/ca.crt"
exits "a root instead of a key" 1
merlon verify m --signature s
exits "nobody trusted" 2
says "nobody trusted" "whose signature is expected?"
merlon verify m --signature nothing --public-key "$keys/p256.pub"
exits "no signature" 2
verify m
exits "no signature at its place" 2
says "no signature at its place" "there is no signature at m.merlon.sig"
echo '{"mediaType":1}' > bad && verify m --signature bad
exits "not a bundle" 1
says "not a bundle" "bad: mediaType is not a text"


# certificates
model m
merlon sign m --key "$keys/leaf.key" --certificate-chain "$keys/leaf.crt" --certificate-chain "$keys/int.crt" --signature s
exits "sign with a certificate" 0
merlon verify m --signature s --certificate-chain "$keys/ca.crt"
exits "verify with its root" 0
says "the subject is named" "signer:  "
merlon verify m --signature s --certificate-chain "$keys/other-ca.crt"
exits "another root" 1
merlon verify m --signature s --certificate-chain "$keys/ca.crt" --identity nobody@example.com
exits "another identity" 1
says "another identity" "not for 'nobody@example.com'"
subject=$("$MERLON" verify m --signature s --certificate-chain "$keys/ca.crt" -o json | jq -r .signer.name)
merlon verify m --signature s --certificate-chain "$keys/ca.crt" --identity "$subject"
exits "its own identity" 0
merlon verify m --signature s --certificate-chain "$keys/ca.crt" --at 2000-01-01T00:00:00Z
exits "before its time" 1
merlon sign m --key "$keys/leaf.key" --certificate-chain "$keys/int.crt" --signature s
exits "a certificate of another key" 2
says "a certificate of another key" "is not for this key"

# keys of every form
for curve in p256 p384 p521; do
    model m && merlon sign m --key "$keys/$curve.key" --signature s
    exits "sign $curve" 0
    merlon verify m --signature s --public-key "$keys/$curve.pub"
    exits "verify $curve" 0
done
MERLON_KEY_PASSWORD='open sesame' merlon sign m --key "$oms/keys/encrypted.key" --signature s
exits "a password from the environment" 0
printf 'open sesame\n' > password
merlon sign m --key "$oms/keys/encrypted-sec1.key" --password-file password --signature s
exits "a password from a file" 0
verify m --signature s
exits "and it holds" 0
printf 'wrong' > password
merlon sign m --key "$oms/keys/encrypted.key" --password-file password --signature s
exits "a wrong password" 2
says "a wrong password" "could not be opened with this password"
merlon sign m --key "$keys/unsupported-rsa.key" --signature s
exits "an RSA key" 2
says "an RSA key" "holds an RSA key"
merlon sign m --signature s
exits "no key" 2
says "no key" "with which key?"

# what cannot be signed
mkdir empty && merlon sign empty --key "$keys/p256.key"
exits "an empty model" 2
says "an empty model" "an empty model cannot be signed"
absent "nothing is written" empty.merlon.sig
model m && ln -s model.bin m/link.bin && merlon sign m --key "$keys/p256.key" --signature s
exits "a link" 2
says "a link" "links are followed only with --allow-symlinks"
merlon sign m --key "$keys/p256.key" --signature s --allow-symlinks
exits "a link that may be followed" 0
verify m --signature s
exits "and verified" 0
ln -s / m/all && merlon sign m --key "$keys/p256.key" --signature s --allow-symlinks
says "a link to a folder" "m: all: a link to a folder"
exits "a link to a folder" 2
rm m/all && ln -s ../password m/out && merlon sign m --key "$keys/p256.key" --signature s --allow-symlinks
exits "a link that leads out" 2
says "a link that leads out" "out: a link that leads out of the model"
model m && printf x > "m/$(printf 'a\377')" && merlon sign m --key "$keys/p256.key" --signature s
exits "a name that is no text" 2
says "a name that is no text" "its name is not in UTF-8"
model m && mkfifo m/pipe && merlon sign m --key "$keys/p256.key" --signature s
exits "a pipe" 2
model m && merlon sign m --key "$keys/p256.key" --signature s --ignore-paths ../x
exits "ignoring what lies outside" 2
echo precious > notes && merlon sign m --key "$keys/p256.key" --signature notes
exits "another file is not replaced" 2
says "another file is not replaced" "notes is there and is no signature"
is "it is as it was" "$(cat notes)" precious
merlon sign m --key "$keys/p256.key" --signature notes --force
exits "unless forced" 0

# inside the model, one file, other hashes, shards
model m && merlon sign m --key "$keys/p256.key" --signature m/model.sig
verify m --signature m/model.sig
exits "a signature inside of the model" 0
(cd m && "$MERLON" verify . --public-key "$keys/p256.pub" > /dev/null)
is "the default of a path without a name" $? 0
merlon sign m/model.bin --key "$keys/p256.key"
exits "one file" 0
verify m/model.bin
exits "one file is verified" 0
for hash in sha256 blake2b blake3; do
    for shards in "" "--shards 4"; do
        for compat in both spec reference; do
            model m && : > m/zero
            # shellcheck disable=SC2086
            merlon sign m --key "$keys/p256.key" --signature s --hash $hash $shards --compat $compat
            exits "sign $hash $shards $compat" 0
            verify m --signature s
            exits "verify $hash $shards $compat" 0
            [ -z "$shards" ] || says "empty files are told" "not covered  zero"
            printf 'weightS' > m/model.bin && verify m --signature s
            exits "verify changed $hash $shards $compat" 1
        done
    done
done
model m && merlon sign m --key "$keys/p256.key" --signature s --shards 4
printf 'weights and more' > m/model.bin && verify m --signature s
exits "a longer file" 1
printf 'wei' > m/model.bin && verify m --signature s
exits "a shorter file" 1

# several signers
model m
for k in p256 p384 other; do merlon sign m --key "$keys/$k.key" --signature $k.sig; done
all="--signature p256.sig --signature p384.sig --signature other.sig"
two="--public-key $keys/p256.pub --public-key $keys/p384.pub"
# shellcheck disable=SC2086
merlon verify m $all $two --threshold 2
exits "two of three" 0
says "two of three" "2 of 3 signers agree"
# shellcheck disable=SC2086
merlon verify m $all $two
exits "all of three" 1
says "all of three" "2 of 3 signers agree, 3 must; other.sig: it is signed with another key"
# shellcheck disable=SC2086
merlon verify m --signature p256.sig --signature p256.sig $two --threshold 2
exits "one signer twice is one" 1

# files that have not changed are not read again, and that is told
remembered() { verify m --signature s -o json && jq -r .remembered <<< "$out"; }
model m && head -c 300000 /dev/urandom > m/big.bin && touch -d '1 hour ago' m/big.bin
merlon sign m --key "$keys/p256.key" --signature s
is "just changed: read" "$(remembered)" 0
sleep 3
verify m --signature s
verify m --signature s
exits "unchanged" 0
says "unchanged: told" "4 files not read again"
verify m --signature s --paranoid
silent_on "paranoid" "not read again"
exits "paranoid" 0
if command -v strace > /dev/null && strace -o /dev/null true 2> /dev/null; then
    strace -f -o calls -e trace=openat,openat2 "$MERLON" verify m --public-key "$keys/p256.pub" --signature s > /dev/null
    is "unchanged: not even opened" "$(grep -c 'big.bin' calls)" 0
fi
cp m/big.bin keep && printf x | dd of=m/big.bin bs=1 seek=9 conv=notrunc status=none && touch -r keep m/big.bin
verify m --signature s
exits "changed, with the old time" 1
cp keep m/big.bin && chmod g+w m/big.bin && sleep 3 && verify m --signature s
is "others may write it" "$(remembered)" 3
chmod g-w m/big.bin && sleep 3 && verify m --signature s
is "it is mine again" "$(remembered)" 4
for f in "$XDG_CACHE_HOME"/merlon/digests.cache; do
    cp "$f" entries
    printf '\377' | dd of="$f" bs=1 seek=$(($(stat -c %s "$f") - 5)) conv=notrunc status=none
done
is "entries of a run that somebody changed are not believed" "$(remembered)" 3
is "and are made anew" "$(remembered)" 4
for f in "$XDG_CACHE_HOME"/merlon/digests.cache; do head -c -1 entries > "$f"; done
is "a file that was cut off" "$(remembered)" 3
is "its end is mended" "$(remembered)" 4
for f in "$XDG_CACHE_HOME"/merlon/digests.cache; do head -c 60 entries > "$f"; done
is "hardly anything left" "$(remembered)" 0
is "and mended" "$(remembered)" 4

# programs
rm -f m/big.bin
verify m --signature p256.sig -o json
is "json: verified" "$(jq -r .verified <<< "$out")" true
is "json: schema" "$(jq -r .schema <<< "$out")" merlon.verify/1
is "json: covered" "$(jq -r .covered <<< "$out")" 3
is "json: signer" "$(jq -r .signer.method <<< "$out")" key
merlon sign m --key "$keys/p256.key" --signature s -o json
is "json: files" "$(jq -r .files <<< "$out")" 3
finish
