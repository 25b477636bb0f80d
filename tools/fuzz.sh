#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tools/fuzz.sh [RUNS [TARGET...]] - build the libFuzzer targets and give each of them RUNS inputs.
# Seeds: fuzz/regress/TARGET and the golden files of its formats. What it learns stays in
# build-fuzz/corpus/TARGET; a crasher is left in build-fuzz/ and named in the output.
set -eu
cd "$(dirname "$0")/.."
runs=${1:-100000}
[ $# -gt 0 ] && shift
build=${FUZZ_BUILD:-build-fuzz}
[ -d "$build" ] || CC=clang meson setup "$build" --buildtype=debugoptimized -Dfuzz=true \
  -Dtests=false -Db_sanitize=address,undefined -Db_lundef=false >"$build.log" 2>&1
ninja -C "$build" -j"${JOBS:-2}" >/dev/null
[ $# -gt 0 ] || set -- $(cd fuzz && ls fuzz_*.c | sed 's/^fuzz_//; s/\.c$//')
failed=0
for t; do
  mkdir -p "$build/corpus/$t"
  case $t in
    any | sniff | unpack) golden='archive numpy torch gguf safetensors joblib' ;;
    jinja | text) golden='jinja template' ;;
    json | config | repo | markdown) golden='folder template' ;;
    npy | npz) golden=numpy ;;
    pickle) golden='pickle libraries' ;;
    legacy | torch) golden=torch ;;
    zip | tar | sevenz) golden='archive torch' ;;
    ggml) golden=gguf ;;
    result | baseline) golden=report ;;
    *) golden=$t ;;
  esac
  seeds="$build/corpus/$t"
  for d in "fuzz/regress/$t" $(printf 'tests/golden/%s ' $golden); do
    [ -d "$d" ] && seeds="$seeds $d"
  done
  dict=''
  [ -f "fuzz/dict/$t.dict" ] && dict="-dict=fuzz/dict/$t.dict"
  printf '%-12s ' "$t"
  # shellcheck disable=SC2086
  if "$build/fuzz/fuzz_$t" $dict -runs="$runs" -max_len="${MAX_LEN:-8192}" -timeout=10 \
    -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$build/$t-" $seeds \
    >"$build/$t.log" 2>&1; then
    echo "ok, $(sed -n 's/^stat::number_of_executed_units: //p' "$build/$t.log") inputs"
  else
    failed=1
    echo "FAILED"
    grep -E 'ERROR|SUMMARY|Test unit written' "$build/$t.log" || tail -5 "$build/$t.log"
  fi
done
exit $failed
