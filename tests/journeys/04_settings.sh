#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Settings: init, show, check; the order of sources; a broken file breaks nothing but the scan.
. "$(dirname "$0")/lib.sh"
project settings
merlon init; exits "init" 0; exists "merlon.toml" merlon.toml
merlon config check; exits "a fresh file is sound" 0
sed 's/^# \([a-z_]* = \)/\1/' merlon.toml > all.toml
merlon config check --config all.toml; exits "all its comments are valid settings" 0
before=$(cat merlon.toml); merlon init; exits "init never overwrites" 2; is "the file is as it was" "$(cat merlon.toml)" "$before"
merlon config show --origin; says "project" "merlon.toml:"
is "default" "$("$MERLON" config show timeout --origin | tr -s ' ')" 'timeout "120s" default'
mkdir -p "$XDG_CONFIG_HOME/merlon"; echo 'timeout = "5m"' > "$XDG_CONFIG_HOME/merlon/merlon.toml"
is "user" "$("$MERLON" config show timeout)" 5m
echo 'timeout = 60' >> merlon.toml
is "the project wins over the user" "$("$MERLON" config show timeout)" 60
is "the environment wins over the project" "$(MERLON_TIMEOUT=30s "$MERLON" config show timeout)" 30s
says_env=$(MERLON_EXCLUDE='a/,*.bak' "$MERLON" config show exclude --origin | tr -s ' ')
is "lists in the environment" "$says_env" 'exclude ["a/", "*.bak"] MERLON_EXCLUDE (environment)'
mkdir -p deep/er && cd deep/er || exit 1
is "from below the root" "$("$MERLON" config show timeout --origin | grep -o '../../merlon.toml:[0-9]*$')" "../../merlon.toml:$(wc -l < ../../merlon.toml)"
cd ../..
cp "$examples/booby-trapped/fraud_score.pkl" m.pkl
echo 'fail_on = "none"' > merlon.toml; merlon scan .; exits "the gate of the file" 0
merlon scan . --fail-on high; exits "an option wins" 1
MERLON_FAIL_ON=low merlon scan . ; exits "so does the environment" 1
printf '[project]\nname = "x"\n[tool.merlon]\nfail_on = "none"\n' > pyproject.toml; rm merlon.toml
merlon scan .; exits "pyproject.toml" 0; says "pyproject.toml" "settings: pyproject.toml"
rm pyproject.toml

printf 'jobs = 2\nfail_on = "high\n' > merlon.toml
merlon config check; exits "broken" 2; says "line and column" "merlon.toml:2:"; says "the fix" "fix: "
merlon scan .; exits "a scan does not start" 2
for words in "--help" "scan --help" "version" "explain pickle-exec" "config show" "help" "rules"; do
    # shellcheck disable=SC2086
    merlon $words; exits "a broken file does not stop $words" 0
done
echo 'fail_onn = "high"' > merlon.toml
merlon config check; exits "an unknown key" 2; says "an unknown key" "did you mean fail_on?"
echo 'jobs = "many"' > merlon.toml
merlon config check; exits "a bad value" 2; says "a bad value" "merlon.toml:1:1: jobs takes a number"
rm merlon.toml
mkdir -p "$work/odd/merlon/merlon.toml" # a folder: root, too, cannot read it as a file
XDG_CONFIG_HOME=$work/odd merlon scan .; exits "unreadable settings of the user" 2; says "unreadable settings of the user" "XDG_CONFIG_HOME"
MERLON_JOBS=x merlon scan .; exits "a bad variable" 2; says "a bad variable" "MERLON_JOBS"
merlon scan . --config nowhere.toml; exits "no such file" 2
merlon config; exits "a group alone" 2; says "a group alone" "show, check"
finish
