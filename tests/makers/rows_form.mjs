// SPDX-License-Identifier: Apache-2.0
// rows_form.mjs: the section "Rows of a table" of doc/format-records.md a second time, from values and not from files.
import { createHash } from 'node:crypto'

const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest()
const u32 = n => { const b = Buffer.alloc(4); b.writeUInt32LE(n); return b }
const text = s => Buffer.concat([u32(Buffer.byteLength(s)), Buffer.from(s)])
const i64 = v => { const b = Buffer.alloc(8); b.writeBigInt64LE(BigInt.asIntN(64, BigInt(v))); return b }
const f64 = v => { const b = Buffer.alloc(8); b.writeDoubleLE(v); return b }
const f32 = v => { const b = Buffer.alloc(4); b.writeFloatLE(v); return b }
function decimal(v) { // as few bytes as two's complement takes, highest first
  let n = 1
  while (BigInt.asIntN(n * 8, BigInt(v)) !== BigInt(v)) n++
  return Buffer.from(BigInt.asUintN(n * 8, BigInt(v)).toString(16).padStart(n * 2, '0'), 'hex')
}
const bytes = { string: Buffer.from, bytes: Buffer.from, bool: v => Buffer.from([v ? 1 : 0]), float64: f64, float32: f32 }
const value = (type, v) => (bytes[type] || (type.startsWith('decimal') ? decimal : type.startsWith('bytes[') ? Buffer.from : i64))(v)

// A type is a name, {list: T}, {map: [K, V]} or {struct: {name: T}}; maps are arrays of [key, value].
export const nameOf = t => typeof t === 'string' ? t : t.list ? `list<${nameOf(t.list)}>` : t.map ? `map<${t.map.map(nameOf).join(', ')}>`
  : `struct<${Object.entries(t.struct).map(([k, f]) => `"${k}": ${nameOf(f)}`).join(', ')}>`
const leavesOf = t => typeof t === 'string' ? [[]] : t.list ? leavesOf(t.list).map(p => ['item', ...p])
  : t.map ? [0, 1].flatMap(i => leavesOf(t.map[i]).map(p => [i, ...p]))
  : Object.entries(t.struct).flatMap(([k, f]) => leavesOf(f).map(p => [k, ...p]))
function cell(t, v, [step, ...way], depth = 0, level = 0) {
  if (v === null || v === undefined) return Buffer.from([0, depth])
  if (typeof t === 'string') return Buffer.concat([Buffer.from([2]), text2(value(t, v))])
  if (t.struct) return cell(t.struct[step], v[step], way, depth + 1, level)
  const items = [...v]
  if (!items.length) return Buffer.from([1, depth])
  return Buffer.concat(items.flatMap((x, i) => [Buffer.from(i ? [3, level + 1] : []),
    cell(t.list || t.map[step], t.map ? x[step] : x, way, depth + 1, level + 1)]))
}
const text2 = b => Buffer.concat([u32(b.length), b])
export function rootOf(types, table) {
  const columns = sha(Buffer.from('merlon row 1\n'), ...Object.entries(types).flatMap(([k, t]) => [text(k), text(nameOf(t))]))
  const n = Object.values(table)[0].length
  const leaves = Array.from({ length: n }, (_, i) => sha(Buffer.from([0]), columns,
    ...Object.entries(types).flatMap(([k, t]) => leavesOf(t).map(way => cell(t, table[k][i], way)))))
  const tree = l => {
    if (l.length === 1) return l[0]
    let k = 1
    while (k * 2 < l.length) k *= 2
    return sha(Buffer.from([1]), tree(l.slice(0, k)), tree(l.slice(k)))
  }
  return tree(leaves).toString('hex')
}
