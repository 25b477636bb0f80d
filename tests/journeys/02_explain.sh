#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Understanding a finding; help, completion, suggestions.
. "$(dirname "$0")/lib.sh"
project explain
merlon explain model.pickle-exec
exits "explain" 0
for word in What Attack Fix "Maps to" "MITRE ATLAS" "OWASP LLM03" "OWASP" "--examples"; do says "explain" "$word"; done
cp "$examples/booby-trapped/fraud_score.pkl" . && merlon scan . -s
merlon explain model.pickle-exec; says "the last scan" "Seen in"; says "the last scan" "fraud_score.pkl"
merlon explain pickle-exec; exits "a short form" 0
merlon explain model.code_exec_on_load; exits "a class" 0; says "a class" "model.pickle-exec"
merlon explain model.pickle-exce; exits "a misspelt rule" 2; says "a misspelt rule" "did you mean model.pickle-exec?"
merlon explain model.pickle-exec --examples; exits "examples" 0; says "examples" "Clean"
ok "all rules as json" bash -c '"$1" explain --all -o json | jq -e "(.rules | length) > 50 and all(.rules[]; .id and .class and .fix and .examples.bad and .examples.good)"' _ "$MERLON"
bad=$(for r in $("$MERLON" rules -q); do "$MERLON" explain "$r" > /dev/null || echo "$r"; done)
is "every rule can be explained" "$bad" ""
"$MERLON" scan "$examples" -o json 2> /dev/null | jq -r '.findings[].rule' | sort -u > seen
bad=$(while read -r r; do "$MERLON" explain "$r" > /dev/null || echo "$r"; done < seen)
is "every rule that is printed can be explained" "$bad" ""
while read -r words; do
    # shellcheck disable=SC2086
    merlon $words --help
    exits "help of $words" 0
    says "help of $words" "Examples"
    lines=$(wc -l <<< "$out")
    ok "help of $words fits a screen ($lines lines)" [ "$lines" -le 40 ]
done <<< "scan
data redact
data fetch
explain
rules
report
ignore add
ignore list
ignore remove
ignore prune
init
config show
config check
hook install
hook uninstall
tour
completion
version
help"
merlon; exits "no command" 0; says "no command" "merlon tour"
merlon scna; exits "a misspelt command" 2; says "a misspelt command" "did you mean scan?"
merlon scan --fail-onn high; exits "a misspelt option" 2; says "a misspelt option" "did you mean --fail-on?"
merlon scan --fail-on hihg; exits "a bad value" 2; says "a bad value" "critical, high, medium"
merlon scan --jobs; exits "a value is missing" 2
merlon scan -- --all; exits "behind -- all are paths" 2; says "behind -- all are paths" "--all"
merlon version -v; exits "version" 0; says "version" "sandbox"
"$MERLON" completion bash > c.bash && ok "bash completion is bash" bash -n c.bash
ok "bash completion completes" bash -c '. ./c.bash; COMP_WORDS=(merlon scan --fail); COMP_CWORD=2; _merlon; [ "${COMPREPLY[0]}" = --fail-on ]'
for s in zsh fish; do
    merlon completion $s; exits "completion $s" 0
    if command -v $s > /dev/null; then "$MERLON" completion $s > c.$s; ok "$s completion parses" $s -n c.$s; fi
done
merlon completion tcsh; exits "completion for another shell" 2
merlon tour --yes --examples "$examples"
exits "the tour" 0; says "the tour" "That was the tour."
says "the tour shows a finding" "CRITICAL  model.pickle-exec"
is "the tour: each step ends as its text says" "$(grep -o '^exit code [0-9]' <<< "$out" | cut -c11- | tr -d '\n')" 1001111000100
absent "the tour leaves nothing here" main.json
finish
