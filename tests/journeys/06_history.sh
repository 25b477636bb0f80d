#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# scan --git: what was committed and removed later, each content once, named by its first commit.
. "$(dirname "$0")/lib.sh"
if ! "$MERLON" version -v | grep -q 'libgit2.*: found'; then echo "SKIPPED: libgit2 is not installed"; exit 77; fi
trap_file=$examples/booby-trapped/fraud_score.pkl
at() { GIT_AUTHOR_DATE="$1T12:00:00Z" GIT_COMMITTER_DATE="$1T12:00:00Z" git commit -qm "$2"; }
findings() { jq -r '.findings[] | [.rule, .path, (.inner | join("/"))] | join(" ")' result.json; }

project past
mkdir -p models/old && cp "$trap_file" models/old/score.pkl && git add . && at 2026-01-02 "a model"
first=$(git log -1 --format=%h --abbrev=7)
git mv models/old/score.pkl models/score.pkl && at 2026-01-05 "moved"
git rm -q models/score.pkl && at 2026-02-01 "removed"
cp -r "$examples/fraud/models" honest && git add honest && at 2026-02-02 "honest models"
merlon scan .; exits "the files alone" 0
merlon scan . --git -o json=result.json; exits "with the history" 1
is "found once, where it was first" "$(findings | grep -c pickle-exec)" 1
is "path and commit" "$(findings | grep pickle-exec)" "model.pickle-exec models/old/score.pkl commit $first 2026-01-02"
says "people see it" "commit $first"
merlon scan . --git --exclude 'models/'; exits "an excluded folder's past is left out" 0
merlon scan honest --git; exits "the past of one folder" 0
merlon scan . --git --baseline result.json; exits "a baseline holds for the past" 0
merlon scan . --git --since HEAD; exits "not with --since" 2; says "not with --since" "leave out --since"
merlon scan honest models --git; exits "one path only" 2

# what stands in the files is not told twice; what was changed since the last commit is
cp "$trap_file" now.pkl && git add now.pkl && at 2026-03-01 "now"
git rm -q --cached now.pkl; git reset -q HEAD now.pkl
merlon scan . --git -o json=result.json
is "a file that is there, once" "$(findings | grep -c 'pickle-exec now.pkl')" 1
is "without a commit" "$(findings | grep 'pickle-exec now.pkl')" "model.pickle-exec now.pkl "
echo replaced > now.pkl
merlon scan . --git -o json=result.json
ok "its committed form after it was changed" grep -q 'pickle-exec models/old/score.pkl commit' <(findings)

# a key that was committed and taken out again
project key
k=AKIA; k=${k}Q4ZL7TRW2XN5YB3D
printf 'region = eu-west-1\naws_access_key_id = %s\n' "$k" > deploy.cfg && git add . && at 2026-04-01 "config"
first=$(git log -1 --format=%h --abbrev=7)
echo 'region = eu-west-1' > deploy.cfg && git commit -qam "no keys here"
merlon scan .; ok "the key is gone from the files" [ "$code" -ne 1 ]
merlon scan . --git -o json=result.json; exits "not from the history" 1
is "the key" "$(findings | grep access_key)" "secret.aws.access_key_id deploy.cfg commit $first 2026-04-01"
is "its line" "$(jq -r '.findings[] | select(.rule | test("access_key")).line' result.json)" 2
ok "masked" bash -c '! grep -q "$0" result.json' "$k"

# branches, tags of trees and blobs, the stash, a bare clone
project refs
git checkout -qb side && cp "$trap_file" side.pkl && git add . && at 2026-01-02 side && git checkout -q main && git branch -q keep side && git branch -qD side
merlon scan . --git; exits "a branch that is not checked out" 1
git clone -q --bare . ../bare.git
merlon scan ../bare.git --git -o json=result.json; exits "a bare repository" 1
git branch -qD keep; merlon scan . --git; exits "a branch that is gone" 0
blob=$(git hash-object -w "$trap_file"); git tag the-blob "$blob"
merlon scan . --git; exits "a tagged blob" 1; says "a tagged blob" "tag "
git tag -d the-blob > /dev/null
tree=$(printf '100644 blob %s\ta.pkl\n' "$blob" | git mktree); git tag the-tree "$tree"
merlon scan . --git; exits "a tagged tree" 1
git tag -d the-tree > /dev/null

# a tree of trees of trees: 10^30 paths, one blob
tree=$(printf '100644 blob %s\tx.pkl\n' "$blob" | git mktree)
for _ in $(seq 30); do
    tree=$(for i in 0 1 2 3 4 5 6 7 8 9; do printf '040000 tree %s\td%s\n' "$tree" "$i"; done | git mktree)
done
git update-ref refs/heads/bomb "$(git commit-tree "$tree" -m bomb)"
out=$(timeout 20 "$MERLON" scan . --git -o json=result.json 2>&1); code=$?
exits "a tree bomb ends" 1; is "a tree bomb, once" "$(findings | grep -c pickle-exec)" 1
git branch -qD bomb

# a shallow clone says what it does not hold; damaged objects are told
git clone -q --depth 1 "file://$work/past" ../shallow 2> /dev/null
(cd ../shallow && "$MERLON" scan . --git --exclude now.pkl) > ../shallow.txt 2>&1
ok "a shallow clone is told" grep -q 'objects are not in this repository' ../shallow.txt
cd "$work/past" && git unpack-objects -q < /dev/null 2> /dev/null
merlon scan / --git; exits "no repository" 2; says "no repository" "no git repository"

# nothing of a hostile repository runs
cat > evil.sh <<'X'
#!/bin/sh
touch "$OWNED"
X
chmod +x evil.sh; export OWNED=$work/owned
for key in core.fsmonitor core.editor core.pager diff.external filter.x.clean filter.x.smudge filter.x.process core.sshCommand; do
    git config $key "$PWD/evil.sh"
done
git config core.worktree /etc; git config core.hooksPath "$PWD"; cp evil.sh post-index-change
echo '* filter=x diff=x' > .gitattributes
merlon scan . --git; exits "a hostile configuration" 1; silent_on "a hostile configuration" "passwd"
absent "ran nothing" "$OWNED"
rm -rf .git/objects/pack .git/objects/??
merlon scan . --git; ok "no objects left is not clean" [ "$code" -ge 1 ]
finish
