#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# coverage.sh DIR: line coverage of src/ by all tests, at least 85 %.
set -eu
dir=$1
[ -d "$dir/meson-info" ] || meson setup "$dir" --buildtype=debug -Db_coverage=true > /dev/null
ninja -C "$dir" > /dev/null
meson test -C "$dir" --suite quick --suite hostile --suite journeys --no-rebuild > /dev/null
gcovr -r . "$dir" --filter 'src/' --fail-under-line 85 --print-summary | tail -n 6
