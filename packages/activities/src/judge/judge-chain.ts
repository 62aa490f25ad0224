/** All steps of a business chain, each judged by the volume of events that it completes. */
import { indexModel, type DataService, type Model } from '@tenon/data'
import { NodeError } from '../node-error.ts'
import { fetchAndJudge, type Judged } from './fetch-and-judge.ts'

export type Chain = Model['chains'][number]
export type ChainStep = Chain['steps'][number]

export interface JudgedStep {
  step: ChainStep
  judged: Judged
}

export interface JudgedChain {
  chain: Chain
  /** The first step. */
  source: JudgedStep
  /** The steps after it, in flow order; at least one. */
  steps: JudgedStep[]
  last: JudgedStep
  /** What was judged: shorter than asked for where only the newest minutes are whole. */
  windowMinutes: number
}

/**
 * More orders than usual are no loss, but explain much: the source is judged both ways. It is the world outside, whose days differ by some
 * per cent for reasons of their own, so that less than this is no incident.
 */
const sourceRequest = { bad: 'both', minimumEffect: 0.08 } as const

/** @throws NodeError `unknown-chain`, `unknown-measure`; DataError when the source does not answer. */
export async function judgeChain(
  data: DataService,
  id: string,
  options: { windowMinutes: number; asOf: number },
): Promise<JudgedChain> {
  const chain = findChain(data.model, id)
  let windowMinutes = options.windowMinutes
  let all = await judgeSteps(data, chain, options)
  // Minutes that were lost and are over say nothing about now: the newest ones are judged alone, if they are whole.
  for (const shorter of shorterWindows) {
    if (shorter >= windowMinutes || !all.some(lacksData)) continue
    const again = await judgeSteps(data, chain, { asOf: options.asOf, windowMinutes: shorter })
    if (!again.some(lacksData)) [all, windowMinutes] = [again, shorter]
  }
  const [source, ...steps] = all
  const last = steps.at(-1)
  if (!source || !last)
    throw new NodeError('unknown-chain', `The chain ${id} has no steps.`, { fix: 'Give it two or more.' })
  return { chain, source, steps, last, windowMinutes }
}

const shorterWindows = [10, 5]

const lacksData = ({ judged: { judgement } }: JudgedStep): boolean =>
  judgement.value === 'inconclusive' && judgement.quality.completeness < 1

const judgeSteps = (data: DataService, chain: Chain, options: { windowMinutes: number; asOf: number }) =>
  Promise.all(
    chain.steps.map(async (step, index): Promise<JudgedStep> => {
      const special = index === 0 ? sourceRequest : {}
      return { step, judged: await fetchAndJudge(data, { measure: step.measure, ...options, ...special }) }
    }),
  )

function findChain(model: Model, id: string): Chain {
  const found = model.chains.find((chain) => chain.id === id)
  if (found) return found
  throw new NodeError('unknown-chain', `The model has no chain "${id}".`, {
    fix: `Choose one of: ${model.chains.map((chain) => chain.id).join(', ') || '(the model has no chains)'}.`,
  })
}

export const isDown = ({ judged: { judgement } }: JudgedStep): boolean =>
  judgement.value === 'abnormal' && (judgement.deviation ?? 0) < 0

export const isUp = ({ judged: { judgement } }: JudgedStep): boolean =>
  judgement.value === 'abnormal' && (judgement.deviation ?? 0) > 0

export const nameOf = (model: Model, entityId: string): string => {
  const entity = indexModel(model).entity(entityId)
  return entity?.kind === 'zone' ? (entity.title ?? entityId) : entityId
}

/** Null when the model does not say. */
export function ownerOf(model: Model, entityId: string): string | null {
  return indexModel(model).entity(entityId)?.owner ?? null
}

/** Why a step cannot be judged, with who does not report. */
export function unseenReason({ step, judged: { judgement } }: JudgedStep): string {
  const { notes } = judgement.quality
  const [first, ...others] = notes
  const [reason = 'no verdict'] = judgement.reasons
  const who =
    first === undefined || reason === first
      ? ''
      : ` (${first}${others.length > 0 ? `, and ${others.length} more` : ''})`
  return `${step.title} cannot be judged: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}${who}`
}
