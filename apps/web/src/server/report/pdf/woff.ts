/** WOFF 1.0 unpacked once: every PDF would unpack its fonts anew, by far the most of its time. */
import { inflateSync } from 'node:zlib'

/**
 * The font as TrueType or OpenType; other bytes are given back as they are.
 * Format: https://www.w3.org/TR/WOFF/ sections 3 to 5 (header of 44 bytes, entries of 20, tables compressed where that makes them smaller).
 * @throws Error when a table does not unpack to its size
 */
export function unpackWoff(bytes: Buffer): Buffer {
  if (bytes.length < 44 || bytes.toString('latin1', 0, 4) !== 'wOFF') return bytes
  const count = bytes.readUInt16BE(12)
  const tables = Array.from({ length: count }, (_, index) => tableAt(bytes, 44 + index * 20))
  const head = Buffer.alloc(12 + count * 16)
  const power = Math.floor(Math.log2(count))
  bytes.copy(head, 0, 4, 8)
  head.writeUInt16BE(count, 4)
  head.writeUInt16BE(16 * 2 ** power, 6)
  head.writeUInt16BE(power, 8)
  head.writeUInt16BE(count * 16 - 16 * 2 ** power, 10)
  const parts: Buffer[] = [head]
  let offset = head.length
  for (const [index, { tag, checksum, data }] of tables.entries()) {
    const entry = 12 + index * 16
    tag.copy(head, entry)
    head.writeUInt32BE(checksum, entry + 4)
    head.writeUInt32BE(offset, entry + 8)
    head.writeUInt32BE(data.length, entry + 12)
    const padding = Buffer.alloc((4 - (data.length % 4)) % 4)
    parts.push(data, padding)
    offset += data.length + padding.length
  }
  return Buffer.concat(parts)
}

function tableAt(bytes: Buffer, at: number): { tag: Buffer; checksum: number; data: Buffer } {
  const [start, packed, size] = [bytes.readUInt32BE(at + 4), bytes.readUInt32BE(at + 8), bytes.readUInt32BE(at + 12)]
  const stored = bytes.subarray(start, start + packed)
  const data = packed < size ? inflateSync(stored, { maxOutputLength: Math.max(1, size) }) : stored
  if (data.length !== size) throw new Error(`A table of the font has ${data.length} bytes, not ${size}.`)
  return { tag: bytes.subarray(at, at + 4), checksum: bytes.readUInt32BE(at + 16), data }
}
