/** Files as one ZIP archive, stored as they are: a project of text is small, and every system opens it. */

/**
 * The bytes of the archive. Equal files give equal bytes: no times are kept.
 *
 * @param files text by path; folders are those of the paths.
 */
export function zipFile(files: readonly { path: string; text: string }[]): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder()
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  for (const { path, text } of files) {
    const name = encoder.encode(path)
    const content = encoder.encode(text)
    const length = u32(content.length)
    // Version needed, UTF-8 names, stored, midnight of 1980-01-01: the first moment that the format has.
    const kind = joined([u16(20), u16(0x0800), u16(0), u16(0), u16(33)])
    const facts = joined([kind, u32(crc32(content)), length, length, u16(name.length), u16(0)])
    const header = joined([u32(0x04034b50), facts, name])
    parts.push(header, content)
    // Comment length, disk, kind, rights and place.
    directory.push(joined([u32(0x02014b50), u16(20), facts, u16(0), u16(0), u16(0), u32(0), u32(offset), name]))
    offset += header.length + content.length
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0)
  const count = u16(files.length)
  const end = joined([u32(0x06054b50), u16(0), u16(0), count, count, u32(size), u32(offset), u16(0)])
  return joined([...parts, ...directory, end])
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

const u16 = (value: number): Uint8Array => new Uint8Array([value & 255, (value >>> 8) & 255])
const u32 = (value: number): Uint8Array => joined([u16(value & 0xffff), u16(value >>> 16)])

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** CRC-32 as ZIP has it (IEEE 802.3). */
function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff
  for (const byte of bytes) value = (value >>> 8) ^ table[(value ^ byte) & 255]!
  return (value ^ 0xffffffff) >>> 0
}
