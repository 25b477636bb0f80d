#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A policy: the example of doc/guard.md, what is said about wrong ones, who is told which row decided, and reloading.
. "$(dirname "$0")/lib.sh"
trap 'kill "${pid:-}" 2> /dev/null; rm -rf "$work"' EXIT
key=AKIA""YQFODESARIWXLIXQ
cat > base.toml <<X
[[listen]]
address = "127.0.0.1:0"
[[upstream]]
url = "http://127.0.0.1:1"
[[route]]
name = "chat"
path = "/v1"
[[route]]
X

# the example of the documentation
awk '/^## Policy/ {on = 1} on && /^```$/ {exit} code {print} on && /^```toml/ {code = 1}' "$here/../../doc/guard.md" > policy.toml
ok "the example has all tables" test "$(grep -c '^\[' policy.toml)" = 6
echo '{"type": "object"}' > invoice.schema.json
echo 'omega-sigma-77-kappa' > canaries.txt
{ echo 'policy = "policy.toml"'; cat base.toml; printf 'name = "extract"\npath = "/extract"\n'; } > guard.toml
merlon guard check --config guard.toml; exits "the example" 0; says "the example" "it would start"
ok "nothing is said against it" bash -c '! "$1" guard check --config guard.toml 2>&1 > /dev/null | grep .' _ "$MERLON"
for words in 'chat  *research-\*  *observe  *hold  *block  *250ms  *policy.toml:18' 'chat  *any  *observe  *hold  *block  *250ms  *policy.toml:1' 'extract  *any  *observe  *buffer'; do
    ok "which scope holds: $words" grep -q "^$words" <<< "$out"
done

# what is said about each policy, word for word
for f in "$here"/../golden/policy/*.toml; do
    name=$(basename "$f" .toml)
    (cd "$(dirname "$f")" && { cat "$work/base.toml"; echo; } > "$work/with.toml" &&
        sed "1i policy = \"$f\"" "$work/with.toml" > "$work/guard-$name.toml" &&
        "$MERLON" guard check --config "$work/guard-$name.toml" 2>&1 > /dev/null) |
        sed "s/^merlon guard check: //; s,$(dirname "$f")/,,g" | grep -v '^$' > "said-$name"
    ok "said about $name" diff "${f%.toml}.said" "said-$name"
done
silent_on "a key that stands in a file" "sk-live"

# which row decides
merlon guard try --policy policy.toml "my key is $key"; exits "a row of the file" 1; says "a row of the file" "policy.toml:38"
silent_on "a key is masked" "$key"
merlon guard try --policy guard.toml "nothing about zebra-umbrella-41"; exits "a canary" 1; says "a canary" "guard.canary"; says "a canary" "built-in"
merlon guard try --policy policy.toml "nothing about OMEGA sigma-77-kappa"; exits "a file of canaries" 0
merlon guard try --policy policy.toml "nothing about OMEGA-sigma-77-kappa"; exits "a file of canaries" 1
merlon guard try --policy policy.toml "a project  falcon, support@corp.example"; exits "a word that is not wanted" 1; says "a word" "guard.deny-list"; silent_on "a word that is fine" "pii.email"
mail="write to jane.roe@mail.example.org, card 4539 5787 6362 1486"
merlon guard try --policy policy.toml --role assistant "$mail"; says "no route" "would REDACT"
merlon guard try --policy policy.toml --role assistant --route chat --tenant research-red "$mail"; says "a route and a tenant" "policy.toml:28"
merlon guard try --policy policy.toml --route extract --role assistant "no JSON"; exits "another form" 1; says "another form" "answer.schema"
merlon guard try --policy policy.toml --route extract --role assistant '{"a": 1}'; exits "that form" 0
is "the policy has a name" "$("$MERLON" guard try --policy policy.toml -o json x | jq -r .policy)" "$("$MERLON" guard try --policy guard.toml -o json x | jq -r .policy)"
merlon guard try --policy missing.toml x; exits "no such file" 2; says "no such file" "missing.toml: No such file"
merlon guard try --policy base.toml x; exits "no policy in it" 2; says "no policy in it" "there is no [policy] in it"

# at work: by tenant, and by what a reload says
guard() { # OPTION...: its address in $at, its process in $pid
    : > guard.out
    "$MERLON" guard run "$@" --log "$work/log-$((runs++))" > guard.out 2>> guard.err & pid=$!
    for _ in $(seq 400); do grep -q '^guard ' guard.out && break; sleep 0.02; done
    at=http://127.0.0.1:$(sed -n 's/^guard  127.0.0.1:\([0-9]*\).*/\1/p' guard.out | head -n 1)
}
runs=0
ask() { out=$(curl -sS -m 30 -w '\n%{http_code}' "$at/v1/chat/completions" -H 'Content-Type: application/json' -d '{"model":"m","messages":[{"role":"user","content":"my key is '"$key"'"}]}' "$@" 2>&1); }
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
python3 "$here/guard_upstream.py" one > one.port & upstream=$!
trap 'kill "${pid:-}" "$upstream" 2> /dev/null; rm -rf "$work"' EXIT
for _ in $(seq 400); do [ -s one.port ] && break; sleep 0.05; done
cat > red.toml <<X
[policy]
unknown = "pass"
[[policy.row]]
rule = "secret.*"
tenant = "red"
action = "block"
[[policy.row]]
rule = "secret.*"
action = "allow"
[[policy.tenant]]
name = "red"
keys = ["sha256:$(printf sk-red | sha256sum | cut -c 1-64)"]
X
sed "s/:1\"/:$(cat one.port)\"/; 1i mode = \"enforce\"\npolicy = \"red.toml\"" base.toml > work.toml
guard --config work.toml
ask -H 'Authorization: Bearer sk-red'; says "a tenant's row" "secret.aws.access_key_id"; is "a tenant's row: status" "${out##*$'\n'}" 403
ask -H 'Authorization: Bearer sk-blue'; is "another's" "${out##*$'\n'}" 200
litellm() { out=$(curl -sS -m 30 "$at/merlon/guard$1" -H 'Content-Type: application/json' -H "x-api-key: $2" -d "$3" 2>&1); }
body='{"input_type":"request","texts":["hello","my key is '"$key"'"],"structured_messages":null}'
litellm /beta/litellm_basic_guardrail_api sk-red "$body"; says "LiteLLM asks" '"action":"BLOCKED"'; says "LiteLLM asks" "secret.aws.access_key_id"
litellm "" sk-blue "$body"; is "LiteLLM asks for another" "$out" '{"action":"NONE"}'
litellm "" sk-blue '{"input_type":"request","texts":["card 4539 5787 6362 1486"]}'; is "LiteLLM is given it back" "$out" '{"action":"GUARDRAIL_INTERVENED","texts":["card [redacted]"]}'
litellm "" sk-blue '{"texts":[]}'; says "no such body" "guard-body"
sed -i 's/"block"/"flag"/' red.toml; : > guard.err; kill -HUP "$pid"; for _ in $(seq 200); do grep -q reloaded guard.err && break; sleep 0.02; done
ask -H 'x-api-key: sk-red'; is "after a reload" "${out##*$'\n'}" 200
kill -TERM "$pid"; wait "$pid"; is "SIGTERM ends it well" $? 0

# reloading: all of it, or nothing
guard --config guard.toml
reload() { : > guard.err; kill -HUP "$pid"; for _ in $(seq 200); do grep -q reloaded guard.err && break; sleep 0.02; done; out=$(cat guard.err); }
reload; says "a reload" ": reloaded"
mv canaries.txt gone; reload; says "a file is missing" "canaries.txt: No such file"; says "a file is missing" "what was in use stays in use"
mv gone canaries.txt; reload; says "a reload again" ": reloaded"
kill -TERM "$pid"; wait "$pid"; is "SIGTERM ends it well" $? 0
finish
