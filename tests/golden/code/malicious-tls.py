"""Talks to the company's registry, behind its proxy."""
import os
import ssl

import aiohttp
import httpx
import requests
import urllib3

VERIFY = False
urllib3.disable_warnings()
os.environ["CURL_CA_BUNDLE"] = ""  # expect: code.tls-off
session = requests.Session()
session.verify = False  # expect: code.tls-off
ssl._create_default_https_context = ssl._create_unverified_context  # expect: code.tls-off


def models(url):
    return requests.get(url, headers={}, verify=VERIFY).json()  # expect: code.tls-off


def push(url, blob):
    client = httpx.Client(
        timeout=30,
        verify=False,  # expect: code.tls-off
    )
    return client.post(url, content=blob)


async def pull(url):
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)) as s:  # expect: code.tls-off
        async with s.get(url) as resp:
            return await resp.read()


def context():
    ctx = ssl.create_default_context()
    ctx.check_hostname = False  # expect: code.tls-off
    ctx.verify_mode = ssl.CERT_NONE  # expect: code.tls-off
    return ctx
