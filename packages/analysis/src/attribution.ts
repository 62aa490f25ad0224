/**
 * Which step of a business chain lost how much: the change of the last step's volume, split into one part for the source (its volume)
 * and one for each step (its conversion from the step before), that sum to the whole.
 *
 * The last volume is a product, source x conversion x conversion ...; each factor's part is its Shapley value in going from expected
 * to actual (Albrecht, François and Schoors 2002; Shorrocks 2013). For small changes that is the log-mean Divisia index (LMDI I) to
 * second order; LMDI itself was refused because it is undefined where a volume is zero, which is what an outage looks like.
 */
export interface ChainStepVolume {
  id: string
  title: string
  /** Events per minute now; null when not known. */
  actual: number | null
  expected: number | null
  /** Relative standard error of `expected`, e.g. 0.02. */
  modelError?: number
}

export interface AttributionInput {
  /** In flow order; the first is the source. */
  steps: ChainStepVolume[]
  /** Minutes that the volumes were measured over; for counting noise. */
  minutes: number
  /** A part that rests on fewer events is inconclusive; 50 by default. */
  minimumEvents?: number
}

export interface AttributionPart {
  id: string
  title: string
  /** Its part of (actual - expected) of the last step, in events per minute. */
  change: number
  /** Source: actual/expected volume; steps: actual/expected conversion from the step before. Null when there was no traffic. */
  ratio: number | null
  actualConversion: number | null
  expectedConversion: number | null
  verdict: 'normal' | 'abnormal' | 'inconclusive'
  reason: string
}

export interface Attribution {
  /** Of the last step, events per minute. */
  actual: number
  expected: number
  /** actual - expected, which the parts' changes sum to. */
  change: number
  parts: AttributionPart[]
}

/** A part below this share of the expected volume is not worth a verdict. */
const minimumShare = 0.02
const criticalScore = 3
/** Conversions wander little with the season; this is their relative error when nothing better is known. */
const conversionError = 0.005

/**
 * Null when a volume of the first or last step is not known. A step in between that is not known gets no part: what it lost is in
 * the next known step's part, and its verdict is inconclusive.
 */
export function attributeChainLoss({ steps, minutes, minimumEvents = 50 }: AttributionInput): Attribution | null {
  const last = steps.at(-1)
  const known = steps.filter(isKnown)
  if (last === undefined || steps.length < 2 || !isKnown(last) || known[0] !== steps[0]) return null
  const volumes = known.map((step) => ({ step, actual: step.actual, expected: step.expected, repaired: false }))
  repairImpossible(volumes)
  const factors = volumes.map((here, index) => factorOf(here, volumes[index - 1]))
  const changes = summingTo(last.actual - last.expected, shapleyOfProduct(factors))
  const parts = steps.map((step): AttributionPart => {
    const index = volumes.findIndex((volume) => volume.step === step)
    if (index === -1) return unknownPart(step)
    return judgePart({
      here: volumes[index]!,
      previous: volumes[index - 1],
      change: changes[index]!,
      lastExpected: last.expected,
      minutes,
      minimumEvents,
    })
  })
  return { actual: last.actual, expected: last.expected, change: last.actual - last.expected, parts }
}

type KnownStep = ChainStepVolume & { actual: number; expected: number }
interface Volume {
  step: KnownStep
  actual: number
  expected: number
  /** Raised because events came out of a step that none went into. */
  repaired: boolean
}
interface Factor {
  actual: number
  expected: number
}

function isKnown(step: ChainStepVolume): step is KnownStep {
  return step.actual !== null && step.expected !== null
}

/** Events after a step without events cannot be: take the conversion there as one, rather than as endless. */
function repairImpossible(volumes: Volume[]): void {
  for (let index = volumes.length - 2; index >= 0; index--) {
    const here = volumes[index]!
    const next = volumes[index + 1]!
    if (here.actual <= 0 && next.actual > 0) Object.assign(here, { actual: next.actual, repaired: true })
    if (here.expected <= 0 && next.expected > 0) Object.assign(here, { expected: next.expected, repaired: true })
  }
}

/** A conversion of nothing is not known; the other side's conversion stands in, so that it counts as unchanged. */
function factorOf(here: Volume, previous: Volume | undefined): Factor {
  if (previous === undefined) return { actual: here.actual, expected: here.expected }
  const actual = previous.actual > 0 ? here.actual / previous.actual : null
  const expected = previous.expected > 0 ? here.expected / previous.expected : null
  return { actual: actual ?? expected ?? 1, expected: expected ?? actual ?? 1 }
}

/**
 * Shapley value of each factor of a product. With others e + a z, the coefficient of z^k sums the products in which k others have
 * already changed; each has weight k! (n-1-k)! / n!. O(n^3), no subsets are listed.
 */
function shapleyOfProduct(factors: Factor[]): number[] {
  const count = factors.length
  return factors.map((factor, own) => {
    let coefficients = [1]
    for (const [index, other] of factors.entries()) {
      if (index === own) continue
      const next = Array.from({ length: coefficients.length + 1 }, () => 0)
      for (const [power, value] of coefficients.entries()) {
        next[power]! += value * other.expected
        next[power + 1]! += value * other.actual
      }
      coefficients = next
    }
    let weight = 1 / count
    let sum = 0
    for (const [power, value] of coefficients.entries()) {
      sum += weight * value
      weight *= (power + 1) / (count - 1 - power)
    }
    return (factor.actual - factor.expected) * sum
  })
}

/** Products of wild conversions round; what that leaves goes to the largest part, so that figures that are shown add up. */
function summingTo(whole: number, changes: number[]): number[] {
  const rest = whole - changes.reduce((sum, change) => sum + change, 0)
  const largest = changes.reduce((top, change, index) => (Math.abs(change) > Math.abs(changes[top]!) ? index : top), 0)
  return changes.map((change, index) => (index === largest ? change + rest : change))
}

function unknownPart(step: ChainStepVolume): AttributionPart {
  const reason = `${step.title}: volume not known; what it lost is in the next step's part`
  const none = { change: 0, ratio: null, actualConversion: null, expectedConversion: null }
  return { id: step.id, title: step.title, ...none, verdict: 'inconclusive', reason }
}

interface PartInput {
  here: Volume
  previous: Volume | undefined
  change: number
  lastExpected: number
  minutes: number
  minimumEvents: number
}

function judgePart({ here, previous, change, lastExpected, minutes, minimumEvents }: PartInput): AttributionPart {
  const actualConversion = previous === undefined || previous.actual <= 0 ? null : here.actual / previous.actual
  const expectedConversion = previous === undefined || previous.expected <= 0 ? null : here.expected / previous.expected
  const [now, before] = previous === undefined ? [here.actual, here.expected] : [actualConversion, expectedConversion]
  const ratio = now === null || before === null || before <= 0 ? null : now / before
  const part = { id: here.step.id, title: here.step.title, change, ratio, actualConversion, expectedConversion }
  const title = here.step.title
  if (here.repaired || previous?.repaired) {
    return {
      ...part,
      verdict: 'inconclusive',
      reason: `${title}: events follow a step that reports none; its figures cannot be trusted`,
    }
  }
  const events = minutes * (previous === undefined ? Math.max(here.actual, here.expected) : previous.actual)
  if (ratio === null || events < minimumEvents) {
    const found = `${Math.round(events)} ${previous === undefined ? 'events' : 'arrivals'} in ${minutes} min`
    return { ...part, verdict: 'inconclusive', reason: `${title}: ${found}; at least ${minimumEvents} are needed` }
  }
  const deviation = previous === undefined ? sourceDeviation(here, minutes) : conversionDeviation(before!, events)
  const score = (ratio - 1) / deviation
  const lost = score <= -criticalScore && -change >= minimumShare * lastExpected
  const what =
    previous === undefined
      ? `volume ${signedPercent(ratio - 1)} (${rounded(here.actual)} of ${rounded(here.expected)} a minute expected)`
      : `conversion ${percent(actualConversion!)}, expected ${percent(expectedConversion!)}`
  const judged = lost ? 'lost beyond noise' : score <= -criticalScore ? 'too small a part to matter' : 'within noise'
  const wording = score >= criticalScore ? 'above expected' : judged
  return { ...part, verdict: lost ? 'abnormal' : 'normal', reason: `${title}: ${what}, ${wording}` }
}

function sourceDeviation(here: Volume, minutes: number): number {
  return Math.hypot(1 / Math.sqrt(Math.max(here.expected * minutes, 1)), here.step.modelError ?? 0.02)
}

/** Relative standard error of a share: binomial noise sqrt(p (1-p) / n) over p, and the conversion's own wander. */
function conversionDeviation(expected: number, arrivals: number): number {
  const share = Math.min(Math.max(expected, 1e-6), 1 - 1 / (arrivals + 2))
  return Math.hypot(Math.sqrt((1 - share) / (share * arrivals)), conversionError)
}

const percent = (value: number) => `${(value * 100).toFixed(1)} %`
const signedPercent = (value: number) => `${value >= 0 ? '+' : ''}${percent(value)}`
const rounded = (value: number) => (value >= 100 ? value.toFixed(0) : value.toFixed(1))
