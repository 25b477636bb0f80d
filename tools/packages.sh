#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# packages.sh build|test: install the Debian packages that are missing. Says what it installs, and
# starts no daemon: a policy-rc.d that refuses every start is in place meanwhile.
set -euo pipefail

build=(gcc libc6-dev make pkg-config meson ninja-build python3 libssl-dev zlib1g-dev libzstd-dev
    liblz4-dev liblzma-dev libbz2-dev libbrotli-dev libdeflate-dev libseccomp-dev libgit2-1.5 libsqlite3-dev
    libsodium-dev libp11-kit-dev
    libexpat1-dev libvectorscan-dev libcurl4 libutf8proc-dev libyaml-dev)
test=(clang clang-tidy clang-tools clang-format llvm libclang-rt-14-dev cppcheck libcmocka-dev universal-ctags mandoc
    git jq strace softhsm2 curl openssl nginx-light wrk python3-jsonschema gcovr)

case "${1:-}" in
build) want=("${build[@]}") ;;
test) want=("${build[@]}" "${test[@]}") ;;
*) echo "usage: tools/packages.sh build|test" >&2; exit 2 ;;
esac

missing=()
for p in "${want[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null || true)" = installed ] || missing+=("$p")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "installing ${#missing[@]} Debian packages: ${missing[*]}" >&2
if [ "$(id -u)" -ne 0 ]; then
    echo "not root: run   sudo apt-get install --no-install-recommends ${missing[*]}   and try again" >&2
    exit 2
fi
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' > $policy
    chmod 755 $policy
    trap 'rm -f $policy' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
install() { apt-get install -y --no-install-recommends "${missing[@]}" > "$log" 2>&1; }
install || { apt-get update >> "$log" 2>&1 && install; } || { tail -n 20 "$log" >&2; exit 2; }
rm -f "$log"
