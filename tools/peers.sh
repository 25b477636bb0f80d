#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# peers.sh DIR BUILD: our vectors, judged by other programs, and what we say to their clients (tests/peers/README.md); their
# packages go to DIR, merlon and our test tools are those of BUILD.
# Needs node 20.17 or newer, which Debian 12 does not have: without it this says so and passes.
set -eu
dir=$(mkdir -p "$1" && cd "$1" && pwd)
build=$(cd "$2" && pwd)
cd "$(dirname "$0")/.."
if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 17) ? 0 : 1)' 2> /dev/null; then
    echo "no node 20.17 or newer: peers were not asked"
    exit 0
fi
cp tests/peers/package.json "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$dir"
node tests/peers/sigstore.mjs "$dir/node_modules" tests/golden/oms/keyless-v1.1.0 tests/golden/sigstore
node tests/peers/surface.mjs "$dir/node_modules" "$build/tests/tools/surface_say"
node tests/peers/guard_clients.mjs "$dir/node_modules" "$build/merlon" tests/journeys/guard_llm.py
