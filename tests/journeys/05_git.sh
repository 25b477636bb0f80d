#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Before each commit and in the pipeline: hook, --staged, --since, hostile repositories.
. "$(dirname "$0")/lib.sh"
if ! "$MERLON" version -v | grep -q 'libgit2.*found'; then echo "SKIPPED: libgit2 is not installed"; exit 77; fi
trap_file=$examples/booby-trapped/fraud_score.pkl
project commits
merlon hook install; exits "hook install" 0; exists "the hook" .git/hooks/pre-commit
cp "$trap_file" bad.pkl && git add bad.pkl
out=$(git commit -m "new features" 2>&1); code=$?
exits "a commit with a payload is stopped" 1
says "and told" "merlon: staged 1 file"; says "and told" "commit stopped"; says "and told" "model.pickle-exec"
cp "$examples/fraud/models/net.safetensors" bad.pkl
merlon scan --staged; exits "what is staged counts, not what lies there by now" 1
git rm -qf --cached bad.pkl; rm bad.pkl
cp -r "$examples/fraud/models" models && git add models
out=$(git commit -m "honest" 2>&1); code=$?; exits "an honest commit passes" 0
merlon scan --staged; exits "nothing staged" 0
ok "no unpacked files are left" bash -c '! ls -d "$XDG_CACHE_HOME"/merlon/merlon-staged-* 2> /dev/null'
cp "$trap_file" models/net.safetensors
out=$(git commit -am "by -a" 2>&1); code=$?
exits "commit -a has an index of its own" 1; says "commit -a" "model.pickle-exec"
out=$(git commit -m "by name" models/net.safetensors 2>&1); code=$?; exits "so has commit FILE" 1
git checkout -q models/net.safetensors
merlon scan --staged --since HEAD; exits "staged and since exclude each other" 2

git checkout -qb feature && cp "$trap_file" late.pkl && git add late.pkl && git commit -qnm "late"
cp "$trap_file" untracked.pkl; echo x >> notes.md
merlon scan . --since main -o json=since.json; exits "since" 1
is "changed and new files" "$(jq -r '[.subjects[].path] | sort | join(" ")' since.json | tr ' ' '\n' | grep -c pkl)" 2
merlon scan models --since main; exits "nothing changed below this folder" 0
merlon scan . --since mian; exits "a misspelt revision" 2; says "a misspelt revision" "did you mean main?"
(cd / && "$MERLON" scan "$work/home" --since main) > /dev/null 2>&1; is "no repository" $? 2
merlon scan . --since main --baseline since.json; exits "since with a baseline" 0

cat > evil.sh <<'X'
#!/bin/sh
touch "$OWNED"
X
chmod +x evil.sh; export OWNED=$work/owned
for key in core.fsmonitor core.editor core.pager diff.external filter.x.clean filter.x.smudge filter.x.process core.sshCommand; do
    git config $key "$PWD/evil.sh"
done
git config core.hooksPath "$PWD"; git config core.worktree /etc; cp evil.sh post-index-change
echo '* filter=x diff=x' > .gitattributes
merlon scan . --since main; exits "a hostile configuration" 1; silent_on "a hostile configuration" "passwd"
merlon scan --staged; ok "staged ends" [ "$code" -le 1 ]
absent "ran nothing" "$OWNED"
git config --unset core.worktree; git config --unset core.hooksPath

merlon hook uninstall; exits "hook uninstall" 0; absent "the hook is gone" .git/hooks/pre-commit
echo "#!/bin/sh" > .git/hooks/pre-commit
merlon hook install; exits "somebody else's hook stays" 2; is "as it was" "$(cat .git/hooks/pre-commit)" "#!/bin/sh"
merlon hook uninstall; exits "and is not removed" 2
ok "the entry for pre-commit names a command that exists" grep -q 'entry: merlon scan --staged' "$here/../../.pre-commit-hooks.yaml"
finish
