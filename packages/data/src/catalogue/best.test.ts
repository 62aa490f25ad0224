import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Best } from './best.ts'

test('keeps the best of many, the first of equal ones', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 })), fc.integer({ min: 0, max: 12 }), (scores, most) => {
      const best = new Best<number>(most)
      for (const [at, score] of scores.entries()) best.add(at, score)
      const all = scores.map((score, value) => ({ value, score })).toSorted((a, b) => b.score - a.score)
      expect(best.sorted().map(({ value, score }) => ({ value, score }))).toEqual(all.slice(0, most))
    }),
  )
})
