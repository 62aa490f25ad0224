/** What the ended steps found, read from their results: what a conclusion builds on. */
import type { ComputeContext } from '../flow/running-flow.ts'
import type { Hypothesis, Verdict } from '../flow/step.ts'
import {
  isChanges,
  isDated,
  isDependency,
  isEntityFinding,
  isLoss,
  isPlacedFinding,
  isUnsure,
  type Changes,
  type Dependency,
  type EntityFinding,
  type Loss,
  type PlacedFinding,
  type Shape,
} from './conclude-shapes.ts'

type Steps = ComputeContext['steps']

export interface Findings {
  steps: Steps
  /** Steps that gave a verdict. */
  judges: { id: string; title: string; summary: string; verdict: Verdict }[]
  hypotheses: Hypothesis[]
  loss: Loss | null
  dependency: Dependency | null
  changes: Changes | null
  /** What steps that judge an entity found abnormal, the most telling first. */
  entities: EntityFinding[]
  /** Where the fault sits, when a step compared the parts of an entity and one of them differs. */
  place: PlacedFinding | null
  /** ISO 8601: where the loss says it, else what tells most. */
  since: string | null
  chain: string | null
  /** Titles of steps that had not ended when the time was up. */
  cut: string[]
  /** What could not be checked, a sentence each. */
  unchecked: string[]
}

/** What people feel tells more of an incident than what stands behind it. Types that are not here come last. */
const telling = [
  'judge.chain-loss',
  'judge.business-dependency',
  'judge.capacity',
  'judge.anomalies',
  'judge.anomaly',
  'judge.traffic',
  'judge.peers',
  'judge.dependency-health',
]
const rankOf = (type: string): number => (telling.includes(type) ? telling.indexOf(type) : telling.length)

export function readFindings(ended: Steps): Findings {
  // An earlier conclusion is no finding of its own.
  const steps = ended.filter(({ result }) => result.report === undefined)
  // Side by side, steps end in any order; what is concluded must not hang on it.
  const ordered = steps.toSorted((a, b) => rankOf(a.type) - rankOf(b.type) || (a.id < b.id ? -1 : 1))
  const abnormal = ordered.filter(({ result }) => result.verdict?.value === 'abnormal')
  const loss = latest(steps, isLoss)
  const dependency = latest(steps, isDependency)
  const entities = fitting(abnormal, isEntityFinding).filter(({ headline }) => headline !== null)
  const onsets = fitting(abnormal, isDated).flatMap(({ since }) => since ?? [])
  return {
    steps: ordered,
    judges: ordered.flatMap(({ id, title, result: { summary, verdict } }) =>
      verdict ? [{ id, title, summary, verdict }] : [],
    ),
    hypotheses: ordered.flatMap(({ result }) => result.hypotheses ?? []),
    loss,
    dependency,
    changes: latest(steps, isChanges),
    entities,
    place: fitting(abnormal, isPlacedFinding).findLast(({ localised }) => localised !== null) ?? null,
    since: loss?.since ?? entities.find(({ since }) => since !== null)?.since ?? onsets.sort()[0] ?? null,
    chain: loss?.chain ?? dependency?.chain ?? null,
    cut: ordered.filter(({ result }) => result.outcome === 'cut').map(({ title }) => title),
    unchecked: uncheckedOf(ordered),
  }
}

/** Judges that could not see, steps that failed or were cut off, and what a step says that it left out. */
function uncheckedOf(steps: Steps): string[] {
  const sentences = steps.flatMap(({ title, result }) => {
    const output: unknown = result.output
    const left = isUnsure(output) ? output.unchecked : []
    const reason = result.verdict?.value === 'inconclusive' ? result.verdict.reasons[0] : undefined
    if (reason === undefined) return left
    return [result.outcome === 'cut' || result.outcome === 'error' ? reason : `${title} ${reason}`, ...left]
  })
  return [...new Set(sentences)]
}

const fitting = <T>(steps: Steps, shape: Shape<T>): T[] => steps.map(({ result }) => result.output).filter(shape)

const latest = <T>(steps: Steps, shape: Shape<T>): T | null => fitting(steps, shape).at(-1) ?? null
