/** What a chain's source speaks for: that less comes in, or that a load test adds to it. */
import { indexModel, type Model } from '@tenon/data'
import type { Hypothesis } from '@tenon/runbook'
import type { ChangeRecord } from '../node.ts'
import { percent } from './figures.ts'
import { isDown, nameOf, type JudgedStep } from './judge-chain.ts'
import type { Surplus } from './surplus.ts'

/** "orders" of "orders/min". */
export const eventsOf = (unit: string): string => unit.replace(/\/min$/, '')

/** @param likelihood of the source being the cause when it is down. */
export function sourceHypothesis(model: Model, source: JudgedStep, likelihood: number): Hypothesis {
  const { judgement, unit, title } = source.judged
  const name = nameOf(model, source.step.entity)
  const key = `source:${source.step.entity}`
  const figures =
    judgement.actual === null || judgement.expected === null
      ? (judgement.reasons[0] ?? 'not known')
      : `${judgement.actual.toFixed(0)} ${unit}, expected ${judgement.expected.toFixed(0)}`
  if (isDown(source)) {
    const cause = `${name} sends ${percent(judgement.deviation ?? 0)} fewer ${eventsOf(unit)}`
    return { kind: 'source', key, cause, likelihood, supports: [`${title}: ${figures}`], against: [] }
  }
  const isSeen = judgement.value !== 'inconclusive'
  return {
    kind: 'source',
    key,
    cause: `${name} sends fewer ${eventsOf(unit)}`,
    likelihood: isSeen ? 0 : 0.1,
    supports: [],
    against: [isSeen ? `${title} are not below expected: ${figures}` : `${title} could not be judged: ${figures}`],
  }
}

/** What is behind the source, for sentences: "the shop" of a model with one system, else "the chain". */
export function insideName(model: Model): string {
  const [system, ...others] = indexModel(model).entitiesOfKind('system')
  return system && others.length === 0 ? `the ${system.id}` : 'the chain'
}

/** A surplus is a load test when its kind is called so, or when one is under way among the changes. */
export function loadTestHypothesis(
  entity: string,
  surplus: Surplus | null,
  options: { changes: ChangeRecord[]; asOf: number },
): Hypothesis | null {
  if (surplus === null) return null
  const value = Object.values(surplus.where ?? {})[0]
  const running = options.changes.find(
    ({ kind, startedAt, endedAt }) =>
      kind === 'load-test' && startedAt <= options.asOf && (endedAt === null || endedAt > options.asOf - 600_000),
  )
  const isNamed = value !== undefined && /load.?test/i.test(value)
  if (!isNamed && !running) return null
  const supports = [
    ...(isNamed ? [`the surplus is of kind "${value}"`] : []),
    ...(running ? [`${running.id} is under way: ${running.title}`] : []),
  ]
  return {
    kind: 'load-test',
    key: `load-test:${entity}`,
    cause: `a load test raises the volume by ${percent(surplus.deviation)}`,
    likelihood: isNamed ? 0.95 : 0.8,
    supports,
    against: [],
  }
}
