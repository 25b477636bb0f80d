# SPDX-License-Identifier: Apache-2.0
"""Throw-away keys and certificates for test vectors. Keys follow from their names and ECDSA from RFC
6979, so that two runs give the same bytes (but for RSA, which is made only where it is missing)."""
import datetime
import hashlib
import hmac

from asn1crypto import crl as asn1crl
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
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


ORDERS = {"secp256r1": 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551,
          "secp384r1": 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973,
          "secp521r1": int("1" + 64 * "f" + "fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409", 16),
          "secp256k1": 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141}


def nonce(secret, digest, order, name):
    """RFC 6979, 3.2."""
    size = (order.bit_length() + 7) // 8

    def bits(data):
        return int.from_bytes(data, "big") >> max(0, 8 * len(data) - order.bit_length())

    def mac(key, data):
        return hmac.new(key, data, name).digest()

    seed = secret.to_bytes(size, "big") + (bits(digest) % order).to_bytes(size, "big")
    v, k = b"\1" * len(digest), b"\0" * len(digest)
    for byte in (b"\0", b"\1"):
        k = mac(k, v + byte + seed)
        v = mac(k, v)
    while True:
        t = b""
        while len(t) < size:
            v = mac(k, v)
            t += v
        value = bits(t[:size])
        if 0 < value < order:
            return value
        k = mac(k, v + b"\0")
        v = mac(k, v)


def ecdsa(key, data, algorithm):
    order, secret = ORDERS[key.curve.name], key.private_numbers().private_value
    digest = hashlib.new(algorithm.name, data).digest()
    k = nonce(secret, digest, order, algorithm.name)
    r = ec.derive_private_key(k, key.curve).public_key().public_numbers().x % order
    z = int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - order.bit_length())
    return utils.encode_dss_signature(r, pow(k, -1, order) * (z + r * secret) % order)


def sign(key, data, digest=None):
    """The way that Merlon calls "by key", unless a hash is given."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), digest or hashes.SHA256())
    return ecdsa(key, data, digest or hash_of(key))


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
    """issuer: a certificate, or None for a self-signed one. Extensions: [(extension, critical)]; those of the keys and
    the names come before those that are unknown to the library."""
    name = subject(cn) if cn else x509.Name([])
    builder = (x509.CertificateBuilder().subject_name(name).issuer_name(issuer.subject if issuer else name)
               .public_key(key.public_key()).serial_number(serial or int(hashlib.sha256(cn.encode()).hexdigest()[:30], 16))
               .not_valid_before(when(start)).not_valid_after(when(end)))
    known = [e for e in extensions if not isinstance(e[0], x509.UnrecognizedExtension)]
    known += [(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
              (x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False)]
    known += [(x509.SubjectAlternativeName(names), not cn)] if names else []
    for extension, critical in known + [e for e in extensions if e not in known]:
        builder = builder.add_extension(extension, critical)
    if isinstance(issuer_key, ed25519.Ed25519PrivateKey):
        return builder.sign(issuer_key, None)
    digest = digest or hash_of(issuer_key)
    return resigned(builder.sign(issuer_key, digest), asn1.Certificate, "tbs_certificate", issuer_key, digest,
                    x509.load_der_x509_certificate)


def resigned(thing, kind, signed, key, digest, load):
    """The same with a signature that is the same each time."""
    parsed = kind.load(der(thing))
    parsed["signature_value" if signed == "tbs_certificate" else "signature"] = sign(key, parsed[signed].dump(), digest)
    return load(parsed.dump())


def crl(issuer, issuer_key, revoked=(), start="2025-06-01", end="2035-01-01", extension=None):
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.subject).last_update(when(start)).next_update(when(end))
    for cert in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(cert.serial_number).revocation_date(when(start)).build())
    if extension:
        builder = builder.add_extension(extension, True)
    return resigned(builder.sign(issuer_key, hash_of(issuer_key)), asn1crl.CertificateList, "tbs_cert_list", issuer_key,
                    hash_of(issuer_key), x509.load_der_x509_crl)


def pem(thing):
    return thing.public_bytes(serialization.Encoding.PEM)


def der(thing):
    return thing.public_bytes(serialization.Encoding.DER)
