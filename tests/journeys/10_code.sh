#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Code, settings, dependencies, and the joined verdict: a load call with the file that it loads and the version that
# loads it. What can be mended safely is mended.
. "$(dirname "$0")/lib.sh"

found() { # NAME RULE PATH LINE [SEVERITY]
    local severity=${5:-}
    ok "$1" jq -e --arg rule "$2" --arg path "$3" --argjson line "$4" --arg severity "$severity" \
        '.findings | any(.rule == $rule and .path == $path and .line == $line and ($severity == "" or .severity == $severity))' "$work/found.json"
}
quiet() { # NAME RULE
    ok "$1" jq -e --arg rule "$2" '.findings | all(.rule != $rule)' "$work/found.json"
}
look() { # PATH [OPTION...]
    merlon scan "$@" --no-cache -s -o json="$work/found.json"
}

look "$examples/booby-trapped"
exits "booby-trapped code" 1
found "a load that runs code" code.torch-load-unsafe serve.py 11 critical
ok "and the very file" jq -e '.findings | any(.rule == "code.torch-load-unsafe" and (.message | contains("net.pt, is dangerous")))' "$work/found.json"
is "of two pickles in one archive, the one that is refused counts" "$(jq -r '.subjects[] | select(.path == "net.pt") | .detail.weights_only' "$work/found.json")" "refused: needs posix.system"
found "a request that is unpickled" code.pickle-untrusted serve.py 16 critical
found "an answer that is a command" code.shell-model-output serve.py 28 critical
found "a known hole" dep.vulnerable requirements.txt 2
found "a release made to harm" dep.malicious requirements.txt 3 critical
found "a look-alike" dep.lookalike requirements.txt 4 high
found "an image that may change" code.docker-unpinned Dockerfile 1
found "a script from the network" code.remote-script Dockerfile 2
found "a pull request that is run with secrets" code.ci-pull-request-target .github/workflows/train.yml 10 critical
found "a title that is a command" code.ci-untrusted-input .github/workflows/train.yml 12 high
found "an unpinned tool of an agent" code.mcp-unpinned .mcp.json 3

look "$examples/fraud"; exits "honest code" 0
found "an honest model takes the weight off its loader" code.joblib-load train/serve.py 7 low

# the same line, by what is known of its surroundings
mkdir -p app/models && cd app || exit 1
printf 'import torch\n\nnet = torch.load("models/net.pt")\n' > serve.py
look .; found "torch.load, no version known" code.torch-load-default serve.py 3 high
echo 'torch>=2.6' > requirements.txt; look .; quiet "torch.load, a safe default" code.torch-load-default
echo 'torch==2.4.1' > requirements.txt; look .; found "torch.load, an old version" code.torch-load-default serve.py 3 high
cp "$examples/fraud/models/net.safetensors" models/net.pt
look .; ok "an honest file" jq -e '.findings | any(.rule == "code.torch-load-default" and .severity == "low")' "$work/found.json"
cp "$examples/booby-trapped/net.pt" models/net.pt
look .; found "a dangerous file" code.torch-load-default serve.py 3 critical
rm models/net.pt

# a part of a project knows the rest of it
if "$MERLON" version -v | grep -q 'libgit2.*found'; then
    project part
    echo 'torch>=2.6' > requirements.txt; mkdir models
    cp "$examples/fraud/models/fraud_score.joblib" models/score.joblib
    git add . && git commit -qm base
    printf 'import joblib\nimport torch\n\nnet = torch.load("net.pt")\nscore = joblib.load("models/score.joblib")\n' > new.py
    git add new.py
    merlon scan --staged -s -o json="$work/found.json"; exits "staged code, versions and files that are not staged" 0
    quiet "staged: version" code.torch-load-default; found "staged: file" code.joblib-load new.py 5 low
    git commit -qm new
    merlon scan . --since HEAD~1 -s -o json="$work/found.json"; exits "changed code" 0
    quiet "since: version" code.torch-load-default; found "since: file" code.joblib-load new.py 5 low
    is "since: only what changed is a subject" "$(jq -r '[.subjects[].path] | join(" ")' "$work/found.json")" new.py
fi

# mended by itself
mkdir "$work/mend" && cd "$work/mend" || exit 1
cat > load.py <<'X'
import torch
import yaml

settings = yaml.load(open("a.yml"), Loader=yaml.Loader)
net = torch.load(
    "net.pt",
    weights_only=False,
)
X
cat > shown.ipynb <<'X'
{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 4,
   "metadata": {},
   "outputs": [
    {"name": "stdout", "output_type": "stream", "text": ["mail anna.schmidt@firma-schmidt.de and bernd.kurz@firma-schmidt.de\n"]}
   ],
   "source": ["print(team)"]
  }
 ],
 "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
 "nbformat": 4, "nbformat_minor": 5
}
X
cp -r . ../before
"$MERLON" scan . --diff > fix.diff 2> fix.log; is "--diff: the gate's exit code" $? 1
ok "--diff changes nothing" diff -r -x 'fix.*' . ../before
ok "--diff says how much" grep -q "would fix" fix.log
(cd ../before && git apply --check "$work/mend/fix.diff") > /dev/null 2>&1; is "--diff is a diff" $? 0
mv fix.diff fix.log ..
merlon scan . --fix; exits "--fix" 0; says "--fix" "fixed"
ok "weights only" grep -q 'weights_only=True' load.py; ok "a safe YAML loader" grep -q 'yaml.SafeLoader\|safe_load' load.py
is "no outputs" "$(jq -c '[.cells[0].outputs, .cells[0].execution_count]' shown.ipynb)" '[[],null]'
ok "it is still Python" python3 -c 'import ast, sys; ast.parse(open("load.py").read())'
(cd ../before && git apply ../fix.diff); ok "--fix does what --diff says" diff -r . ../before
merlon scan . --fix; exits "--fix again" 0; says "--fix again" "nothing that can be fixed"
ln -s load.py link.py; merlon scan . --fix --no-hash; exits "--fix needs digests" 2; says "--fix needs digests" "--no-hash"
merlon scan . --diff -o json; exits "--diff is the report" 2

# of several targets only these are changed: not a twin in the current folder
mkdir -p "$work/several/a" "$work/several/b" && cd "$work/several" || exit 1
printf 'import torch\nnet = torch.load("n.pt", weights_only=False)\n' > twin.py
cp twin.py a; cp twin.py b; cp twin.py before.txt
merlon scan a/twin.py "$work/several/b/twin.py" --fix -o json=../several.json; exits "--fix of two files" 0
is "both are changed" "$(grep -l 'weights_only=True' a/twin.py b/twin.py | wc -l)" 2; ok "no other is" cmp twin.py before.txt
merlon scan a/twin.py twin.py -s -o json="$work/found.json"
is "each by its place" "$(jq -r '[.findings[].path] | join(" ")' "$work/found.json")" twin.py

# a commit comes from the user's own cache of the hub, or it does not come
mkdir -p "$work/pin" "$XDG_CACHE_HOME/huggingface/hub/models--org--m/refs" && cd "$work/pin" || exit 1
commit=0123456789abcdef0123456789abcdef01234567
printf '%s' $commit > "$XDG_CACHE_HOME/huggingface/hub/models--org--m/refs/main"
cat > net.py <<'X'
from transformers import AutoModel, AutoTokenizer

net = AutoModel.from_pretrained("org/m", device_map="auto")
tok = AutoTokenizer.from_pretrained("org/other")
X
cat > net.ipynb <<'X'
{
 "cells": [{"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [],
   "source": ["from transformers import AutoModel\n", "net = AutoModel.from_pretrained(\"org/m\")"]}],
 "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
 "nbformat": 4, "nbformat_minor": 5
}
X
merlon scan . --diff; says "--diff pins" "would fix 2 places in 2 files"; says "--diff says what it does not know" "1 call to the hub stays without a commit"
merlon scan . --fix; says "--fix pins" "fixed 2 places"
ok "a commit" grep -q "from_pretrained(\"org/m\", device_map=\"auto\", revision=\"$commit\")" net.py
ok "no commit is guessed" grep -q 'from_pretrained("org/other")$' net.py
is "a commit in a notebook" "$(jq -r '.cells[0].source[1]' net.ipynb)" "net = AutoModel.from_pretrained(\"org/m\", revision=\"$commit\")"
look .; quiet "a commit is no branch" code.hub-branch
# of a cache below what is scanned only what the user's own does not know; a link is not followed
mkdir -p hub/models--org--m/refs hub/models--org--other/refs hub/models--org--link/refs
printf '%s' ffffffffffffffffffffffffffffffffffffffff | tee hub/models--org--m/refs/main > hub/models--org--other/refs/main
ln -s ../../models--org--m/refs/main hub/models--org--link/refs/main
printf 'from transformers import AutoModel\nnet = AutoModel.from_pretrained("org/m")\nx = AutoModel.from_pretrained("org/link")\n' > own.py
merlon scan . --fix; says "--fix from a cache in the tree" "fixed 2 places"
ok "the user's cache counts" grep -q "\"org/m\", revision=\"$commit\"" own.py; ok "a link does not" grep -q '"org/link")' own.py
ok "the other one helps" grep -q '"org/other", revision="f\{40\}"' net.py

# a file stays whose it was; what is write-protected stays as it is
mkdir "$work/owned" && cd "$work/owned" || exit 1
cp ../several/before.txt theirs.py; chmod 640 theirs.py; cp theirs.py kept.py; chmod 444 kept.py
[ "$(id -u)" -ne 0 ] || chown 4711:4712 theirs.py
was=$(stat -c '%u:%g %a' theirs.py)
merlon scan . --fix; exits "--fix of a protected file" 1; says "--fix of a protected file" "kept.py: it is write-protected"
ok "the other is changed" grep -q 'weights_only=True' theirs.py; is "it is whose it was" "$(stat -c '%u:%g %a' theirs.py)" "$was"
ok "the protected one is not" cmp -s kept.py ../several/before.txt

# Python that cannot be read to its end is told, not passed over
cd "$work" || exit 1
mkdir odd && printf 'import torch\nx = (\ntorch.load("a.pt", weights_only=False)\n' > odd/open.py
look odd; exits "an open bracket hides nothing" 1
mkdir keys && printf 'import os\n\n\ndef f(x):\n    os.system("curl -u admin:Sup3rS3cretPw99 http://h/" + x)\n' > keys/a.py
look keys; found "a command with a password" code.shell-dynamic a.py 5
ok "what it shows holds no password" jq -e '.findings | map(.evidence) | all(contains("Sup3rS3cretPw99") | not)' found.json
mkdir plain && printf 'print("hello")\n' > plain/a.py
merlon scan plain -o html=page.html; exits "plain code" 0; says "plain code" "1 code file"
ok "a page calls code judged" grep -q 'class="clear"' page.html
finish
