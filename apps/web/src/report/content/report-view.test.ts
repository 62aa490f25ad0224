import { describe, expect, test } from 'vitest'
import { aContent, aReport, aStep, at, chart, ms, quality, waterfall } from '../test/a-report.ts'
import { reportContent } from './report-content.ts'
import { alertDistance, reportView } from './report-view.ts'

describe('each state says what it is', () => {
  test('queued', () => {
    const view = reportView(aContent({ run: { status: 'queued', concludedAt: null, endedAt: null } }))
    expect(view).toMatchObject({
      stage: 'queued',
      goesOn: true,
      headline: 'Waits for another run of the same kind to end.',
    })
  })

  test('running with no evidence', () => {
    const steps = [aStep({ stepId: 'source', title: 'Is the source down?', status: 'running', endedAt: null })]
    const view = reportView(
      aContent({ run: { status: 'running', verdict: null, concludedAt: null, endedAt: null }, steps }),
    )
    expect(view).toMatchObject({
      stage: 'running',
      goesOn: true,
      headline: 'Is the source down?…',
      verdict: null,
      concludedIn: null,
      charts: [],
      unchecked: [],
    })
  })

  test('running with first evidence: it is there before the conclusion', () => {
    const steps = [
      aStep({ stepId: 'loss', evidence: [waterfall, chart('payments', { verdict: 'abnormal' })] }),
      aStep({ stepId: 'late', status: 'pending', startedAt: null, endedAt: null }),
    ]
    const view = reportView(aContent({ run: { status: 'running', concludedAt: null, endedAt: null }, steps }))
    expect(view.stage).toBe('running')
    expect(view.headline).toBe('Beginning…')
    expect(view.waterfalls.map(({ key }) => key)).toEqual(['loss/parts'])
    expect(view.charts.map(({ key }) => key)).toEqual(['loss/payments'])
  })

  test('concluded while it goes on, because it waits for a person', () => {
    const view = reportView(aContent({ run: { status: 'running', endedAt: null }, report: aReport() }))
    expect(view).toMatchObject({ stage: 'concluded', goesOn: true, concludedIn: 4_000, confidence: 0.94 })
  })

  test('normal', () => {
    const report = aReport({
      verdict: { value: 'normal', confidence: 0.9, reasons: [], quality },
      conclusion: 'Nothing is wrong.',
      why: '',
      since: null,
    })
    const view = reportView(aContent({ report }))
    expect(view).toMatchObject({ stage: 'concluded', verdict: 'normal', since: null, why: null, unchecked: [] })
  })

  test('inconclusive: what was not seen stands beside it', () => {
    const report = aReport({
      verdict: { value: 'inconclusive', confidence: 0.4, reasons: ['no data'], quality },
      conclusion: 'It could not be judged.',
      since: null,
      unchecked: ['Payments: no samples for 20 min.'],
    })
    const view = reportView(aContent({ report }))
    expect(view).toMatchObject({
      stage: 'concluded',
      verdict: 'inconclusive',
      unchecked: ['Payments: no samples for 20 min.'],
    })
  })

  test('failed with and without a report', () => {
    const error = { code: 'x', message: 'The store is away.', fix: 'Start it.' }
    expect(reportView(aContent({ run: { status: 'failed', error } }))).toMatchObject({
      stage: 'failed',
      headline: 'The store is away.',
    })
    expect(reportView(aContent({ run: { status: 'failed', error }, report: aReport() }))).toMatchObject({
      stage: 'failed',
      verdict: 'abnormal',
    })
    expect(reportView(aContent({ run: { status: 'cancelled' } })).headline).toBe('The run was cancelled.')
    expect(reportView(aContent({ run: { status: 'timed-out' } })).headline).toMatch(/longer than its runbook allows/)
    expect(reportView(aContent()).headline).toBe('Payment drop finished.')
  })
})

test('an old report, without what newer ones have, is shown as it is', () => {
  const old = JSON.parse(JSON.stringify(aContent({ report: aReport() })))
  const view = reportView(reportContent.parse(old))
  expect(view).toMatchObject({ incomplete: null, nextAction: null, unchecked: [], alert: null, since: ms(2) })
})

test('the alert is told by how long after the onset it came', () => {
  const marks = [
    { at: ms(9), label: 'again', kind: 'alert' as const },
    { at: ms(7), label: 'PaymentsLow', kind: 'alert' as const },
    { at: ms(1), label: 'CHG-2041', kind: 'change' as const },
  ]
  const steps = [aStep({ stepId: 'loss', evidence: [chart('payments', { marks })] })]
  const view = reportView(aContent({ report: aReport(), steps }))
  expect(view.alert).toEqual({ at: ms(7), label: 'PaymentsLow', afterOnset: 300_000 })
  const about = reportView(aContent({ run: { alert: { label: 'PaymentsGone', at: at(3) } }, report: aReport(), steps }))
  expect(about.alert).toEqual({ at: ms(3), label: 'PaymentsGone', afterOnset: 60_000 })
  expect(about.charts[0]?.evidence.marks).toContainEqual({ at: ms(3), label: 'PaymentsGone', kind: 'alert' })
  expect(alertDistance(300_000)).toBe('5 min before the alert')
  expect(alertDistance(-40_000)).toBe('40 s after the alert')
  expect(alertDistance(0)).toBe('at the alert')
})

test('hypotheses are ranked, and those that were excluded stand apart', () => {
  const one = (key: string, likelihood: number) => ({
    kind: 'change' as const,
    key,
    cause: key,
    likelihood,
    supports: [],
    against: [],
  })
  const report = aReport({ hypotheses: [one('c', 0), one('a', 0.2), one('b', 0.8), one('d', Number.NaN)] })
  const view = reportView(aContent({ report }))
  expect(view.likely.map(({ key }) => key)).toEqual(['b', 'a'])
  expect(view.ruledOut.map(({ key }) => key)).toEqual(['c', 'd'])
})

describe('what could not be checked', () => {
  const unsure = (reason: string) => ({ value: 'inconclusive' as const, confidence: 0.5, reasons: [reason], quality })
  test('is the report’s own sentences and what the steps say beside them, each once', () => {
    const report = aReport({
      unchecked: ['Is the database full? It has no measure of its size.'],
      incomplete: { reason: 'The time of 60 s was up', missing: ['Which change did it?'] },
      verdict: {
        value: 'abnormal',
        confidence: 0.5,
        reasons: [],
        quality: { ...quality, notes: ['pay-a-2: no samples since 14:02'] },
      },
    })
    const steps = [
      aStep({ stepId: 'db', title: 'Is the database full?', verdict: unsure('no measure') }),
      aStep({ stepId: 'source', title: 'Is the source down?', verdict: unsure('only 3 of 15 minutes have data') }),
      aStep({ stepId: 'changes', title: 'Which change did it?', status: 'cancelled' }),
      aStep({ stepId: 'zones', title: 'Zones', status: 'failed', error: { code: 'x', message: 'The store is away' } }),
      aStep({ stepId: 'skipped', title: 'Not asked', status: 'skipped' }),
      aStep({ stepId: 'end', type: 'judge.conclude', title: 'Conclude', verdict: unsure('see above') }),
    ]
    expect(reportView(aContent({ report, steps })).unchecked).toEqual([
      'Is the database full? It has no measure of its size.',
      'Which change did it? It had not ended when the time was up.',
      'Is the source down? Only 3 of 15 minutes have data.',
      'Zones: The store is away.',
      'Pay-a-2: no samples since 14:02.',
    ])
  })

  test('a step that still runs is no gap, until its run has ended', () => {
    const steps = [aStep({ stepId: 'a', title: 'Slow?', status: 'running', endedAt: null })]
    expect(reportView(aContent({ run: { status: 'running', endedAt: null }, steps })).unchecked).toEqual([])
    expect(reportView(aContent({ run: { status: 'timed-out' }, steps })).unchecked).toEqual([
      'Slow? It had not ended when the run did.',
    ])
  })
})

test('evidence: telling steps before others, then what is abnormal before what is not', () => {
  const steps = [
    aStep({
      stepId: 'late',
      evidence: [chart('calm', { verdict: 'normal', unit: 's' }), { id: 'n', kind: 'text', title: 'n', text: '' }],
    }),
    aStep({
      stepId: 'loss',
      evidence: [chart('drop', { verdict: 'abnormal' }), chart('other', { verdict: 'normal', unit: 'ms' }), waterfall],
    }),
  ]
  const view = reportView(aContent({ report: aReport({ evidenceSteps: ['loss'] }), steps }))
  expect(view.charts.map(({ evidence }) => evidence.id)).toEqual(['drop', 'other', 'calm'])
  expect(view.rest.map(({ key }) => key)).toEqual(['late/n'])
})

test('a series that several steps judged is drawn once, with the marks of all', () => {
  const mark = (label: string) => ({ at: ms(1), label, kind: 'change' as const })
  const steps = [
    aStep({ stepId: 'a', evidence: [chart('Payment', { verdict: 'abnormal', marks: [mark('one')] })] }),
    aStep({
      stepId: 'b',
      evidence: [chart('Payment succeeded', { marks: [mark('one'), mark('two')] }), chart('x', { unit: 's' })],
    }),
  ]
  const { charts } = reportView(aContent({ steps }))
  expect(charts.map(({ evidence }) => evidence.title)).toEqual(['Payment', 'x'])
  expect(charts[0]?.evidence.marks).toEqual([mark('one'), mark('two')])
})

test('a time that is no time is no onset', () => {
  expect(reportView(aContent({ report: aReport({ since: 'soon' }) })).since).toBeNull()
  expect(reportView(aContent({ run: { concludedAt: at(6) }, report: aReport() })).concludedIn).toBe(0)
})
