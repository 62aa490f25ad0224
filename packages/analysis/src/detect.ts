/**
 * Is a series normal now? A three-valued judgement of the window that ends at `asOf` against the seasonal baseline.
 *
 * Every stretch that ends now (one step to the whole window) is compared with its expectation; the strongest counts. The critical
 * score allows for that many looks: on healthy Poisson series at most 1 % of judgements are abnormal (measured in the test), and a
 * 12 % drop at 8 events a second shows within 3 minutes. Counts are compared on the square-root scale (Anscombe 1948), where Poisson
 * noise has the same size at any rate. No data is never normal: what cannot be seen is inconclusive.
 */
import { estimateOnset } from './onset.ts'
import { seasonalBaseline, type Baseline, type BaselinePoint } from './seasonal-baseline.ts'
import type { BadDirection, BandPoint, Quality, Sample, SeriesKind } from './series.ts'

export interface JudgeInput {
  /** The recent series: the judged window and the hours before it, e.g. 4 h at 60 s (or 30 s). Counts are rates per minute. */
  recent: Sample[]
  /** Up to 14 days and some hours before; 300 s steps are enough (one query). */
  history: Sample[]
  stepSeconds: number
  kind: SeriesKind
  bad: BadDirection
  minimumEvents: number
  quality: Quality
  /** Unix ms. */
  asOf: number
  /** Length of the judged window, which ends at asOf; 30 by default. */
  windowMinutes?: number
  seasonality?: 'none' | 'daily' | 'weekly'
  /** For ratios and latencies: events per minute that stand behind each point, e.g. requests. */
  events?: Sample[]
  /** Smaller deviations are not worth a verdict: a share of expected, 0.05 by default (latency, gauge 0.15); of ratios absolute, 0.01. */
  minimumEffect?: number
  /** Data older than this is stale; by default two steps and 15 s, at least 90 s. */
  staleAfterSeconds?: number
}

export interface Judgement {
  value: 'normal' | 'abnormal' | 'inconclusive'
  /** 0..1 of `value`. */
  confidence: number
  /** Sentences with numbers, most important first. */
  reasons: string[]
  quality: Quality
  /** Relative to expected over the abnormal stretch (or the whole window when normal): -0.118 is 11.8 % below. Null when not known. */
  deviation: number | null
  /** Means over the same stretch, in the series' unit. */
  actual: number | null
  expected: number | null
  /** The expected range and curve, for charts; empty without a baseline. They begin before the judged window. */
  band: BandPoint[]
  expectedPoints: Sample[]
  /** Unix ms; null unless abnormal. */
  onset: number | null
  /** Standard score of the strongest evidence, signed. */
  score: number | null
  /** Relative standard error of the expectation, for `attributeChainLoss`. */
  modelError: number
}

const minute = 60_000
/** Of a stretch; one single step must show more, since one odd scrape makes one odd point. */
const criticalScores = { down: 3.2, up: 3.2, both: 3.6 } as const
const criticalScoreOfOneStep = 5
const minimumCompleteness = 0.8
/** Raw samples that a window must hold: of fewer, one late scrape is a finding. */
const minimumSamples = 4
/** A window that would not show a change of this share is not normal but inconclusive. */
const blindEffect = 0.4
/** Lengths of the time since an incident ended that are tried. */
const recoveredMinutes = [3, 5, 8, 12, 20]
const stretchMinutes = [1, 2, 3, 5, 10, 15, 20, 30, 45, 60]

/** Judges `recent` at `asOf`. Never throws on data; whatever is missing is a reason of an inconclusive verdict. */
export function judgeSeries(input: JudgeInput): Judgement {
  const windowMinutes = input.windowMinutes ?? 30
  const from = input.asOf - windowMinutes * minute
  const window = input.recent.filter(([t]) => t > from && t <= input.asOf)
  const missing = missingReason(input, window)
  // The curve begins earlier than the window: the onset may, and today's level must come from before it.
  const curveFrom = input.asOf - Math.max(2 * windowMinutes, 60) * minute
  const curve = input.recent.filter(([t]) => t > curveFrom && t <= input.asOf)
  const baseline = seasonalBaseline({
    window: curve,
    history: input.history.filter(([t]) => t <= curveFrom),
    before: input.recent.filter(([t]) => t <= curveFrom),
    kind: input.kind,
    stepSeconds: input.stepSeconds,
    seasonality: input.seasonality,
  })
  const chart = {
    band: baseline.points.map((point): BandPoint => [point.t, point.low, point.high]),
    expectedPoints: baseline.points.map((point): Sample => [point.t, point.expected]),
    modelError: baseline.modelError,
  }
  if (missing !== null) return { ...inconclusive(input, missing), ...chart }
  if (baseline.status === 'insufficient') return { ...inconclusive(input, [`No baseline: ${baseline.note}`]), ...chart }
  return { ...judgeWindow(input, baseline, { from, curve }), ...chart }
}

type Verdictless = Omit<Judgement, 'band' | 'expectedPoints' | 'modelError'>

function judgeWindow(
  input: JudgeInput,
  baseline: Baseline,
  { from, curve }: { from: number; curve: Sample[] },
): Verdictless {
  const steps = pairUp(input, baseline).filter((step) => step.t > from)
  const whole = compare(steps, input, baseline)
  const shortage = eventShortage(input, whole)
  if (shortage !== null) return { ...inconclusive(input, [shortage]), ...means(whole) }
  const effect = minimumEffectOf(input)
  const critical = criticalScores[input.bad]
  const stretches = stretchesOf(steps, input).map((part) => compare(part, input, baseline))
  const found = stretches
    .filter((one) => isBad(input.bad, one.score) && sizeOf(one, input.kind) >= effect)
    .filter((one) => Math.abs(one.score) >= (one.count === 1 ? criticalScoreOfOneStep : critical))
    .reduce<Comparison | null>(
      (top, one) => (top === null || Math.abs(one.score) > Math.abs(top.score) ? one : top),
      null,
    )
  if (found === null) return normal(input, whole, baseline)
  const ended = recovery(steps, found, { input, baseline })
  if (ended !== null)
    return {
      ...normal(input, ended, baseline),
      confidence: 0.7,
      reasons: [recoveredReason(input, found, ended), baselineReason(baseline)],
    }
  const share = shareMissing(input, found)
  if (share !== null) return { ...inconclusive(input, [share]), ...means(found) }
  const onset = estimateOnset({
    points: curve,
    expected: baseline.points.map((point) => [point.t, point.expected]),
    kind: input.kind,
    stepSeconds: input.stepSeconds,
  })
  const began =
    onset !== null && Math.sign(onset.after - onset.before) === Math.sign(found.score) ? onset.at : found.from
  // The strongest stretch may hold points from before it began; the figures are of what came since.
  const after = compare(
    steps.filter(({ t }) => t > began),
    input,
    baseline,
  )
  const isTelling = isBad(input.bad, after.score) && Math.abs(after.score) >= critical
  const told = isTelling && sizeOf(after, input.kind) >= effect ? after : found
  return {
    value: 'abnormal',
    confidence: Math.min(0.999, 1 - 0.1 * Math.exp(critical - Math.abs(found.score))),
    reasons: [deviationReason(input, told), baselineReason(baseline)],
    quality: input.quality,
    ...means(told),
    onset: began,
  }
}

interface Step {
  t: number
  actual: number
  point: BaselinePoint
  /** Events behind the point; null when not known. */
  events: number | null
}

interface Comparison {
  /** Beginning of the stretch, unix ms. */
  from: number
  count: number
  /** Means, in the series' unit. */
  actual: number
  expected: number
  score: number
  /** Standard error of (actual - expected), in the series' unit. */
  error: number
  /** Events expected or seen, whichever is more; null when the series has none. */
  events: number | null
}

function pairUp(input: JudgeInput, baseline: Baseline): Step[] {
  const points = new Map(baseline.points.map((point) => [point.t, point]))
  const events = new Map(input.events ?? [])
  const perStep = input.stepSeconds / 60
  return input.recent.flatMap(([t, actual]): Step[] => {
    const point = points.get(t)
    if (actual === null || point === undefined) return []
    const behind = input.kind === 'count' ? Math.max(actual, point.expected) : events.get(t)
    return [{ t, actual, point, events: behind === null || behind === undefined ? null : behind * perStep }]
  })
}

function compare(steps: Step[], input: JudgeInput, baseline: Baseline): Comparison {
  const count = Math.max(steps.length, 1)
  const mean = (value: (step: Step) => number) => steps.reduce((sum, step) => sum + value(step), 0) / count
  const known = steps.every((step) => step.events !== null)
  const events = known ? steps.reduce((sum, step) => sum + step.events!, 0) : null
  const weighted = input.kind === 'ratio' && events !== null && events > 0
  const actual = weighted
    ? steps.reduce((sum, step) => sum + step.actual * step.events!, 0) / events
    : mean((step) => step.actual)
  const expected = mean((step) => step.point.expected)
  const from = (steps[0]?.t ?? input.asOf) - input.stepSeconds * 1000
  const minutes = (count * input.stepSeconds) / 60
  if (input.kind === 'count') {
    // A rate a little below zero, as rounding gives, is zero: its root would be no number and the outage no finding.
    const [seen, awaited] = [Math.max(0, actual * minutes), Math.max(0, expected * minutes)]
    const scale = Math.sqrt(baseline.dispersion + baseline.modelError ** 2 * awaited)
    const score = (2 * (Math.sqrt(seen + 0.375) - Math.sqrt(awaited + 0.375))) / scale
    return { from, count, actual, expected, score, error: (Math.sqrt(Math.max(awaited, 1)) * scale) / minutes, events }
  }
  const noise = weighted
    ? binomialVariance(expected, events)
    : mean((step) => step.point.deviation ** 2) * Math.min(1, baseline.sharedPoints / count)
  const error = Math.max(Math.hypot(Math.sqrt(noise), baseline.modelDeviation), 1e-9 + Math.abs(expected) * 1e-3)
  return { from, count, actual, expected, score: (actual - expected) / error, error, events }
}

/** Of a share of n events, with one success and one failure added so that a share of 0 or 1 has noise too (Agresti and Coull 1998). */
function binomialVariance(share: number, events: number): number {
  const adjusted = (share * events + 1) / (events + 2)
  return (adjusted * (1 - adjusted)) / events
}

function stretchesOf(steps: Step[], input: JudgeInput): Step[][] {
  const lengths = new Set(stretchMinutes.map((minutes) => Math.max(1, Math.round((minutes * 60) / input.stepSeconds))))
  return [...lengths, steps.length]
    .filter((length) => length <= steps.length && length > 0)
    .map((length) => steps.slice(-length))
}

/**
 * What came after the deviation, when that is back to expected. The end of the incident is not known, so several are tried: the newest minutes
 * against what lies before them in the stretch. Against the whole stretch, which the good minutes dilute, a recovery would be seen ever less.
 */
function recovery(
  steps: Step[],
  found: Comparison,
  { input, baseline }: { input: JudgeInput; baseline: Baseline },
): Comparison | null {
  for (const minutes of recoveredMinutes) {
    const length = Math.max(2, Math.round((minutes * 60) / input.stepSeconds))
    if (found.count - length < 2) return null
    const newest = compare(steps.slice(-length), input, baseline)
    const incident = compare(steps.slice(-found.count, -length), input, baseline)
    const gap = incident.actual - incident.expected
    const isBack = Math.abs(newest.actual - newest.expected) < Math.abs(gap) / 3 && Math.abs(newest.score) < 2
    const wouldShow = Math.abs(gap) / newest.error > criticalScores[input.bad]
    if (Math.sign(gap) === Math.sign(found.score) && isBack && wouldShow) return newest
  }
  return null
}

function normal(input: JudgeInput, whole: Comparison, baseline: Baseline): Verdictless {
  const smallest =
    (criticalScores[input.bad] * whole.error) / (input.kind === 'ratio' ? 1 : Math.max(whole.expected, 1e-9))
  if (input.kind === 'count' && smallest > blindEffect) {
    const lacking =
      baseline.modelError > smallest / 5 ? 'What is usual at this time is not known well enough' : 'Too few events'
    return {
      ...inconclusive(input, [
        `${lacking} to tell: only a change above ${percent(smallest)} would show`,
        baselineReason(baseline),
      ]),
      ...means(whole),
    }
  }
  const shows = `A change above ${input.kind === 'ratio' ? `${(smallest * 100).toFixed(1)} points` : percent(smallest)} would show`
  const reasons = [`${deviationText(input, whole)}, within noise`, baselineReason(baseline), shows]
  const nearness = Math.min(1, Math.abs(whole.score) / criticalScores[input.bad])
  const confidence = Math.max(0.5, 0.98 - 0.3 * nearness ** 2 - 0.5 * Math.max(0, Math.min(smallest, 0.5) - 0.1))
  return {
    value: 'normal',
    confidence,
    reasons,
    quality: input.quality,
    ...means(whole),
    onset: null,
    score: whole.score,
  }
}

function missingReason(input: JudgeInput, window: Sample[]): string[] | null {
  const { quality, stepSeconds, asOf } = input
  const reasons: string[] = []
  const points = window.filter(([, value]) => value !== null)
  const awaited = Math.max(1, Math.floor(((input.windowMinutes ?? 30) * 60) / stepSeconds))
  const present = Math.min(quality.completeness, points.length / awaited)
  const newest = points.at(-1)?.[0]
  const staleAfter = input.staleAfterSeconds ?? Math.max(90, 2 * stepSeconds + 15)
  const age = Math.max(quality.freshnessSeconds ?? 0, newest === undefined ? Infinity : (asOf - newest) / 1000)
  if (points.length === 0) reasons.push(`No data in the last ${input.windowMinutes ?? 30} min`)
  else if (quality.freshnessSeconds === null || age > staleAfter)
    reasons.push(`Newest data is ${Math.round(age)} s old; more than ${staleAfter} s is stale`)
  if (points.length > 0 && present < minimumCompleteness)
    reasons.push(`${percent(present)} of the data is there; at least ${percent(minimumCompleteness)} is needed`)
  const coarse = coarseReason(input)
  if (points.length > 0 && coarse !== null) reasons.push(coarse)
  return reasons.length === 0 ? null : [...reasons, ...quality.notes]
}

function coarseReason({ quality: { resolutionSeconds }, windowMinutes = 30 }: JudgeInput): string | null {
  if (resolutionSeconds === undefined) return null
  const held = Math.floor((windowMinutes * 60) / resolutionSeconds)
  if (held >= minimumSamples) return null
  return `Samples are ${resolutionSeconds} s apart, so that ${windowMinutes} min hold ${held}; at least ${minimumSamples} are needed`
}

function eventShortage(input: JudgeInput, whole: Comparison): string | null {
  if (whole.events === null || whole.events >= input.minimumEvents) return null
  const lacking = Math.ceil(input.minimumEvents - whole.events)
  return `${Math.round(whole.events)} events in the window: needs ${lacking} more events to judge`
}

/** Series that do not report look like a drop of a count: when they could be half of it, it is not a finding. */
function shareMissing(input: JudgeInput, found: Comparison): string | null {
  const missing = 1 - input.quality.completeness
  if (input.kind !== 'count' || found.score >= 0 || missing < 0.01) return null
  const drop = 1 - found.actual / found.expected
  if (missing < drop / 2) return null
  return `${percent(drop)} below expected, but ${percent(missing)} of the data is missing, which could explain it`
}

function minimumEffectOf({ minimumEffect, kind }: JudgeInput): number {
  if (minimumEffect !== undefined) return minimumEffect
  switch (kind) {
    case 'count':
      return 0.05
    case 'ratio':
      return 0.01
    case 'gauge':
    case 'latency':
      return 0.15
  }
}

const sizeOf = (one: Comparison, kind: SeriesKind) =>
  Math.abs(one.actual - one.expected) / (kind === 'ratio' ? 1 : Math.max(Math.abs(one.expected), 1e-9))

function isBad(bad: BadDirection, score: number): boolean {
  switch (bad) {
    case 'down':
      return score < 0
    case 'up':
      return score > 0
    case 'both':
      return true
  }
}

function means({
  actual,
  expected,
  score,
}: Comparison): Pick<Judgement, 'deviation' | 'actual' | 'expected' | 'score'> {
  return { deviation: expected > 0 ? actual / expected - 1 : null, actual, expected, score }
}

function inconclusive(input: JudgeInput, reasons: string[]): Judgement {
  const unknown = { deviation: null, actual: null, expected: null, onset: null, score: null }
  return {
    value: 'inconclusive',
    confidence: 1,
    reasons,
    quality: input.quality,
    ...unknown,
    band: [],
    expectedPoints: [],
    modelError: 0,
  }
}

function deviationText(input: JudgeInput, one: Comparison): string {
  const minutes = Math.round((one.count * input.stepSeconds) / 6) / 10
  const figures = `${number(one.actual)} against ${number(one.expected)} expected over ${minutes} min`
  if (input.kind === 'ratio' || one.expected <= 0) return figures
  const change = one.actual / one.expected - 1
  if (change >= 9) return `${number(one.actual / one.expected)} times what is expected (${figures})`
  return `${percent(Math.abs(change))} ${change < 0 ? 'below' : 'above'} expected (${figures})`
}

const deviationReason = (input: JudgeInput, one: Comparison) =>
  `${deviationText(input, one)}, ${Math.abs(one.score) > 20 ? 'above 20' : Math.abs(one.score).toFixed(1)} standard deviations`
const baselineReason = (baseline: Baseline) => `Baseline: ${baseline.note}, known to ${percent(baseline.modelError)}`
const recoveredReason = (input: JudgeInput, found: Comparison, now: Comparison) =>
  `Recovered: ${deviationText(input, found)}, but ${number(now.actual)} against ${number(now.expected)} expected in the newest ${Math.round((now.count * input.stepSeconds) / 60)} min`
const percent = (value: number) => `${(value * 100).toFixed(1)} %`
const number = (value: number) => (Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString())
