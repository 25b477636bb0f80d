// SPDX-License-Identifier: Apache-2.0
// rows_random.mjs NODE_MODULES DUMP_ROWS FOLDER SEED COUNT: tables of random types and values, written by apache-arrow,
// arrow-rs and DuckDB with random settings; each must have the root that rows_form.mjs computes. What has not stays in
// FOLDER as bad*. A longer run than `make goldens` makes: another SEED, a higher COUNT.
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import fs from 'node:fs'
import path from 'node:path'
import { rootOf } from './rows_form.mjs'

const [modules, dump, out, seed0, count] = process.argv.slice(2)
const need = createRequire(path.join(path.resolve(modules), 'x.js'))
const wasm = need('parquet-wasm')
const arrow = need('apache-arrow')
const duckdb = need('@duckdb/node-api')
const failures = []

let seed = Number(seed0)
const rnd = n => { seed = (seed * 1103515245 + 12345) % 2147483648; return Math.floor(seed / 65536) % n }
const field = (name, type, nullable = true) => new arrow.Field(name, type, nullable)
const plain = { int64: () => new arrow.Int64(), int32: () => new arrow.Int32(), uint16: () => new arrow.Uint16(), float64: () => new arrow.Float64(), string: () => new arrow.Utf8(), bool: () => new arrow.Bool(), bytes: () => new arrow.Binary(), int8: () => new arrow.Int8(), dict: () => new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8()) }
const names = Object.keys(plain)
function type(d) {
  const k = d > 3 ? 0 : rnd(10)
  if (k === 9) return { list: type(d + 1) }
  if (k === 8) return { struct: Object.fromEntries(Array.from({ length: 1 + rnd(3) }, (_, i) => ['f' + i, type(d + 1)])) }
  if (k === 7 && d < 2) return { map: ['string', type(d + 1)] }
  const n = names[rnd(names.length - (d ? 1 : 0))]
  return n
}
const strip = t => typeof t === 'string' ? (t === 'dict' ? 'string' : t) : t.list ? { list: strip(t.list) } : t.map ? { map: t.map.map(strip) } : { struct: Object.fromEntries(Object.entries(t.struct).map(([k, f]) => [k, strip(f)])) }
function toArrowType(t) {
  if (typeof t === 'string') return plain[t]()
  if (t.list) return new arrow.List(field('item', toArrowType(t.list)))
  if (t.map) return new arrow.Map_(field('entries', new arrow.Struct([field('key', toArrowType(t.map[0]), false), field('value', toArrowType(t.map[1]))]), false))
  return new arrow.Struct(Object.entries(t.struct).map(([k, f]) => field(k, toArrowType(f))))
}
function val(t, nulls) {
  if (nulls && rnd(5) === 0) return null
  if (t.list) return Array.from({ length: rnd(4) }, () => val(t.list, true))
  if (t.map) return Array.from({ length: rnd(3) }, (_, i) => ['k' + i + rnd(9), val(t.map[1], true)])
  if (t.struct) return Object.fromEntries(Object.entries(t.struct).map(([k, f]) => [k, val(f, true)]))
  switch (t) {
    case 'int64': return BigInt(rnd(1000000)) * BigInt(rnd(2) ? -99999999 : 7)
    case 'int32': return rnd(30000) * (rnd(2) ? -70000 : 1)
    case 'int8': return rnd(256) - 128
    case 'uint16': return rnd(32768) * 2
    case 'float64': return rnd(10000) / 7
    case 'bool': return rnd(2) === 1
    case 'bytes': return Buffer.from(Array.from({ length: rnd(5) }, () => rnd(256)))
    default: return 'v' + 'x'.repeat(rnd(4)) + rnd(6)
  }
}
const conv = (t, v) => v === null || typeof t === 'string' ? v : t.list ? v.map(x => conv(t.list, x)) : t.map ? new Map(v.map(([k, x]) => [k, conv(t.map[1], x)])) : Object.fromEntries(Object.entries(t.struct).map(([k, f]) => [k, conv(f, v[k])]))
const C = wasm.Compression, V = wasm.WriterVersion
const db = await (await duckdb.DuckDBInstance.create(':memory:')).connect()
let files = 0
const got = f => { const l = execFileSync(dump, [f], { maxBuffer: 1 << 28 }).toString().split('\n', 1)[0]; files++; return l.split(' ').pop() }
for (let n = 0; n < Number(count); n++) {
  const from = seed, ncol = 1 + rnd(4), nrow = 1 + rnd(60)
  const ts = Object.fromEntries(Array.from({ length: ncol }, (_, i) => ['c' + i, type(0)]))
  const tab = Object.fromEntries(Object.entries(ts).map(([k, t]) => [k, Array.from({ length: nrow }, () => val(t, true))]))
  const want = rootOf(Object.fromEntries(Object.entries(ts).map(([k, t]) => [k, strip(t)])), tab)
  let stream
  try {
    const at = new arrow.Table(Object.fromEntries(Object.entries(ts).map(([k, t]) => [k, arrow.vectorFromArray(tab[k].map(v => conv(t, v)), toArrowType(t))])))
    stream = arrow.tableToIPC(at, 'stream')
  } catch (e) { continue }
  const f = out + '/r.arrows', p = out + '/r.parquet', d = out + '/d.parquet'
  fs.writeFileSync(f, stream)
  const bad = (what) => { failures.push(`${what} seed ${from} ${JSON.stringify(ts)}`); fs.copyFileSync(f, `${out}/bad${failures.length}.arrows`); if (fs.existsSync(p)) fs.copyFileSync(p, `${out}/bad${failures.length}.parquet`) }
  if (got(f) !== want) bad('arrow')
  let b = new wasm.WriterPropertiesBuilder().setCompression([C.UNCOMPRESSED, C.SNAPPY, C.ZSTD, C.BROTLI, C.GZIP, C.LZ4_RAW][rnd(6)]).setWriterVersion(rnd(2) ? V.V2 : V.V1).setDictionaryEnabled(rnd(2) === 1).setMaxRowGroupSize(1 + rnd(70)).setDataPageSizeLimit(1 + rnd(200)).setWriteBatchSize(1 + rnd(10)).setDictionaryPageSizeLimit(1 + rnd(100))
  let ok = true
  try { fs.writeFileSync(p, wasm.writeParquet(wasm.Table.fromIPCStream(stream), b.build())) } catch (e) { ok = false }
  if (ok && got(p) !== want) bad('arrow-rs')
  if (ok && n % 3 === 0) {
    try { await db.run(`COPY (SELECT * FROM '${p}') TO '${d}' (FORMAT parquet, CODEC '${['snappy', 'zstd', 'uncompressed'][rnd(3)]}', PARQUET_VERSION '${rnd(2) ? 'V2' : 'V1'}')`) } catch (e) { continue }
    if (got(d) !== want) bad('duckdb')
  }
}
for (const f of failures.slice(0, 8)) console.log(f)
console.log(`${files} files, ${failures.length} failed`)
process.exit(failures.length ? 1 : 0)
