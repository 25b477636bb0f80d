# SPDX-License-Identifier: Apache-2.0
"""Throw-away keys and certificates for test vectors. Keys follow from their names, so that a remake
changes signatures but no key."""
import datetime
import hashlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CURVES = {"p256": (ec.SECP256R1(), hashes.SHA256()), "p384": (ec.SECP384R1(), hashes.SHA384()),
          "p521": (ec.SECP521R1(), hashes.SHA512()), "k1": (ec.SECP256K1(), hashes.SHA256())}
CODE_SIGNING = ExtendedKeyUsageOID.CODE_SIGNING
SERVER_AUTH = ExtendedKeyUsageOID.SERVER_AUTH
TIME_STAMPING = ExtendedKeyUsageOID.TIME_STAMPING


def when(text):
    return datetime.datetime.fromisoformat(text)


def ec_key(name, curve="p256"):
    seed = int.from_bytes(hashlib.sha512(name.encode()).digest(), "big")
    return ec.derive_private_key(seed % 2 ** 250 + 1, CURVES[curve][0])


def ed_key(name):
    return ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def spki(key):
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def sign(key, data, digest=None):
    """The way that Merlon calls "by key", unless a hash is given."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), digest or hashes.SHA256())
    return key.sign(data, ec.ECDSA(digest or hash_of(key)))


def hash_of(key):
    for curve, digest in CURVES.values():
        if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == curve.name:
            return digest
    return hashes.SHA256()


def subject(cn, org="Merlon tests"):
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, org), x509.NameAttribute(NameOID.COMMON_NAME, cn)])


def usage(*names):
    all_names = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                 "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]
    return x509.KeyUsage(**{n: n in names for n in all_names})


def ca_extensions(path_length=None, eku=None):
    out = [(x509.BasicConstraints(True, path_length), True), (usage("key_cert_sign", "crl_sign"), True)]
    return out + ([(x509.ExtendedKeyUsage([eku]), False)] if eku else [])


def leaf_extensions(ku=True, eku=CODE_SIGNING):
    out = [(usage("digital_signature"), True)] if ku else []
    return out + ([(x509.ExtendedKeyUsage([eku]), False)] if eku else [])


def certificate(cn, key, issuer, issuer_key, extensions, start="2025-01-01", end="2035-01-01", digest=None, names=None,
                serial=None):
    """issuer: a certificate, or None for a self-signed one."""
    name = subject(cn) if cn else x509.Name([])
    builder = (x509.CertificateBuilder().subject_name(name).issuer_name(issuer.subject if issuer else name)
               .public_key(key.public_key()).serial_number(serial or int(hashlib.sha256(cn.encode()).hexdigest()[:30], 16))
               .not_valid_before(when(start)).not_valid_after(when(end)))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), not cn)
    if not isinstance(issuer_key, ed25519.Ed25519PrivateKey):
        digest = digest or hash_of(issuer_key)
    return builder.sign(issuer_key, digest)


def crl(issuer, issuer_key, revoked=(), start="2025-06-01", end="2035-01-01"):
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.subject).last_update(when(start)).next_update(when(end))
    for cert in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(cert.serial_number).revocation_date(when(start)).build())
    return builder.sign(issuer_key, hash_of(issuer_key))


def pem(thing):
    return thing.public_bytes(serialization.Encoding.PEM)


def der(thing):
    return thing.public_bytes(serialization.Encoding.DER)
