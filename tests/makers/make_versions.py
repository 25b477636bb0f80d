# SPDX-License-Identifier: Apache-2.0
"""tests/golden/versions/: what python3-packaging says about versions and specifiers (PEP 440)."""
import itertools
import pathlib
import random

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

OUT = pathlib.Path(__file__).resolve().parent.parent / "golden" / "versions"

# The examples of the specification, and what ML packages really use.
VERSIONS = """1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 1.0b2.post345.dev456 1.0b2.post345
1.0rc1.dev456 1.0rc1 1.0 1.0+abc.5 1.0+abc.7 1.0+5 1.0.post456.dev34 1.0.post456 1.0.15 1.1.dev1 1!0.1 0.9 1 1.0.0 1.0.0.0
v1.0 1.0alpha 1.0-alpha 1.0_alpha.1 1.0.beta 1.0c1 1.0-rc.1 1.0pre 1.0preview2 1.0-1 1.0.r4 1.0-rev5 1.0.post 1.0-post
1.0dev 1.0.dev 1.0-DEV3 1.2+123456 1.2+1b.2 1.2+ubuntu-1 1.2+ubuntu_1 1.2+Ubuntu.1 1.2+abc 1.2+abc123.def 00.01 1.02.003
2.6.0 2.6.0+cu124 2.6.0rc1 2.6.0.dev20250101 2.5.1+cpu 2.5.1 2.4.1.post303 2.10.0 2.31.0.20240406 2024.1.1 2!1.0 10.0
0.0.0a1 0 1!1.0a1+x.y 3.11.3 3.8.0 99999999999 1.0+9999999999999999999999 1.0+1.a 1.0+a.1 1.0+a""".split()
BAD = """bad 1.0+ 1.0++a 1.0+a..b 1..0 .1 1.0- 1.0a1b2 1.0.x 2.6.0-NA 1.0+_a latest 1.0.* 1! !1 1.0-1-1 french 1.0+a/b""".split()
SPECS = """==1.0 ==1.0.* ==1.* ==1.0+abc.5 !=1.0 !=1.0.* <1.0 <=1.0 >1.0 >=1.0 ~=1.0 ~=1.0.0 ~=1.0.post1 ~=2.5 ~=2.5.1 ~=1.0b1 ===1.0
==1!0.1 ==1!0.* >=2.0,<3 >=2.5,!=2.5.1,<2.7 >1.0a1 <1.0rc1 <1.0.post456 >1.0.post456 >1.0b2 <=2.5.1 ==2.5.1 >2.5.1 <2.6.0 >=2.6.0rc1
==2.* !=2.5.* >0,<99999999999999 ==1.0.post456 ==1.0a1 ~=1!0.1 >=1.2 <1.2 ==1.0.0.0 ~=2.4.1.post303 ===2.6.0+cu124 ==2.6.0rc1 >=1.0.dev456""".split()


def random_version(rng):
    text = ".".join(str(rng.choice([0, 1, 2, 10])) for _ in range(rng.randint(1, 4)))
    if rng.random() < 0.1:
        text = "1!" + text
    if rng.random() < 0.3:
        text += rng.choice(["a", "b", "rc", ".alpha", "-beta-", "c"]) + str(rng.randint(0, 2))
    if rng.random() < 0.2:
        text += rng.choice([".post1", "-1", ".rev2"])
    if rng.random() < 0.2:
        text += rng.choice([".dev0", "dev1"])
    if rng.random() < 0.2:
        text += rng.choice(["+cu124", "+1", "+a.1", "+cpu"])
    return text


def random_spec(rng):
    op = rng.choice(["==", "!=", "<", "<=", ">", ">=", "~="])
    text = random_version(rng).split("+")[0]
    if op in ("==", "!=") and rng.random() < 0.4:
        text = ".".join(text.split("!")[-1].split("-")[0].split(".")[:2]).rstrip("abcrpostdevlh") + ".*"
    return op + text


def make():
    rng = random.Random(440)
    versions = VERSIONS + [random_version(rng) for _ in range(60)]
    specs = list(SPECS)
    while len(specs) < 160:
        spec = ",".join(random_spec(rng) for _ in range(rng.choice([1, 1, 1, 2])))
        try:
            SpecifierSet(spec)
            specs.append(spec)
        except InvalidSpecifier:
            pass
    OUT.mkdir(exist_ok=True)
    lines = []
    for text in versions + BAD:
        try:
            Version(text)
            lines.append(f"v\t{text}\t1")
        except InvalidVersion:
            lines.append(f"v\t{text}\t0")
    for a, b in itertools.combinations(versions, 2):
        if rng.random() < 0.35:
            x, y = Version(a), Version(b)
            lines.append(f"c\t{a}\t{b}\t{(x > y) - (x < y)}")
    for spec in specs:
        for text in versions:
            # packaging 23 pads "1!1" wrongly where the epoch is on one side only
            if rng.random() < 0.5 and not ("!" in spec) ^ ("!" in text):
                has = SpecifierSet(spec)
                lines.append(f"s\t{spec}\t{text}\t{int(has.contains(text))}{int(has.contains(text, prereleases=True))}")
    (OUT / "packaging.tsv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    make()
