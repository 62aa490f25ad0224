import { readFileSync } from 'node:fs'
import { create as openFont } from 'fontkit'
import { expect, test } from 'vitest'
import { unpackWoff } from './woff.ts'

const packed = readFileSync(
  new URL('../../../../../../node_modules/@fontsource/inter/files/inter-greek-400-normal.woff', import.meta.url),
)

test('an unpacked font draws what the packed one does', () => {
  const unpacked = unpackWoff(packed)
  expect(unpacked.length).toBeGreaterThan(packed.length)
  const [before, after] = [openFont(packed), openFont(unpacked)]
  if (!('layout' in before) || !('layout' in after)) throw new Error('It is a collection.')
  expect(after.characterSet).toEqual(before.characterSet)
  expect(after.layout('Πληρωμή').advanceWidth).toBe(before.layout('Πληρωμή').advanceWidth)
})

test('other bytes stay as they are; a broken font is refused', () => {
  const other = Buffer.from('no font at all')
  expect(unpackWoff(other)).toBe(other)
  const broken = Buffer.from(packed)
  broken.writeUInt32BE(broken.readUInt32BE(44 + 12) + 1, 44 + 12)
  expect(() => unpackWoff(broken)).toThrow('A table of the font has')
})
