/**
 * The streaming detector over a stretch of history: every point's score, and what was found in the judged window: spikes, changes of level
 * and gaps. The history before the window is what the detector learns from; a week of it lets it know the course of a day.
 *
 * When not to use it: to ask whether the level now is what it should be, use `judgeSeries`. This finds beginnings: an incident that began before
 * the window, or a slow decline, is not found.
 */
import { median } from '../robust.ts'
import type { BadDirection, Sample, SeriesKind } from '../series.ts'
import { createStreamDetector, type StreamPoint } from './stream-detector.ts'

export interface ScoreOptions {
  /** The judged window, unix ms, both ends belong to it; all points by default. */
  from?: number
  to?: number
  /** By default the median distance of points. */
  intervalSeconds?: number
  kind?: SeriesKind
  bad?: BadDirection
}

export interface ScoredPoint extends StreamPoint {
  t: number
  value: number | null
}

/** `spike`: out and back within minutes. `level`: it stayed on that side. `gap`: two points or more are missing. */
export interface SeriesFinding {
  kind: 'spike' | 'level' | 'gap'
  /** Unix ms. */
  from: number
  to: number
  /** Means over the finding, in the series' unit; null for a gap. */
  actual: number | null
  expected: number | null
  /** Of the strongest point; 0 for a gap. */
  score: number
}

export interface SeriesScore {
  value: 'normal' | 'abnormal' | 'inconclusive'
  /** 0..1 of `value`. */
  confidence: number
  /** Sentences with numbers, most important first. */
  reasons: string[]
  /** In order of time. Those before the window too, since they show what was learnt. */
  points: ScoredPoint[]
  findings: SeriesFinding[]
}

/** Points after an alarm that decide whether it was a spike or a new level. */
const settlePoints = 10
/** Points of the window that must have been judged: of fewer, nothing can be said. */
const minimumJudged = 5
const minimumCompleteness = 0.8

/** Scores points, in any order. Never throws on data: what cannot be judged is inconclusive, with the reason. */
export function scoreSeries(samples: readonly Sample[], options: ScoreOptions = {}): SeriesScore {
  const inOrder = samples.filter(([t]) => isTime(t)).toSorted((a, b) => a[0] - b[0])
  const interval = intervalOf(inOrder, options.intervalSeconds)
  const none = { confidence: 1, points: [], findings: [] }
  if (interval === null) return { value: 'inconclusive', ...none, reasons: ['Fewer than two points: nothing to judge'] }
  const { kind, bad } = options
  const detector = createStreamDetector({ intervalSeconds: interval, ...(kind && { kind }), ...(bad && { bad }) })
  const points = inOrder.map(([t, value]): ScoredPoint => ({ t, value, ...detector.update(t, value) }))
  const from = isTime(options.from) ? options.from : points[0]!.t
  const to = isTime(options.to) ? options.to : points.at(-1)!.t
  const window = { from, to, interval: interval * 1000 }
  const findings = [...oddities(points, window), ...gaps(points, window)].toSorted((a, b) => a.from - b.from)
  return { ...verdict(points, findings, window), points, findings }
}

/** Dates reach 8.64e15 ms from 1970; a margin is left for what is added. */
const isTime = (t: number | undefined): t is number => t !== undefined && Math.abs(t) < 8e15

interface Window {
  from: number
  to: number
  /** Milliseconds. */
  interval: number
}

function intervalOf(inOrder: readonly Sample[], given: number | undefined): number | null {
  if (inOrder.length < 2) return null
  if (given !== undefined && given > 0 && Number.isFinite(given)) return given
  const steps = inOrder.slice(1).map(([t], place) => t - inOrder[place]![0])
  const usual = median(steps.filter((step) => step > 0)) / 1000
  return Number.isFinite(usual) ? usual : null
}

/** Every alarm of the window, told as a spike or as a change of level; alarms within one finding are one. */
function oddities(points: ScoredPoint[], { from, to }: Window): SeriesFinding[] {
  const found: SeriesFinding[] = []
  points.forEach((point, place) => {
    const last = found.at(-1)
    if (!point.alarm || point.t < from || point.t > to) return
    if (last && point.t <= last.to) last.score = Math.max(last.score, point.score)
    else found.push(findingAt(points, place))
  })
  return found
}

function findingAt(points: ScoredPoint[], place: number): SeriesFinding {
  const { t, value, expected, score } = points[place]!
  const side = value! - expected!
  /** Against what was expected when it began: what is expected later has learnt of it. */
  const share = (point: ScoredPoint) => (side === 0 ? 0 : (point.value! - expected!) / side)
  const after = points.slice(place, place + settlePoints).filter((point) => point.value !== null)
  const back = after.findIndex((point) => share(point) < 0.5)
  const stayed = back < 0 ? after : after.slice(0, back)
  const isLevel = back < 0 && after.length >= settlePoints / 2
  const actual = stayed.reduce((sum, point) => sum + point.value! / stayed.length, 0)
  return { kind: isLevel ? 'level' : 'spike', from: t, to: stayed.at(-1)!.t, actual, expected, score }
}

/** Two or more points in a row that are missing, or there without a value, within the window. */
function gaps(points: ScoredPoint[], { from, to, interval }: Window): SeriesFinding[] {
  const known = points.filter((point) => point.status !== 'gap' && point.t >= from && point.t <= to)
  const first = points[0]!.t
  const edges = [Math.max(from, first) - interval, ...known.map((point) => point.t), to + interval]
  return edges.slice(1).flatMap((t, place): SeriesFinding[] => {
    const before = edges[place]!
    const missing = Math.round((t - before) / interval) - 1
    if (missing < 2) return []
    return [{ kind: 'gap', from: before + interval, to: t - interval, actual: null, expected: null, score: 0 }]
  })
}

function verdict(
  points: ScoredPoint[],
  findings: SeriesFinding[],
  { from, to, interval }: Window,
): Pick<SeriesScore, 'value' | 'confidence' | 'reasons'> {
  const inside = points.filter((point) => point.t >= from && point.t <= to)
  const judged = inside.filter((point) => point.status === 'ok')
  const known = inside.filter((point) => point.status !== 'gap').length
  const awaited = Math.max(1, Math.floor((to - from) / interval) + 1)
  const missing = findings.filter((finding) => finding.kind === 'gap').map(sentence)
  const odd = findings.filter((finding) => finding.kind !== 'gap').toSorted((a, b) => b.score - a.score)
  if (odd.length > 0)
    return { value: 'abnormal', confidence: odd[0]!.score, reasons: [...odd.map(sentence), ...missing] }
  const unsure = (reason: string) => ({ value: 'inconclusive' as const, confidence: 1, reasons: [reason, ...missing] })
  if (judged.length < minimumJudged)
    return unsure(`${judged.length} points could be judged: needs ${minimumJudged - judged.length} more`)
  if (known / awaited < minimumCompleteness)
    return unsure(`${Math.round((100 * known) / awaited)} % of the points are there; at least 80 % are needed`)
  const highest = judged.reduce((top, point) => Math.max(top, point.score), 0)
  const reasons = [`${judged.length} points, none beyond what the series itself shows`, ...missing]
  return { value: 'normal', confidence: 1 - highest, reasons }
}

function sentence({ kind, from, to, actual, expected }: SeriesFinding): string {
  const at = new Date(from).toISOString()
  switch (kind) {
    case 'gap':
      return `No data from ${at} to ${new Date(to).toISOString()}`
    case 'spike':
      return `${number(actual)} against ${number(expected)} expected at ${at}, and back`
    case 'level':
      return `${number(actual)} against ${number(expected)} expected since ${at}`
  }
}

const number = (value: number | null) => (value === null ? 'nothing' : Number(value.toPrecision(4)).toString())
