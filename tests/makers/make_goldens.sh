#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Remake tests/golden/ with Debian's Python (a python3 from elsewhere may lack torch and scikit-learn).
set -eu
cd "$(dirname "$0")/../.."
python=${PYTHON:-/usr/bin/python3}
need="packaging numpy pandas sklearn torch joblib dill cloudpickle lz4 zstandard"
for module in $need; do
  "$python" -c "import $module" 2>/dev/null || { echo "goldens: $python has no $module (see tests/makers/README.md)" >&2; exit 2; }
done
PYTHONDONTWRITEBYTECODE=1 "$python" tests/makers/make.py
# Certificates and keyless signatures; two runs give the same bytes
if "$python" -c 'import cryptography, asn1crypto' 2> /dev/null; then
  PYTHONDONTWRITEBYTECODE=1 "$python" -W ignore tests/makers/make_certificates.py
  PYTHONDONTWRITEBYTECODE=1 "$python" -W ignore tests/makers/make_sigstore.py
else
  echo "goldens: no python3-cryptography or python3-asn1crypto, so tests/golden/x509 and sigstore stay as they are" >&2
fi
# Content-Encodings, by their tools
if command -v brotli > /dev/null && command -v zstd > /dev/null && "$python" -c 'import brotli' 2> /dev/null; then
  "$python" tests/makers/make_codings.py
else
  echo "goldens: no brotli, zstd or python3-brotli, so tests/golden/coding stays as it is" >&2
fi
# The Python parser against CPython's ast, over every module that is installed
check=$(mktemp -d)
meson setup "$check/build" --buildtype=release > /dev/null
ninja -C "$check/build" tests/tools/dump_python > /dev/null
"$python" tests/makers/check_python.py "$check/build/tests/tools/dump_python"
rm -rf "$check"
# Parquet and Arrow: writers from npm, each file compared with what dump_events says of it
if command -v npm > /dev/null && command -v zstd > /dev/null && command -v lz4 > /dev/null; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cp tests/makers/package.json "$work"
  npm install --silent --no-audit --no-fund --prefix "$work"
  meson setup "$work/build" --buildtype=release > /dev/null
  ninja -C "$work/build" tests/tools/dump_events tests/tools/dump_rows > /dev/null
  node tests/makers/columnar.mjs "$work/node_modules" "$work/build/tests/tools/dump_events" tests/golden
  node tests/makers/rows.mjs "$work/node_modules" "$work/build/tests/tools/dump_rows" tests/golden
  node tests/makers/rows_random.mjs "$work/node_modules" "$work/build/tests/tools/dump_rows" "$work" 1 300
else
  echo "goldens: no npm, zstd or lz4, so tests/golden/parquet, arrow and rows stay as they are" >&2
fi
git diff --stat -- tests/golden 2>/dev/null || true
