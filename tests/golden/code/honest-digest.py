"""Checks what was downloaded; keys of caches may be short."""
import hashlib
import hmac

SHA256 = "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592"


def check(path):
    with open(path, "rb") as fh:
        digest = hashlib.file_digest(fh, "sha256").hexdigest()
    if not hmac.compare_digest(digest, SHA256):
        raise ValueError(f"{path}: checksum mismatch")


def cache_key(prompt):
    return hashlib.md5(prompt.encode(), usedforsecurity=False).hexdigest()


def bucket(user):
    return int(hashlib.sha1(user.encode()).hexdigest(), 16) % 100


def fingerprint(path):
    with open(path, "rb") as fh:
        return hashlib.sha256(fh.read()).hexdigest()


def test_fingerprint(tmp_path):
    (tmp_path / "x").write_bytes(b"")
    assert fingerprint(tmp_path / "x") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
