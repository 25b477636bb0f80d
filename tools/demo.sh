#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# demo.sh MERLON: what a newcomer sees first. The scan finds the booby-trapped twins, so its gate fails.
set -u
merlon=$(realpath "$1")
cd "$(dirname "$0")/.."
report=$PWD/build/demo-report.html
echo
echo "\$ merlon scan examples/"
"$merlon" scan examples/ -o table -o html="$report"
code=$?
echo
echo "exit code $code: the examples hold booby-trapped files on purpose, so the gate has to fail."
echo "the same as a page:   $report"
echo "understand a finding: build/merlon explain model.pickle-exec"
echo "a guided tour:        build/merlon tour"
[ $code -eq 1 ]
