#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Stores that name files by their digest: what was changed since the download is told.
. "$(dirname "$0")/lib.sh"
config='{"model_type": "bert", "hidden_size": 8}'
other='{"model_type": "bert", "hidden_size": 9}'

# Each store holds the same file, under the name that its tool gives it.
put() { mkdir -p "$(dirname "$1")" && printf '%s\n' "$config" > "$1"; }
project stores
printf '%s\n' "$config" > ../content
sha=$(sha256sum ../content | cut -c1-64) git=$(git hash-object ../content) md5=$(md5sum ../content | cut -c1-32)
files=(hub/models--org--m/blobs/"$sha" hub/models--org--m/blobs/"$git" hub/datasets--org--d/blobs/"$git"
    layout/blobs/sha256/"$sha" ollama/blobs/sha256-"$sha" media/lfs/objects/"${sha:0:2}/${sha:2:2}/$sha"
    dvc/files/md5/"${md5:0:2}/${md5:2}" old/.dvc/cache/"${md5:0:2}/${md5:2}")
for f in "${files[@]}"; do put "$f"; done
merlon scan . --all
exits "as fetched" 0; silent_on "as fetched" model.digest-mismatch
for f in "${files[@]}"; do
    printf '%s\n' "$other" > "$f"
    merlon scan . -o json=out.json -s
    exits "$f" 1
    is "$f: named" "$(jq -r '[.findings[] | select(.rule == "model.digest-mismatch") | .path] | join(" ")' out.json)" "$f"
    printf '%s\n' "$config" > "$f"
    rm out.json
done

printf '%s\n' "$other" > "${files[0]}"
(cd hub/models--org--m/blobs && "$MERLON" scan . -s); is "from inside of the store" $? 1
merlon scan "${files[0]}"; exits "the file alone" 1; says "the file alone" "Hugging Face cache"
merlon scan . --no-hash; exits "without digests nothing is compared" 0
merlon explain model.digest-mismatch; exits "explain" 0

# From the cache, as fresh.
put "${files[0]}"; head -c 400000 /dev/zero | tr '\0' 'x' > big
big=hub/models--org--m/blobs/$(sha256sum big | cut -c1-64); mv big "$big"; touch -d '1 hour ago' "$big"
merlon scan . -s; exits "first" 0
merlon scan . -s; exits "again" 0
printf y >> "$big"; sleep 0.01
merlon scan . -a; exits "changed meanwhile" 1; says "changed meanwhile" "${big##*/}"
merlon scan . -a; exits "and still" 1; says "and still" "${big##*/}"
finish
