#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# report_schema.sh REPORT_SAMPLE: every report, read back by independent readers (python3-jsonschema).
set -eu
tool=$(realpath "$1")
cd "$(dirname "$0")"
if ! /usr/bin/python3 -c 'import jsonschema' 2> /dev/null; then
    echo "SKIPPED: reports are not checked against their schemas: install python3-jsonschema" >&2
    exit 77
fi
exec /usr/bin/python3 -W ignore report_schema.py "$tool"
