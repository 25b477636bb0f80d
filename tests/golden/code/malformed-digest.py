"""Checks what was downloaded, or seems to."""
import hashlib

import joblib

MD5 = "9e107d9d372bb6826bd81d3542a419d6"
SHA256 = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592"


def check_md5(path):
    with open(path, "rb") as fh:
        digest = hashlib.md5(fh.read()).hexdigest()  # expect: code.weak-digest
    if digest != MD5:
        raise ValueError(f"{path}: checksum mismatch")


def check_assert(path):
    with open(path, "rb") as fh:
        digest = hashlib.sha256(fh.read()).hexdigest()
    assert digest == SHA256, "wrong model"  # expect: code.digest-unchecked


def check_nothing(model_path):
    with open(model_path, "rb") as fh:
        sha = hashlib.sha256(fh.read()).hexdigest()
    sha == SHA256  # expect: code.digest-unchecked
    return model_path
