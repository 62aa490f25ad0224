import { describe, expect, it } from 'vitest'
import { asOf, minute } from '../../../test/memory-data.ts'
import { runNode } from '../../../test/run-nodes.ts'
import { writeContext } from '../../../test/write-context.ts'

describe('act.silence-alerts', () => {
  const silence = {
    alert: 'a1',
    connection: 'am',
    title: 'SuccessRateLow on pay',
    matchers: [
      { name: 'alertname', value: 'SuccessRateLow' },
      { name: 'service', value: 'pay' },
    ],
    reason: 'It passed.',
    until: asOf + 30 * minute,
  }
  it('acts through the ledger, once an alert, and notes what is held back', async () => {
    const { ctx, asked } = writeContext()
    const noted: unknown[] = []
    const world = { ...ctx, alerts: { ...ctx.alerts, silenced: async (...said: unknown[]) => void noted.push(said) } }
    expect(await runNode('act.silence-alerts', { silences: [silence] }, world)).toMatchObject({
      outcome: 'silenced',
      output: { silenced: 1, refused: 0 },
    })
    expect(asked.applied).toMatchObject([
      {
        key: 'run-1/step-1/a1',
        approvedHash: null,
        request: { kind: 'silence', connection: 'am', leaseSeconds: 1800, until: silence.until },
      },
    ])
    expect(asked.applied[0]!.request).toMatchObject({
      comment: expect.stringContaining('https://tenon.example/alerts/a1'),
    })
    expect(noted).toEqual([['a1', { actionId: 'a1', until: silence.until }]])
  })

  it('says that it was refused, and that there was nothing', async () => {
    const { ctx } = writeContext({ status: 'refused' })
    expect(await runNode('act.silence-alerts', { silences: [silence] }, ctx)).toMatchObject({ outcome: 'refused' })
    expect(await runNode('act.silence-alerts', { silences: [] }, ctx)).toMatchObject({ outcome: 'nothing' })
  })
})
