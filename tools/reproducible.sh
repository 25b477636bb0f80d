#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# reproducible.sh DIR: two builds in different folders give the same binary, byte for byte.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
dir=$1
rm -rf "$dir"
mkdir -p "$dir"
for n in one two-longer-name; do
    git -C "$top" archive --format=tar HEAD | (mkdir -p "$dir/$n" && tar -x -C "$dir/$n")
    meson setup "$dir/$n/build" "$dir/$n" --buildtype=release -Dtests=false > /dev/null
    ninja -C "$dir/$n/build" merlon > /dev/null
done
sha256sum "$dir"/*/build/merlon
cmp "$dir/one/build/merlon" "$dir/two-longer-name/build/merlon"
