"""Talks to the company's registry."""
import ssl

import httpx
import requests

CA = "/etc/ssl/company-ca.pem"
session = requests.Session()
session.verify = CA


def models(url):
    return requests.get(url, verify=True, timeout=5).json()


def push(url, blob):
    return httpx.Client(verify=CA).post(url, content=blob)


def health():
    return requests.get("https://localhost:8443/health", verify=False, timeout=1).ok


def context():
    ctx = ssl.create_default_context(cafile=CA)
    ctx.check_hostname = True
    ctx.verify_mode = ssl.CERT_REQUIRED
    return ctx


def decode(token, jwt):
    return jwt.verify(token, verify=True)


def check(model, verify=False):
    return model.check(verify=verify)
