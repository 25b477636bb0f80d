#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What stands in integrations/ is run as its host would run it, without the host.
. "$(dirname "$0")/lib.sh"
if ! "$MERLON" version -v | grep -q 'libgit2.*found'; then echo "SKIPPED: libgit2 is not installed"; exit 77; fi
root=$(cd "$here/../.." && pwd)
mkdir -p "$work/bin" && ln -s "$MERLON" "$work/bin/merlon" && PATH=$work/bin:$PATH

host() { # COMMAND...: output in $out, exit code in $code
    out=$("$@" 2>&1)
    code=$?
}

project honest
cp -r "$examples/fraud/models" models && git add . && git commit -qm models
base=$(git rev-parse HEAD)
git checkout -qb feature
cp "$examples/booby-trapped/fraud_score.pkl" late.pkl && git add . && git commit -qm late

# GitHub: the run line of action.yml, and the script behind it
action=$root/integrations/github/action.yml
is "the action runs its script" "$(sed -n 's/^ *run: //p' "$action")" "'\"\$GITHUB_ACTION_PATH/scan.sh\"'"
for name in $(sed -n 's/^ *\(MERLON_IN_[A-Z_]*\):.*/\1/p' "$action"); do
    ok "the script reads $name" grep -q "$name" "$root/integrations/github/scan.sh"
done
export GITHUB_ACTION_PATH=$root/integrations/github GITHUB_STEP_SUMMARY=$work/summary.md
MERLON_IN_SINCE=$base host "$GITHUB_ACTION_PATH/scan.sh"
exits "GitHub, a payload" 1; says "GitHub" "::error file=late.pkl"
is "GitHub: SARIF" "$(jq -r .version merlon.sarif)" 2.1.0
ok "GitHub: summary" grep -q "model.pickle-exec" "$GITHUB_STEP_SUMMARY"
MERLON_IN_SINCE=HEAD host "$GITHUB_ACTION_PATH/scan.sh"; exits "GitHub, nothing changed" 0
MERLON_IN_PATH='$(touch owned)' MERLON_IN_SINCE='' host "$GITHUB_ACTION_PATH/scan.sh"
exits "GitHub, a path that is none" 2; absent "inputs are no code" owned
MERLON_IN_SINCE=$base MERLON_IN_FAIL_ON=none host "$GITHUB_ACTION_PATH/scan.sh"; exits "GitHub, gate off" 0
MERLON_IN_ARGUMENTS='--exclude *.pkl' MERLON_IN_SINCE='' host "$GITHUB_ACTION_PATH/scan.sh"; exits "GitHub, arguments" 0

# GitLab: the script block
sed -n '/^    - |/,/^  artifacts/{/^      /s/^      //p}' "$root/integrations/gitlab/merlon.gitlab-ci.yml" > gitlab.sh
ok "GitLab: there is a script" [ "$(wc -l < gitlab.sh)" -gt 5 ]
export MERLON_PATH=. MERLON_FAIL_ON=high
CI_MERGE_REQUEST_DIFF_BASE_SHA=$base host bash -eu gitlab.sh
exits "GitLab, a payload" 1; says "GitLab" "model.pickle-exec"
ok "GitLab: code quality" [ "$(jq length gl-code-quality.json)" -gt 0 ]
exists "GitLab: tests" merlon.xml; exists "GitLab: page" merlon.html
CI_MERGE_REQUEST_DIFF_BASE_SHA=HEAD host bash -eu gitlab.sh; exits "GitLab, nothing changed" 0
mkdir "$work/empty" && cd "$work/empty" && host bash -eu "$work/honest/gitlab.sh"; exits "GitLab, nothing to look at" 0

# pre-commit: the entry
cd "$work/honest" || exit 1
entry=$(sed -n 's/^ *entry: //p' "$root/.pre-commit-hooks.yaml")
echo x > x.txt; git add x.txt
# shellcheck disable=SC2086
host env $entry; exits "pre-commit, nothing bad" 0
cp late.pkl later.pkl; git add later.pkl
# shellcheck disable=SC2086
host env $entry; exits "pre-commit, a payload" 1; says "pre-commit" "later.pkl"
finish
