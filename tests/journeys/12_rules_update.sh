#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Newer rules and advisories from a signed file: installed, used, refused, gone back from; never fatal.
. "$(dirname "$0")/lib.sh"
if ! command -v openssl > /dev/null; then echo "SKIPPED: openssl is not installed"; exit 77; fi
tool=$here/../../tools/make_rules_bundle.py
key() { openssl genpkey -algorithm ed25519 -out "$1.pem" && openssl pkey -in "$1.pem" -pubout -out "$1.pub"; }
bundle() { python3 "$tool" "$@" > /dev/null || echo "FAILED: no bundle $*"; }
kept=$XDG_CACHE_HOME/merlon/rules.bundle
day() { date -u -d "$1" +%Y%m%d; }

key ours; key theirs
mkdir osv && cat > osv/one.json << 'X'
{"id": "GHSA-new0-new0-new0", "aliases": ["CVE-2098-12345"], "summary": "Remote code execution through a crafted file", "details": "-",
 "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
 "affected": [{"package": {"ecosystem": "PyPI", "name": "merlon-example-lib"},
   "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}, {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}]}]}
X
echo '{"id": "GHSA-gone-gone-gone", "withdrawn": "2098-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "PyPI", "name": "merlon-withdrawn"}, "versions": ["1"]}]}' > osv/two.json
cat > changes.toml << 'X'
[[rule]]
id = "dep.unhashed"
severity = "high"
title = "No digest beside a version"
[[rule]]
id = "dep.unpinned"
off = true
X
bundle --key ours.pem --sequence 7 --version 2098.1.1 --osv osv --day "$(day -1day)" --changes changes.toml seven.bundle
bundle --key ours.pem --sequence 6 --version 2098.1.1 --osv osv --day "$(day -1day)" six.bundle
bundle --key ours.pem --sequence 8 --version 2098.1.2 --osv osv --day "$(day -200days)" eight.bundle
bundle --key theirs.pem --sequence 9 --version 2098.1.3 --osv osv --day "$(day -1day)" theirs.bundle
bundle --key ours.pem --sequence 1 old.bundle
bundle --key ours.pem --sequence 10 --version 2098.1.4 --made 4000000000 --osv osv --day "$(day -1day)" future.bundle

refuses() { # NAME WORDS TOML: the tool makes no bundle of it
    printf '%s\n' "$3" > no.toml
    out=$(python3 "$tool" --key ours.pem --sequence 1 --changes no.toml no.bundle 2>&1); code=$?
    exits "$1" 1; says "$1" "$2"; absent "$1: no bundle" no.bundle
}
refuses "a promise that is turned off" "may not be turned off" $'[[rule]]\nid = "model.not-inspected"\noff = true'
refuses "a promise that is lowered" "may not be turned off or lowered" $'[[rule]]\nid = "meta.cache-tampered"\nseverity = "info"'
refuses "a rule that is not there" "no rule is called" $'[[rule]]\nid = "dep.nothing"\nseverity = "low"'
refuses "a title that is too long" "cannot be changed so" "$(printf '[[rule]]\nid = "dep.unpinned"\ntitle = "%061d"' 0)"

mkdir app && cd app || exit 1
printf 'merlon-example-lib==1.5\nrequests\n' > requirements.txt
head -c 300000 /dev/zero | tr '\0' '#' >> requirements.txt # big enough for the cache
touch -d '1 hour ago' requirements.txt; sleep 2.1
merlon scan . -o json=before.json; exits "before the update" 0
is "rules of the program" "$(jq -r .tool.rules before.json)" "$(cat "$here/../../rules/VERSION")"
merlon scan . -q; exits "a second scan, from the cache" 0; silent_on "-q" "advisories are of"

merlon rules update ../seven.bundle; exits "a key that nobody trusts" 1
says "a key that nobody trusts" "signed with a key that is not trusted"; says "and what to do" "--public-key KEY.pem"
absent "nothing was installed" "$kept"
merlon rules update ../seven.bundle --public-key ../theirs.pub; exits "another key" 1
merlon rules update ../seven.bundle --public-key ../seven.bundle; exits "no key" 2; says "no key" "this is no key"
merlon rules verify ../seven.bundle --public-key ../ours.pub; exits "verify" 0
says "verify" "sequence 7"; says "verify" "dep.unhashed low to high; off: dep.unpinned"; absent "verify installs nothing" "$kept"
merlon rules update ../seven.bundle --public-key ../ours.pub; exits "update" 0
says "update" "installed rules 2098.1.1, sequence 7"; says "update says how to go back" "without this file"; exists "it is kept" "$kept"

merlon scan . -o json=after.json; exits "a vulnerability that only the bundle knows" 1
is "it is critical" "$(jq -r '.findings[] | select(.rule == "dep.vulnerable") | .severity' after.json)" critical
ok "by its CVE" grep -q CVE-2098-12345 after.json
is "rules in use" "$(jq -r .tool.rules after.json)" 2098.1.1
ok "the result says what was changed" jq -e '.notes | any(contains("update 7") and contains("off: dep.unpinned"))' after.json
is "a rule that is off" "$(jq '[.findings[] | select(.rule == "dep.unpinned")] | length' after.json)" 0
is "and was on" "$(jq '[.findings[] | select(.rule == "dep.unpinned")] | length' before.json)" 1
merlon report after.json -o json=again.json; is "a report of it names the same rules" "$(jq -r .tool.rules again.json)" 2098.1.1
mkdir ../pins && printf 'numpy==2.2.0\n' > ../pins/requirements.txt
merlon scan ../pins; exits "a rule that became heavier changes the gate" 1; says "and its title" "HIGH"
merlon scan ../pins -q --fail-on critical; exits "fresh advisories" 0; silent_on "fresh advisories" "days old"
merlon rules; says "rules" "version 2098.1.1"; says "rules" "Update 7"; says "rules" "1 day old"
merlon rules -o json; is "as JSON" "$(jq -r '"\(.version) \(.update.sequence) \(.advisories.days_old)"' <<< "$out")" "2098.1.1 7 1"
merlon explain dep.unhashed; says "explain knows" "No digest beside a version"; merlon explain dep.unpinned; says "explain knows" "off by the installed update"
merlon version -v; says "version" "rules 2098.1.1"; says "version" "sequence 7"

merlon rules update ../six.bundle; exits "an older one" 1; says "an older one" "not newer than the installed one"
is "nothing was changed" "$(cmp "$kept" ../seven.bundle && echo same)" same
merlon rules update ../six.bundle --allow-older -q; exits "on purpose" 0; is "-q says nothing" "$out" ""
merlon rules update ../old.bundle; exits "no newer rules than the program's" 0; says "no newer rules" "nothing to install"
merlon rules update ../theirs.bundle; exits "the remembered key is no other" 1
merlon rules update ../future.bundle; exits "made in the future" 0; says "made in the future" "is the clock right?"
merlon rules update ../eight.bundle --allow-older; exits "advisories of long ago" 0
merlon rules; says "their age, with what the program has" "Advisories of"

cp ../seven.bundle cut.bundle; truncate -s -1 cut.bundle
merlon rules update cut.bundle; exits "cut short" 1; says "cut short" "it is cut short"
python3 - << 'X'
data = bytearray(open("../seven.bundle", "rb").read())
data[-1] ^= 1; open("changed.bundle", "wb").write(data)
data[-1] ^= 1; data[8] = 2; open("newer.bundle", "wb").write(data)
data[8] = 1; data[20] ^= 1; open("forged.bundle", "wb").write(data)
X
merlon rules update changed.bundle; exits "a changed part" 1; says "a changed part" "not the one that was signed"
merlon rules update forged.bundle; exits "a changed head" 1; says "a changed head" "its signature is wrong"
merlon rules update newer.bundle; exits "a newer format" 1; says "a newer format" "install a newer merlon"
merlon rules update requirements.txt; exits "something else" 1; says "something else" "no bundle of rules"
truncate -s 17M huge.bundle; merlon rules update huge.bundle; exits "over the limit" 1; says "over the limit" "larger than 16 MiB"; rm huge.bundle
merlon rules update absent.bundle; exits "a file that is not there" 2
merlon rules udpate x; exits "a misspelt command" 2; says "a misspelt command" "did you mean update?"

# what was installed and is broken is never fatal
for damage in changed.bundle cut.bundle newer.bundle requirements.txt; do
    cp "$damage" "$kept"
    merlon scan . -o json=hurt.json; exits "$damage installed" 0
    is "$damage: one line" "$(grep -c 'is not used' <<< "$out")" 1
    ok "$damage: the result says so" jq -e '.notes | any(contains("was not used"))' hurt.json
    is "$damage: rules of the program" "$(jq -r .tool.rules hurt.json)" "$(cat "$here/../../rules/VERSION")"
done
rm "$kept"; mkdir "$kept"; merlon scan .; exits "a folder in its place" 0; says "a folder in its place" "cannot be read"; rmdir "$kept"
mkfifo "$kept"; out=$(timeout 20 "$MERLON" scan . 2>&1); code=$?; exits "a pipe in its place" 0; rm "$kept"
merlon rules update ../seven.bundle; exits "it can be installed again" 0
chmod 666 "$XDG_CACHE_HOME/merlon/rules.key"; merlon scan . ; exits "a key that others may change" 0; says "a key that others may change" "key that is not trusted"
merlon scan . --config <(echo "rules_key = \"$work/ours.pub\""); exits "a key from the settings" 1
MERLON_RULES_KEY=$work/ours.pub merlon scan .; exits "or the environment" 1
rm -f "$XDG_CACHE_HOME/merlon/rules.key" "$kept"
echo "rules_key = \"$work/ours.pub\"" > merlon.toml; merlon rules update ../seven.bundle; exits "an update by a key of the settings" 0
merlon scan .; exits "is used where they hold" 1; rm merlon.toml
absent "such a key is not remembered" "$XDG_CACHE_HOME/merlon/rules.key"; merlon scan .; exits "nor used elsewhere" 0
merlon rules update ../seven.bundle --public-key ../ours.pub; exists "one that was named is" "$XDG_CACHE_HOME/merlon/rules.key"
XDG_CACHE_HOME='' HOME='' merlon rules update ../seven.bundle --public-key ../ours.pub; exits "no place for it" 2
rm "$kept"; merlon scan .; exits "without the file all is as before" 0; silent_on "without the file" "is not used"

# a project that somebody else made brings no rules along
mkdir -p .merlon .cache/merlon; cp ../seven.bundle .merlon/rules.bundle; cp ../seven.bundle rules.bundle; echo "rules_key = \"../ours.pub\"" > merlon.toml
merlon scan . --exclude '*.bundle' -o json=x.json; is "rules of the program" "$(jq -r .tool.rules x.json)" "$(cat "$here/../../rules/VERSION")"
if command -v strace > /dev/null; then
    strace -f -qq -e trace=socket,connect -o net.log "$MERLON" rules update ../seven.bundle --public-key ../ours.pub > /dev/null
    ok "no connection" bash -c '! grep -q AF_INET net.log'
fi
finish
