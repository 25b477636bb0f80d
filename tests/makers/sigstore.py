# SPDX-License-Identifier: Apache-2.0
"""A little Sigstore: certificate authority, CT log, Rekor v1 and v2, time-stamping authority. Nothing here is used by
Merlon; the formats are written down a second time, in another language, on purpose."""
import base64
import calendar
import datetime
import hashlib
import json
import struct

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1
from cryptography import x509

import pki

SCT_LIST = "1.3.6.1.4.1.11129.2.4.2"
FULCIO = "1.3.6.1.4.1.57264.1."
START = calendar.timegm((2025, 6, 1, 12, 0, 0))  # when the signer's certificate begins


def b64(data):
    return base64.b64encode(data).decode()


def sha256(data):
    return hashlib.sha256(data).digest()


def iso(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def pae(kind, payload):
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


# ---- RFC 6962 ----

def node(left, right):
    return sha256(b"\1" + left + right)


def tree_root(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return node(tree_root(leaves[:k]), tree_root(leaves[k:]))


def path(leaves, index):
    if len(leaves) == 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if index < k:
        return path(leaves[:k], index) + [tree_root(leaves[k:])]
    return path(leaves[k:], index - k) + [tree_root(leaves[:k])]


class Log:
    """A transparency log: Rekor v1 (ECDSA, SET, global indexes) or v2."""

    def __init__(self, name, key, details, version, before=5, after=2, origin=None):
        self.name, self.key, self.details, self.version = name, key, details, version
        self.before, self.after = before, after
        self.origin = origin or (f"{name} - 1193050959916656506" if version == 1 else name)
        self.id = sha256(pki.spki(key))
        if version == 2:  # a signed note's key id (C2SP), in full length
            kind = b"\1" if "ED25519" in details else b"\2"
            self.id = sha256(name.encode() + b"\n" + kind + pki.spki(key))

    def trusted(self, start="2025-01-01T00:00:00Z", end=None):
        span = {"start": start, **({"end": end} if end else {})}
        return {"baseUrl": "https://" + self.name, "hashAlgorithm": "SHA2_256",
                "publicKey": {"rawBytes": b64(pki.spki(self.key)), "keyDetails": self.details, "validFor": span},
                "logId": {"keyId": b64(self.id)}}

    def note_line(self, text, name=None, key=None, hint=None):
        blob = (hint or self.id[:4]) + pki.sign(key or self.key, text.encode())
        return f"\u2014 {name or self.name} {b64(blob)}\n"

    def checkpoint(self, size, root, lines=None, more=""):
        text = f"{self.origin}\n{size}\n{b64(root)}\n{more}"
        return text + "\n" + (lines(self, text) if lines else self.note_line(text))

    def entry(self, body, at, promise=True, lines=None, more=""):
        raw = body if isinstance(body, bytes) else canonical(body)
        leaves = [sha256(b"\0other %d" % i) for i in range(self.before)]
        leaves += [sha256(b"\0" + raw)] + [sha256(b"\0later %d" % i) for i in range(self.after)]
        index, root = self.before, tree_root(leaves)
        parsed = json.loads(raw)
        out = {"logIndex": str(index + (1000 if self.version == 1 else 0)), "logId": {"keyId": b64(self.id)},
               "kindVersion": {"kind": parsed["kind"], "version": parsed["apiVersion"]}}
        if self.version == 1:
            out["integratedTime"] = str(at)
            if promise:
                out["inclusionPromise"] = {"signedEntryTimestamp": b64(self.promise(raw, at, index + 1000))}
        out["inclusionProof"] = {"logIndex": str(index), "rootHash": b64(root), "treeSize": str(len(leaves)),
                                 "hashes": [b64(h) for h in path(leaves, index)],
                                 "checkpoint": {"envelope": self.checkpoint(len(leaves), root, lines, more)}}
        out["canonicalizedBody"] = b64(raw)
        return out

    def promise(self, raw, at, index):
        return pki.sign(self.key, canonical({"body": b64(raw), "integratedTime": at, "logID": self.id.hex(), "logIndex": index}))


class Authority:
    """Fulcio: certificates of ten minutes with one SCT."""

    def __init__(self, name, ct, levels=1):
        self.ct = ct
        key = pki.ec_key(name + " root", "p384")
        self.chain = [pki.certificate(name + " root", key, None, key, pki.ca_extensions())]
        for i in range(levels):
            below = pki.ec_key(f"{name} {i}", "p384")
            self.chain.insert(0, pki.certificate(f"{name} {i}", below, self.chain[0], key,
                                                 pki.ca_extensions(levels - 1 - i, pki.CODE_SIGNING)))
            key = below
        self.key = key

    def trusted(self, start="2025-01-01T00:00:00Z", end=None, chain=None):
        span = {"start": start, **({"end": end} if end else {})}
        return {"subject": {"organization": "Merlon tests", "commonName": "fulcio"}, "uri": "https://fulcio.test",
                "certChain": {"certificates": [{"rawBytes": b64(pki.der(c))} for c in chain or self.chain]}, "validFor": span}

    def issue(self, key, names, issuer="https://issuer.test", claims=None, extensions=None, start=START, scts=None,
              old_issuer=None, serial=7):
        extra = list(extensions if extensions is not None else pki.leaf_extensions())
        texts = {8: issuer, **(claims or {})}
        for number, text in sorted(texts.items()):
            if text is not None:
                extra.append((x509.UnrecognizedExtension(x509.ObjectIdentifier(FULCIO + str(number)),
                                                         core.UTF8String(text).dump()), False))
        old = issuer if old_issuer is None else old_issuer
        if old:
            extra.append((x509.UnrecognizedExtension(x509.ObjectIdentifier(FULCIO + "1"), old.encode()), False))

        def make(more):
            return pki.certificate("", key, self.chain[0], self.key, extra + more, iso(start), iso(start + 600), names=names,
                                   serial=serial)

        tbs = asn1.Certificate.load(pki.der(make([])))["tbs_certificate"].dump()
        listed = scts(self, tbs) if scts else [self.sct(tbs)]
        if listed is None:
            return make([])
        tls = b"".join(struct.pack(">H", len(s)) + s for s in listed)
        value = core.OctetString(struct.pack(">H", len(tls)) + tls).dump()
        return make([(x509.UnrecognizedExtension(x509.ObjectIdentifier(SCT_LIST), value), False)])

    def sct(self, tbs, at=START, ct=None, key=None):
        ct = ct or self.ct
        issuer = self.chain[0].public_key()
        spki = issuer.public_bytes(pki.serialization.Encoding.DER, pki.serialization.PublicFormat.SubjectPublicKeyInfo)
        signed = struct.pack(">BBQH", 0, 0, at * 1000, 1) + sha256(spki) + len(tbs).to_bytes(3, "big") + tbs + b"\0\0"
        signature = pki.sign(key or ct.key, signed)
        return b"\0" + ct.id + struct.pack(">QH", at * 1000, 0) + b"\4\3" + struct.pack(">H", len(signature)) + signature


class TimeAuthority:
    def __init__(self, name, start="2025-01-01", end="2035-01-01", eku=None, curve="p384"):
        root_key, self.key = pki.ec_key(name + " root", "p384"), pki.ec_key(name, curve)
        root = pki.certificate(name + " root", root_key, None, root_key, pki.ca_extensions())
        extensions = [(pki.usage("digital_signature"), True),
                      (x509.ExtendedKeyUsage([eku or pki.TIME_STAMPING]), True)]
        self.cert = pki.certificate(name, self.key, root, root_key, extensions, start, end)
        self.chain = [self.cert, root]

    def trusted(self, start="2025-01-01T00:00:00Z", end=None, chain=None):
        span = {"start": start, **({"end": end} if end else {})}
        return {"subject": {"organization": "Merlon tests", "commonName": "tsa"}, "uri": "https://tsa.test",
                "certChain": {"certificates": [{"rawBytes": b64(pki.der(c))} for c in chain or self.chain]}, "validFor": span}

    def stamp(self, message, at, algorithm="sha256", status=0, text=None, embed=(0,), serial=1, key=None, extra_certs=(),
              signature_algorithm=None, unsigned=None, digest_list=None, failure=None, data_version=3, info_version=1,
              signer_issuer=None):
        info = tsp.TSTInfo({
            "version": "v1", "policy": "1.3.6.1.4.1.57264.2",
            "message_imprint": {"hash_algorithm": {"algorithm": algorithm, "parameters": core.Null()},
                                "hashed_message": hashlib.new(algorithm, message).digest()},
            "serial_number": serial, "gen_time": datetime.datetime.fromtimestamp(at, datetime.timezone.utc)}).dump()
        info = info.replace(b"\2\1\1", bytes([2, 1, info_version]), 1)
        cert = asn1.Certificate.load(pki.der(self.cert))
        attributes = cms.CMSAttributes([
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [sha256(info)]}),
            cms.CMSAttribute({"type": "signing_certificate_v2",
                              "values": [tsp.SigningCertificateV2({"certs": [{"cert_hash": sha256(pki.der(self.cert))}]})]})])
        signature = pki.sign(key or self.key, attributes.dump(), pki.hashes.SHA256())
        signer = {
            "version": "v1", "sid": cms.SignerIdentifier("issuer_and_serial_number", {
                "issuer": signer_issuer or cert.issuer, "serial_number": cert.serial_number}),
            "digest_algorithm": {"algorithm": "sha256"}, "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": signature_algorithm or "sha256_ecdsa"}, "signature": signature}
        if unsigned:
            signer["unsigned_attrs"] = unsigned
        certs = [asn1.Certificate.load(pki.der(self.chain[i])) for i in embed]
        certs += [asn1.Certificate.load(pki.der(c)) for c in extra_certs]
        data = {"version": "v3", "digest_algorithms": digest_list or [{"algorithm": "sha256"}],
                "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
                "signer_infos": [signer]}
        if certs:
            data["certificates"] = certs
        status_info = {"status": status, **({"status_string": [text]} if text else {}),
                       **({"fail_info": failure} if failure else {})}
        if status > 1:  # without a token, which the class does not foresee
            inner = tsp.PKIStatusInfo(status_info).dump()
            return bytes([0x30, len(inner)]) + inner
        token = {"content_type": "signed_data", "content": cms.SignedData(data)}
        made = tsp.TimeStampResp({"status": status_info, "time_stamp_token": token}).dump()
        return made.replace(b"\2\1\3\x31", bytes([2, 1, data_version, 0x31]), 1)


# ---- log entries ----

def dsse_1(b):
    return {"apiVersion": "0.0.1", "kind": "dsse", "spec": {
        "envelopeHash": {"algorithm": "sha256", "value": sha256(b"envelope").hex()},
        "payloadHash": {"algorithm": "sha256", "value": sha256(b.payload).hex()},
        "signatures": [{"signature": b64(b.signature), "verifier": b64(pki.pem(b.leaf))}]}}


def hashed_1(b):
    return {"apiVersion": "0.0.1", "kind": "hashedrekord", "spec": {
        "data": {"hash": {"algorithm": "sha256", "value": sha256(b.pae).hex()}},
        "signature": {"content": b64(b.signature), "publicKey": {"content": b64(pki.pem(b.leaf))}}}}


def verifier_2(b):
    return {"keyDetails": "PKIX_ECDSA_P256_SHA_256", "x509Certificate": {"rawBytes": b64(pki.der(b.leaf))}}


def hashed_2(b, algorithm="sha256"):
    return {"apiVersion": "0.0.2", "kind": "hashedrekord", "spec": {"hashedRekordV002": {
        "data": {"algorithm": "SHA2_" + algorithm[3:], "digest": b64(hashlib.new(algorithm, b.pae).digest())},
        "signature": {"content": b64(b.signature), "verifier": verifier_2(b)}}}}


def dsse_2(b):
    return {"apiVersion": "0.0.2", "kind": "dsse", "spec": {"dsseV002": {
        "payloadHash": {"algorithm": "SHA2_256", "digest": b64(sha256(b.payload))},
        "signatures": [{"content": b64(b.signature), "verifier": verifier_2(b)}]}}}
