import { expect, it } from 'vitest'
import { qualityTone } from './quality-tone.ts'

const whole = { completeness: 1, freshnessSeconds: 20, notes: [] }

it('is whole only when everything is there and new', () => {
  expect(qualityTone(whole, 60)).toBe('normal')
  expect(qualityTone({ ...whole, completeness: 0.8 }, 60)).toBe('inconclusive')
  expect(qualityTone({ ...whole, freshnessSeconds: null }, 60)).toBe('inconclusive')
  expect(qualityTone({ ...whole, notes: ['pay-a-2: no samples since 14:02 UTC'] }, 60)).toBe('inconclusive')
})

it('is late by the step that was asked for', () => {
  expect(qualityTone({ ...whole, freshnessSeconds: 900 }, 60)).toBe('inconclusive')
  expect(qualityTone({ ...whole, freshnessSeconds: 900 }, 300)).toBe('normal')
})
