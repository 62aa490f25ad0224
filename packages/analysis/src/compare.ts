/**
 * Is one group different from another since a moment: hosts that a change touched against hosts that it did not.
 *
 * Differences in differences: every series is divided by its own level before, then by what the control group did at the same minute, so
 * that whatever moves both (season, traffic, a shock) cancels out. What is left of a treated series is judged by placebos: the same
 * figure of each control series against the other controls (Abadie, Diamond and Hainmueller 2010, placebos in space), and of the time
 * before (placebos in time). Medians throughout, so that one odd control does not decide.
 *
 * Not for groups that are not alike (another zone's hardware, another tenant): their difference is not the change's doing. Not for less
 * than two controls, and not for counts of a few events: use `judgeRareEvents` (low-traffic) there.
 */
import { median } from './robust.ts'

export interface CompareInput {
  /** A series each; points at the same times, evenly spaced; null is a gap. */
  treated: (number | null)[][]
  control: (number | null)[][]
  /** How many of the points lie before the moment. */
  before: number
  intervalSeconds: number
  /** The mean of such series in the same window of earlier days, as many points: shows whether a shift is a return to the usual. */
  usual?: (number | null)[][]
  /** A shift smaller than this share of the level does not matter; 0.01 by default. */
  smallestEffect?: number
  /** Time after the moment in which a blip is part of starting up; 600 s by default. */
  warmUpSeconds?: number
}

/** `shift`: the group moved; `one-of-group`: a member did; `spread`: the level stayed, the noise grew. */
type DifferenceKind = 'shift' | 'one-of-group' | 'spread'

export interface GroupComparison {
  value: 'normal' | 'abnormal' | 'inconclusive'
  /** Null unless abnormal. */
  kind: DifferenceKind | null
  /** Shift of the treated group against the control: -0.1 = 10 % below what it would be. Null when not known. */
  effect: number | null
  /** The effect in its own standard errors, by placebos. */
  score: number | null
  /** Share of the level that a shift must have to show here. */
  smallest: number | null
  /** Index into `treated` of those that differ, most first. */
  differing: number[]
  reasons: string[]
}

const minute = 60
/** Points that a side of the moment must hold for a verdict. */
const fewestBefore = 30
const fewestAfter = 10
const fewestControls = 2
/** Beyond so many placebo deviations a shift is no chance, of a group and of one of its members, of which there are several. */
const criticalGroup = 2.75
const criticalOne = 3.5
/** The noise must grow by this factor, as a logarithm, and its placebos are never better known than that. */
const leastSpread = Math.log(2.2)
const leastSpreadDeviation = 0.2
/** A comparison that would not show a shift of this share is not normal but inconclusive. */
const blindEffect = 0.6
const tiny = 1e-9
/** Of what the control group has now of its level before: less is no level to give shares of. */
const leastLevel = 0.1
/** The figures of the time after are means over so much: shorter than a season, longer than a blip. */
const blockSeconds = 5 * minute

/** Never throws; what cannot be compared is inconclusive, with what is missing. */
export function compareGroups(input: CompareInput): GroupComparison {
  const missing = missingReason(input)
  if (missing !== null) return inconclusive([missing])
  const control = input.control.map((series) => relative(series, input.before)).filter((series) => series !== null)
  const treated = input.treated.map((series) => relative(series, input.before))
  if (control.length < fewestControls)
    return inconclusive([
      `${control.length} control series have a level to compare with; at least ${fewestControls} are needed`,
    ])
  if (treated.every((series) => series === null)) return inconclusive(['No treated series has a level before'])
  const curve = medianCurve(control)
  const residuals = treated.map((series) => (series === null ? null : minus(series, curve)))
  const placebos = control.map((series, index) =>
    minus(series, medianCurve(control.filter((_, other) => other !== index))),
  )
  const figures = residuals.map((series) => (series === null ? null : figuresOf(series, input)))
  const known = figures.filter((one) => one !== null)
  if (known.length === 0) return inconclusive(['The treated series have too few points after the moment'])
  return decide(
    { ...input, levelNow: levelOf(curve.slice(input.before)) },
    figures,
    placebos.flatMap((series) => figuresOf(series, input) ?? []),
  )
}

function missingReason({ treated, control, before, intervalSeconds }: CompareInput): string | null {
  const length = Math.max(0, ...[...treated, ...control].map((series) => series.length))
  if (treated.length === 0) return 'The treated group is empty'
  if (control.length < fewestControls)
    return `The control group has ${control.length} series; at least ${fewestControls} are needed`
  if (!(intervalSeconds > 0)) return 'The interval of the points is not known'
  if (!(before >= fewestBefore))
    return `${Math.max(0, before || 0)} points before the moment; at least ${fewestBefore} are needed`
  if (!(length - before >= fewestAfter))
    return `${Math.max(0, length - before)} points after the moment; at least ${fewestAfter} are needed`
  return null
}

type Series = (number | null)[]

/** Divided by its own median before; null when that is no level: too few points, or none above the noise. */
function relative(series: Series, before: number): Series | null {
  const known = finite(series.slice(0, before))
  if (known.length < fewestBefore) return null
  const level = median(known)
  if (!Number.isFinite(level) || Math.abs(level) < 1e-12) return null
  return series.map((value) => (value === null || !Number.isFinite(value) ? null : value / level))
}

const finite = (series: Series): number[] =>
  series.filter((value): value is number => value !== null && Number.isFinite(value))

function medianCurve(group: Series[]): Series {
  const length = Math.max(0, ...group.map((series) => series.length))
  return Array.from({ length }, (_, index) => {
    const here = finite(group.map((series) => series[index] ?? null))
    return here.length === 0 ? null : median(here)
  })
}

const minus = (series: Series, curve: Series): Series =>
  series.map((value, index) => {
    const other = curve[index] ?? null
    return value === null || other === null ? null : value - other
  })

interface Figures {
  /** Mean after the warm-up, and of the last third, over the level before: shifts, and those that come late or grow. */
  whole: number
  late: number
  /** Logarithm of the noise after over the noise before. */
  spread: number
  /** Deviation of one block's mean, from the time before. */
  noise: number
}

function figuresOf(
  residual: Series,
  { before, intervalSeconds, warmUpSeconds = 10 * minute }: CompareInput,
): Figures | null {
  const blockLength = Math.max(1, Math.round(blockSeconds / intervalSeconds))
  const warm = Math.min(Math.round(warmUpSeconds / intervalSeconds), Math.floor((residual.length - before) / 2))
  const past = residual.slice(0, before)
  const after = residual.slice(before + warm)
  const pastBlocks = blockMeans(past, blockLength)
  const blocks = blockMeans(after, blockLength)
  if (pastBlocks.length < 4 || blocks.length < 2) return null
  const centre = median(pastBlocks)
  const noise = deviation(pastBlocks, centre)
  const late = blocks.slice(-Math.max(1, Math.ceil(blocks.length / 3)))
  return {
    whole: mean(blocks) - centre,
    late: mean(late) - centre,
    spread: Math.log(roughness(after) / roughness(past)),
    noise,
  }
}

function blockMeans(series: Series, length: number): number[] {
  const means: number[] = []
  for (let from = 0; from + length <= series.length; from += length) {
    const known = finite(series.slice(from, from + length))
    if (known.length * 2 >= length) means.push(mean(known))
  }
  return means
}

const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
const deviation = (values: number[], centre: number): number =>
  1.4826 * median(values.map((value) => Math.abs(value - centre)))

/** Median step from point to point: the noise without the level. */
function roughness(series: Series): number {
  const steps: number[] = []
  for (let index = 1; index < series.length; index++) {
    const [a, b] = [series[index - 1] ?? null, series[index] ?? null]
    if (a !== null && b !== null) steps.push(Math.abs(b - a))
  }
  return Math.max(1e-9, steps.length === 0 ? 0 : median(steps))
}

function inconclusive(reasons: string[]): GroupComparison {
  return { value: 'inconclusive', kind: null, effect: null, score: null, smallest: null, differing: [], reasons }
}

/** What a shift is a share of: the control group's level now. */
function levelOf(curve: Series): number {
  const now = mean(finite(curve))
  return now > leastLevel ? now : 1
}

/** The figure of a group in placebo deviations: of the controls, or of the time before where those happen to agree too well. */
function deviationsOf(figures: Figures[], placebos: Figures[]) {
  const noise = median(figures.map((one) => one.noise))
  const usualSpread = median(placebos.map((one) => one.spread))
  const spread = (pick: (one: Figures) => number) => 1.4826 * median(placebos.map((one) => Math.abs(pick(one))))
  return {
    whole: Math.max(
      spread((one) => one.whole),
      noise / 3,
      tiny,
    ),
    late: Math.max(
      spread((one) => one.late),
      noise / 2,
      tiny,
    ),
    // A lower level brings less noise, to the control group too.
    usualSpread,
    spread: Math.max(
      spread((one) => one.spread - usualSpread),
      leastSpreadDeviation,
    ),
  }
}

function decide(
  input: CompareInput & { levelNow: number },
  figures: (Figures | null)[],
  placebos: Figures[],
): GroupComparison {
  const { smallestEffect = 0.01, levelNow } = input
  const known = figures.flatMap((one, index) => (one === null ? [] : [{ one, index }]))
  const all = known.map(({ one }) => one)
  const deviations = deviationsOf(all, placebos)
  const group = { whole: median(all.map((one) => one.whole)), late: median(all.map((one) => one.late)) }
  const scores = { whole: group.whole / deviations.whole, late: group.late / deviations.late }
  const isLate = Math.abs(scores.late) > Math.abs(scores.whole)
  const [effect, score] = isLate ? [group.late / levelNow, scores.late] : [group.whole / levelNow, scores.whole]
  const smallest = (criticalGroup * deviations.whole) / levelNow
  const common = { effect, score, smallest, differing: [] }
  if (Math.abs(score) >= criticalGroup && Math.abs(effect) >= smallestEffect) {
    const pick = isLate ? 'late' : 'whole'
    const movers = known.filter(
      ({ one }) => Math.sign(one[pick]) === Math.sign(effect) && Math.abs(one[pick] / levelNow) >= Math.abs(effect) / 2,
    )
    const differing = movers.toSorted((a, b) => Math.abs(b.one[pick]) - Math.abs(a.one[pick])).map(({ index }) => index)
    if (isReturn(input)) {
      const back = `The treated group ${moved(effect)}, back to what is usual at this time: it was off before the moment`
      return { ...common, value: 'normal', kind: null, reasons: [back] }
    }
    const text = `The treated group ${moved(effect)} against the control group, ${times(score)} what placebos show`
    return { ...common, value: 'abnormal', kind: 'shift', differing, reasons: [text] }
  }
  const noisier = median(all.map((one) => one.spread)) - deviations.usualSpread
  if (noisier >= Math.max(leastSpread, criticalGroup * deviations.spread)) {
    const text = `The treated group became ${Math.exp(noisier).toFixed(1)} times as noisy; its level did not move`
    return { ...common, value: 'abnormal', kind: 'spread', differing: known.map(({ index }) => index), reasons: [text] }
  }
  const odd = known
    .map(({ one, index }) => ({ index, effect: one.late / levelNow, score: one.late / deviations.late }))
    .filter((one) => Math.abs(one.score) >= criticalOne && Math.abs(one.effect) >= smallestEffect)
    .toSorted((a, b) => Math.abs(b.score) - Math.abs(a.score))
  const [worst] = odd
  if (worst) {
    const text = `${odd.length} of ${figures.length} treated series ${moved(worst.effect)} against the control group; the others did not`
    const differing = odd.map(({ index }) => index)
    return {
      ...common,
      effect: worst.effect,
      score: worst.score,
      value: 'abnormal',
      kind: 'one-of-group',
      differing,
      reasons: [text],
    }
  }
  if (smallest > blindEffect) {
    const text = `The groups are too noisy to tell: only a shift above ${percent(smallest)} would show`
    return { ...common, value: 'inconclusive', kind: null, reasons: [text] }
  }
  const text = `The treated group is within ${percent(Math.abs(effect))} of the control group, as placebos are; a shift above ${percent(smallest)} would show`
  return { ...common, value: 'normal', kind: null, reasons: [text] }
}

/**
 * A shift that brings the group back: before the moment it was off the control group, is less than half as far off now, and is no further
 * from what is usual. A rollback looks so, or a host that takes its share of traffic again.
 */
function isReturn({ treated, control, usual, before }: CompareInput): boolean {
  if (!usual || usual.length === 0) return false
  const off = (others: Series[], from: number, to?: number): number => {
    const level = (group: Series[]): number => mean(finite(group.flatMap((one) => one.slice(from, to))))
    return Math.abs(Math.log(level(treated) / level(others)))
  }
  const [was, is] = [off(control, 0, before), off(control, before)]
  return is < was / 2 && usual.some((day) => off([day], before) <= off([day], 0, before))
}

const moved = (effect: number): string => `${effect < 0 ? 'fell' : 'rose'} by ${percent(Math.abs(effect))}`
const times = (score: number): string => `${Math.min(99, Math.abs(score)).toFixed(1)} times`
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
