import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdSet } from './id-set.ts'

const ids = Array.from({ length: 70 }, (_, index) => `s${index}`)
const some = fc.subarray(ids)
const setOf = (members: string[]): IdSet => members.reduce((set, id) => set.add(id), IdSet.among(ids))
const members = (set: IdSet): string[] => ids.filter((id) => set.has(id))

test('holds what was added, and nothing that it may not hold', () => {
  fc.assert(
    fc.property(some, (given) => {
      expect(members(setOf(given))).toEqual(given)
    }),
  )
  expect(setOf(['s1']).add('other').has('other')).toBe(false)
})

test('union and intersection are those of sets; a copy stands for itself', () => {
  fc.assert(
    fc.property(some, some, (a, b) => {
      const positions = IdSet.among(ids)
      const left = a.reduce((set, id) => set.add(id), positions.empty())
      const right = b.reduce((set, id) => set.add(id), positions.empty())
      expect(members(left.copy().addAll(right))).toEqual(ids.filter((id) => a.includes(id) || b.includes(id)))
      expect(members(left.copy().keepOnly(right))).toEqual(ids.filter((id) => a.includes(id) && b.includes(id)))
      expect(members(left)).toEqual(a)
    }),
  )
})
