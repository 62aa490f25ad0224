import { expect, it } from 'vitest'
import { runNode } from '../../../test/run-nodes.ts'
import { writeContext } from '../../../test/write-context.ts'
import type { AlertDecisions } from '../../node.ts'

const reason = 'Success rate is 26.1 % below expected.'
const found = {
  decisions: [
    { id: 'a1', action: 'page', verdict: 'real', reason, evidence: [], group: 'a1' },
    { id: 'a2', action: 'merge', verdict: 'echo', reason: 'A fault of pay explains it.', evidence: [], group: 'a1' },
  ],
  groups: [{ key: 'a1', title: 'SuccessRateLow on pay', entity: 'pay', verdict: 'real', reason }],
  tell: [{ group: 'a1', title: 'SuccessRateLow on pay', body: reason, severity: 'warning', verdict: 'real' }],
}

function recording() {
  const { ctx, asked } = writeContext()
  const written: AlertDecisions[] = []
  const alerts = { ...ctx.alerts, decide: async (said: AlertDecisions) => void written.push(said) }
  return { ctx: { ...ctx, alerts }, asked, written }
}

it('writes what was found, and tells one message a group with a key of its own', async () => {
  const { ctx, asked, written } = recording()
  expect(await runNode('act.alert-verdicts', { found, webhook: 'chat' }, ctx)).toMatchObject({
    outcome: 'told',
    output: { recorded: 2, told: 1 },
  })
  expect(written).toEqual([{ decisions: found.decisions, groups: found.groups }])
  expect(asked.posted).toMatchObject([{ title: 'SuccessRateLow on pay', severity: 'warning', key: 'alert/a1/warning' }])
  expect(asked.hooked).toMatchObject([
    { connection: 'chat', key: 'alert/a1/warning', body: { group: 'a1', verdict: 'real' } },
  ])
})

it('records without telling, where that is wanted or there is nothing to tell', async () => {
  const { ctx, asked, written } = recording()
  expect(await runNode('act.alert-verdicts', { found, notify: false }, ctx)).toMatchObject({ outcome: 'recorded' })
  expect(await runNode('act.alert-verdicts', { found: { ...found, tell: [] } }, ctx)).toMatchObject({
    outcome: 'recorded',
  })
  expect([asked.posted.length, written.length]).toEqual([0, 2])
})
