// SPDX-License-Identifier: Apache-2.0
// columnar.mjs NODE_MODULES DUMP_EVENTS OUT: golden files of Parquet and Arrow by independent writers
// (hyparquet-writer, parquet-wasm = arrow-rs, DuckDB, apache-arrow for JavaScript), each compared,
// value by value and row by row, with what our readers tell about it. Run by `make goldens`.
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const [modules, dump, out] = process.argv.slice(2)
const need = createRequire(path.join(path.resolve(modules), 'x.js'))
const hyparquet = await import(pathToFileURL(path.join(path.resolve(modules), 'hyparquet-writer/src/index.js')))
const wasm = need('parquet-wasm')
const arrow = need('apache-arrow')
const duckdb = need('@duckdb/node-api')
const failures = []
let checked = 0

// ---- what our readers say ----

function told(file) {
  const text = execFileSync(dump, [file], { maxBuffer: 1 << 28 }).toString()
  const cells = []
  for (const m of text.matchAll(/^ CELL (-?\d+) (-?\d+) \S+ (\d+) ([^=\n]*)=(.*)$/gm))
    cells.push({ row: Number(m[1]), field: m[4], value: m[5] })
  const end = /^ TABLE_END (\d+) (\d+)/m.exec(text)
  return { text, cells, rows: end && Number(end[1]), odd: /^\S* (ANOMALY|UNREAD) /m.test(text) }
}

// `want`: field -> array of values per row; a value may be an array (lists), null is absent.
function compare(name, file, want) {
  const got = told(file), before = failures.length
  const wrong = s => failures.length < before + 4 && failures.push(`${name}: ${s}`)
  if (got.odd) wrong('odd: ' + /^\S* (ANOMALY|UNREAD) .*/m.exec(got.text)[0])
  const rows = Math.max(...Object.values(want).map(v => v.length))
  if (got.rows !== rows) wrong(`${got.rows} rows, ${rows} were written`)
  for (const [field, values] of Object.entries(want)) {
    const mine = got.cells.filter(c => c.field === field)
    const pairs = new Set(), first = new Map()
    values.forEach((v, row) => [v].flat(9).forEach(x => {
      if (x === null || x === undefined || x === '') return
      pairs.add(row + '=' + x)
      if (!first.has(String(x))) first.set(String(x), row)
    }))
    for (const c of mine)
      if (!pairs.has(c.row + '=' + c.value)) wrong(`${field}: row ${c.row} has no ${c.value}`)
    const seen = new Map()
    for (const c of mine) seen.set(c.value, Math.min(c.row, seen.get(c.value) ?? Infinity))
    for (const [value, row] of first)
      if (seen.get(value) !== row) wrong(`${field}: ${value} of row ${row} was told at ${seen.get(value)}`)
  }
  const strange = got.cells.find(c => !(c.field in want))
  if (strange) wrong(`a field nobody wrote: ${strange.field}`)
  checked++
}

function write(name, bytes, want) {
  const file = path.join(out, name)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, bytes)
  if (bytes.length > 8192) failures.push(`${name}: ${bytes.length} bytes, a golden has at most 8192`)
  if (want) compare(name, file, want)
}

// ---- rows that are harmless, and of every sort ----

const rows = (n, f) => Array.from({ length: n }, (_, i) => f(i))
const words = ['amber', 'birch', 'cedar', 'dune', 'elm', 'fern']
const word = i => words[i % words.length]
const N = 60
const note = rows(N, i => i % 7 === 3 ? null : `note ${i} about ${word(i * 5)} ${'x'.repeat(i % 11)}`)
const kind = rows(N, i => i % 13 === 5 ? null : word(i))
const code = rows(N, i => BigInt(20000000 + i * i))
const short = rows(N, i => 4000000 + i)
const price = rows(N, i => i / 8)
const tags = rows(N, i => i % 5 === 0 ? [] : i % 5 === 1 ? null : rows(i % 4 + 1, k => k === 2 ? null : `tag ${i}.${k}`))

// ---- hyparquet-writer ----

function hy(name, columnData, want, options = {}) {
  write(`parquet/honest-hyparquet-${name}.parquet`,
    Buffer.from(hyparquet.parquetWriteBuffer({ columnData, ...options })), want)
}

const plainCells = { note, kind, code, price: price.map(() => null) }
for (const codec of ['UNCOMPRESSED', 'SNAPPY'])
  hy(codec.toLowerCase(), [{ name: 'note', data: note, type: 'STRING' }, { name: 'kind', data: kind, type: 'STRING' },
    { name: 'code', data: code, type: 'INT64' }, { name: 'price', data: price, type: 'DOUBLE' }], plainCells, { codec })
for (const encoding of ['DELTA_LENGTH_BYTE_ARRAY', 'DELTA_BYTE_ARRAY', 'PLAIN'])
  hy(encoding.toLowerCase().replaceAll('_', '-'), [{ name: 'note', data: note, type: 'STRING', encoding },
    { name: 'kind', data: kind, type: 'STRING', encoding }], { note, kind }, { rowGroupSize: 25 })
for (const encoding of ['DELTA_BINARY_PACKED', 'BYTE_STREAM_SPLIT'])
  hy(encoding.toLowerCase().replaceAll('_', '-'), [{ name: 'code', data: code, type: 'INT64', encoding },
    { name: 'short', data: short, type: 'INT32', encoding }], { code, short })
hy('small-pages', [{ name: 'note', data: note, type: 'STRING' }, { name: 'code', data: code, type: 'INT64', bloomFilter: true, columnIndex: true }],
  { note, code }, { pageSize: 200, rowGroupSize: [10, 20] })
hy('all-null', [{ name: 'note', data: rows(9, () => null), type: 'STRING' }, { name: 'kind', data: rows(9, word), type: 'STRING' }],
  { note: rows(9, () => null), kind: rows(9, word) })
hy('required', [{ name: 'note', data: rows(N, i => 'line ' + i), type: 'STRING', nullable: false }], { note: rows(N, i => 'line ' + i) })
hy('whole-doubles', [{ name: 'card', data: rows(9, i => i === 4 ? null : 70000000 + i), type: 'DOUBLE' }],
  { card: rows(9, i => i === 4 ? null : 70000000 + i) })
hy('lists', [{ name: 'tags', data: tags }], { 'tags.list.element': tags }, {
  schema: [{ name: 'root', num_children: 1 }, { name: 'tags', num_children: 1, repetition_type: 'OPTIONAL', converted_type: 'LIST' },
    { name: 'list', num_children: 1, repetition_type: 'REPEATED' }, { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' }] })

// ---- parquet-wasm (arrow-rs) ----

const utf8 = values => arrow.vectorFromArray(values, new arrow.Utf8())
const listType = new arrow.List(new arrow.Field('item', new arrow.Utf8(), true))
const turnType = new arrow.List(new arrow.Field('item', new arrow.Struct([
  new arrow.Field('role', new arrow.Utf8(), true), new arrow.Field('content', new arrow.Utf8(), true)]), true))
const turns = rows(N, i => i % 6 === 2 ? null : rows(i % 3, k => ({ role: k ? 'user' : 'system', content: `turn ${i}.${k}` })))
const turnCells = key => turns.map(t => t && t.map(x => x[key]))

function table() {
  return new arrow.Table({
    note: utf8(note), kind: arrow.vectorFromArray(kind, new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32())),
    code: arrow.vectorFromArray(code, new arrow.Int64()), tags: arrow.vectorFromArray(tags, listType),
    turns: arrow.vectorFromArray(turns, turnType),
  })
}
const tableCells = (tag, list) => ({ note, kind, code, [`tags.${tag}`]: tags, [`turns.${list}.role`]: turnCells('role'),
  [`turns.${list}.content`]: turnCells('content') })

function rs(name, properties) {
  let b = new wasm.WriterPropertiesBuilder().setCreatedBy('parquet-wasm')
  for (const [key, value] of Object.entries(properties)) b = b[key](value)
  const bytes = wasm.writeParquet(wasm.Table.fromIPCStream(arrow.tableToIPC(table(), 'stream')), b.build())
  write(`parquet/honest-arrow-rs-${name}.parquet`, bytes, tableCells('list.item', 'list.item'))
}
const { Compression: C, Encoding: E, WriterVersion: V } = wasm
for (const codec of ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI', 'ZSTD', 'LZ4', 'LZ4_RAW'])
  rs(codec.toLowerCase().replace('_', '-'), { setCompression: C[codec] })
rs('v2-zstd', { setCompression: C.ZSTD, setWriterVersion: V.V2 })
rs('v2-plain', { setCompression: C.UNCOMPRESSED, setWriterVersion: V.V2, setDictionaryEnabled: false, setDataPageSizeLimit: 256 })
rs('v1-plain', { setCompression: C.SNAPPY, setDictionaryEnabled: false, setMaxRowGroupSize: 17 })
rs('small-dictionary', { setCompression: C.ZSTD, setDictionaryPageSizeLimit: 64, setDataPageSizeLimit: 128, setWriteBatchSize: 8 })

// ---- DuckDB ----

const instance = await duckdb.DuckDBInstance.create(':memory:')
const db = await instance.connect()
async function duck(name, select, options, want) {
  const file = path.join(out, `parquet/honest-duckdb-${name}.parquet`)
  await db.run(`COPY (${select}) TO '${file}' (FORMAT parquet${options})`)
  write(`parquet/honest-duckdb-${name}.parquet`, fs.readFileSync(file), want)
}
const duckRows = `SELECT CASE WHEN i % 7 = 3 THEN NULL ELSE 'note ' || i END AS note, ['amber','birch','cedar'][1 + i % 3] AS kind,
  (20000000 + i * i)::BIGINT AS code, [('tag ' || i || '.' || k) for k in range(i % 3)] AS tags,
  {'role': 'r' || i % 2, 'n': i} AS turn, MAP {'k' || i: 'v' || i} AS extra, (i * 1000000)::DECIMAL(18, 0) AS big,
  ('b' || i)::BLOB AS raw, DATE '2020-01-01' + i::INT AS day FROM range(60) t(i)`
const duckCells = {
  note: rows(N, i => i % 7 === 3 ? null : 'note ' + i), kind: rows(N, i => word(i % 3)), code: rows(N, i => 20000000 + i * i),
  'tags.list.element': rows(N, i => rows(i % 3, k => `tag ${i}.${k}`)), 'turn.role': rows(N, i => 'r' + i % 2), 'turn.n': rows(N, () => null),
  'extra.key_value.key': rows(N, i => 'k' + i), 'extra.key_value.value': rows(N, i => 'v' + i),
  big: rows(N, i => i ? i * 1000000 : null), raw: rows(N, i => 'b' + i), day: rows(N, () => null) }
for (const codec of ['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'])
  await duck(codec.replace('_', '-'), duckRows, `, CODEC '${codec}'`, duckCells)
await duck('v2', duckRows, `, CODEC 'zstd', PARQUET_VERSION 'V2'`, duckCells)
await duck('metadata', "SELECT 'a line' AS note", `, KV_METADATA {licence: 'CC0', about: 'made up'}`, { note: ['a line'] })

// ---- Arrow IPC: apache-arrow for JavaScript, with the system's packers, and arrow-rs ----

const pack = command => ({ encode: b => new Uint8Array(execFileSync(command[0], command.slice(1), { input: b })), decode: b => b })
arrow.compressionRegistry.set(arrow.CompressionType.ZSTD, pack(['zstd', '-q', '-c']))
arrow.compressionRegistry.set(arrow.CompressionType.LZ4_FRAME, pack(['lz4', '-q', '-z', '-c', '-']))
const inArrow = { note, kind, code, 'tags.item': tags, 'turns.item.role': turnCells('role'), 'turns.item.content': turnCells('content') }
for (const form of ['file', 'stream'])
  for (const [name, type] of [['plain', null], ['zstd', arrow.CompressionType.ZSTD], ['lz4', arrow.CompressionType.LZ4_FRAME]])
    write(`arrow/honest-js-${form}-${name}.${form === 'file' ? 'feather' : 'arrow'}`, arrow.tableToIPC(table(), form, type), inArrow)
write('arrow/honest-arrow-rs-stream.arrows', wasm.Table.fromIPCStream(arrow.tableToIPC(table(), 'stream')).intoIPCStream(), inArrow)

const many = rows(3, b => new arrow.Table({ text: utf8(rows(5, i => `batch ${b} line ${i}`)), n: arrow.vectorFromArray(rows(5, i => 8000000 + b * 5 + i), new arrow.Int32()) }))
const joined = many[0].concat(many[1], many[2])
const inMany = { text: rows(15, i => `batch ${Math.floor(i / 5)} line ${i % 5}`), n: rows(15, i => 8000000 + i) }
for (const form of ['file', 'stream'])
  write(`arrow/honest-js-${form}-batches.arrow`, arrow.tableToIPC(joined, form), inMany)

const odd = new arrow.Table({
  point: arrow.vectorFromArray(rows(8, i => i === 3 ? null : { name: 'p' + i, deep: { id: 9000000 + i } }), new arrow.Struct([
    new arrow.Field('name', new arrow.Utf8(), true),
    new arrow.Field('deep', new arrow.Struct([new arrow.Field('id', new arrow.Int32(), true)]), true)])),
  pair: arrow.vectorFromArray(rows(8, i => i === 5 ? null : ['a' + i, 'b' + i]), new arrow.FixedSizeList(2, new arrow.Field('x', new arrow.Utf8(), true))),
  map: arrow.vectorFromArray(rows(8, i => new Map([['k' + i, 'v' + i], ['l', 'w' + i]].slice(0, i % 3))), new arrow.Map_(new arrow.Field('entries',
    new arrow.Struct([new arrow.Field('key', new arrow.Utf8(), false), new arrow.Field('value', new arrow.Utf8(), true)]), false))),
  lists: arrow.vectorFromArray(rows(8, i => rows(i % 3, a => rows(a + 1, b => `n${i}.${a}.${b}`))), new arrow.List(new arrow.Field('item',
    new arrow.List(new arrow.Field('item', new arrow.Utf8(), true)), true))),
  flag: arrow.vectorFromArray(rows(8, i => i % 2 === 0), new arrow.Bool()),
  x: arrow.vectorFromArray(rows(8, i => i === 2 ? null : 7000000 + i), new arrow.Float64()),
  when: arrow.vectorFromArray(rows(8, i => new Date(1700000000000 + i)), new arrow.TimestampMillisecond()),
  raw: arrow.vectorFromArray(rows(8, i => Buffer.from('raw ' + i)), new arrow.Binary()),
  large: arrow.vectorFromArray(rows(8, i => 'large ' + i), new arrow.LargeUtf8()),
})
const inOdd = { 'point.name': rows(8, i => i === 3 ? null : 'p' + i), 'point.deep.id': rows(8, i => i === 3 ? null : 9000000 + i),
  'pair.x': rows(8, i => i === 5 ? null : ['a' + i, 'b' + i]), 'map.entries.key': rows(8, i => ['k' + i, 'l'].slice(0, i % 3)),
  'map.entries.value': rows(8, i => ['v' + i, 'w' + i].slice(0, i % 3)), 'lists.item.item': rows(8, i => rows(i % 3, a => rows(a + 1, b => `n${i}.${a}.${b}`))),
  flag: rows(8, () => null), x: rows(8, i => i === 2 ? null : 7000000 + i), when: rows(8, () => null), raw: rows(8, i => 'raw ' + i), large: rows(8, i => 'large ' + i) }
write('arrow/honest-js-kinds.arrow', arrow.tableToIPC(odd, 'file'), inOdd)

// ---- broken twins: the same pages under metadata that lie ----

const { writeMetadata } = await import(pathToFileURL(path.join(path.resolve(modules), 'hyparquet-writer/src/metadata.js')))
const { parquetMetadata } = await import(pathToFileURL(path.join(path.resolve(modules), 'hyparquet/src/index.js')))
const honest = fs.readFileSync(path.join(out, 'parquet/honest-hyparquet-snappy.parquet'))

function broken(name, file, bytes) {
  write(`${file}/malformed-${name}`, bytes)
  if (!told(path.join(out, file, `malformed-${name}`)).odd) failures.push(`${name}: nothing odd was told`)
}
function lie(name, change) {
  const metadata = parquetMetadata(honest.buffer.slice(honest.byteOffset, honest.byteOffset + honest.length))
  change(metadata, metadata.row_groups[0].columns.map(c => c.meta_data))
  const w = new hyparquet.ByteWriter()
  writeMetadata(w, metadata)
  const length = honest.readUInt32LE(honest.length - 8)
  broken(name + '.parquet', 'parquet', Buffer.concat([honest.subarray(0, honest.length - 8 - length), Buffer.from(w.getBuffer()), Buffer.from('PAR1')]))
}
lie('rows', m => { m.num_rows += 1n })
lie('group-rows', m => { m.num_rows += 5n; m.row_groups[0].num_rows += 5n })
lie('values', (m, c) => { c[0].num_values += 3n })
lie('offset-behind-the-end', (m, c) => { c[1].data_page_offset = 1n << 40n })
lie('offset-before-the-start', (m, c) => { c[1].data_page_offset = -8n })
lie('length', (m, c) => { c[2].total_compressed_size = (1n << 62n) })
lie('shared-bytes', (m, c) => { for (const k of ['data_page_offset', 'dictionary_page_offset', 'total_compressed_size', 'num_values']) c[1][k] = c[0][k] })
lie('path', (m, c) => { c[0].path_in_schema = ['kind'] })
lie('type', (m, c) => { c[0].type = 'INT64' })
lie('codec', (m, c) => { c[0].codec = 'GZIP' })
lie('unknown-codec', (m, c) => { c[0].codec = 'LZO' })
lie('missing-column', m => { m.row_groups[0].columns.pop() })
lie('levels', m => { m.schema[1].repetition_type = 'REPEATED' })
lie('second-offset', (m, c) => { c[1].data_page_offset += 1n })
const changed = (at, with_) => { const b = Buffer.from(honest); with_.copy(b, at < 0 ? b.length + at : at); return b }
broken('encrypted-footer.parquet', 'parquet', changed(0, Buffer.from('PARE')).fill('PARE', honest.length - 4))
broken('footer-length.parquet', 'parquet', changed(-8, Buffer.from([255, 255, 255, 127])))
broken('cut.parquet', 'parquet', honest.subarray(0, honest.length - 40))
broken('page.parquet', 'parquet', changed(60, Buffer.from('damaged')))

const feather = fs.readFileSync(path.join(out, 'arrow/honest-js-file-batches.arrow'))
const stream = fs.readFileSync(path.join(out, 'arrow/honest-arrow-rs-stream.arrows'))
broken('cut.arrow', 'arrow', feather.subarray(0, feather.length - 60))
broken('no-end.arrows', 'arrow', stream.subarray(0, stream.length - 8))
broken('behind-the-end.arrows', 'arrow', Buffer.concat([stream, Buffer.from('PK\x03\x04 more')]))
broken('feather-v1.feather', 'arrow', Buffer.from('FEA1....FEA1'))
const half = Buffer.from(feather), again = feather.indexOf(Buffer.from([255, 255, 255, 255]), 200)
half.writeUInt32LE(0x7fffff00, again + 4)
broken('message-length.arrow', 'arrow', half)
const offsets = Buffer.from(feather)
offsets.writeInt32LE(1 << 30, offsets.indexOf('batch 0 line 0') - 20)
broken('offsets.arrow', 'arrow', offsets)

// ---- what came of it ----

for (const f of failures) console.error('FAILED  ' + f)
console.log(`${checked} files compared, ${failures.length} failed`)
process.exit(failures.length ? 1 : 0)
