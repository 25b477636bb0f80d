#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Remake tests/golden/ with Debian's Python (a python3 from elsewhere may lack torch and scikit-learn).
set -eu
cd "$(dirname "$0")/../.."
python=${PYTHON:-/usr/bin/python3}
need="numpy pandas sklearn torch joblib dill cloudpickle lz4 zstandard"
for module in $need; do
  "$python" -c "import $module" 2>/dev/null || { echo "goldens: $python has no $module (see tests/makers/README.md)" >&2; exit 2; }
done
PYTHONDONTWRITEBYTECODE=1 "$python" tests/makers/make.py
git diff --stat -- tests/golden 2>/dev/null || true
