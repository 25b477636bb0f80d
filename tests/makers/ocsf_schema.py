#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""JSON schemas of two OCSF classes, out of a checkout of ocsf/ocsf-schema.

    ocsf_schema.py CHECKOUT OUT.json      (tag v1.1.0)

Every attribute that a class or one of the objects below may have is there with its type, its values
and whether it is required; others are refused. Objects that Merlon does not write are left open.
"""
import json
import pathlib
import re
import sys

OBJECTS = ["metadata", "product", "finding_info", "analytic", "resource_details", "evidences", "actor", "user", "api", "request",
           "network_endpoint"]
CLASSES = {"detection_finding": 2004, "base_event": 0}
PROFILES = ["security_control"]
TYPES = {"boolean": "boolean", "integer": "integer", "long": "integer", "float": "number", "string": "string",
         "json": ["object", "array", "string", "number", "boolean", "null"]}


def load(root, name):
    return json.loads((root / name).read_text())


def find(root, name):
    found = [p for p in list((root / "events").rglob("*.json")) + list((root / "objects").rglob("*.json"))
             if json.loads(p.read_text()).get("name") == name]
    return json.loads(found[0].read_text())


def merge(into, attributes):
    for name, value in attributes.items():
        old = into.get(name, {})
        enum = {**old.get("enum", {}), **value.get("enum", {})}
        into[name] = {**old, **value, **({"enum": enum} if enum else {})}


def collect(root, item):
    """Attributes of a class or object with those of its parents and includes."""
    out = {}
    if item.get("extends") not in (None, "object"):
        out = collect(root, find(root, item["extends"]))
    attributes = dict(item.get("attributes", {}))
    includes = attributes.pop("$include", [])
    for name in [includes] if isinstance(includes, str) else includes:
        part = load(root, name)
        if part.get("meta") == "profile" and part["name"] not in PROFILES:
            continue
        merge(out, {k: v for k, v in part["attributes"].items() if k != "$include"})
    merge(out, attributes)
    return out


def base_type(dictionary, name):
    types = dictionary["types"]["attributes"]
    while name in types and "type" in types[name]:
        name = types[name]["type"]
    return name[:-2] if name.endswith("_t") else name


def schema_of(dictionary, name, attribute):
    row = {**dictionary["attributes"].get(name, {}), **attribute}
    kind = row.get("type", "json_t")
    if kind == "object_t" or not kind.endswith("_t"):
        target = row.get("object_type", kind)
        out = {"$ref": f"#/$defs/{target}"} if target in OBJECTS else {"type": "object"}
    else:
        out = {"type": TYPES.get(base_type(dictionary, kind), "string")}
        enum = {**dictionary["attributes"].get(name, {}).get("enum", {}), **attribute.get("enum", {})}
        if enum and out["type"] == "integer":
            out["enum"] = sorted(int(k) for k in enum if re.fullmatch(r"-?\d+", k))
    return {"type": "array", "items": out} if row.get("is_array") else out


def build(root, dictionary, item):
    attributes = collect(root, item)
    kept = {k: v for k, v in attributes.items() if v.get("profile") in (None, *PROFILES)}
    return {"type": "object", "additionalProperties": False,
            "required": sorted(k for k, v in kept.items() if v.get("requirement") == "required"),
            "properties": {k: schema_of(dictionary, k, v) for k, v in sorted(kept.items())}}


def main():
    root = pathlib.Path(sys.argv[1])
    dictionary = load(root, "dictionary.json")
    categories = load(root, "categories.json")["attributes"]
    defs = {name: build(root, dictionary, find(root, name)) for name in OBJECTS}
    for name, uid in CLASSES.items():
        schema = build(root, dictionary, find(root, name))
        properties = schema["properties"]
        category = categories["findings"]["uid"] if uid else 0
        properties["class_uid"] = {"const": uid}
        properties["category_uid"] = {"const": category}
        properties["type_uid"] = {"type": "integer", "minimum": uid * 100, "maximum": uid * 100 + 99}
        if uid == 0:  # what a control did belongs to classes that have the profile applied
            schema["required"] = [k for k in schema["required"] if k not in ("action_id", "disposition_id")]
        defs[name] = schema
    out = {"$comment": f"OCSF {load(root, 'version.json')['version']} (Apache-2.0), made by tests/makers/ocsf_schema.py",
           "if": {"properties": {"class_uid": {"const": 2004}}}, "then": {"$ref": "#/$defs/detection_finding"},
           "else": {"$ref": "#/$defs/base_event"}, "$defs": defs}
    pathlib.Path(sys.argv[2]).write_text(json.dumps(out, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
