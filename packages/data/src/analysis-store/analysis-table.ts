/** What detectors and runbooks found is a table like any other: `analysis`, which every model has. */
import { table, type Entity, type Model, type Table } from '../model/model.ts'

/** The name of the source that Tenon itself is, and of its table. */
export const analysisName = 'analysis'

/**
 * The series that are kept. Each point of `verdict` is one verdict, which its label `verdict` says; the others are numbers of verdicts, and
 * how long runs took.
 */
export type KeptMeasure = 'verdict' | 'confidence' | 'completeness' | 'deviation' | 'seconds'
export const keptMeasures: readonly string[] = [
  'verdict',
  'confidence',
  'completeness',
  'deviation',
  'seconds',
] satisfies KeptMeasure[]

/** How often runbooks judge has no season of its own. */
const common = { seasonality: 'none', bad: 'both' }
const verdicts = { ...common, kind: 'counter', unit: 'verdicts/min' }
const level = { ...common, kind: 'gauge', aggregate: 'avg', unit: 'ratio' }

const analysisTable: Table = table.parse({
  title: 'Analysis',
  description: 'What detectors and runbooks found, as Tenon kept it.',
  entity: 'tenon',
  source: analysisName,
  from: analysisName,
  dimensions: {
    runbook: 'runbook',
    environment: 'environment',
    step: 'step',
    type: 'type',
    subject: 'subject',
    verdict: 'verdict',
  },
  measures: {
    judged: { ...verdicts, title: 'Verdicts of steps', select: '*{of="step"}' },
    abnormal: {
      ...verdicts,
      title: 'Abnormal verdicts of steps',
      bad: 'up',
      select: '*{of="step",verdict="abnormal"}',
    },
    inconclusive: {
      ...verdicts,
      title: 'Inconclusive verdicts of steps',
      bad: 'up',
      select: '*{of="step",verdict="inconclusive"}',
    },
    'abnormal-share': {
      ...common,
      title: 'Share of verdicts that are abnormal',
      description: 'Of those that are conclusive.',
      kind: 'ratio',
      unit: 'ratio',
      bad: 'up',
      of: '*{of="step",verdict="abnormal"}',
      per: '*{of="step",verdict!="inconclusive"}',
    },
    concluded: { ...verdicts, title: 'Conclusions of runs', select: '*{of="run"}' },
    'concluded-abnormal': {
      ...verdicts,
      title: 'Abnormal conclusions of runs',
      bad: 'up',
      select: '*{of="run",verdict="abnormal"}',
    },
    confidence: { ...level, title: 'Confidence of verdicts', bad: 'down', select: 'confidence{of="step"}' },
    completeness: {
      ...level,
      title: 'Completeness of what was judged',
      bad: 'down',
      select: 'completeness{of="step"}',
    },
    deviation: { ...level, title: 'Deviation from expected', select: 'deviation{of="step"}' },
    'run-time': { ...level, title: 'How long runs took', unit: 's', bad: 'up', select: 'seconds{of="run"}' },
  },
})

/** What the table tells of. */
/** Not a `system`: a business has one of those, and reports name it. */
const self: Entity = { id: 'tenon', kind: 'tool', title: 'Tenon', attributes: {}, from: 'analysis' }

/** A table of that name in the model's files is the user's, and stays. */
export function withAnalysis(model: Model): Model {
  if (Object.hasOwn(model.tables, analysisName)) return model
  const isKnown = model.entities.some(({ id }) => id === self.id)
  return {
    ...model,
    entities: isKnown ? model.entities : [...model.entities, self],
    tables: { ...model.tables, [analysisName]: analysisTable },
  }
}
