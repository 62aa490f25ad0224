import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { zipFile } from './zip-file.ts'

const files = [
  { path: 'README.md', text: '# Größe\n' },
  { path: 'src/flow/a.ts', text: 'export {}\n'.repeat(200) },
  { path: 'empty.txt', text: '' },
]

/** Reads an archive from its end, as programs do. */
function unzip(bytes: Uint8Array): { path: string; text: string; crc: number }[] {
  const view = new DataView(bytes.buffer)
  const end = bytes.length - 22
  expect(view.getUint32(end, true)).toBe(0x06054b50)
  let at = view.getUint32(end + 16, true)
  expect(at + view.getUint32(end + 12, true)).toBe(end)
  return Array.from({ length: view.getUint16(end + 10, true) }, () => {
    expect(view.getUint32(at, true)).toBe(0x02014b50)
    const [crc, size, nameLength] = [
      view.getUint32(at + 16, true),
      view.getUint32(at + 24, true),
      view.getUint16(at + 28, true),
    ]
    const local = view.getUint32(at + 42, true)
    const decoder = new TextDecoder()
    const path = decoder.decode(bytes.subarray(at + 46, at + 46 + nameLength))
    expect(view.getUint32(local, true)).toBe(0x04034b50)
    const start = local + 30 + view.getUint16(local + 26, true)
    at += 46 + nameLength
    return { path, text: decoder.decode(bytes.subarray(start, start + size)), crc }
  })
}

test('an archive holds every file as it is, with its checksum', () => {
  const read = unzip(zipFile(files))
  expect(read.map(({ path, text }) => ({ path, text }))).toEqual(files)
  expect(read.map(({ crc }) => crc)).toEqual(files.map(({ text }) => crc32(text)))
})

test('equal files give equal bytes', () => {
  expect(zipFile(files)).toEqual(zipFile(files))
})
