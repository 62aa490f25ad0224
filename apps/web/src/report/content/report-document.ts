/** A report as a sequence of blocks, conclusion first: what the Markdown and the PDF are written from, so that they never tell different stories. Pure. */
import type { Evidence, EvidenceQuery, Hypothesis } from '@tenon/runbook'
import { summarise, type SeriesEvidence } from '../../ui/evidence/chart-data.ts'
import { waterfallLayout, type WaterfallEvidence } from '../../ui/evidence/waterfall-geometry.ts'
import { formatChange, formatPercent, formatQuantity, plural } from '../../ui/figures.ts'
import { stepWord } from '../../ui/run-words.ts'
import { formatDuration, formatExact } from '../../ui/time-format.ts'
import type { ReportContent, ReportStep } from './report-content.ts'
import { alertDistance, reportView, type EvidenceOf, type ReportView } from './report-view.ts'

export interface TableBlock {
  kind: 'table'
  columns: { label: string; isNumber: boolean }[]
  rows: string[][]
  /** Rows that were left out. */
  omitted: number
}

/** `text` is plain: who writes it escapes it. */
export type Block =
  | { kind: 'title'; text: string }
  | { kind: 'heading'; level: 2 | 3; text: string }
  | { kind: 'paragraph'; text: string; look: 'plain' | 'strong' | 'quiet' | 'warning' }
  | { kind: 'list'; items: { text: string; details: string[] }[]; ordered: boolean }
  | { kind: 'facts'; items: { label: string; value: string }[] }
  | TableBlock
  | { kind: 'query'; query: EvidenceQuery }
  | { kind: 'chart'; evidence: SeriesEvidence; table: TableBlock; marks: string[] }
  | { kind: 'waterfall'; evidence: WaterfallEvidence; table: TableBlock }
  | { kind: 'link'; text: string; url: string }

/** More rows than these are looked at in Tenon. */
const mostRows = 60

/** @param link the page that the export is of */
export function reportDocument(content: ReportContent, { link, madeAt }: { link: string; madeAt: number }): Block[] {
  const view = reportView(content)
  return [
    { kind: 'title', text: view.headline },
    { kind: 'paragraph', look: 'quiet', text: stateLine(content, view) },
    ...incompleteBlocks(view),
    ...(view.why === null ? [] : [paragraph(view.why)]),
    ...nextActionBlocks(view),
    ...section('Scope', view.scope.length === 0 ? [] : [{ kind: 'facts', items: view.scope }]),
    ...section('Possible causes', hypothesisBlocks(view.likely)),
    ...section('Ruled out', ruledOutBlocks(view.ruledOut)),
    ...section(
      'Where the change comes from',
      view.waterfalls.flatMap(({ evidence }) => waterfallBlocks(evidence)),
    ),
    ...section(
      'Charts',
      view.charts.flatMap(({ evidence }) => chartBlocks(evidence)),
    ),
    ...section(
      'What depends on what',
      view.topologies.flatMap(({ evidence }) => topologyBlocks(evidence)),
    ),
    ...section(
      'Other evidence',
      view.rest.flatMap(({ evidence }) => restBlocks(evidence)),
    ),
    ...section(
      'What could not be checked',
      view.unchecked.length === 0
        ? []
        : [{ kind: 'list', ordered: false, items: view.unchecked.map((text) => ({ text, details: [] })) }],
    ),
    ...section('Steps', [stepTable(content.steps)]),
    ...section('Run', [
      { kind: 'facts', items: runFacts(content, madeAt) },
      { kind: 'link', text: 'This report in Tenon', url: link },
    ]),
  ]
}

const section = (text: string, blocks: Block[]): Block[] =>
  blocks.length === 0 ? [] : [{ kind: 'heading', level: 2, text }, ...blocks]

const paragraph = (text: string, look: 'plain' | 'strong' | 'quiet' | 'warning' = 'plain'): Block => ({
  kind: 'paragraph',
  look,
  text,
})

const utc = (ms: number): string => formatExact(ms, 'utc')
const utcOf = (iso: string): string => (Number.isFinite(Date.parse(iso)) ? utc(Date.parse(iso)) : 'unknown time')

/** "Abnormal · confidence 0.94 · since 21 November 2026, 14:02:00 UTC, 5 min before the alert · concluded in 3.8 s". */
function stateLine({ run }: ReportContent, view: ReportView): string {
  const distance = view.alert?.afterOnset ?? null
  const since =
    view.since === null ? null : `since ${utc(view.since)}${distance === null ? '' : `, ${alertDistance(distance)}`}`
  return [
    capital(view.verdict ?? stageWord(view)),
    view.confidence === null ? null : `confidence ${view.confidence.toFixed(2)}`,
    since,
    view.concludedIn === null ? null : `concluded in ${formatDuration(view.concludedIn)}`,
    view.verdict !== null && (view.stage === 'failed' || view.stage === 'cancelled' || view.stage === 'timed-out')
      ? `the run ${stageWord(view)}`
      : null,
    run.version === null ? 'by a draft' : null,
  ]
    .filter((part) => part !== null)
    .join(' · ')
}

export function stageWord({ stage }: Pick<ReportView, 'stage'>): string {
  switch (stage) {
    case 'queued':
    case 'running':
    case 'concluded':
    case 'finished':
    case 'failed':
      return stage
    case 'cancelled':
      return 'was cancelled'
    case 'timed-out':
      return 'timed out'
  }
}

function incompleteBlocks({ incomplete, goesOn }: ReportView): Block[] {
  if (incomplete) return [paragraph(incompleteLine(incomplete), 'warning')]
  return goesOn ? [paragraph('The run goes on: this is what it knew when this was written.', 'warning')] : []
}

/** "Incomplete: the time of 60 s was up. Missing: Which change did it?" */
export function incompleteLine({ reason, missing }: NonNullable<ReportView['incomplete']>): string {
  const end = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)
  return [`Incomplete: ${end(reason)}`, ...(missing.length === 0 ? [] : [end(`Missing: ${missing.join('; ')}`)])].join(
    ' ',
  )
}

function nextActionBlocks({ nextAction }: ReportView): Block[] {
  if (!nextAction) return []
  const how = nextAction.runbook === null ? [] : [{ label: 'runbook', value: nextAction.runbook }]
  const params = Object.entries(nextAction.params).map(([label, value]) => ({ label, value }))
  return section('What to do next', [
    paragraph(nextAction.title, 'strong'),
    ...(nextAction.consequence ? [paragraph(nextAction.consequence)] : []),
    ...(how.length + params.length === 0 ? [] : [{ kind: 'facts' as const, items: [...how, ...params] }]),
  ])
}

function hypothesisBlocks(likely: Hypothesis[]): Block[] {
  if (likely.length === 0) return []
  return [
    {
      kind: 'list',
      ordered: true,
      items: likely.map(({ cause, likelihood, supports, against }) => ({
        text: `${capital(cause)} (likelihood ${likelihood.toFixed(2)})`,
        details: [...supports.map((one) => `For: ${one}`), ...against.map((one) => `Against: ${one}`)],
      })),
    },
  ]
}

function ruledOutBlocks(ruledOut: Hypothesis[]): Block[] {
  if (ruledOut.length === 0) return []
  return [
    {
      kind: 'list',
      ordered: false,
      items: ruledOut.map(({ cause, against }) => ({ text: capital(cause), details: against })),
    },
  ]
}

function waterfallBlocks(evidence: EvidenceOf<'waterfall'>): Block[] {
  const layout = waterfallLayout(evidence)
  const rows = layout.bars.map((bar) => {
    const whole = bar.kind === 'expected' || bar.kind === 'actual'
    const share =
      bar.share === null ? 'nothing was expected' : whole ? formatPercent(bar.share) : formatChange(bar.share)
    return [bar.name, formatQuantity(whole ? bar.to : bar.to - bar.from, evidence.unit), share, bar.verdict ?? '']
  })
  const parts = layout.bars.filter(({ kind }) => kind === 'part' || kind === 'unexplained')
  const sum = parts.reduce((total, bar) => total + bar.to - bar.from, 0)
  rows.splice(-1, 0, [
    'sum of the parts',
    formatQuantity(sum, evidence.unit),
    evidence.expected === 0 ? 'nothing was expected' : formatChange(sum / evidence.expected),
    '',
  ])
  return [
    { kind: 'heading', level: 3, text: evidence.title },
    ...subtitleOf(evidence),
    {
      kind: 'waterfall',
      evidence,
      table: table([['part'], ['change', true], ['of expected', true], ['verdict']], rows),
    },
    ...queriesOf(evidence),
  ]
}

function chartBlocks(evidence: SeriesEvidence): Block[] {
  const quantity = (value: number | null): string => formatQuantity(value, evidence.unit)
  const rows = evidence.series.map((line) => {
    const { name, first, last, low, high, gaps } = summarise(line)
    return [name, quantity(first), quantity(last), quantity(low), quantity(high), String(gaps)]
  })
  const marks = (evidence.marks ?? [])
    .toSorted((a, b) => a.at - b.at)
    .map((mark) => `${utc(mark.at)}: ${markText(mark)}`)
  return [
    { kind: 'heading', level: 3, text: withVerdict(evidence) },
    ...subtitleOf(evidence),
    {
      kind: 'chart',
      evidence,
      marks,
      table: table(
        [['line'], ['first', true], ['last', true], ['lowest', true], ['highest', true], ['times without data', true]],
        rows,
      ),
    },
    ...queriesOf(evidence),
  ]
}

/** "PaymentsLow (alert)", "onset". */
export const markText = ({
  label,
  kind,
}: Pick<NonNullable<SeriesEvidence['marks']>[number], 'label' | 'kind'>): string =>
  label === kind ? label : `${label} (${kind})`

function topologyBlocks(evidence: EvidenceOf<'topology'>): Block[] {
  const title = new Map(evidence.nodes.map((node) => [node.id, node.title]))
  const uses = (id: string): string =>
    evidence.edges
      .filter(({ from }) => from === id)
      .map(({ to, hot }) => `${title.get(to) ?? to}${hot ? ' (hot path)' : ''}`)
      .join(', ')
  const rows = evidence.nodes.map((node) => [
    node.title,
    node.kind ?? '',
    node.verdict ?? 'not judged',
    node.note ?? '',
    uses(node.id),
  ])
  return [
    { kind: 'heading', level: 3, text: evidence.title },
    ...subtitleOf(evidence),
    table([['name'], ['kind'], ['verdict'], ['note'], ['depends on']], rows),
    ...queriesOf(evidence),
  ]
}

function restBlocks(evidence: EvidenceOf<'table' | 'changes' | 'text'>): Block[] {
  const head: Block[] = [{ kind: 'heading', level: 3, text: withVerdict(evidence) }, ...subtitleOf(evidence)]
  switch (evidence.kind) {
    case 'table': {
      const columns = evidence.columns.map(({ label, unit }): [string, boolean] => [label, unit !== undefined])
      const rows = evidence.rows.map((row) =>
        evidence.columns.map(({ key, unit }) => {
          const value = Object.hasOwn(row, key) ? row[key] : null
          return typeof value === 'string' ? value : formatQuantity(value, unit ?? '')
        }),
      )
      return [...head, rows.length === 0 ? paragraph('No rows.') : table(columns, rows), ...queriesOf(evidence)]
    }
    case 'changes': {
      const rows = evidence.changes.map((change) => [
        change.id,
        change.title,
        change.kind,
        utcOf(change.at),
        change.score === null ? 'ruled out' : `likely ${change.score.toFixed(2)}`,
        change.reason,
      ])
      const columns: [string, boolean?][] = [['change'], ['title'], ['kind'], ['at'], ['how likely'], ['why']]
      return [
        ...head,
        rows.length === 0 ? paragraph('No change in the window.') : table(columns, rows),
        ...queriesOf(evidence),
      ]
    }
    case 'text':
      return [...head, paragraph(evidence.text), ...queriesOf(evidence)]
  }
}

function stepTable(steps: readonly ReportStep[]): Block {
  const rows = steps.map((step) => [
    step.title,
    step.verdict?.value ?? step.outcome ?? stepWord(step.status),
    step.startedAt && step.endedAt
      ? formatDuration(Date.parse(step.endedAt) - Date.parse(step.startedAt))
      : stepWord(step.status),
    step.error?.message ?? step.summary ?? step.reason ?? '',
  ])
  return table([['step'], ['ended'], ['took', true], ['found']], rows)
}

function runFacts({ run }: ReportContent, madeAt: number): { label: string; value: string }[] {
  return [
    { label: 'runbook', value: `${run.runbook.title}, ${run.version === null ? 'draft' : `version ${run.version}`}` },
    { label: 'run', value: run.id },
    ...run.params.map(({ name, value }) => ({ label: name, value })),
    { label: 'environment', value: run.environment },
    { label: 'by', value: `${run.requestedBy} (${run.trigger})` },
    { label: 'data as of', value: utcOf(run.asOf) },
    { label: 'began', value: utcOf(run.startedAt) },
    ...(run.endedAt === null ? [] : [{ label: 'ended', value: utcOf(run.endedAt) }]),
    { label: 'plan', value: run.planHash },
    { label: 'written', value: utc(madeAt) },
  ]
}

const queriesOf = ({ queries = [] }: Evidence): Block[] => queries.map((query) => ({ kind: 'query', query }))
const subtitleOf = ({ subtitle }: Evidence): Block[] => (subtitle ? [paragraph(subtitle, 'quiet')] : [])
const withVerdict = ({ title, verdict }: Evidence): string => (verdict ? `${title}: ${verdict}` : title)
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function table(columns: [label: string, isNumber?: boolean][], rows: string[][]): TableBlock {
  return {
    kind: 'table',
    columns: columns.map(([label, isNumber = false]) => ({ label, isNumber })),
    rows: rows.slice(0, mostRows),
    omitted: Math.max(0, rows.length - mostRows),
  }
}

/** "12 more rows are in Tenon." */
export const omittedLine = (omitted: number): string => `${plural(omitted, 'more row is', 'more rows are')} in Tenon.`
