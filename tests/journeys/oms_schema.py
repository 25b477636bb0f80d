#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""oms_schema.py MERLON TESTS: what `merlon sign` writes is what the schemas of OpenSSF Model Signing 1.0 describe, and
what they refuse is refused here, too (so that a schema that accepts everything is noticed)."""
import base64
import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
try:
    import jsonschema
except ImportError:
    print("SKIPPED: bundles are not checked against their schemas: install python3-jsonschema", file=sys.stderr)
    sys.exit(77)

MERLON = pathlib.Path(sys.argv[1]).resolve()
TESTS = pathlib.Path(sys.argv[2]).resolve()
OMS = TESTS / "golden/oms/generated"
SCHEMAS = {s["$id"]: s for s in (json.loads(p.read_text()) for p in sorted((TESTS / "schemas/oms").glob("*.json")))}
WAYS = [
    ["--key", OMS / "keys/p256.key"],
    ["--key", OMS / "keys/p384.key"],
    ["--key", OMS / "keys/p521.key"],
    ["--key", OMS / "keys/leaf.key", "--certificate-chain", OMS / "keys/leaf.crt", "--certificate-chain", OMS / "keys/int.crt"],
    ["--key", OMS / "keys/p256.key", "--shards", "1000"],
    ["--key", OMS / "keys/p256.key", "--hash", "blake3"],
    ["--key", OMS / "keys/p256.key", "--hash", "blake2b"],
]


def errors(schema, document):
    schema = SCHEMAS[f"https://model_signing/{schema}/v1.0/schema"]
    resolver = jsonschema.RefResolver(schema["$id"], schema, store=SCHEMAS)
    return [e.message for e in jsonschema.Draft202012Validator(schema, resolver=resolver).iter_errors(document)]


def main():
    passed, wrong = 0, []
    with tempfile.TemporaryDirectory() as folder:
        for way in WAYS:
            path = pathlib.Path(folder) / "model.sig"
            done = subprocess.run([MERLON, "sign", OMS / "models/tiny", "--signature", path, *way], capture_output=True, text=True)
            name = " ".join(str(w).split("/")[-1] for w in way)
            if done.returncode:
                wrong.append(f"{name}: {done.stderr}")
                continue
            bundle = json.loads(path.read_text())
            statement = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
            found = errors("bundle", bundle) + errors("statement", statement)
            broken = copy.deepcopy(bundle)
            del broken["dsseEnvelope"]["payloadType"]
            if not errors("bundle", broken) or not errors("statement", {**statement, "subject": []}):
                found.append("the schemas accept anything")
            wrong += [f"{name}: {e[:300]}" for e in found]
            passed += not found
    print("\n".join(wrong))
    print(f"{passed} passed, {len(wrong)} failed")
    sys.exit(1 if wrong else 0)


main()
