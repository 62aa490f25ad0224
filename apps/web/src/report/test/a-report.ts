/** Contents of reports for tests. */
import type { Evidence, Report } from '@tenon/runbook'
import { contentOf, type RecordedRun, type ReportContent, type ReportStep } from '../content/report-content.ts'

export const at = (minute: number, second = 0): string =>
  new Date(Date.UTC(2026, 10, 21, 14, minute, second)).toISOString()
export const ms = (minute: number, second = 0): number => Date.parse(at(minute, second))

export const aStep = (given: Partial<ReportStep> & { stepId: string }): ReportStep => ({
  type: 'judge.anomaly',
  title: given.stepId,
  status: 'done',
  outcome: null,
  summary: null,
  verdict: null,
  evidence: [],
  error: null,
  reason: null,
  startedAt: at(7),
  endedAt: at(7, 1),
  ...given,
})

export const quality = { completeness: 1, freshnessSeconds: 10, notes: [] }

export const aReport = (given: Partial<Report> = {}): Report => ({
  verdict: { value: 'abnormal', confidence: 0.94, reasons: ['Payments fell'], quality },
  conclusion: 'Payments fell 11.8 % because payment v2 fails on 3 of 6 hosts (zone A).',
  why: 'The source is normal.',
  since: at(2),
  cause: null,
  hypotheses: [],
  scope: [{ label: 'Chain', value: 'Card payment' }],
  evidenceSteps: [],
  ...given,
})

export const waterfall: Extract<Evidence, { kind: 'waterfall' }> = {
  id: 'parts',
  kind: 'waterfall',
  title: 'Where the loss is',
  unit: 'requests/min',
  expected: 600,
  actual: 530,
  parts: [
    { name: 'Source', change: 2, verdict: 'normal' },
    { name: 'Payment', change: -72, verdict: 'abnormal' },
  ],
}

export const chart = (
  id: string,
  given: Partial<Extract<Evidence, { kind: 'series' }>> = {},
): Extract<Evidence, { kind: 'series' }> => ({
  id,
  kind: 'series',
  title: id,
  unit: 'ratio',
  series: [
    {
      name: 'version v2',
      points: [
        [ms(0), 0.97],
        [ms(1), null],
        [ms(2), 0.7],
        [ms(3), 0.71],
      ],
    },
  ],
  ...given,
})

const run: RecordedRun = {
  id: '8f3c0000-0000-4000-8000-000000000000',
  runbook: { name: 'payment-drop', title: 'Payment drop' },
  version: 3,
  planHash: 'sha256:abcdef',
  environment: 'production',
  status: 'succeeded',
  verdict: 'abnormal',
  conclusion: null,
  error: null,
  trigger: 'button',
  requestedBy: 'ada@example.com',
  params: { chain: 'card-payment', deep: { a: 1 } },
  alert: null,
  chosenFor: null,
  report: null,
  asOf: at(7),
  startedAt: at(7),
  concludedAt: at(7, 4),
  endedAt: at(7, 5),
}

export function aContent(
  given: { run?: Partial<RecordedRun>; report?: Report | null; steps?: ReportStep[] } = {},
): ReportContent {
  return contentOf({ ...run, ...given.run, report: given.report ?? null }, given.steps ?? [])
}
