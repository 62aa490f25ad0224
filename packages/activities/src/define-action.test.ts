import { expect, test } from 'vitest'
import * as z from 'zod'
import { planAndApply } from '../test/write-context.ts'
import { nodes } from './registry.ts'
import { defineAction, defineLastingAction, lastingInput, leasedInput } from './define-action.ts'

const parts = {
  type: 'act.flag',
  title: 'Flag',
  description: 'Sets a flag.',
  icon: 'gauge',
  mainInput: 'flag' as const,
}
const own = { flag: z.string() }
const wanted = ({ flag }: { flag: string }) => ({ connection: 'edge', feature: flag, value: 'on' })

test('what every action that is put back carries goes with its request', async () => {
  const flag = defineAction({
    ...parts,
    input: leasedInput(own),
    request: (given, common) => ({ kind: 'feature', ...wanted(given), ...common }),
    said: ({ flag: name }) => `${name} is on`,
  })
  const bound = { measure: 'payment.success-rate', where: {}, minimum: 0.98, maximum: null }
  const given = { flag: 'a', lease: '10m', whileAlert: 'alert-1', harm: [bound] }
  const { planned, applied } = await planAndApply(flag, given)
  expect(planned).toEqual({
    kind: 'feature',
    ...wanted(given),
    leaseSeconds: 600,
    whileAlert: 'alert-1',
    harm: [bound],
  })
  expect(applied).toEqual(planned)
  expect((await planAndApply(flag, { flag: 'a', harm: [] })).planned).toEqual({
    kind: 'feature',
    ...wanted(given),
    leaseSeconds: 1800,
  })
})

test('one that stays for good has neither a lease nor bounds', () => {
  const flag = defineLastingAction({
    ...parts,
    input: lastingInput(own),
    request: (given) => ({ kind: 'feature', ...wanted(given), leaseSeconds: 1 }),
    said: () => 'on',
  })
  expect(Object.keys(flag.input.shape)).toEqual(['flag', 'whileAlert'])
})

test('each action of the catalogue that can be put back can be bound by measures', () => {
  const actions = nodes.filter(({ input }) => 'whileAlert' in input.shape)
  const bound = actions.filter(({ input }) => 'harm' in input.shape).map(({ type }) => type)
  const free = actions.map(({ type }) => type).filter((type) => !bound.includes(type))
  expect(bound.toSorted()).toEqual([
    'act.drain-node',
    'act.feature',
    'act.rate-limit',
    'act.roll-back',
    'act.scale',
    'act.traffic-switch',
  ])
  expect(free.toSorted()).toEqual(['act.incident', 'act.restart', 'act.statement'])
})
