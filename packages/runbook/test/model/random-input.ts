/** Random inputs of each effect: mostly good, now and then missing, wrong or impossible to compute. */
import type { Effect } from '../../src/catalogue.ts'
import type { PlanValue } from '../../src/plan.ts'
import type { Dice } from './dice.ts'

type Fields = Record<string, PlanValue>
const literal = (value: unknown): PlanValue => ({ kind: 'literal', value })
const expression = (cel: string): PlanValue => ({ kind: 'expression', cel })

export function randomInput(dice: Dice, effect: Effect): Fields {
  switch (effect) {
    case 'compute':
    case 'read':
    case 'write':
      return {}
    case 'child':
      return {
        runbook: literal('other'),
        ...(dice.rarely(3) ? { params: { kind: 'object', fields: { n: expression('params.n') } } } : {}),
        ...(dice.rarely(12) ? { params: literal('wrong') } : {}),
      }
    case 'approve':
      return {
        ...(dice.rarely(15) ? {} : { question: literal('Go?') }),
        ...(dice.rarely(3) ? { expiresAfter: literal(dice.pick(['30s', '1m', dice.rarely(5) ? '8d' : '7d'])) } : {}),
        ...(dice.rarely(3) ? { onExpiry: literal(dice.pick(['reject', 'expire'])) } : {}),
        ...(dice.rarely(3) ? { approvals: literal(dice.pick([2, 1, 3])) } : {}),
        ...(dice.rarely(3) ? { approvers: literal(dice.pick([['bo', 'cy'], ['bo']])) } : {}),
        ...(dice.rarely(2) ? { allowRequester: literal(dice.rarely(2)) } : {}),
      }
    case 'wait':
      return dice.pick<Fields>([
        { for: literal('10s') },
        { for: literal('0s') },
        { until: literal('1970-01-01T00:30:00Z') },
        { until: literal('1970-01-01T00:00:01Z') },
        { until: expression('run.asOf') },
        { for: literal('20s') },
        { for: literal('30s') },
        { for: literal('1m') },
        dice.pick<Fields>([
          { until: literal('soon') },
          {},
          { for: literal('10s'), until: literal('1970-01-01T00:30:00Z') },
        ]),
      ])
    case 'event':
      return {
        ...(dice.rarely(15) ? {} : { event: literal('deployed') }),
        ...(dice.rarely(3) ? { expiresAfter: literal('20s') } : {}),
      }
    case 'each':
      return {
        items: randomItems(dice),
        ...(dice.rarely(2) ? { concurrency: literal(dice.pick([1, 2, 1, 2, 3, dice.rarely(4) ? 0 : 5])) } : {}),
        ...(dice.rarely(2)
          ? { tolerate: literal(dice.pick([1, '50%', '34%', 2, '100%', '67%', dice.rarely(4) ? 'some' : 0])) }
          : {}),
      }
    case 'repeat':
      return {
        ...(dice.rarely(20) ? { atMost: literal(0) } : { atMost: literal(1 + dice.roll(3)) }),
        ...(dice.rarely(2) ? { every: literal(dice.pick(['5s', '0s'])) } : {}),
      }
    case 'stop':
      return dice.pick<Fields>([
        { as: literal('succeeded'), reason: literal('Enough.') },
        { as: literal('failed'), reason: expression('"n=" + string(params.n)') },
        {},
        { as: literal('failed') },
        { as: literal('wrong') },
      ])
  }
}

function randomItems(dice: Dice): PlanValue {
  switch (dice.roll(12)) {
    case 6:
      return literal([])
    case 7:
      return expression('params.list')
    case 8:
      return { kind: 'list', items: [expression('params.n'), literal('x')] }
    case 9:
      return literal(dice.rarely(4) ? 'none' : ['x', 'y'])
    case 10:
      return literal(dice.rarely(4) ? Array.from({ length: 1001 }, () => 0) : [1])
    case 11:
      return literal([{ name: 'p' }, null])
    default:
      return literal(['p', 'q', 'r', 's'].slice(0, 1 + dice.roll(4)))
  }
}

/** @param inside ids of the loop's steps. */
export function randomLate(dice: Dice, effect: Effect, inside: readonly string[]): Fields {
  const outcome = (): string => `steps.${inside[dice.roll(inside.length)]}.outcome`
  if (effect === 'event') {
    return dice.pick<Fields>([
      {},
      { match: expression('event.payload.n > 2') },
      { match: expression('event.name == "deployed" && event.payload.n != 1') },
      { match: expression('event.payload.n') },
      { match: expression('event.payload.gone') },
      { match: literal(true) },
    ])
  }
  if (effect !== 'each' && effect !== 'repeat') return {}
  const collect = dice.pick<Fields>([
    {},
    { collect: expression(outcome()) },
    { collect: expression('index * 2') },
    { collect: expression(effect === 'each' ? 'item' : 'params.n') },
    { collect: { kind: 'object', fields: { at: expression('index'), of: expression(outcome()) } } },
    { collect: expression(`steps.${inside[0]}.output.n`) },
  ])
  if (effect === 'each') return collect
  const until = dice.pick<Fields>([
    { until: expression(`${outcome()} == "a"`) },
    { until: expression('index >= 1') },
    { until: literal(true) },
    { until: expression(`${outcome()} != "b"`) },
    { until: literal(false) },
    { until: expression('index') },
    { until: expression('params.nothing') },
  ])
  return { ...collect, ...until }
}
