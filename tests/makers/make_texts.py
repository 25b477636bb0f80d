# SPDX-License-Identifier: Apache-2.0
"""Lists of addresses, dataset papers, pages and shards of samples."""
import hashlib
import json

from golden import out, tarred

PHOTOS = [(f"https://img{i % 5}.photos.example.org/{i}.jpg", f"a photo of thing {i}") for i in range(40)]
ODD = [("http://203.0.113.9/1.jpg", "x"), ("http://169.254.169.254/latest/meta-data", "y"), ("https://huggingfacce.co/1.jpg", "z")]


def table(header, rows):
    return header + "\n" + "".join(",".join(r) + "\n" for r in rows)


def hashed(rows):
    return [(u, c, hashlib.sha256(u.encode()).hexdigest()) for u, c in rows]


def make_lists():
    out("urllist", "honest-hashed.csv", table("url,caption,sha256", hashed(PHOTOS)))
    out("urllist", "honest-hashed.jsonl", "".join(
        json.dumps({"url": u, "caption": c, "md5": hashlib.md5(u.encode()).hexdigest()}) + "\n" for u, c in PHOTOS))
    out("urllist", "honest-companies.csv", table("name,website", [
        (f"company {i}", f"https://www.company{i}.example.org") for i in range(40)]))
    out("urllist", "malformed-bare.csv", table("url,caption", PHOTOS))
    out("urllist", "malformed-bare.txt", "".join(u + "\n" for u, _ in PHOTOS))
    out("urllist", "malformed-odd-hosts.csv", table("url,caption,sha256", hashed(PHOTOS[:30] + ODD)))


def sample(key, picture):
    return [(key + ".webp", picture), (key + ".txt", f"a picture {key}".encode()), (key + ".cls", b"1")]


def make_shards():
    with open("../golden/image/honest-lossless.webp", "rb") as f:
        picture = f.read()
    out("webdataset", "honest-shard-000000.tar", tarred(sample("0001", picture) + sample("0002", picture)))
    pairs = sample("0001", picture)[:2] + sample("0002", picture)[:1] + sample("0003", picture)[:2]
    out("webdataset", "honest-lacking-000000.tar", tarred(pairs))


def make():
    make_lists()
    make_shards()
