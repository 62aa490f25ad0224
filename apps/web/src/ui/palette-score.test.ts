import { expect, test } from 'vitest'
import { foundByServer, paletteScore } from './palette-score.ts'

test.each([
  ['go to Actions', 'actions', 1],
  ['go to Actions', 'act', 1],
  ['diagnose Card payment card-payment', 'diag pay', 1],
  ['runbook Payment drop payment-drop', 'drop runbook', 1],
  ['go to Actions', 'tions', 0.5],
  ['diagnose Stock reservation stock-reservation', 'actions', 0],
  ['go to Actions', '', 1],
])('%s for "%s": %d', (command, typed, score) => {
  expect(paletteScore(command, typed)).toBe(score)
})

test('what the server found always fits, after all that fits by its letters', () => {
  const found = paletteScore(`${foundByServer}payment.success-rate`, 'how many payments fail')
  expect(found).toBeGreaterThan(0)
  expect(found).toBeLessThan(paletteScore('go to Actions', 'tions'))
})
