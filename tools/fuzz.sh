#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tools/fuzz.sh [RUNS [TARGET...]] - build the libFuzzer targets and give each of them RUNS inputs,
# JOBS targets at a time. Seeds: fuzz/regress/TARGET and the golden files of its formats. What it
# learns stays in build-fuzz/corpus/TARGET; a crasher is left in build-fuzz/ and named in the output.
#
# FUZZ_LIGHT=1 is for many millions: ASan and the groups of UBSan that cost little, which trap instead
# of telling a story. Twice as fast; a crasher is told about by the full build (build-fuzz), which
# replays what the light one has learned: tools/fuzz.sh 0.
#
# FUZZ_CMP=1 lets the fuzzer see what is compared, so that it guesses words that no dictionary has;
# every comparison is a call then, and half of the speed is gone. For a first part of the runs; the
# rest goes on from what that found.
set -eu
cd "$(dirname "$0")/.."

max_len() { # what a target needs to reach all of its format
  case $1 in
  arrow | parquet | rows | sqlite | zip | sevenz | tar | torch | unpack | any) echo 4096 ;;
  bundle | tlog | trust) echo 4096 ;;
  der | image | tfrecord | papers | pickle | legacy | joblib | npz | safetensors | gguf | ggml) echo 2048 ;;
  csv | jsonl | lines | charset | html | xml | engine | hold | view | redact | fetchlist | check | npy | jinja) echo 512 ;;
  *) echo 1024 ;;
  esac
}

golden() {
  case $1 in
  any | sniff | unpack) echo 'archive numpy torch gguf safetensors joblib' ;;
  jinja | text) echo 'jinja template' ;;
  rows) echo 'rows parquet arrow' ;;
  json | config | repo | markdown) echo 'folder template' ;;
  npy | npz) echo numpy ;;
  pickle) echo 'pickle libraries' ;;
  legacy | torch) echo torch ;;
  zip | sevenz) echo 'archive torch' ;;
  tar) echo 'archive torch webdataset' ;;
  ggml) echo gguf ;;
  result | baseline) echo report ;;
  html | xml) echo markup ;;
  csv | jsonl) echo 'data-text corpus urllist' ;;
  lines | notebook | charset | engine | hold | view | redact) echo 'data-text corpus' ;;
  fetchlist) echo urllist ;;
  module | python) echo code ;;
  dockerfile | ini | shell | yaml) echo config ;;
  lock | manifest | requirements) echo packages ;;
  papers) echo 'papers urllist' ;;
  stores) echo stores ;;
  der) echo x509 ;;
  update) echo rules ;;
  bundle) echo 'oms/generated/sigs oms/keyless-v1.1.0' ;;
  *) echo "$1" ;;
  esac
}

# One target; what it says in the end is one line.
run() {
  t=$1
  mkdir -p "$corpus/$t"
  seeds="$corpus/$t"
  for d in "fuzz/regress/$t" $(golden "$t" | sed 's,[^ ]*,tests/golden/&,g'); do
    [ -d "$d" ] && seeds="$seeds $d"
  done
  dict=''
  [ -f "fuzz/dict/$t.dict" ] && dict="-dict=fuzz/dict/$t.dict"
  # what was freed is kept for longer than one input lives; more would only fill the caches
  export ASAN_OPTIONS="quarantine_size_mb=16:malloc_context_size=8:${ASAN_OPTIONS:-}"
  export UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1:${UBSAN_OPTIONS:-}"
  # shellcheck disable=SC2086
  if "$build/fuzz/fuzz_$t" $dict -runs="$runs" -max_len="${MAX_LEN:-$(max_len "$t")}" -timeout="${FUZZ_TIMEOUT:-10}" \
    -rss_limit_mb=2048 -entropic=0 -reload=0 -print_funcs=0 -print_final_stats=1 \
    -artifact_prefix="$build/$t-" ${FUZZ_ARGS:-} $seeds >"$build/$t.log" 2>&1; then
    printf '%-12s ok, %s inputs, %s a second\n' "$t" \
      "$(sed -n 's/^stat::number_of_executed_units: //p' "$build/$t.log")" \
      "$(sed -n 's/^stat::average_exec_per_sec: *//p' "$build/$t.log")"
  else
    printf '%-12s FAILED\n' "$t"
    grep -E 'ERROR|SUMMARY|Test unit written' "$build/$t.log" || tail -5 "$build/$t.log"
    return 1
  fi
}

if [ "${1:-}" = --one ]; then
  build=$2 corpus=$3 runs=$4
  run "$5"
  exit
fi

runs=${1:-100000}
[ $# -gt 0 ] && shift
cmp=${FUZZ_CMP:-0}
build=${FUZZ_BUILD:-build-fuzz}
corpus=$build/corpus
args=-gline-tables-only
if [ "${FUZZ_LIGHT:-0}" != 0 ]; then
  build=$build-light
  args="$args -fsanitize-trap=undefined -fno-sanitize=alignment,null,object-size,pointer-overflow"
  args="$args -fno-sanitize=nonnull-attribute,returns-nonnull-attribute,float-cast-overflow"
fi
if [ "$cmp" = 0 ]; then args="$args -fno-sanitize-coverage=trace-cmp"; else build=$build-cmp; fi
command -v ld.lld >/dev/null && export CC_LD=lld # links fifty big programs in seconds
[ -f "$build/build.ninja" ] || CC=clang CFLAGS="$args" meson setup "$build" --buildtype=debugoptimized \
  -Dfuzz=true -Dtests=false -Db_sanitize=address,undefined -Db_lundef=false >"$build.log" 2>&1
ninja -C "$build" -j"${JOBS:-2}" >/dev/null
[ $# -gt 0 ] || set -- fuzz/fuzz_*.c
printf '%s\n' "$@" | sed 's/.*fuzz_//; s/[.]c$//' |
  xargs -P "${JOBS:-2}" -n 1 tools/fuzz.sh --one "$build" "$corpus" "$runs" || exit 1
