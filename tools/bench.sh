#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bench.sh MERLON [TABLE...]: make the inputs once (build/bench, 1.5 GB on disk), then measure; bench.py names the tables.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
inputs=${BENCH_INPUTS:-$here/../build/bench}
python3 "$here/bench/inputs.py" "$inputs"
python3 "$here/bench/data_inputs.py" "$inputs"
exec python3 "$here/bench/bench.py" "$1" "$inputs" "${@:2}"
