// SPDX-License-Identifier: Apache-2.0
// sigstore.mjs MODULES FOLDER...: sigstore-js on every case of FOLDER/cases.json. A case's "sigstore_js" says what it
// is known to answer where that differs from "expect".
import {createRequire} from "node:module";
import {readFileSync} from "node:fs";
import {join} from "node:path";

const [modules, ...folders] = process.argv.slice(2);
const require = createRequire(join(modules, "x.js"));
const {bundleFromJSON} = require("@sigstore/bundle");
const {TrustedRoot} = require("@sigstore/protobuf-specs");
const {Verifier, toSignedEntity, toTrustMaterial} = require("@sigstore/verify");

const read = (...path) => JSON.parse(readFileSync(join(...path), "utf8"));
const exactly = (text) => "^" + text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") + "$";

function verdict(folder, c) {
  try {
    const trust = toTrustMaterial(TrustedRoot.fromJSON(read(folder, c.trust ?? "../trusted_root.json")));
    const entity = toSignedEntity(bundleFromJSON(read(folder, c.bundle)));
    new Verifier(trust, {tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1}).verify(entity, {
      subjectAlternativeName: exactly(c.identity), extensions: {issuer: c.issuer}});
    return ["ok", ""];
  } catch (e) {
    return ["fail", `${e.code ?? e.name}: ${e.message}`];
  }
}

let same = 0, known = 0, wrong = 0;
for (const folder of folders)
  for (const c of read(folder, "cases.json")) {
    const expected = (c.sigstore_js ?? c.expect).split(" ")[0];
    const [got, why] = verdict(folder, c);
    if (process.env.VERBOSE) console.log(`${c.name}: ${got} ${why}`);
    if (c.expect === "ok-or-fail") known++;
    else if (got === expected) got === c.expect ? same++ : known++;
    else {
      wrong++;
      console.log(`${folder}/${c.name}: sigstore-js says ${got}, expected ${expected}: ${why}`);
    }
  }
console.log(`${same} verdicts the same, ${known} known differences, ${wrong} unexpected`);
process.exit(wrong ? 1 : 0);
