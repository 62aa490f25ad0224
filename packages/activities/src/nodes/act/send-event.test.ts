import { expect, test } from 'vitest'
import { memoryData, asOf } from '../../../test/memory-data.ts'
import { readContext, runNode } from '../../../test/run-nodes.ts'

const ctx = readContext({ data: memoryData({ series: {} }), asOf })

test('emits the event once per step, with its payload', async () => {
  const emitted: unknown[] = []
  const events = { emit: async (...event: unknown[]) => void emitted.push(event) }
  const input = { event: 'zone.drained', payload: { zone: 'A' } }
  expect(await runNode('act.send-event', input, { ...ctx, events })).toMatchObject({ outcome: 'sent' })
  expect(emitted).toEqual([['zone.drained', { zone: 'A' }, 'run-1/step-1']])
})
