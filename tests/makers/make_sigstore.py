# SPDX-License-Identifier: Apache-2.0
"""tests/golden/sigstore: bundles of a little Sigstore, genuine ones and ones that are wrong in one way, each with its
verdict and a piece of the sentence that says why (cases.json, read by test_keyless.c)."""
import base64
import copy
import json
import pathlib
import shutil

from asn1crypto import cms, core
from asn1crypto import x509 as asn1
from cryptography import x509

import pki
import sigstore as s
from sigstore import START, b64

OUT = pathlib.Path(__file__).resolve().parent.parent / "golden/sigstore"
TYPE = "application/vnd.in-toto+json"
MEDIA = "application/vnd.dev.sigstore.bundle.v0.3+json"
SIGNED = START + 60
WHO = "signer@example.com"
ISSUER = "https://issuer.test"
WORKFLOW = "https://git.test/org/model/.github/workflows/release.yml@refs/heads/main"
MODEL = {"weights.bin": b"weights\n", "config.json": b"{}\n"}

# What sigstore-js 3.1 says otherwise. It accepts what nobody signed or what Fulcio never issues, and does not know the
# newer entries, other SHA-2 hashes and names that are not the first.
DIFFERS = {**dict.fromkeys("""
    tsa-granted-but-failed tsa-old-container tsa-version-2 body-two-certificates
    bare-time-outside bare-time-before tsa-not-for-this tsa-granted-with-mods tsa-trailing tsa-alien-certificate-inside
    tsa-two-digests tsa-unsigned-attribute checkpoint-signed-twice checkpoint-one-bad proof-size proof-root
    body-other-certificate body-key-for-certificate body-md5 body-twice hashed-other-payload issuer-two
    usage-no-code-signing usage-no-eku usage-no-key-usage usage-encipherment chain-unused-helper
    chain-alien-root media-type""".split(), "ok"), **dict.fromkeys("""
    v1-hashedrekord v2-hashedrekord v2-hashedrekord-p256-log v2-witnessed v2-witness-first v2-checkpoint-key-id
    other-name several-names v2-own-origin p384-leaf p521-leaf trust-with-unknown-log""".split(), "fail")}

ct = s.Log("ct.test", pki.ec_key("ct"), "PKIX_ECDSA_P256_SHA_256", 1)
ct_old = s.Log("ct-old.test", pki.ec_key("ct old"), "PKIX_ECDSA_P256_SHA_256", 1)
ct_alien = s.Log("ct-alien.test", pki.ec_key("ct alien"), "PKIX_ECDSA_P256_SHA_256", 1)
fulcio = s.Authority("Fulcio", ct)
deep = s.Authority("Deep", ct, levels=2)
flat = s.Authority("Flat", ct, levels=0)
alien = s.Authority("Alien", ct)
ended = s.Authority("Ended", ct)
v1 = s.Log("rekor.test", pki.ec_key("rekor"), "PKIX_ECDSA_P256_SHA_256", 1)
v1_first = s.Log("rekor.test", pki.ec_key("rekor"), "PKIX_ECDSA_P256_SHA_256", 1, before=0, after=0)
v1_alien = s.Log("rekor.test", pki.ec_key("rekor alien"), "PKIX_ECDSA_P256_SHA_256", 1)
v1_ended = s.Log("rekor-ended.test", pki.ec_key("rekor ended"), "PKIX_ECDSA_P256_SHA_256", 1)
ed = s.Log("log2025.rekor.test", pki.ed_key("log2025"), "PKIX_ED25519", 2)
p2 = s.Log("log2026.rekor.test", pki.ec_key("log2026"), "PKIX_ECDSA_P256_SHA_256", 2, before=9, after=0)
named = s.Log("named.rekor.test", pki.ed_key("named"), "PKIX_ED25519", 2)
tsa = s.TimeAuthority("TSA")
tsa2 = s.TimeAuthority("Second TSA", curve="p256")
tsa_alien = s.TimeAuthority("Alien TSA")
tsa_code = s.TimeAuthority("Code TSA", eku=pki.CODE_SIGNING)
tsa_old = s.TimeAuthority("Old TSA", end="2025-02-01")
tsa_ended = s.TimeAuthority("Ended TSA")
witness = s.Log("witness.test", pki.ed_key("witness"), "PKIX_ED25519", 2)


def statement():
    resources = [{"name": n, "algorithm": "sha256", "digest": s.sha256(data).hex()} for n, data in sorted(MODEL.items())]
    root = s.sha256(b"".join(bytes.fromhex(r["digest"]) for r in resources)).hex()
    return json.dumps({
        "_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "model", "digest": {"sha256": root}}],
        "predicateType": "https://model_signing/signature/v1.0",
        "predicate": {"serialization": {"method": "files", "hash_type": "sha256", "allow_symlinks": False,
                                        "ignore_paths": [".git", ".gitattributes", ".github", ".gitignore"]},
                      "resources": resources}}).encode()


def email(text=WHO):
    return [x509.RFC822Name(text)]


class Signed:
    """What is signed, and by whom; then what was logged and stamped."""

    def __init__(self, ca=fulcio, names=None, key=None, sign_key=None, payload=None, digest=None, sign_type=TYPE, **cert):
        self.key = key or pki.ec_key("signer")
        self.leaf = ca.issue(self.key, names or email(), **cert)
        self.ca = ca
        self.payload = payload or statement()
        self.pae = s.pae(sign_type, self.payload)
        self.signature = pki.sign(sign_key or self.key, self.pae, digest)


def bundle(b, log=v1, body=s.dsse_1, at=SIGNED, promise=True, stamps=(), lines=None, more="", material=None, edit=None):
    """stamps: functions of the signature that give a token."""
    raw = body(b)
    entry = log.entry(raw, at, promise, lines, more)
    out = {"mediaType": MEDIA,
           "verificationMaterial": {"certificate": {"rawBytes": b64(pki.der(b.leaf))}, "tlogEntries": [entry]},
           "dsseEnvelope": {"payload": b64(b.payload), "payloadType": TYPE,
                            "signatures": [{"sig": b64(b.signature), "keyid": ""}]}}
    if material:
        del out["verificationMaterial"]["certificate"]
        out["verificationMaterial"].update(material)
    if stamps:
        out["verificationMaterial"]["timestampVerificationData"] = {
            "rfc3161Timestamps": [{"signedTimestamp": b64(make(b.signature))} for make in stamps]}
    if edit:
        edit(out, out["verificationMaterial"]["tlogEntries"][0])
    return out


def at(authority, seconds=SIGNED + 5, **how):
    return lambda message: authority.stamp(message, seconds, **how)


def bodied(make, change):
    """The body of `make`, changed before it is logged."""
    def made(b):
        out = copy.deepcopy(make(b))
        return change(out, b) or out
    return made


def flip(text, byte=0):
    data = bytearray(base64.b64decode(text))
    data[byte] ^= 1
    return b64(bytes(data))


def put(place, key, value):
    """An edit: put("proof", "treeSize", "9")."""
    def edit(out, entry):
        where = {"entry": entry, "proof": entry["inclusionProof"], "bundle": out,
                 "material": out["verificationMaterial"], "envelope": out["dsseEnvelope"]}[place]
        new = value(where.get(key)) if callable(value) else value
        if new is None:
            del where[key]
        else:
            where[key] = new
    return edit


class Cases:
    def __init__(self):
        self.rows = []

    def add(self, name, says, made, identity=WHO, issuer=ISSUER, trust="trust.json"):
        """says: "" when it must hold."""
        (OUT / (name + ".sig")).write_text(json.dumps(made, ensure_ascii=False, separators=(",", ":")))
        row = {"name": name, "bundle": name + ".sig", "trust": trust, "identity": identity, "issuer": issuer,
               "expect": "fail" if says else "ok", "says": says}
        self.rows.append({**row, **({"sigstore_js": DIFFERS[name]} if name in DIFFERS else {})})


def genuine(c):
    p384, p521 = pki.ec_key("signer", "p384"), pki.ec_key("signer", "p521")
    plain = Signed()
    flow = {9: "https://git.test/build@v1", 10: "0123", 11: "hosted", 12: "https://git.test/org/model", 13: "abcd",
            14: "refs/heads/main", 15: "1", 16: "https://git.test/org", 17: "2", 18: WORKFLOW, 19: "abcd", 20: "push",
            21: "https://git.test/org/model/runs/1", 22: "public"}
    c.add("v1-set", "", bundle(plain))
    c.add("v1-set-and-tsa", "", bundle(plain, stamps=[at(tsa)]))
    c.add("v1-tsa-only", "", bundle(plain, promise=False, stamps=[at(tsa)]))
    c.add("v1-two-tsas", "", bundle(plain, stamps=[at(tsa), at(tsa2, SIGNED + 9)]))
    c.add("v1-first-entry", "", bundle(plain, log=v1_first, edit=put("proof", "logIndex", None)))
    c.add("v1-hashedrekord", "", bundle(plain, body=s.hashed_1))
    c.add("v2-hashedrekord", "", bundle(plain, log=ed, body=s.hashed_2, stamps=[at(tsa)]))
    c.add("v2-hashedrekord-p256-log", "", bundle(plain, log=p2, body=s.hashed_2, stamps=[at(tsa)]))
    c.add("v2-dsse", "", bundle(plain, log=ed, body=s.dsse_2, stamps=[at(tsa)]))
    c.add("v2-witnessed", "", bundle(plain, log=ed, body=s.hashed_2, stamps=[at(tsa)],
                                     lines=lambda log, text: log.note_line(text) + witness.note_line(text)))
    c.add("v2-witness-first", "", bundle(plain, log=ed, body=s.hashed_2, stamps=[at(tsa)], more="extension line\n",
                                         lines=lambda log, text: witness.note_line(text) + log.note_line(text)))
    c.add("v2-checkpoint-key-id", "", bundle(plain, log=named, body=s.hashed_2, stamps=[at(tsa)]))
    c.add("workflow", "", bundle(Signed(names=[x509.UniformResourceIdentifier(WORKFLOW)], claims=flow)), identity=WORKFLOW)
    other = [x509.OtherName(x509.ObjectIdentifier(s.FULCIO + "7"), core.UTF8String("user!example.com").dump())]
    c.add("other-name", "", bundle(Signed(names=other)), identity="user!example.com")
    c.add("several-names", "", bundle(Signed(names=email("first@example.com") + email())))
    c.add("old-issuer", "", bundle(Signed(issuer=None, old_issuer=ISSUER)))
    c.add("new-issuer", "", bundle(Signed(old_issuer="")))
    c.add("p384-leaf", "", bundle(Signed(key=p384), log=ed, body=lambda b: s.hashed_2(b, "sha384"), stamps=[at(tsa)]))
    c.add("p521-leaf", "", bundle(Signed(key=p521)))
    c.add("deep-authority", "", bundle(Signed(ca=deep)))
    c.add("flat-authority", "", bundle(Signed(ca=flat)))
    chain = [{"rawBytes": b64(pki.der(x))} for x in [plain.leaf, fulcio.chain[0]]]
    c.add("chain-in-bundle", "", bundle(plain, material={"x509CertificateChain": {"certificates": chain}},
                                        edit=put("bundle", "mediaType", "application/vnd.dev.sigstore.bundle+json;version=0.2")))
    c.add("tsa-bare", "", bundle(plain, stamps=[at(tsa, embed=())]))
    c.add("tsa-with-chain", "", bundle(plain, stamps=[at(tsa, embed=(0, 1))]))
    c.add("tsa-sha512", "", bundle(plain, stamps=[at(tsa, algorithm="sha512")]))
    c.add("tsa-with-words", "", bundle(plain, stamps=[at(tsa, text="Operation Okay")]))
    c.add("tsa-at-the-last-second", "", bundle(plain, stamps=[at(tsa, START + 600)]))
    c.add("v2-own-origin", "", bundle(plain, log=s.Log(ed.name, ed.key, ed.details, 2, origin="a log of ours"), body=s.hashed_2,
                                      stamps=[at(tsa)]))
    c.add("body-with-more", "", bundle(plain, body=bodied(s.dsse_1, lambda o, b: o["spec"].update(later="x"))))
    c.add("trust-with-unknown-log", "", bundle(plain), trust="trust-unknown-log.json")
    c.add("urlsafe-base64", "", bundle(plain, edit=put("envelope", "payload", lambda t: t.replace("+", "-").replace("/", "_"))))


def wrong_times(c):
    plain = Signed()
    c.add("set-after-certificate", "is valid only until 2025-06-01T12:10:00Z", bundle(plain, at=START + 601))
    c.add("set-before-certificate", "is valid only from 2025-06-01T12:00:00Z", bundle(plain, at=START - 1))
    c.add("set-late-tsa-good", "valid only until", bundle(plain, at=START + 700, stamps=[at(tsa)]))
    c.add("tsa-late-set-good", "valid only until", bundle(plain, stamps=[at(tsa, START + 601)]))
    c.add("tsa-early", "valid only from", bundle(plain, promise=False, stamps=[at(tsa, START - 1)]))
    c.add("tsa-early-set-good", "valid only from", bundle(plain, stamps=[at(tsa, START - 1)]))
    c.add("authority-ended-in-between", "no certificate authority is trusted for the time",
          bundle(plain, at=START + 30, stamps=[at(tsa)]), trust="trust-ca-ended.json")
    c.add("second-tsa-late", "valid only until", bundle(plain, stamps=[at(tsa), at(tsa2, START + 999)]))
    c.add("no-time", "nothing proves when", bundle(plain, promise=False))
    c.add("bare-time-outside", "unproven time lies outside", bundle(plain, at=START + 5000, promise=False, stamps=[at(tsa)]))
    c.add("bare-time-before", "unproven time lies outside", bundle(plain, at=START - 5000, promise=False, stamps=[at(tsa)]))
    c.add("v2-no-tsa", "nothing proves when", bundle(plain, log=ed, body=s.hashed_2))
    c.add("v2-other-index", "name different indexes", bundle(
        plain, log=ed, body=s.hashed_2, stamps=[at(tsa)], edit=put("entry", "logIndex", "6")))
    c.add("v2-with-time", "a time that its log cannot prove", bundle(
        plain, log=ed, body=s.hashed_2, stamps=[at(tsa)], edit=put("entry", "integratedTime", str(SIGNED))))
    c.add("v2-with-set", "Rekor v2 gives no signed entry timestamps", bundle(
        plain, log=p2, body=s.hashed_2, stamps=[at(tsa)],
        edit=put("entry", "inclusionPromise", {"signedEntryTimestamp": b64(b"0123")})))
    c.add("set-of-other-time", "did not sign this entry's time", bundle(plain, edit=put("entry", "integratedTime", str(SIGNED + 1))))
    c.add("set-of-other-index", "did not sign this entry's time", bundle(plain, edit=put("entry", "logIndex", "1004")))
    c.add("set-without-time", "has no time", bundle(plain, stamps=[at(tsa)], edit=put("entry", "integratedTime", None)))
    c.add("set-by-other-key", "did not sign this entry's time", bundle(
        plain, edit=lambda out, e: e["inclusionPromise"].update(signedEntryTimestamp=b64(
            v1_alien.promise(base64.b64decode(e["canonicalizedBody"]), SIGNED, 1005)))))


def wrong_stamps(c):
    plain = Signed()

    def stamped(name, says, *stamps, **more):
        c.add(name, says, bundle(plain, stamps=stamps), **more)

    stamped("tsa-alien", "not signed by the authority", at(tsa_alien))
    stamped("tsa-alien-with-root", "not signed by the authority", at(tsa_alien, embed=(0, 1)))
    stamped("tsa-other-message", "about something else", lambda m: tsa.stamp(m + b"x", SIGNED))
    stamped("tsa-of-payload", "about something else", lambda m: tsa.stamp(plain.payload, SIGNED))
    stamped("tsa-not-for-this", "not signed by the authority", at(tsa_code))
    stamped("tsa-expired", "not signed by the authority", at(tsa_old))
    stamped("tsa-ended", "not signed by the authority", at(tsa_ended))
    c.add("tsa-outside-valid-for", "no time-stamping authority is trusted for the time",
          bundle(plain, stamps=[at(tsa)]), trust="trust-tsa-ended.json")
    c.add("no-tsa-trusted", "no time-stamping authority is trusted", bundle(plain, stamps=[at(tsa)]), trust="trust-no-tsa.json")
    stamped("tsa-twice", "the same time stamp twice", at(tsa), at(tsa))
    stamped("tsa-refused", "was not granted", at(tsa, status=2))
    stamped("tsa-granted-with-mods", "was not granted", at(tsa, status=1))
    stamped("tsa-granted-but-failed", "was not granted", at(tsa, failure={"bad_alg"}))
    stamped("tsa-sha1", "about something else", at(tsa, algorithm="sha1"))
    stamped("tsa-trailing", "is not an RFC 3161 response", lambda m: tsa.stamp(m, SIGNED) + b"\0")
    stamped("tsa-empty", "is not an RFC 3161 response", lambda m: b"")
    stamped("tsa-by-other-key", "not signed by the authority", at(tsa, key=tsa2.key))
    stamped("tsa-alien-certificate-inside", "that nobody signed", at(tsa, extra_certs=[tsa_alien.cert]))
    stamped("tsa-wrong-algorithm-named", "that nobody signed", at(tsa, signature_algorithm="sha512_ecdsa"))
    stamped("tsa-two-digests", "that nobody signed", at(tsa, digest_list=[{"algorithm": "sha256"}, {"algorithm": "sha512"}]))
    stamped("tsa-old-container", "that nobody signed", at(tsa, data_version=1))
    stamped("tsa-version-2", "about something else", at(tsa, info_version=2))
    other_letters = asn1.Name.load(tsa.chain[1].subject.public_bytes().replace(b"TSA root", b"tsa ROOT"))
    stamped("tsa-signer-in-other-letters", "that nobody signed", at(tsa, signer_issuer=other_letters))
    unsigned = cms.CMSAttributes([cms.CMSAttribute({"type": "content_type", "values": ["data"]})])
    stamped("tsa-unsigned-attribute", "that nobody signed", at(tsa, unsigned=unsigned))


def wrong_logs(c):
    plain = Signed()

    def logged(name, says, **how):
        c.add(name, says, bundle(plain, **how))

    logged("log-unknown", "of a log that is not trusted", log=v1_alien)
    logged("log-id-swapped", "did not sign this checkpoint", edit=put("entry", "logId", {"keyId": b64(v1_ended.id)}),
           lines=lambda log, text: log.note_line(text, hint=v1_ended.id[:4]))
    logged("log-ended", "the log was not trusted at the time", log=v1_ended)
    logged("log-of-other-key", "did not sign this checkpoint", lines=lambda log, text: log.note_line(text, key=v1_alien.key))
    logged("checkpoint-unsigned", "not signed once by the log", lines=lambda log, text: witness.note_line(text))
    logged("checkpoint-signed-twice", "not signed once by the log",
           lines=lambda log, text: 2 * log.note_line(text))
    logged("checkpoint-one-bad", "did not sign this checkpoint",
           lines=lambda log, text: log.note_line(text) + log.note_line(text, key=v1_alien.key))
    logged("checkpoint-other-name", "in another name", lines=lambda log, text: log.note_line(text, name="rekor.tset"))
    logged("checkpoint-broken-witness", "is not Base64",
           lines=lambda log, text: log.note_line(text) + "\u2014 witness.test a\n")
    logged("checkpoint-no-signatures", "no signatures below an empty line", lines=lambda log, text: "")
    other = v1.entry({"apiVersion": "0.0.1", "kind": "other"}, SIGNED)["inclusionProof"]
    logged("checkpoint-of-other-tree", "is not the root that the checkpoint holds", edit=put("proof", "checkpoint", other["checkpoint"]))
    logged("proof-of-other-entry", "does not lead from the entry", edit=put("entry", "inclusionProof", other))
    larger = s.Log(v1.name, v1.key, v1.details, 1, 5, 9).entry(s.dsse_1(plain), SIGNED)["inclusionProof"]["checkpoint"]
    logged("checkpoint-of-larger-tree", "of another size than the proof", edit=put("proof", "checkpoint", larger))
    logged("proof-index", "does not lead from the entry", edit=put("proof", "logIndex", "4"))
    logged("proof-index-outside", "does not lead from the entry", edit=put("proof", "logIndex", "8"))
    logged("proof-size", "of another size than the proof", edit=put("proof", "treeSize", "9"))
    logged("proof-root", "is not the root that the checkpoint holds", edit=put("proof", "rootHash", flip))
    logged("proof-hash", "does not lead from the entry", edit=put("proof", "hashes", lambda h: [flip(h[0])] + h[1:]))
    logged("proof-short", "does not lead from the entry", edit=put("proof", "hashes", lambda h: h[:-1]))
    logged("proof-long", "does not lead from the entry", edit=put("proof", "hashes", lambda h: h + [h[0]]))
    logged("proof-odd-hash", "the inclusion proof is malformed", edit=put("proof", "hashes", lambda h: [b64(b"short")] + h[1:]))
    logged("proof-missing", "has no inclusion proof", edit=put("entry", "inclusionProof", None))
    logged("entry-missing", "holds no log entry", stamps=[at(tsa)], edit=put("material", "tlogEntries", []))
    logged("entry-twice", "holds several log entries", edit=put("material", "tlogEntries", lambda e: e + e))
    second = v1.entry(s.hashed_1(plain), SIGNED)
    logged("entries-two", "holds several log entries", edit=put("material", "tlogEntries", lambda e: e + [second]))


def wrong_bodies(c):
    plain, key2 = Signed(), pki.ec_key("second")
    twin = Signed(key=key2, serial=8)

    def body(name, says, change, make=s.dsse_1, **how):
        c.add(name, says, bundle(plain, body=bodied(make, change), **how))

    v2 = {"log": ed, "stamps": [at(tsa)]}
    body("body-other-payload", "another content", lambda o, b: o["spec"]["payloadHash"].update(value=s.sha256(b"x").hex()))
    body("body-other-signature", "another signature",
         lambda o, b: o["spec"]["signatures"][0].update(signature=b64(twin.signature)))
    body("body-other-certificate", "another certificate",
         lambda o, b: o["spec"]["signatures"][0].update(verifier=b64(pki.pem(twin.leaf))))
    body("body-key-for-certificate", "verifier is not a certificate",
         change=lambda o, b: o["spec"]["signatures"][0].update(verifier=b64(b"-----BEGIN PUBLIC KEY-----\n")))
    body("body-two-certificates", "verifier is not a certificate",
         lambda o, b: o["spec"]["signatures"][0].update(verifier=b64(pki.pem(b.leaf) + pki.pem(fulcio.chain[0]))))
    body("body-two-signatures", "not exactly one signature",
         lambda o, b: o["spec"]["signatures"].append(o["spec"]["signatures"][0]))
    body("body-no-signature", "not exactly one signature", lambda o, b: o["spec"].update(signatures=[]))
    body("body-md5", "hash is of an unknown kind", lambda o, b: o["spec"]["payloadHash"].update(algorithm="md5"))
    body("body-unknown-kind", "of the kind intoto 0.0.1 are unknown", lambda o, b: o.update(kind="intoto"))
    body("body-unknown-version", "of the kind dsse 0.0.3 are unknown", lambda o, b: o.update(apiVersion="0.0.3"), log=ed,
         stamps=[at(tsa)])
    c.add("body-of-another-kind", "another kind than the bundle says",
          bundle(plain, edit=put("entry", "kindVersion", {"kind": "hashedrekord", "version": "0.0.1"})))
    body("body-twice", "twice", lambda o, b: s.canonical(o)[:-1] + b',"kind":"dsse"}')
    body("hashed-other-payload", "another content", make=s.hashed_1,
         change=lambda o, b: o["spec"]["data"]["hash"].update(value=s.sha256(b.payload).hex()))
    body("hashed-other-certificate", "another certificate", make=s.hashed_1,
         change=lambda o, b: o["spec"]["signature"]["publicKey"].update(content=b64(pki.pem(twin.leaf))))
    h2 = lambda o: o["spec"]["hashedRekordV002"]
    body("v2-other-content", "another content", lambda o, b: h2(o)["data"].update(digest=b64(s.sha256(b"x"))), s.hashed_2, **v2)
    body("v2-other-signature", "another signature", lambda o, b: h2(o)["signature"].update(content=b64(twin.signature)),
         s.hashed_2, **v2)
    body("v2-other-certificate", "another certificate", make=s.hashed_2, **v2,
         change=lambda o, b: h2(o)["signature"]["verifier"]["x509Certificate"].update(rawBytes=b64(pki.der(twin.leaf))))
    body("v2-key-for-certificate", "x509Certificate is missing", make=s.hashed_2, **v2,
         change=lambda o, b: h2(o)["signature"].update(verifier={"publicKey": {"rawBytes": b64(pki.spki(b.key))}}))
    body("v2-dsse-other-payload", "another content", make=s.dsse_2, **v2,
         change=lambda o, b: o["spec"]["dsseV002"]["payloadHash"].update(digest=b64(s.sha256(b"x"))))
    body("v2-dsse-other-signature", "another signature", make=s.dsse_2, **v2,
         change=lambda o, b: o["spec"]["dsseV002"]["signatures"][0].update(content=b64(twin.signature)))
    c.add("certificate-swapped", "another certificate", bundle(
        plain, edit=put("material", "certificate", {"rawBytes": b64(pki.der(twin.leaf))})))
    c.add("certificate-of-other-key", "does not fit the content", bundle(Signed(sign_key=key2)))
    c.add("signed-without-envelope", "does not fit the content", bundle(bare()))
    c.add("payload-type-changed", "does not fit the content", bundle(
        Signed(), edit=put("envelope", "payloadType", "text/plain")))
    c.add("payload-changed", "another content", bundle(Signed(), edit=put("envelope", "payload", flip)))
    c.add("signature-changed", "another signature", bundle(Signed(), edit=put("envelope", "signatures",
                                                                             lambda l: [{**l[0], "sig": flip(l[0]["sig"], 20)}])))
    c.add("two-signatures", "not exactly one signature", bundle(Signed(), edit=put("envelope", "signatures", lambda l: l + l)))


def bare():
    out = Signed()
    out.signature = pki.sign(out.key, out.payload)
    return out


def wrong_signers(c):
    def signer(name, says, identity=WHO, issuer=ISSUER, trust="trust.json", **how):
        c.add(name, says, bundle(Signed(**how)), identity, issuer, trust)

    names = {"dns-name": [x509.DNSName("example.com")], "ip": [x509.IPAddress(__import__("ipaddress").ip_address("127.0.0.1"))]}
    signer("identity-other", 'identity is "signer@example.com", not "other@example.com"', identity="other@example.com")
    signer("identity-case", "identity is", identity="Signer@example.com")
    signer("identity-prefix", "identity is", identity="signer@example.co")
    signer("identity-longer", "identity is", identity="signer@example.com.evil")
    signer("identity-pattern", "identity is", identity=".*")
    signer("identity-nul", "identity is", names=[x509.UniformResourceIdentifier(WHO + "\0.evil")])
    signer("identity-dns", "identity is", names=names["dns-name"], identity="example.com")
    signer("identity-ip", "identity is", names=names["ip"], identity="127.0.0.1")
    signer("issuer-other", 'issuer is "https://issuer.test", not "https://other.test"', issuer="https://other.test")
    signer("issuer-prefix", "issuer is", issuer="https://issuer.tes")
    signer("issuer-missing", "names no issuer", old_issuer="", **{"claims": {8: None}})
    signer("issuer-two", "names two issuers", old_issuer="https://other.test")
    signer("authority-alien", "neither trusted nor in the bundle", ca=alien)
    signer("authority-ended", "neither trusted nor in the bundle", ca=ended)
    signer("authority-none", "no certificate authority is trusted for the time", trust="trust-ca-ended.json")
    signer("authority-root-missing", "no chain leads to a trusted root", trust="trust-no-root.json")
    signer("usage-no-code-signing", "not meant for this", extensions=pki.leaf_extensions(eku=pki.SERVER_AUTH))
    signer("usage-no-eku", "not meant for this", extensions=pki.leaf_extensions(eku=None))
    signer("usage-no-key-usage", "not meant for this", extensions=pki.leaf_extensions(ku=False))
    signer("usage-encipherment", "not meant for this",
           extensions=[(pki.usage("key_encipherment"), True), (x509.ExtendedKeyUsage([pki.CODE_SIGNING]), False)])
    signer("sct-none", "holds no SCT", scts=lambda ca, tbs: None)
    signer("sct-empty", "SCT", scts=lambda ca, tbs: [])
    signer("sct-two", "2 SCTs instead of one", scts=lambda ca, tbs: [ca.sct(tbs), ca.sct(tbs, START + 1)])
    signer("sct-alien-log", "of a transparency log that is not trusted", scts=lambda ca, tbs: [ca.sct(tbs, ct=ct_alien)])
    signer("sct-ended-log", "of a transparency log that is not trusted", scts=lambda ca, tbs: [ca.sct(tbs, ct=ct_old)])
    signer("sct-other-key", "did not sign this certificate", scts=lambda ca, tbs: [ca.sct(tbs, key=ct_alien.key)])
    signer("sct-other-certificate", "did not sign this certificate", scts=lambda ca, tbs: [ca.sct(tbs + b"\0")])
    signer("sct-other-issuer", "did not sign this certificate", scts=lambda ca, tbs: [alien.sct(tbs)])
    signer("sct-changed-time", "did not sign this certificate",
           scts=lambda ca, tbs: [ca.sct(tbs)[:33] + (START * 1000 + 1).to_bytes(8, "big") + ca.sct(tbs)[41:]])
    plain = Signed()
    for name, says, extra in [("chain-unused-helper", "has no part in the chain", alien.chain[0]),
                              ("chain-alien-root", "has no part in the chain", alien.chain[1])]:
        chain = [{"rawBytes": b64(pki.der(x))} for x in [plain.leaf, fulcio.chain[0], extra]]
        c.add(name, says, bundle(plain, material={"x509CertificateChain": {"certificates": chain}},
              edit=put("bundle", "mediaType", "application/vnd.dev.sigstore.bundle+json;version=0.2")))
    lost = Signed(ca=alien)
    chain = [{"rawBytes": b64(pki.der(x))} for x in [lost.leaf] + alien.chain]
    c.add("chain-brings-its-root", "that is not trusted", bundle(
        lost, material={"x509CertificateChain": {"certificates": chain}},
        edit=put("bundle", "mediaType", "application/vnd.dev.sigstore.bundle+json;version=0.2")))
    c.add("key-material", "signed with a key", bundle(plain, material={"publicKey": {"hint": "00"}}))
    c.add("media-type", "unknown media type", bundle(plain, edit=put("bundle", "mediaType", MEDIA.replace("0.3", "0.4"))))


def trusts():
    base = {"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [v1.trusted(), v1_ended.trusted(end="2025-03-01T00:00:00.999Z"), ed.trusted(), p2.trusted(),
                      {**named.trusted(), "logId": {"keyId": b64(named.id)}, "checkpointKeyId": {"keyId": b64(named.id[:4])}}],
            "certificateAuthorities": [ended.trusted(end="2025-03-01T00:00:00Z"), fulcio.trusted(), deep.trusted(), flat.trusted()],
            "ctlogs": [ct.trusted(), ct_old.trusted(end="2025-03-01T00:00:00Z")],
            "timestampAuthorities": [tsa_ended.trusted(end="2025-03-01T00:00:00Z"), tsa_code.trusted(), tsa_old.trusted(),
                                     tsa2.trusted(), tsa.trusted()]}
    yield "trust.json", base
    unknown = {**v1_alien.trusted(), "logId": {"keyId": b64(s.sha256(b"of an unknown kind"))},
               "publicKey": {"rawBytes": b64(b"x"), "keyDetails": "PKIX_OF_THE_FUTURE"}}
    yield "trust-unknown-log.json", {**base, "tlogs": [unknown] + base["tlogs"]}
    yield "trust-tsa-ended.json", {**base, "timestampAuthorities": [tsa.trusted(end="2025-06-01T12:01:00Z")]}
    yield "trust-no-tsa.json", {**base, "timestampAuthorities": []}
    yield "trust-ca-ended.json", {**base, "certificateAuthorities": [fulcio.trusted(end="2025-06-01T12:00:59Z")]}
    yield "trust-no-root.json", {**base, "certificateAuthorities": [fulcio.trusted(chain=fulcio.chain[:1])]}


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    (OUT / "model").mkdir(parents=True)
    for name, data in MODEL.items():
        (OUT / "model" / name).write_bytes(data)
    for name, trust in trusts():
        (OUT / name).write_text(json.dumps(trust, indent=1) + "\n")
    cases = Cases()
    for make in (genuine, wrong_times, wrong_stamps, wrong_logs, wrong_bodies, wrong_signers):
        make(cases)
    (OUT / "cases.json").write_text(json.dumps(cases.rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
