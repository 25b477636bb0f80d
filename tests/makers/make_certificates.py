# SPDX-License-Identifier: Apache-2.0
"""tests/golden/x509: chains, lists of revoked certificates and signatures for test_x509.c."""
import pathlib

from asn1crypto import core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

import pki

OUT = pathlib.Path(__file__).resolve().parent.parent / "golden/x509"


def text(value):
    return core.UTF8String(value).dump()


def unknown(oid, value, critical=False):
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), value), critical


def chains(put):
    root_key, sub_key, leaf_key = pki.ec_key("root", "p384"), pki.ec_key("sub"), pki.ec_key("leaf")
    root = pki.certificate("Root", root_key, None, root_key, pki.ca_extensions())
    other_key = pki.ec_key("other")
    other = pki.certificate("Other root", other_key, None, other_key, pki.ca_extensions())
    sub = pki.certificate("Sub", sub_key, root, root_key, pki.ca_extensions(0))
    web = pki.certificate("Web sub", sub_key, root, root_key, pki.ca_extensions(0, pki.SERVER_AUTH))
    deep = pki.certificate("Deep sub", other_key, sub, sub_key, pki.ca_extensions())
    plain = pki.certificate("Not a CA", sub_key, root, root_key, pki.leaf_extensions())
    silent = pki.certificate("Silent sub", sub_key, root, root_key, [(pki.usage("key_cert_sign"), True)])
    silent_root = pki.certificate("Silent root", other_key, None, other_key, [(pki.usage("key_cert_sign"), True)])
    twin = pki.certificate("Sub", other_key, other, other_key, pki.ca_extensions(0))

    def leaf(name, issuer=sub, issuer_key=sub_key, extensions=None, key=leaf_key, **more):
        made = pki.certificate(name, key, issuer, issuer_key, extensions or pki.leaf_extensions(), **more)
        put(name, made)
        return made

    for name, cert in {"root": root, "other": other, "sub": sub, "web": web, "deep": deep, "plain": plain,
                       "silent": silent, "silent-root": silent_root, "twin": twin}.items():
        put(name, cert)
    both = leaf("both")
    leaf("usage-only", extensions=pki.leaf_extensions(eku=None))
    leaf("code-only", extensions=pki.leaf_extensions(ku=False))
    leaf("no-usage", extensions=pki.leaf_extensions(ku=False, eku=pki.SERVER_AUTH))
    leaf("wrong-usage", extensions=[(pki.usage("key_encipherment"), True),
                                    (x509.ExtendedKeyUsage([pki.CODE_SIGNING]), False)])
    leaf("direct", root, root_key)
    leaf("expired", end="2025-03-01")
    leaf("below-web", web)
    leaf("below-deep", deep, other_key)
    leaf("below-plain", plain)
    leaf("below-silent", silent)
    leaf("below-silent-root", silent_root, other_key)
    leaf("below-twin", twin, other_key)
    leaf("critical", extensions=pki.leaf_extensions() + [unknown("1.3.6.1.4.1.55555.1", b"\x05\x00", True)])
    leaf("broken", extensions=pki.leaf_extensions() + [unknown("2.5.29.30", b"\x05\x00")])
    mute = pki.certificate("Mute sub", sub_key, root, root_key,
                           [(x509.BasicConstraints(True, 0), True), (pki.usage("key_cert_sign"), True)])
    put("mute", mute)
    put("crl-mute", pki.crl(mute, sub_key))
    leaf("below-mute", mute)
    leaf("sha1", digest=hashes.SHA1())
    self_key = pki.ec_key("self")
    put("self", pki.certificate("self", self_key, None, self_key, pki.leaf_extensions()))
    names = [x509.RFC822Name("who@example.com"), x509.UniformResourceIdentifier("https://example.com/a/b@refs/heads/main"),
             x509.DNSName("example.com"), x509.IPAddress(__import__("ipaddress").ip_address("127.0.0.1")),
             x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.7"), text("who!example.com")),
             x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.77"), text("no@example.com"))]
    leaf("names", names=names, extensions=pki.leaf_extensions() + [
        unknown("1.3.6.1.4.1.57264.1.1", b"https://issuer.example"),
        unknown("1.3.6.1.4.1.57264.1.8", text("https://issuer.example"))])
    revocation(put, root, root_key, sub, sub_key, both, other_key)


def revocation(put, root, root_key, sub, sub_key, both, other_key):
    put("crl-sub", pki.crl(sub, sub_key))
    put("crl-root", pki.crl(root, root_key))
    put("crl-both", pki.crl(sub, sub_key, [both]))
    put("crl-of-sub", pki.crl(root, root_key, [sub]))
    put("crl-old", pki.crl(sub, sub_key, end="2025-07-01"))
    part = x509.IssuingDistributionPoint(None, None, True, False, None, False, False)
    put("crl-part", pki.crl(sub, sub_key, extension=part))
    put("crl-forged", pki.crl(sub, other_key))


def signatures(write):
    message = b"message"
    keys = {"p256": pki.ec_key("s", "p256"), "p384": pki.ec_key("s", "p384"), "p521": pki.ec_key("s", "p521"),
            "k1": pki.ec_key("s", "k1"), "ed25519": pki.ed_key("s")}
    for name, key in keys.items():
        write(name + ".spki", pki.spki(key))
        write(name + ".sig", pki.sign(key, message))
    write("p384-sha256.sig", pki.sign(keys["p384"], message, hashes.SHA256()))
    if (OUT / "rsa.spki").exists():
        return
    rsa_key = rsa.generate_private_key(65537, 2048)
    for name, key in {"rsa": rsa_key, "rsa1024": rsa.generate_private_key(65537, 1024)}.items():
        write(name + ".spki", pki.spki(key))
        write(name + ".sig", pki.sign(key, message))
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)
    write("rsa-pss.sig", rsa_key.sign(message, pss, hashes.SHA256()))


def main():
    OUT.mkdir(exist_ok=True)
    chains(lambda name, thing: (OUT / (name + ".pem")).write_bytes(pki.pem(thing)))
    signatures(lambda name, data: (OUT / name).write_bytes(data))


if __name__ == "__main__":
    main()
