#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Records of stores (git-lfs, DVC, Hugging Face, OCI, Ollama, MLflow) are held against the files that they name.
. "$(dirname "$0")/lib.sh"
n=0
golden=$here/../golden/stores
proved="verified against what their own store says"

copy() { # NAME: a golden as a folder of its own, which is now the current one
    mkdir -p "$work/copies" && rm -rf "$work/copies/$1" && cp -r "$golden/$1" "$work/copies/$1" && cd "$work/copies/$1" || exit 1
}
found() { # NAME EXPECTED: rule and path of every finding of medium or above, from out.json
    "$MERLON" scan . --no-cache -s -o json="$work/out.json"
    is "$1" "$(jq -r '[.findings[] | select(.severity | IN("medium", "high", "critical")) | .rule + " " + .path] | sort | unique | join(", ")' "$work/out.json")" "$2"
}
counted() { # NAME STORE KEY NUMBER, of the last found()
    is "$1: $2 $3" "$(jq -r --arg s "$2" --arg k "$3" '[.stores[]? | select(.store == $s) | .[$k]] | add // 0' "$work/out.json")" "$4"
}

notes() { # NAME TEXT: of the last found()
    ok "$1: notes '$2'" grep -qF -- "$2" <<< "$(jq -r '.notes[]' "$work/out.json")"
}

# Honest layouts stay silent, each as a folder of its own.
for one in "$golden"/honest-*; do
    copy "${one##*/}"
    found "${one##*/}" ""
done

# DVC: with its list of the folder, and without.
copy honest-dvc
found "dvc" ""
notes "dvc" "DVC: 7 of 7 recorded files are $proved (MD5 or SHA-1: no protection against deliberate exchange); who wrote the store is not proved"
echo uno > images/a.txt
found "dvc: a folder without its list" "file.record-mismatch images.dvc"
copy honest-dvc-cache
echo uno > images/a.txt; rm "images/b/c.txt"; echo four > images/extra.txt
found "dvc: a folder with its list" "file.record-mismatch images/a.txt, file.record-unlisted images/extra.txt"
counted "dvc" dvc missing 1
is "dvc: the missing one is named" "$(jq -r '.findings[] | select(.rule == "file.record-missing") | .field' "$work/out.json")" images/b/c.txt
touch .dvcignore
found "dvc: what .dvcignore may mean is low" "file.record-mismatch images/a.txt"
copy honest-dvc
merlon scan . --no-cache --no-hash -o json; is "dvc: without digests nothing is compared" "$(jq -r '.stores[0].held' <<< "$out")" 0
merlon scan rows.csv.dvc --no-cache; exits "dvc: the record alone" 3
(cd .. && "$MERLON" scan honest-dvc/sub honest-dvc --no-cache -s); is "dvc: two targets" $? 0
printf 'outs:\n- md5: 0123456789abcdef0123456789abcdef\n  hash: md5\n  path: ../../secret.txt\n' > out.dvc; echo secret > "$work/secret.txt"
ln -s "$work/secret.txt" way.txt
printf 'outs:\n- md5: 0123456789abcdef0123456789abcdef\n  hash: md5\n  path: way.txt\n' > way.txt.dvc
found "dvc: what lies outside is not looked at" "file.symlink-escape way.txt"
counted "dvc: outside" dvc unchecked 2

merlon report "$work/out.json" -o json; is "dvc: a result that is read again keeps its stores" "$(jq -c .stores <<< "$out")" "$(jq -c .stores "$work/out.json")"

# git-lfs: a pointer is not the model; the object in the local store is held against it.
project lfs
head -c 3000 /dev/urandom > ../weights
oid=$(sha256sum ../weights | cut -c1-64)
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 3000\n' "$oid" > model.safetensors
merlon scan . --no-cache
exits "lfs: a pointer" 1; says "lfs: a pointer" "A pointer lies here and not the content"; says "lfs: what to do" "git lfs pull"
found "lfs" "model.not-inspected model.safetensors"; notes "lfs" "1 are pointers whose object is not here"
mkdir -p ".git/lfs/objects/${oid:0:2}/${oid:2:2}" deep && cp ../weights ".git/lfs/objects/${oid:0:2}/${oid:2:2}/$oid" && mv model.safetensors deep/
found "lfs: the object is here" "model.not-inspected deep/model.safetensors"
counted "lfs" git-lfs held 1
printf x >> ".git/lfs/objects/${oid:0:2}/${oid:2:2}/$oid"
found "lfs: the object was changed" "file.record-mismatch deep/model.safetensors, model.not-inspected deep/model.safetensors"

# Hugging Face: links to blobs, a file in the place of one, a ref to nowhere.
copy honest-hub-copied
cd models--org--m || exit 1
for f in snapshots/*/*; do
    blob=$(sha256sum "$f" | cut -c1-64)
    [ -e "blobs/$blob" ] || blob=$(git hash-object "$f")
    ln -sf "../../blobs/$blob" "$f"
done
cd ..
found "hub: links" ""; counted "hub: a ref, and each blob by its name" huggingface held 3
rm -r models--org--m/refs
merlon verify --layout .; exits "hub: blobs alone" 0; says "hub: blobs alone" "2 of 2 recorded files"
cp -r "$golden"/honest-hub-copied/models--org--m/refs models--org--m/
echo '{"model_type": "gpt2"}' > new.json
cp new.json models--org--m/snapshots/11c5a3d5811f50298f278a704980280950aedb10/config.json
found "hub: written through the link" "model.digest-mismatch models--org--m/blobs/508e2c52963056a69f522d16195123a92a55fa50"
counted "hub: written through the link" huggingface changed 1
cp "$golden"/honest-hub-copied/models--org--m/blobs/508* models--org--m/blobs/
rm models--org--m/snapshots/*/config.json && mv new.json models--org--m/snapshots/11c5a3d5811f50298f278a704980280950aedb10/config.json
found "hub: a file in the place of a link" "file.record-unlisted models--org--m/snapshots/11c5a3d5811f50298f278a704980280950aedb10/config.json"
printf %s 0123456789012345678901234567890123456789 > models--org--m/refs/main
merlon scan . --no-cache -a; says "hub: a ref to nowhere" "The ref names a snapshot that is not in the cache"
copy honest-hub-folder
mkdir .huggingface && mv .cache/huggingface/download .huggingface/ && rm -r .cache
found "hub: as version 0.23 had it" ""; counted "hub: 0.23" huggingface held 2
rm model.safetensors
found "hub: a file was removed" ""; counted "hub" huggingface missing 1; counted "hub" huggingface unchecked 1

# OCI and Ollama: size, absence, reachability; the types are shown.
copy honest-modelpack
found "oci" ""; counted "oci" oci held 3
is "oci: types" "$(jq -r '[.subjects[].detail | .artifact_type[]?, .media_types[]?] | map(select(contains("cncf"))) | length' "$work/out.json")" 3
merlon scan . --no-cache --exclude 'blobs/sha256/a0*' -o json; is "oci: what is left out is compared all the same" "$(jq '.stores[0].held' <<< "$out")" 3
copy malicious-modelpack-blob
found "oci: told once" "model.digest-mismatch blobs/sha256/a06ccadd01057a4ceb1433dfacf4f1fdee9afa1ad6b953de1ef1337ef938fe8f"
counted "oci: told once" oci changed 1
copy honest-modelpack
rm -r blobs oci-layout
found "oci: an index alone is a sample" ""; counted "oci: sample" oci recorded 0
copy malformed-ollama-missing
found "ollama: missing" "file.record-missing manifests/registry.ollama.ai/library/m/latest"

# MLflow: files are there or not; more it does not record.
copy honest-mlflow
found "mlflow" ""; notes "mlflow" "3 are there, but it records no digest of them"
is "mlflow: card" "$(jq -c '[.subjects[].detail | select(.model_id) | .producer, .call, (.flavours | length)][0:3]' "$work/out.json")" '["MLflow 3.1.0","described",2]'

# verify --layout: the same question alone, with an answer of its own.
cd "$golden" || exit 1
merlon verify --layout honest-modelpack; exits "verify: honest" 0
says "verify: honest" "as recorded   honest-modelpack: 3 of 3 recorded files are $proved; who wrote the store is not proved"
merlon verify --layout malicious-hub-folder-large; exits "verify: changed" 1; says "verify: changed" "changed      model.safetensors"
merlon verify --layout malformed-ollama-missing; exits "verify: missing" 1; says "verify: missing" "missing      blobs/sha256-a06ccadd"
merlon verify --layout malformed-dvc-unlisted; exits "verify: unlisted" 1; says "verify: unlisted" "unlisted     images/extra.txt"
merlon verify --layout honest-mlflow; exits "verify: nothing to compare" 1; says "verify: nothing to compare" "NOT COMPARED"
merlon verify --layout honest-hub-folder -o json; exits "verify: json" 0
is "verify: json" "$(jq -c '[.schema, .verified, .method, .signer, .covered, (.not_covered | map(.path))]' <<< "$out")" \
    '["merlon.verify/1",true,"layout",null,2,["other.txt"]]'
merlon verify --layout ../jinja; exits "verify: no record" 3; says "verify: no record" "no record of a store lies in ../jinja"
merlon verify --layout honest-dvc --public-key x; exits "verify: one or the other" 2
merlon verify --layout "$work/nowhere"; exits "verify: no folder" 2
project logged && merlon init --log > /dev/null; cp -r "$golden/honest-modelpack" m
merlon verify --layout m; exits "verify: with a log" 0
merlon audit tail -n 1; says "verify: the log has it" "verify        pass    m"
merlon verify --help; says "verify: help" "who wrote the store is not proved"

# Hostile records lead nowhere and end in time.
mkdir -p "$work/hostile/blobs/sha256" "$work/hostile/.git/lfs/objects" && cd "$work/hostile" || exit 1
ln -s / root; ln -s "$work/secret.txt" blobs/sha256/x; mkfifo pipe
for p in /etc/passwd ../../../../etc/passwd root/etc/passwd pipe . .. '' a//b "$(printf 'x%.0s' $(seq 5000))"; do
    printf 'outs:
- md5: 0123456789abcdef0123456789abcdef
  hash: md5
  path: %s
' "$p" > "r$((++n)).dvc"
done
ok "hostile names" timeout 20 "$MERLON" scan . --no-cache -s -o json=../hostile.json --fail-on none
is "hostile names: nothing was compared" "$(jq -r '.stores[0] | .held + .changed' ../hostile.json)" 0
# One folder claimed thousands of times, with its list and without.
mkdir -p "$work/many/d" && cd "$work/many" || exit 1
for i in $(seq 300); do echo "$i" > "d/$i.txt"; done
python3 - << 'END'
for name, md5 in (("with", "cb0a6f2b24a210e0b5e32e2a90c75930"), ("without", "0" * 32)):
    with open(name + ".dvc", "w") as f:
        f.write("outs:\n" + "".join(f"- {{md5: {md5}.dir, hash: md5, path: d}}\n" for _ in range(5000)))
with open("other.dvc", "w") as f:
    f.write("outs:\n" + "".join(f"- {{md5: {i:032x}.dir, hash: md5, path: d}}\n" for i in range(5000)))
END
cp -r "$golden/honest-dvc-cache/.dvc" .
ok "many claims end in time" timeout 250 "$MERLON" scan . --no-cache -s -o json=../many.json --fail-on none
is "many claims: each once, each unlisted file once" "$(jq -c '[(.stores[0] | .changed, .missing, .unlisted)]' ../many.json)" "[5000,3,300]"
finish
