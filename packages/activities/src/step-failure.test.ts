import { expect, test } from 'vitest'
import { StepFailure, stepErrorFrom, stepTimedOut, withDeadline } from './step-failure.ts'

test('an error that knows its step error gives just that', () => {
  const error = stepTimedOut('judge.anomaly', 5)
  expect(stepErrorFrom(new StepFailure(error), 'worker')).toBe(error)
})

test('errors of our packages keep their code and fix; by its code one may pass', () => {
  const away = Object.assign(new Error('Nobody answers.'), { code: 'source-unreachable', fix: 'Start it.' })
  expect(stepErrorFrom(away, 'worker')).toEqual({
    code: 'source-unreachable',
    message: 'Nobody answers.',
    fix: 'Start it.',
    retryable: true,
  })
  expect(stepErrorFrom(Object.assign(away, { retryable: false }), 'worker')).toMatchObject({ retryable: false })
})

test('what nobody foresaw is final, and says whose log tells more', () => {
  expect(stepErrorFrom(new TypeError('x is not a function'), 'server')).toMatchObject({
    code: 'internal',
    message: 'x is not a function',
    fix: expect.stringContaining("the server's log"),
    retryable: false,
  })
})

test('work that does not listen is abandoned, with the reason of the signal', async () => {
  const stop = new AbortController()
  const waiting = withDeadline(stop.signal, () => new Promise(() => {}))
  stop.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  expect(await withDeadline(new AbortController().signal, async () => 'done')).toBe('done')
})
