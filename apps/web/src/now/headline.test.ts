import { expect, test } from 'vitest'
import { headlineOf, lossText, type HeadlineChain } from './headline.ts'

const chain = (
  title: string,
  given: Partial<HeadlineChain> & { value: HeadlineChain['verdict']['value'] },
): HeadlineChain => ({
  id: title,
  title,
  verdict: { value: given.value, reasons: [] },
  deviation: given.deviation ?? null,
  lostPerMinute: given.lostPerMinute ?? null,
})

test('the chain that loses most is the headline, and the others are counted', () => {
  const headline = headlineOf([
    chain('Card', { value: 'abnormal', deviation: -0.118, lostPerMinute: 41 }),
    chain('Wallet', { value: 'abnormal', deviation: -0.4, lostPerMinute: 5 }),
    chain('Login', { value: 'normal' }),
  ])
  expect(headline).toMatchObject({ kind: 'abnormal', others: 1, text: 'Card is 11.8 % below its baseline' })
})

test('what cannot be judged is never called normal', () => {
  expect(headlineOf([chain('Card', { value: 'normal' }), chain('Login', { value: 'inconclusive' })])).toMatchObject({
    kind: 'inconclusive',
    text: 'Login cannot be judged',
  })
})

test('all is well only when every chain is normal', () => {
  expect(headlineOf([chain('Card', { value: 'normal' }), chain('Login', { value: 'normal' })])).toEqual({
    kind: 'normal',
    text: 'All 2 business chains are normal',
  })
  expect(headlineOf([])).toEqual({ kind: 'nothing' })
})

test('the loss is told in the measure’s own unit, and not when it is not known', () => {
  expect(lossText(chain('Card', { value: 'abnormal', lostPerMinute: 41.4 }), 'requests/min')).toBe(
    '41 requests a minute lost',
  )
  expect(lossText(chain('Card', { value: 'abnormal' }), 'requests/min')).toBeNull()
})
