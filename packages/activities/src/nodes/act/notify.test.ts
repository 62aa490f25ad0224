import { expect, test } from 'vitest'
import { runNode } from '../../../test/run-nodes.ts'
import { writeContext } from '../../../test/write-context.ts'

test('puts a message into the inbox, keyed by the step', async () => {
  const { ctx, asked } = writeContext()
  const result = await runNode('act.notify', { title: 'Payments are down', body: 'Why', severity: 'critical' }, ctx)
  expect(asked.posted).toEqual([{ title: 'Payments are down', body: 'Why', severity: 'critical', key: 'run-1/step-1' }])
  expect(asked.hooked).toEqual([])
  expect(result).toMatchObject({ outcome: 'sent', output: { webhookStatus: null } })
})

test('posts to a named webhook under the same key', async () => {
  const { ctx, asked } = writeContext()
  const result = await runNode('act.notify', { title: 'T', webhook: 'pager' }, ctx)
  expect(asked.hooked).toEqual([
    { connection: 'pager', body: { title: 'T', body: '', severity: 'info', runId: 'run-1' }, key: 'run-1/step-1' },
  ])
  expect(result.output).toEqual({ webhookStatus: 202 })
})

test('a webhook that fails fails the step, and the inbox has the message', async () => {
  const { ctx, asked } = writeContext()
  ctx.webhook.post = () => Promise.reject(new Error('502'))
  await expect(runNode('act.notify', { title: 'T', webhook: 'pager' }, ctx)).rejects.toThrow('502')
  expect(asked.posted).toHaveLength(1)
})
