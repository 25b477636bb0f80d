// SPDX-License-Identifier: Apache-2.0
// rows.mjs NODE_MODULES DUMP_ROWS OUT: one table by several writers, and the root that doc/format-records.md gives
// it, computed here from the values and not from any file. Writes OUT/rows/*.parquet, *.arrow and roots.txt, and
// compares each file with what our readers say. Run by `make goldens`.
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { rootOf } from './rows_form.mjs'

const [modules, dump, out] = process.argv.slice(2)
const need = createRequire(path.join(path.resolve(modules), 'x.js'))
const hyparquet = await import(pathToFileURL(path.join(path.resolve(modules), 'hyparquet-writer/src/index.js')))
const wasm = need('parquet-wasm')
const arrow = need('apache-arrow')
const duckdb = need('@duckdb/node-api')
const failures = [], roots = []
fs.mkdirSync(path.join(out, 'rows'), { recursive: true })

function check(name, root) {
  const file = path.join(out, 'rows', name), size = fs.statSync(file).size
  const [first] = execFileSync(dump, [file]).toString().split('\n', 1)
  if (first.split(' ').pop() !== root) failures.push(`${name}: ${first.split(' ').pop()}, not ${root}\n` +
    execFileSync(dump, [file]).toString().split('\n').slice(1).filter(l => !l.startsWith('ROW')).join('\n'))
  if (size > 8192) failures.push(`${name}: ${size} bytes, a golden has at most 8192`)
  roots.push(`${name} ${root}`)
}
function write(name, data, root) {
  fs.writeFileSync(path.join(out, 'rows', name), data)
  check(name, root)
}

// ---- one table ----

const N = 19
const rows = f => Array.from({ length: N }, (_, i) => f(i))
const types = { id: 'int64', small: 'int8', word: 'uint32', big: 'uint64', note: 'string', score: 'float64', ratio: 'float32', flag: 'bool',
  raw: 'bytes', day: 'date', at: 'timestamp[us]', price: 'decimal(9,2)', tags: { list: 'string' },
  turns: { list: { struct: { role: 'string', content: 'string' } } }, extra: { map: ['string', 'string'] },
  point: { struct: { x: 'float64', name: 'string' } } }
const table = {
  id: rows(i => BigInt(i) * 1000003n - 5n), small: rows(i => i === 2 ? null : i * 13 - 128), word: rows(i => 4294967295 - i),
  big: rows(i => 18446744073709551615n - BigInt(i)), note: rows(i => i % 5 === 1 ? null : i % 5 === 2 ? '' : 'n' + i % 4),
  score: rows(i => i === 3 ? NaN : i === 4 ? -0 : i / 7), ratio: rows(i => Math.fround(i / 3)), flag: rows(i => i % 4 === 3 ? null : i % 2 === 0),
  raw: rows(i => i === 6 ? null : Buffer.from([0, i, 255].slice(0, i % 4))), day: rows(i => 18000 - i * 2000), at: rows(i => BigInt(i) * 1000000000000n - 7n),
  price: rows(i => i === 5 ? null : BigInt([0, 127, 128, -128, -129, 99999999][i % 6])),
  tags: rows(i => i % 5 === 4 ? null : [['x', null, ''], [], ['y']][i % 3]),
  turns: rows(i => i % 6 === 5 ? null : Array.from({ length: i % 3 }, (_, k) => i === 7 && k === 0 ? null : { role: k ? 'user' : null, content: 't' + i })),
  extra: rows(i => i % 4 === 2 ? null : [['k', 'v' + i], ['l', null]].slice(0, i % 3)),
  point: rows(i => i % 7 === 3 ? null : { x: i % 2 ? null : i, name: 'p' + i }) }
const root = rootOf(types, table)

const field = (name, type, nullable = true) => new arrow.Field(name, type, nullable)
const strings = new arrow.Utf8()
const entries = new arrow.Struct([field('key', strings, false), field('value', strings)])
const arrowTypes = { id: new arrow.Int64(), small: new arrow.Int8(), word: new arrow.Uint32(), big: new arrow.Uint64(),
  note: new arrow.Dictionary(strings, new arrow.Int16()), score: new arrow.Float64(), ratio: new arrow.Float32(), flag: new arrow.Bool(),
  raw: new arrow.Binary(), day: new arrow.DateDay(), at: new arrow.TimestampMicrosecond(), price: new arrow.Decimal(2, 9, 128),
  tags: new arrow.List(field('item', strings)), turns: new arrow.List(field('item', new arrow.Struct([field('role', strings), field('content', strings)]))),
  extra: new arrow.Map_(field('entries', entries, false)), point: new arrow.Struct([field('x', new arrow.Float64()), field('name', strings)]) }
const words = v => { const b = BigInt.asUintN(128, v), w = new Uint32Array(4); for (let i = 0; i < 4; i++) w[i] = Number(b >> BigInt(32 * i) & 0xffffffffn); return w }
const toArrow = { day: v => new Date(v * 86400000), price: v => v === null ? null : words(v), extra: v => v && new Map(v) }
function vector(k) {
  if (k !== 'at') return arrow.vectorFromArray(table[k].map(v => toArrow[k] ? toArrow[k](v) : v), arrowTypes[k])
  return arrow.makeVector(arrow.makeData({ type: arrowTypes.at, length: N, nullCount: 0, data: BigInt64Array.from(table.at) }))
}
const arrowTable = new arrow.Table(Object.fromEntries(Object.keys(types).map(k => [k, vector(k)])))
const stream = arrow.tableToIPC(arrowTable, 'stream')
const pack = command => ({ encode: b => new Uint8Array(execFileSync(command[0], command.slice(1), { input: b })), decode: b => b })
arrow.compressionRegistry.set(arrow.CompressionType.ZSTD, pack(['zstd', '-q', '-c']))
write('honest-twin-js.arrows', stream, root)
write('honest-twin-js-file.arrow', arrow.tableToIPC(arrowTable, 'file'), root)
write('honest-twin-js-zstd.arrow', arrow.tableToIPC(arrowTable, 'file', arrow.CompressionType.ZSTD), root)

function rs(name, properties, bytes = stream, expect = root) {
  let b = new wasm.WriterPropertiesBuilder().setCreatedBy('parquet-wasm')
  for (const [key, v] of Object.entries(properties)) b = b[key](v)
  write(name, wasm.writeParquet(wasm.Table.fromIPCStream(bytes), b.build()), expect)
}
const { Compression: C, WriterVersion: V } = wasm
rs('honest-twin-arrow-rs.parquet', { setCompression: C.ZSTD })
rs('honest-twin-arrow-rs-v2.parquet', { setCompression: C.SNAPPY, setWriterVersion: V.V2, setDictionaryEnabled: false })
rs('honest-twin-arrow-rs-pages.parquet', { setCompression: C.UNCOMPRESSED, setDataPageSizeLimit: 16, setWriteBatchSize: 2, setStatisticsEnabled: wasm.EnabledStatistics.None })
rs('honest-twin-arrow-rs-groups.parquet', { setCompression: C.ZSTD, setDictionaryEnabled: false, setMaxRowGroupSize: 11, setStatisticsEnabled: wasm.EnabledStatistics.None })

const db = await (await duckdb.DuckDBInstance.create(':memory:')).connect()
async function duck(name, from, options, expect) {
  await db.run(`COPY (SELECT * FROM '${path.join(out, 'rows', from)}') TO '${path.join(out, 'rows', name)}' (FORMAT parquet${options})`)
  check(name, expect)
}
await duck('honest-twin-duckdb.parquet', 'honest-twin-arrow-rs.parquet', '', root)
await duck('honest-twin-duckdb-v2.parquet', 'honest-twin-arrow-rs.parquet', `, CODEC 'zstd', PARQUET_VERSION 'V2'`, root)

// ---- the table of doc/format-records.md; lists as writers have spelled them ----

const small = { id: 'int64', note: 'string', tags: { list: 'string' } }
const three = { id: [7n, -1n, 0n], note: ['ab', null, ''], tags: [['x', null, ''], [], null] }
const list = (names, element = 'OPTIONAL') => [{ name: 'tags', num_children: 1, repetition_type: 'OPTIONAL', converted_type: 'LIST' },
  { name: names[0], num_children: 1, repetition_type: 'REPEATED' },
  { name: names[1], type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: element }]
function hy(name, data, tags, expect, options = {}) {
  const schema = [{ name: 'root', num_children: 3 }, { name: 'id', type: 'INT64', repetition_type: options.required ? 'REQUIRED' : 'OPTIONAL' },
    { name: 'note', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }, ...tags]
  write(name, Buffer.from(hyparquet.parquetWriteBuffer({ columnData: Object.entries(data).map(([k, v]) => ({ name: k, data: v })), schema, ...options })), expect)
}
const vectorRoot = rootOf(small, three)
hy('honest-vector-hyparquet.parquet', three, list(['list', 'element']), vectorRoot)
hy('honest-vector-names.parquet', three, list(['bag', 'array_element']), vectorRoot, { required: true, codec: 'UNCOMPRESSED' })
await duck('honest-vector-duckdb.parquet', 'honest-vector-hyparquet.parquet', '', vectorRoot)
const renamed = rootOf({ id: 'int64', text: 'string', tags: { list: 'string' } }, { ...three, text: three.note })
await db.run(`COPY (SELECT id, note AS text, tags FROM '${path.join(out, 'rows/honest-vector-duckdb.parquet')}') TO '${path.join(out, 'rows/honest-other-name.parquet')}' (FORMAT parquet)`)
check('honest-other-name.parquet', renamed)
const narrow = rootOf({ ...small, id: 'int32' }, three)
await db.run(`COPY (SELECT id::INT AS id, note, tags FROM '${path.join(out, 'rows/honest-vector-duckdb.parquet')}') TO '${path.join(out, 'rows/honest-other-type.parquet')}' (FORMAT parquet)`)
check('honest-other-type.parquet', narrow)
if (new Set([vectorRoot, renamed, narrow]).size !== 3) failures.push('another name or type has the same root')

// The levels of older writers: the same pages under another schema.
const { writeMetadata } = await import(pathToFileURL(path.join(path.resolve(modules), 'hyparquet-writer/src/metadata.js')))
const { parquetMetadata } = await import(pathToFileURL(path.join(path.resolve(modules), 'hyparquet/src/index.js')))
const whole = { ...three, tags: [['x', ''], [], ['y']] }, wholeRoot = rootOf(small, whole)
function spelled(name, tags, path_, optional) {
  const [outer, ...inner] = list(['list', 'element'], 'REQUIRED')
  hy(name, whole, [{ ...outer, repetition_type: optional ? 'OPTIONAL' : 'REQUIRED' }, ...inner], wholeRoot, { codec: 'UNCOMPRESSED' })
  const file = fs.readFileSync(path.join(out, 'rows', name)), m = parquetMetadata(file.buffer.slice(file.byteOffset, file.byteOffset + file.length))
  m.schema.splice(3, 3, ...tags)
  m.row_groups[0].columns[2].meta_data.path_in_schema = path_
  const w = new hyparquet.ByteWriter()
  writeMetadata(w, m)
  roots.pop()
  write(name, Buffer.concat([file.subarray(0, file.length - 8 - file.readUInt32LE(file.length - 8)), Buffer.from(w.getBuffer()), Buffer.from('PAR1')]), wholeRoot)
}
const leaf = (name, repetition_type) => ({ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type })
const outer = { name: 'tags', num_children: 1, repetition_type: 'OPTIONAL', converted_type: 'LIST' }
spelled('honest-lists-two-levels.parquet', [outer, leaf('array', 'REPEATED')], ['tags', 'array'], true)
spelled('honest-lists-three-levels.parquet', [outer, { name: 'bag', num_children: 1, repetition_type: 'REPEATED' }, leaf('x', 'REQUIRED')], ['tags', 'bag', 'x'], true)
spelled('honest-lists-bare.parquet', [leaf('tags', 'REPEATED')], ['tags'], false)

// ---- what only some writers have ----

const kinds = { fixed: 'bytes[3]', pair: { list: 'int16' }, deep: { list: { list: 'int32' } }, ns: 'timestamp[ns, utc]', time: 'time[us]', none: 'bool' }
const kindsTable = { fixed: rows(i => i === 1 ? null : Buffer.from([i, 0, 255])), pair: rows(i => i === 2 ? null : [i, -i]),
  deep: rows(i => i === 3 ? null : Array.from({ length: i % 3 }, (_, a) => a === 1 && i === 5 ? null : Array.from({ length: (a + i) % 3 }, (_, b) => b === 1 ? null : a * 10 + b))),
  ns: rows(i => BigInt(i) * 3n - 4n), time: rows(i => BigInt(i * 1000000)), none: rows(() => null) }
const int64s = (type, values) => arrow.makeVector(arrow.makeData({ type, length: N, nullCount: 0, data: BigInt64Array.from(values) }))
const kindsArrow = new arrow.Table({
  fixed: arrow.vectorFromArray(kindsTable.fixed, new arrow.FixedSizeBinary(3)),
  pair: arrow.vectorFromArray(kindsTable.pair, new arrow.FixedSizeList(2, field('x', new arrow.Int16()))),
  deep: arrow.vectorFromArray(kindsTable.deep, new arrow.List(field('item', new arrow.List(field('item', new arrow.Int32()))))),
  ns: int64s(new arrow.TimestampNanosecond('UTC'), kindsTable.ns), time: int64s(new arrow.TimeMicrosecond(), kindsTable.time),
  none: arrow.vectorFromArray(kindsTable.none, new arrow.Bool()) })
const kindsRoot = rootOf(kinds, kindsTable)
write('honest-kinds-js.arrows', arrow.tableToIPC(kindsArrow, 'stream'), kindsRoot)
rs('honest-kinds-arrow-rs.parquet', { setCompression: C.SNAPPY }, arrow.tableToIPC(kindsArrow, 'stream'), kindsRoot)

fs.writeFileSync(path.join(out, 'rows/roots.txt'), roots.sort().join('\n') + '\n')
for (const f of failures) console.error('FAILED  ' + f)
console.log(`${roots.length} files compared, ${failures.length} failed`)
process.exit(failures.length ? 1 : 0)
