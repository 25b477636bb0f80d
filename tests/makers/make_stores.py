# SPDX-License-Identifier: Apache-2.0
"""Layouts of stores: each honest one, and twins in which one thing was done to it."""
import hashlib
import json
import os
import shutil

import tensorfiles

GOLDEN = os.path.join(os.path.dirname(__file__), "..", "golden", "stores")
COMMIT = "11c5a3d5811f50298f278a704980280950aedb10"
CONFIG = b'{"model_type": "bert", "hidden_size": 8}\n'
ROWS = b"text,label\nfine,1\nbad,0\n"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def md5(data):
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def git_blob(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def weights(last=0):
    return tensorfiles.safetensors([("w", "F32", [2], bytes([0, 0, 128, 63, 0, 0, last, 64]))])


def write(folder, files):
    top = os.path.join(GOLDEN, folder)
    shutil.rmtree(top, ignore_errors=True)
    for name, data in files.items():
        path = os.path.join(top, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)


def twin(folder, files, changes):
    """The same with some files changed, added, or (None) removed."""
    files = {**files, **changes}
    write(folder, {name: data for name, data in files.items() if data is not None})


# ---- git-lfs ----

def pointer(data):
    return b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n" % (sha256(data).encode(), len(data))


def lfs():
    write("honest-lfs", {"docs/logo.png": pointer(b"\x89PNG"), "notes.md": b"# A model\n"})
    write("malformed-lfs", {"model.safetensors": pointer(weights()), "rows.csv": pointer(ROWS)})


# ---- DVC ----

def out(path, data, **more):
    text = "outs:\n- md5: %s\n  size: %d\n" % (md5(data), len(data))
    return (text + "".join("  %s: %s\n" % item for item in more.items()) + "  path: %s\n" % path).encode()


def listing(files):
    items = [{"md5": md5(data), "relpath": name} for name, data in sorted(files.items())]
    return json.dumps(items, sort_keys=True).encode()


def folder_out(path, files):
    list_ = listing(files)
    return ("outs:\n- md5: %s.dir\n  size: %d\n  nfiles: %d\n  hash: md5\n  path: %s\n"
            % (md5(list_), sum(map(len, files.values())), len(files), path)).encode()


def lock(path, data):
    return ("schema: '2.0'\nstages:\n  train:\n    cmd: python train.py\n    deps:\n    - path: train.py\n      hash: md5\n"
            "      md5: %s\n      size: 1\n    outs:\n    - path: %s\n      hash: md5\n      md5: %s\n      size: %d\n"
            % ("0" * 32, path, md5(data), len(data))).encode()


def dvc():
    pictures = {"a.txt": b"one\n", "b/c.txt": b"two\n", "\u00e9 \U0001f600.txt": b"three\n"}
    below = {"images/" + name: data for name, data in pictures.items()}
    crlf = ROWS.replace(b"\n", b"\r\n")
    base = {"rows.csv": ROWS, "rows.csv.dvc": out("rows.csv", ROWS, hash="md5"),
            "old.csv": crlf, "old.csv.dvc": out("old.csv", ROWS).replace(b"size: %d" % len(ROWS), b"size: %d" % len(crlf)),
            "model.safetensors": weights(), "dvc.lock": lock("model.safetensors", weights()),
            "sub/here.csv.dvc": out("rows.csv", ROWS, hash="md5") + b"wdir: ..\n",
            "images.dvc": folder_out("images", pictures), **below}
    list_ = listing(pictures)
    name = md5(list_)
    cached = {**base, ".dvc/cache/files/md5/%s/%s.dir" % (name[:2], name[2:]): list_}
    write("honest-dvc", base)
    write("honest-dvc-cache", cached)
    twin("honest-dvc-pulled-not", base, {"rows.csv": None})
    twin("malicious-dvc-file", base, {"rows.csv": ROWS.replace(b"fine,1", b"fine,0")})
    twin("malicious-dvc-lock", base, {"model.safetensors": weights(1)})
    twin("malicious-dvc-folder", base, {"images/a.txt": b"uno\n"})
    twin("malicious-dvc-listed", cached, {"images/a.txt": b"uno\n"})
    twin("malformed-dvc-unlisted", cached, {"images/extra.txt": b"four\n"})
    twin("malicious-dvc-list", cached, {".dvc/cache/files/md5/%s/%s.dir" % (name[:2], name[2:]): list_.replace(b"a.txt", b"z.txt")})


# ---- Hugging Face ----

def record(etag):
    return ("%s\n%s\n1712656091.123\n" % (COMMIT, etag)).encode()


def hub():
    base = {"model.safetensors": weights(), "sub/config.json": CONFIG, "other.txt": b"whatever\n",
            ".cache/huggingface/download/model.safetensors.metadata": record(sha256(weights())),
            ".cache/huggingface/download/sub/config.json.metadata": record(git_blob(CONFIG)),
            ".cache/huggingface/download/other.txt.metadata": record('W/"686897696a7c876b7e"')}
    write("honest-hub-folder", base)
    twin("malicious-hub-folder-large", base, {"model.safetensors": weights(1)})
    twin("malicious-hub-folder-small", base, {"sub/config.json": CONFIG.replace(b"8", b"9")})
    repo = "models--org--m/"
    cache = {repo + "refs/main": COMMIT.encode(), repo + "blobs/" + git_blob(CONFIG): CONFIG,
             repo + "blobs/" + sha256(weights()): weights(),
             repo + "snapshots/" + COMMIT + "/config.json": CONFIG,
             repo + "snapshots/" + COMMIT + "/model.safetensors": weights()}
    write("honest-hub-copied", cache)
    no_links = {name: data for name, data in cache.items() if "/blobs/" not in name}
    write("honest-hub-no-links", no_links)
    twin("malformed-hub-snapshot", cache, {repo + "snapshots/" + COMMIT + "/model.safetensors": weights(1)})


# ---- OCI, Ollama ----

def descriptor(data, media, **notes):
    d = {"mediaType": media, "digest": "sha256:" + sha256(data), "size": len(data)}
    if notes:
        d["annotations"] = {key.replace("_", "."): value for key, value in notes.items()}
    return d


def manifest(layers, config, **more):
    return json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", **more,
                       "config": config, "layers": layers}).encode()


def layout(manifest_, blobs):
    index = {"schemaVersion": 2, "manifests": [descriptor(manifest_, "application/vnd.oci.image.manifest.v1+json")]}
    files = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}', "index.json": json.dumps(index).encode()}
    return {**files, **{"blobs/sha256/" + sha256(data): data for data in [manifest_, *blobs]}}


def model_pack(path="model.safetensors", size=None):
    config = b'{"descriptor": {"name": "m"}, "config": {}, "modelfs": {"type": "layers", "diffIds": []}}'
    layer = descriptor(weights(), "application/vnd.cncf.model.weight.v1.raw", org_cncf_model_filepath=path)
    layer["size"] = size or layer["size"]
    m = manifest([layer], descriptor(config, "application/vnd.cncf.model.config.v1+json"),
                 artifactType="application/vnd.cncf.model.manifest.v1+json")
    return layout(m, [config, weights()])


def kit():
    config = b'{"manifestVersion": "1.0.0", "model": {"name": "m", "path": "model.safetensors"}}'
    m = manifest([descriptor(weights(), "application/vnd.kitops.modelkit.model.v1.tar")],
                 descriptor(config, "application/vnd.kitops.modelkit.config.v1+json"))
    return layout(m, [config, weights()])


def ollama():
    config = b'{"model_format": "gguf", "model_family": "llama"}'
    template = b"{{ .Prompt }}"
    m = {"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
         "config": descriptor(config, "application/vnd.docker.container.image.v1+json"),
         "layers": [descriptor(weights(), "application/vnd.ollama.image.model"),
                    descriptor(template, "application/vnd.ollama.image.template")]}
    files = {"manifests/registry.ollama.ai/library/m/latest": json.dumps(m).encode()}
    return {**files, **{"blobs/sha256-" + sha256(data): data for data in [config, template, weights()]}}


def oci():
    pack = model_pack()
    blob = "blobs/sha256/" + sha256(weights())
    write("honest-modelpack", pack)
    write("honest-modelkit", kit())
    write("honest-ollama", ollama())
    twin("honest-oci-left-over", pack, {"blobs/sha256/" + sha256(b"old"): b"old"})
    twin("malicious-modelpack-blob", pack, {blob: weights(1)})
    twin("malformed-modelpack-missing", pack, {blob: None})
    write("malicious-modelpack-size", model_pack(size=7))
    write("malicious-modelpack-path", model_pack("../../.bashrc"))
    twin("malformed-ollama-missing", ollama(), {"blobs/sha256-" + sha256(weights()): None})
    twice = pack["index.json"].replace(b'{"schemaVersion": 2, ', b'{"schemaVersion": 2, "manifests": [], ')
    twin("malformed-oci-twice", pack, {"index.json": twice})


# ---- MLflow ----

def mlflow():
    model = (b"artifact_path: model\nflavors:\n  python_function:\n    env:\n      conda: conda.yaml\n"
             b"    loader_module: mlflow.sklearn\n    model_path: model.safetensors\n  sklearn:\n    code: null\n"
             b"    pickled_model: model.safetensors\nmlflow_version: 3.1.0\nmodel_uuid: 39ca11813cfc46b09ab83972740b80ca\n"
             b"signature:\n  inputs: '[]'\n")
    base = {"MLmodel": model, "conda.yaml": b"name: env\n", "model.safetensors": weights()}
    write("honest-mlflow", base)
    twin("honest-mlflow-part", base, {"conda.yaml": None})
    twin("malicious-mlflow-path", base, {"MLmodel": model.replace(b"conda.yaml", b"../../../etc/passwd")})


def make():
    for part in (lfs, dvc, hub, oci, mlflow):
        part()


if __name__ == "__main__":
    make()
