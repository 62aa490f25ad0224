import type { StepState, Verdict } from '@tenon/runbook'
import { createServer } from 'node:http'
import { describe, expect, test } from 'vitest'
import { checkModel } from '../model/check-model.ts'
import { createDataService } from '../query/create-data-service.ts'
import { analysisSource, type AnalysisReader } from './analysis-source.ts'
import { withAnalysis } from './analysis-table.ts'
import { conclusionOf, judgementOf, metricsOfJudgements, seriesOfJudgements, type Judgement } from './judgements.ts'
import { createRemoteWrite } from './remote-write.ts'

const t = Date.UTC(2026, 2, 1, 10)
const minute = 60_000
const verdict = (value: Verdict['value'], confidence = 0.9): Verdict => ({
  value,
  confidence,
  reasons: [],
  quality: { completeness: 1, freshnessSeconds: 10, notes: [] },
})
const run = { runbook: 'payment-drop', environment: 'production', asOf: t }
const done = (
  value: Verdict['value'],
  more: { input?: Record<string, unknown>; output?: unknown } = {},
): StepState => ({
  status: 'done',
  attempt: 1,
  startedAt: t,
  endedAt: t + 500,
  input: more.input ?? {},
  result: { outcome: value, output: more.output ?? {}, summary: '', verdict: verdict(value) },
})
const step = (value: Verdict['value'], more = {}) =>
  judgementOf(run, { stepId: 'drop', type: 'judge.anomaly', state: done(value, more) })

describe('what is kept of a step', () => {
  test('its verdict, confidence, completeness and deviation, at the moment that was judged', () => {
    const judgement = step('abnormal', { input: { measure: 'payment.succeeded' }, output: { deviation: -0.11 } })
    expect(judgement).toMatchObject({ of: 'step', subject: 'payment.succeeded', at: t, deviation: -0.11 })
    const labels = {
      of: 'step',
      runbook: 'payment-drop',
      environment: 'production',
      step: 'drop',
      type: 'judge.anomaly',
      subject: 'payment.succeeded',
    }
    expect(seriesOfJudgements([judgement!])).toEqual([
      { measure: 'verdict', labels: { ...labels, verdict: 'abnormal' }, points: [[t, 1]] },
      { measure: 'confidence', labels, points: [[t, 0.9]] },
      { measure: 'completeness', labels, points: [[t, 1]] },
      { measure: 'deviation', labels, points: [[t, -0.11]] },
    ])
  })

  test('nothing of one that did not end with a verdict', () => {
    const { result, ...rest } = done('normal') as Extract<StepState, { status: 'done' }>
    const { verdict: _, ...silent } = result
    expect(judgementOf(run, { stepId: 'a', type: 'x', state: { ...rest, result: silent } })).toBeNull()
    expect(
      judgementOf(run, { stepId: 'a', type: 'x', state: { status: 'running', attempt: 1, startedAt: t, input: {} } }),
    ).toBeNull()
  })

  test('inconclusive is no normal in a metrics store', () => {
    const names = (value: Verdict['value']) =>
      metricsOfJudgements([step(value)!]).map(({ measure, points }) => [measure, points[0]?.[1]])
    expect(names('inconclusive').slice(0, 1)).toEqual([['tenon_inconclusive', 1]])
    expect(names('normal').slice(0, 2)).toEqual([
      ['tenon_abnormal', 0],
      ['tenon_inconclusive', 0],
    ])
  })
})

describe('the table "analysis"', () => {
  const judgements: Judgement[] = [
    step('abnormal', { input: { chain: 'card-payment' } })!,
    { ...step('normal')!, at: t + minute },
    { ...step('inconclusive')!, at: t + minute + 1 },
    { ...step('normal')!, at: t + minute + 2, runbook: 'other' },
    conclusionOf(run, { verdict: 'abnormal', seconds: 12 }),
  ]
  const kept = seriesOfJudgements(judgements)
  const reader: AnalysisReader = {
    read: async ({ measure, where, from, to }) => ({
      complete: true,
      series: kept.filter(
        ({ measure: name, labels, points: [[at] = [0]] }) =>
          name === measure &&
          at > from &&
          at <= to &&
          Object.entries(where).every(([label, values]) => values.includes(labels[label] ?? '')),
      ),
    }),
  }
  const empty = { tenonModel: 1 as const, entities: [], tables: {}, relations: [], chains: [] }
  const model = withAnalysis(empty)
  const data = createDataService({ model, sources: async () => null, own: { analysis: analysisSource(reader) } })
  const ask = async (measure: string, more = {}) => {
    const span = { from: t - minute, to: t + 2 * minute, stepSeconds: 60, asOf: t + 2 * minute }
    const { series } = await data.data({ measure: `analysis.${measure}`, ...span, ...more })
    return series.map(({ dimensions, points }) => [dimensions, points.map(([, value]) => value)])
  }

  test('fits any model, and a table of that name in the model’s own files stays', () => {
    expect(checkModel(model)).toEqual([])
    const own = { ...empty, tables: { analysis: { ...model.tables['analysis']!, title: 'Mine' } } }
    expect(withAnalysis(own)).toBe(own)
  })

  test('is asked as any table is: rates, shares, levels, filters, groups', async () => {
    expect(await ask('judged')).toEqual([[{}, [null, 1, 1, 2]]])
    expect(await ask('abnormal')).toEqual([[{}, [null, 1, 0, 0]]])
    expect(await ask('abnormal-share')).toEqual([[{}, [null, 1, 0, 0]]])
    expect(await ask('judged', { where: { runbook: 'other' } })).toEqual([[{}, [null, null, null, 1]]])
    expect(await ask('judged', { groupBy: ['runbook'] })).toEqual([
      [{ runbook: 'other' }, [null, null, null, 1]],
      [{ runbook: 'payment-drop' }, [null, 1, 1, 1]],
    ])
    expect(await ask('run-time')).toEqual([[{}, [null, 12, null, null]]])
    expect(await ask('judged', { where: { subject: 'card-payment' } })).toEqual([[{}, [null, 1, null, null]]])
  })
})

describe('sending to a store', () => {
  const series = seriesOfJudgements([step('normal')!])

  /** A store that answers with these statuses, one after another. */
  async function store(statuses: number[]) {
    const bodies: Buffer[] = []
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        bodies.push(Buffer.concat(chunks))
        response.writeHead(statuses.shift() ?? 204).end()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const problems: string[] = []
    const remote = createRemoteWrite({
      address: async () => ({ kind: 'prometheus', url: `http://127.0.0.1:${port}/`, secret: 'ada:secret' }),
      onProblem: (message) => problems.push(message),
      firstWaitMs: 1,
      attempts: 3,
    })
    return { bodies, problems, remote, close: () => new Promise((resolve) => server.close(resolve)) }
  }

  test('is tried again while the store has trouble of its own', async () => {
    const { bodies, problems, remote, close } = await store([503, 429])
    remote.add(series)
    await remote.settled()
    expect(bodies).toHaveLength(3)
    expect(bodies[2]).toEqual(bodies[0])
    expect(problems).toEqual([])
    await close()
  })

  test('is given up when it is refused, or for too long; no credential and no address is told', async () => {
    const { bodies, problems, remote, close } = await store([400, 503, 503, 503])
    remote.add(series)
    await remote.settled()
    remote.add(series)
    await remote.settled()
    expect(bodies).toHaveLength(4)
    expect(problems).toHaveLength(2)
    expect(problems[0]).toContain('400')
    expect(problems.join()).not.toMatch(/secret|127\.0\.0\.1/)
    await close()
  })
})
