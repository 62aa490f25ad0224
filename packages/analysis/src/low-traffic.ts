/**
 * Is a count or a share of a few events abnormal, and if that cannot be said yet, how many more would say it?
 *
 * The p-value is exact. Shares: Fisher's test (1922) of the window against the baseline. Counts: given all events of both, those of the window
 * are binomial with the window's part of the time (Przyborowski and Wilenski 1940). What the difference is worth is Bayesian, with Jeffreys's prior:
 * a share is Beta(hits + 1/2, misses + 1/2), the ratio of two rates is a Beta in disguise. Abnormal: the p-value is small and a change that
 * matters is more likely than not. Normal: a change that matters is unlikely. Else the sample size at which the exact test finds such a change
 * with the wanted power says how many more are needed.
 *
 * Not for large counts (from a few hundred events on the day's course matters more than chance: `judgeSeries`), not for events that come in
 * bursts (one customer's retries are one event: count customers), and not repeatedly on every point of a growing window without `looks`.
 */
import {
  betaBelow,
  betaQuantile,
  binomialAtLeast,
  binomialAtMost,
  hypergeometricAtLeast,
  hypergeometricAtMost,
} from './distributions.ts'
import type { BadDirection } from './series.ts'

/** Events counted in a time: `exposure` in any unit, the same one for both. */
export interface RareCount {
  of: 'count'
  events: number
  exposure: number
  baseline: { events: number; exposure: number }
}

/** Hits (failures, say) among trials (requests). */
export interface RareShare {
  of: 'share'
  hits: number
  trials: number
  baseline: { hits: number; trials: number }
}

export interface RareOptions {
  bad: BadDirection
  /**
   * The smallest change that matters. Of a count relative: 0.5 (by default) is half as much again, or half. Of a share absolute: 0.05 (by default)
   * is five points.
   */
  effect?: number
  /** Probability of calling a healthy window abnormal, at most; 0.01 by default. */
  falseAlarm?: number
  /** Windows that are judged as one question; the false alarms are shared among them (Bonferroni). 1 by default. */
  looks?: number
  /** Probability of finding a change that matters, for "needs N more"; 0.8 by default. */
  power?: number
  /** Never normal below so many trials, or so many events expected; 10 by default. */
  minimumEvents?: number
}

export interface RareJudgement {
  value: 'normal' | 'abnormal' | 'inconclusive'
  /** 0..1 of `value`. */
  confidence: number
  /** Sentences with numbers, most important first. */
  reasons: string[]
  /** Exact; null when there is nothing to test. */
  pValue: number | null
  /** Events expected by the baseline (count), or its share (share). Null when not known. */
  expected: number | null
  actual: number | null
  /** Of the count or the share that lies behind `actual`: 95 % credible. */
  interval: { low: number; high: number } | null
  /** Posterior probability of a change in the bad direction that matters. */
  mattersProbability: number | null
  /** So many more trials (share), or so many more expected events (count), would decide. Null when decided, or no number would. */
  needs: number | null
}

const enoughWindowSure = 0.05
const largestCount = 1e7
const leastExposure = 1e-9
const most = 1e6
const slices = 60

/** Judges a window of few events against a baseline. Never throws on data: numbers that are none make it inconclusive. */
export function judgeRareEvents(input: RareCount | RareShare, options: RareOptions): RareJudgement {
  const plan = planOf(input, options)
  const fault = faultOf(input)
  if (fault !== null) return undecided(fault)
  return input.of === 'share' ? judgeShare(input, plan) : judgeCount(input, plan)
}

interface Plan {
  bad: BadDirection
  effect: number
  alpha: number
  power: number
  minimumEvents: number
}

function planOf(input: RareCount | RareShare, options: RareOptions): Plan {
  const usualEffect = input.of === 'share' ? 0.05 : 0.5
  const looks = Math.max(1, options.looks ?? 1) || 1
  return {
    bad: options.bad,
    effect: between(options.effect ?? usualEffect, 1e-6, input.of === 'share' ? 1 : 1e6, usualEffect),
    alpha: between(options.falseAlarm ?? 0.01, 1e-12, 0.5, 0.01) / looks,
    power: between(options.power ?? 0.8, 0.01, 0.999, 0.8),
    minimumEvents: between(options.minimumEvents ?? 10, 0, largestCount, 10),
  }
}

function faultOf(input: RareCount | RareShare): string | null {
  const figures =
    input.of === 'share'
      ? [input.hits, input.trials, input.baseline.hits, input.baseline.trials]
      : [input.events, input.exposure, input.baseline.events, input.baseline.exposure]
  if (figures.some((figure) => !Number.isFinite(figure) || figure < 0)) return 'A count is missing or negative.'
  if (figures.some((figure) => figure > largestCount)) return 'These are not few events: judge the series instead.'
  const counts = input.of === 'share' ? figures : [input.events, input.baseline.events]
  if (counts.some((count) => !Number.isInteger(count))) return 'Events are whole numbers; this is a rate or a mean.'
  if (input.of === 'share') {
    if (input.hits > input.trials || input.baseline.hits > input.baseline.trials) return 'More hits than trials.'
    if (input.baseline.trials === 0) return 'There is no baseline: nothing happened in it.'
    return null
  }
  if (input.baseline.exposure < leastExposure) return 'There is no baseline: it covers no time.'
  if (input.exposure < leastExposure) return 'The window covers no time.'
  if ((input.baseline.events / input.baseline.exposure) * input.exposure > largestCount)
    return 'These are not few events: judge the series instead.'
  if (input.baseline.events === 0 && input.events === 0) return 'There were no events, neither now nor in the baseline.'
  return null
}

function judgeShare({ hits, trials, baseline }: RareShare, plan: Plan): RareJudgement {
  const expected = baseline.hits / baseline.trials
  const draw = { drawn: trials, marked: hits + baseline.hits, all: trials + baseline.trials }
  const pValue = sided(plan.bad, {
    atMost: hypergeometricAtMost(hits, draw),
    atLeast: hypergeometricAtLeast(hits, draw),
  })
  const own = { a: hits + 0.5, b: trials - hits + 0.5 }
  const usual = { a: baseline.hits + 0.5, b: baseline.trials - baseline.hits + 0.5 }
  const up = shareAbove(own, usual, plan.effect)
  const down = shareAbove(usual, own, plan.effect)
  return conclude({
    plan,
    pValue,
    expected,
    actual: trials === 0 ? null : hits / trials,
    interval: { low: betaQuantile(0.025, own.a, own.b), high: betaQuantile(0.975, own.a, own.b) },
    matters: mattering(plan.bad, { up, down }),
    seen: trials,
    behind: baseline.trials,
    needed: (size) => sharePower(Math.round(size), (baseline.hits + 0.5) / (baseline.trials + 1), plan) >= plan.power,
    words: {
      found: `${hits} of ${trials} (${percent(trials === 0 ? 0 : hits / trials)}), usually ${percent(expected)}`,
      more: 'requests',
    },
  })
}

function judgeCount({ events, exposure, baseline }: RareCount, plan: Plan): RareJudgement {
  const part = exposure / (exposure + baseline.exposure)
  const all = events + baseline.events
  const expected = (baseline.events / baseline.exposure) * exposure
  const pValue = sided(plan.bad, {
    atMost: binomialAtMost(events, all, part),
    atLeast: binomialAtLeast(events, all, part),
  })
  // The window's rate over both rates, times their exposures, is Beta(events + 1/2, baseline events + 1/2).
  const below = (ratio: number) =>
    betaBelow((ratio * exposure) / (ratio * exposure + baseline.exposure), events + 0.5, baseline.events + 0.5)
  const quantile = (p: number) => {
    const of = betaQuantile(p, events + 0.5, baseline.events + 0.5)
    return ((of / Math.max(1e-12, 1 - of)) * baseline.exposure) / exposure
  }
  const usual = ((baseline.events + 0.5) / baseline.exposure) * exposure
  return conclude({
    plan,
    pValue,
    expected,
    actual: events,
    interval: { low: quantile(0.025) * usual, high: quantile(0.975) * usual },
    matters: mattering(plan.bad, {
      up: 1 - below(1 + plan.effect),
      down: below(fallen(plan.effect)),
    }),
    seen: usual,
    behind: baseline.events,
    needed: (size) => countPower(size, plan) >= plan.power,
    words: { found: `${events} events, usually ${figure(expected)}`, more: 'expected events' },
  })
}

interface Findings {
  plan: Plan
  pValue: number
  expected: number
  actual: number | null
  interval: { low: number; high: number }
  matters: number
  /** How much was seen, in what `needs` counts. */
  seen: number
  /** How much the baseline holds, in the same. */
  behind: number
  /** Whether so much would show a change that matters. */
  needed: (size: number) => boolean
  words: { found: string; more: string }
}

function conclude(found: Findings): RareJudgement {
  const { plan, pValue, matters, seen, words } = found
  const shared = {
    pValue,
    expected: found.expected,
    actual: found.actual,
    interval: found.interval,
    mattersProbability: matters,
    needs: null,
  }
  const fact = `${words.found}; by chance that happens in ${percent(pValue)} of healthy windows.`
  if (pValue <= plan.alpha && matters >= 0.5)
    return { ...shared, value: 'abnormal', confidence: Math.max(0.5, 1 - pValue), reasons: [fact] }
  if (matters <= enoughWindowSure && seen >= plan.minimumEvents)
    return {
      ...shared,
      value: 'normal',
      confidence: 1 - matters,
      reasons: [fact, `A change that matters is unlikely (${percent(matters)}).`],
    }
  const size = smallestSize(found.needed, Math.max(1, plan.minimumEvents))
  const needs = size === null ? null : Math.max(1, Math.ceil(size - seen))
  const thin = size !== null && found.behind < size ? ['The baseline itself is small; a longer one helps as much.'] : []
  const lacking =
    needs === null
      ? 'No number of events that could be waited for would decide it.'
      : `It needs about ${needs} more ${words.more} to tell.`
  return { ...shared, needs, value: 'inconclusive', confidence: 0.5, reasons: [fact, lacking, ...thin] }
}

function undecided(reason: string): RareJudgement {
  return {
    value: 'inconclusive',
    confidence: 0,
    reasons: [reason],
    pValue: null,
    expected: null,
    actual: null,
    interval: null,
    mattersProbability: null,
    needs: null,
  }
}

/** One tail when only one direction is bad; twice the smaller one for both. */
function sided(bad: BadDirection, { atMost, atLeast }: { atMost: number; atLeast: number }): number {
  if (bad === 'down') return atMost
  return bad === 'up' ? atLeast : Math.min(1, 2 * Math.min(atMost, atLeast))
}

function mattering(bad: BadDirection, { up, down }: { up: number; down: number }): number {
  if (bad === 'down') return down
  return bad === 'up' ? up : Math.min(1, up + down)
}

/**
 * P(p1 > p2 + effect) of two Betas: a sum over the second, on the arcsine scale, where a Beta is smooth and of nearly the same width everywhere.
 */
function shareAbove(one: { a: number; b: number }, other: { a: number; b: number }, effect: number): number {
  const middle = Math.asin(Math.sqrt(other.a / (other.a + other.b)))
  const reach = 3 / Math.sqrt(other.a + other.b)
  const from = Math.max(0, middle - reach)
  const step = (Math.min(Math.PI / 2, middle + reach) - from) / slices
  const places = Array.from({ length: slices }, (_, slice) => from + (slice + 0.5) * step)
  const logs = places.map(
    (angle) => (2 * other.a - 1) * Math.log(Math.sin(angle)) + (2 * other.b - 1) * Math.log(Math.cos(angle)),
  )
  const top = Math.max(...logs)
  let [sum, all] = [0, 0]
  for (const [slice, angle] of places.entries()) {
    const weight = Math.exp(logs[slice]! - top)
    all += weight
    if (weight > 1e-9) sum += weight * (1 - betaBelow(Math.sin(angle) ** 2 + effect, one.a, one.b))
  }
  return Math.min(1, sum / all)
}

/** Power of the exact test of `trials` against a known share, of a change by the effect, in the direction that is harder to see if both are bad. */
function sharePower(trials: number, share: number, { bad, effect, alpha }: Plan): number {
  const level = bad === 'both' ? alpha / 2 : alpha
  const up = () => {
    const critical = criticalHits(trials, (hits) => binomialAtLeast(hits, trials, share) <= level)
    return critical === null ? 0 : binomialAtLeast(critical, trials, Math.min(1, share + effect))
  }
  const down = () => {
    const misses = criticalHits(trials, (hits) => binomialAtLeast(hits, trials, 1 - share) <= level)
    return misses === null ? 0 : binomialAtLeast(misses, trials, Math.min(1, 1 - share + effect))
  }
  if (bad === 'up') return up()
  if (bad === 'down') return down()
  // A share that cannot fall by the effect can only rise.
  const directions = [share + effect <= 1 ? up() : 1, share - effect >= 0 ? down() : 1]
  return Math.min(...directions)
}

/** Power of the exact Poisson test when so many events are expected. Poisson as the limit of a binomial of many trials. */
function countPower(expected: number, { bad, effect, alpha }: Plan): number {
  const level = bad === 'both' ? alpha / 2 : alpha
  const many = Math.ceil(1000 * (expected + 10))
  const share = expected / many
  const up = () => {
    const critical = criticalHits(many, (hits) => binomialAtLeast(hits, many, share) <= level)
    return critical === null ? 0 : binomialAtLeast(critical, many, Math.min(1, share * (1 + effect)))
  }
  const down = () => {
    if (binomialAtMost(0, many, share) > level) return 0
    const above = criticalHits(many, (hits) => binomialAtMost(hits, many, share) > level) ?? 0
    return binomialAtMost(above - 1, many, share * fallen(effect))
  }
  if (bad === 'up') return up()
  return bad === 'down' ? down() : Math.min(up(), down())
}

/** What is left of a count that fell by the effect: no fall is larger than nine tenths, or silence would never matter. */
const fallen = (effect: number) => Math.max(0.1, 1 - effect)

/** Smallest count from which on the condition holds, by bisection; null when it never does. */
function criticalHits(largest: number, holds: (hits: number) => boolean): number | null {
  if (!holds(largest)) return null
  let [low, high] = [0, largest]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** By doubling, then bisection. Power saws up and down by single events, so that the answer is about right and not the very smallest. */
function smallestSize(suffices: (size: number) => boolean, from: number): number | null {
  let high = from
  while (!suffices(high)) {
    high *= 2
    if (high > most) return null
  }
  let low = high === from ? from : high / 2
  while (high - low > Math.max(1, high * 0.01)) {
    const middle = (low + high) / 2
    if (suffices(middle)) high = middle
    else low = middle
  }
  return Math.ceil(high)
}

const between = (value: number, low: number, high: number, otherwise: number) =>
  Number.isNaN(value) ? otherwise : Math.min(high, Math.max(low, value))

const figure = (value: number) => String(Number(value.toPrecision(3)))
const percent = (share: number) => (share > 0 && share < 0.0001 ? 'less than 0.01 %' : `${figure(100 * share)} %`)
