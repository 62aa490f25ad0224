import { describe, expect, it } from 'vitest'
import { keepShownPlans } from './shown-plan.ts'

const asked = (status: 'waiting' | 'approved', ...hashes: string[]) => ({
  status,
  plans: hashes.map((hash) => ({ hash })),
  expiresAt: `of ${hashes.join()}`,
})

describe('keepShownPlans', () => {
  it('never puts an unseen plan under the button', () => {
    const { approval, changed } = keepShownPlans(asked('waiting', 'sha256:a'), asked('waiting', 'sha256:b'))
    expect(approval.plans.map(({ hash }) => hash)).toEqual(['sha256:a'])
    expect(changed).toBe(true)
  })
  it('takes plans that were added, left out or put in another order for other plans', () => {
    const shown = asked('waiting', 'a', 'b')
    for (const latest of [asked('waiting', 'a'), asked('waiting', 'a', 'b', 'c'), asked('waiting', 'b', 'a')]) {
      expect(keepShownPlans(shown, latest)).toEqual({ approval: shown, changed: true })
    }
  })
  it('follows the server while the plans are the same', () => {
    const latest = { ...asked('waiting', 'a'), expiresAt: 'later' }
    expect(keepShownPlans(asked('waiting', 'a'), latest)).toEqual({ approval: latest, changed: false })
  })
  it('shows what was decided on once somebody decided', () => {
    const latest = asked('approved', 'b')
    expect(keepShownPlans(asked('waiting', 'a'), latest)).toEqual({ approval: latest, changed: false })
  })
})
