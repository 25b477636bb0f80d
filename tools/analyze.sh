#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# analyze.sh DIR: the clang static analyzer over a whole build; any report is a failure.
set -eu
dir=$1
rm -rf "$dir"
scan-build --status-bugs -o "$dir/reports" meson setup "$dir/build" --buildtype=debug -Dtests=false > /dev/null
scan-build --status-bugs -o "$dir/reports" ninja -C "$dir/build" merlon
