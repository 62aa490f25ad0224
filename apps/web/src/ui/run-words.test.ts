import { describe, expect, it } from 'vitest'
import { runTone, runWord, stepTone } from './run-words.ts'

describe('stepTone', () => {
  it('calls a step normal only when something said so', () => {
    expect(stepTone({ status: 'done' })).toBe('done')
    expect(stepTone({ status: 'done', outcomeTone: 'neutral' })).toBe('done')
    expect(stepTone({ status: 'done', outcomeTone: 'normal' })).toBe('normal')
  })
  it('tells a step by its verdict before its outcome', () => {
    expect(stepTone({ status: 'done', verdict: { value: 'inconclusive' }, outcomeTone: 'normal' })).toBe('inconclusive')
    expect(stepTone({ status: 'done', outcomeTone: 'abnormal' })).toBe('abnormal')
  })
})

describe('a run', () => {
  it('that failed is told by that, whatever it had concluded', () => {
    const run = { status: 'failed', verdict: 'normal' }
    expect([runTone(run), runWord(run)]).toEqual(['abnormal', 'failed'])
  })
  it('is told by its verdict while it goes on', () => {
    const run = { status: 'running', verdict: 'abnormal' }
    expect([runTone(run), runWord(run)]).toEqual(['abnormal', 'abnormal'])
  })
})
