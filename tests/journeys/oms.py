#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""oms.py MERLON GOLDEN: `merlon verify` against every vector of tests/golden/oms, and of tests/golden/sigstore.

ok          must be verified              fail        must not be
expired     refused, and verified with --at signing-start
ok-or-warn  verified only when what is not covered is named
ok-or-fail  either, but an answer
Every refusal must say why."""
import json
import pathlib
import subprocess
import sys

MERLON = pathlib.Path(sys.argv[1]).resolve()
OMS = pathlib.Path(sys.argv[2]).resolve()
wrong = []
checks = 0


def verify(model, bundle, *more):
    done = subprocess.run([MERLON, "verify", model, "--signature", bundle, "-o", "json", *map(str, more)],
                          capture_output=True, text=True, timeout=120)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = {"schema": "", "verified": False, "reason": "", "not_covered": [], "said": done.stderr + done.stdout}
    return done.returncode, answer


def check(name, holds, answer):
    global checks
    checks += 1
    if not holds:
        wrong.append(f"{name}: {json.dumps(answer)[:400]}")


def is_answer(name, code, answer):
    check(name + ": answers", code in (0, 1) and answer["schema"] == "merlon.verify/1" and
          answer["verified"] == (code == 0) and answer["reason"] != "", answer)


def generated():
    base = OMS / "generated"
    for case in json.loads((base / "cases.json").read_text()):
        trust = ["--public-key", base / case["public_key"]] if case["method"] == "key" else [
            x for c in case["certificate_chain"] for x in ("--certificate-chain", base / c)]
        options = ["--" + o for o in case.get("options", [])]
        model, bundle = base / case["model"], base / case["bundle"]
        code, answer = verify(model, bundle, *trust, *options)
        name, expect = case["name"], case["expect"]
        is_answer(name, code, answer)
        if expect == "ok":
            check(name, code == 0 and answer["covered"] > 0, answer)
        if expect in ("fail", "expired"):
            check(name, code == 1, answer)
        if expect == "expired":
            code, answer = verify(model, bundle, *trust, "--at", "signing-start")
            check(name + " at its start", code == 0, answer)
        if expect == "ok-or-warn":
            check(name, code == 1 or answer["not_covered"], answer)


def upstream():
    base = OMS / "upstream"
    root = ["--certificate-chain", base / "ca-cert.pem"]
    for folder, trust in (("v0.2.0-certificate", root), ("v1.1.0-certificate", root),
                          ("v1.1.0-elliptic-key", ["--public-key", base / "signing-key-pub.pem"])):
        code, answer = verify(base / folder, base / folder / "model.sig", *trust)
        is_answer(folder, code, answer)
        check(folder, code == 0 and answer["covered"] == 2, answer)


def keyless():
    # the model holds the genuine signature under the ignored name model.sig
    of_oms, of_ours = OMS / "keyless-v1.1.0", OMS.parent / "sigstore"
    for base, model in ((of_oms, OMS / "upstream" / "v1.1.0-sigstore"), (of_ours, of_ours / "model")):
        for case in json.loads((base / "cases.json").read_text()):
            trust = base / case.get("trust", "../trusted_root.json")
            code, answer = verify(model, base / case["bundle"], "--trusted-root", trust,
                                  "--identity", case["identity"], "--issuer", case["issuer"])
            is_answer("keyless " + case["name"], code, answer)
            check("keyless " + case["name"], code == (0 if case["expect"] == "ok" else 1), answer)
            check("keyless " + case["name"] + ": times", code or answer["signer"]["times"], answer)


def specification():
    key = OMS / "generated" / "keys" / "p256.pub"
    for bundle in sorted((OMS / "spec-vectors").rglob("*.json")):
        code, answer = verify(OMS / "generated/models/tiny", bundle, "--public-key", key)
        is_answer(bundle.name, code, answer)
        check(bundle.name, code == 1, answer)


for suite in (generated, upstream, keyless, specification):
    suite()
print("\n".join(wrong))
print(f"{checks - len(wrong)} passed, {len(wrong)} failed")
sys.exit(1 if wrong else 0)
