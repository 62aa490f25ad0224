/**
 * Units of measures and what arithmetic makes of them. What is counted (`orders`, `requests`) is told apart when it is added, and is a
 * plain number in a share: paid requests per order are a ratio.
 *
 * A unit is a scale and powers of seconds, bytes and of what is counted: `requests/min` is 1/60 requests a second.
 */
export interface Unit {
  /** Of one, in seconds, bytes and counts. */
  scale: number
  powers: ReadonlyMap<string, number>
  /** What the formula's own numbers multiply by: `x / 60` may be meant to turn minutes into seconds. */
  factor: number
}

const known: Record<string, { scale: number; base: string | null }> = {
  '1': { scale: 1, base: null },
  ratio: { scale: 1, base: null },
  '%': { scale: 0.01, base: null },
  percent: { scale: 0.01, base: null },
  ns: { scale: 1e-9, base: 's' },
  us: { scale: 1e-6, base: 's' },
  ms: { scale: 1e-3, base: 's' },
  s: { scale: 1, base: 's' },
  second: { scale: 1, base: 's' },
  min: { scale: 60, base: 's' },
  minute: { scale: 60, base: 's' },
  h: { scale: 3_600, base: 's' },
  hour: { scale: 3_600, base: 's' },
  d: { scale: 86_400, base: 's' },
  day: { scale: 86_400, base: 's' },
  bit: { scale: 0.125, base: 'bytes' },
  byte: { scale: 1, base: 'bytes' },
  B: { scale: 1, base: 'bytes' },
  kB: { scale: 1e3, base: 'bytes' },
  MB: { scale: 1e6, base: 'bytes' },
  GB: { scale: 1e9, base: 'bytes' },
  KiB: { scale: 1_024, base: 'bytes' },
  MiB: { scale: 1_024 ** 2, base: 'bytes' },
  GiB: { scale: 1_024 ** 3, base: 'bytes' },
}
const dimensions = new Set(['s', 'bytes'])

export const plainNumber = (factor = 1): Unit => ({ scale: 1, powers: new Map(), factor })

/** `orders/min`, `s`, `bytes`, `EUR*h`. Words that are not known are what is counted. */
export function readUnit(text: string): Unit {
  let unit = plainNumber()
  for (const [index, part] of text.split('/').entries()) {
    for (const word of part.split('*')) {
      const one = oneUnit(word.trim())
      unit = index === 0 ? times(unit, one) : over(unit, one)
    }
  }
  return unit
}

function oneUnit(word: string): Unit {
  if (word === '') return plainNumber()
  const singular = word.length > 2 && word.endsWith('s') ? word.slice(0, -1) : word
  const name = Object.hasOwn(known, word) ? word : singular
  const found = Object.hasOwn(known, name) ? known[name]! : { scale: 1, base: singular }
  return { scale: found.scale, powers: new Map(found.base === null ? [] : [[found.base, 1]]), factor: 1 }
}

export function times(a: Unit, b: Unit): Unit {
  return { scale: a.scale * b.scale, powers: joined(a, b, 1), factor: a.factor * b.factor }
}

export function over(a: Unit, b: Unit): Unit {
  return { scale: a.scale / b.scale, powers: joined(a, b, -1), factor: a.factor / b.factor }
}

function joined(a: Unit, b: Unit, sign: 1 | -1): Map<string, number> {
  const powers = new Map(a.powers)
  for (const [base, power] of b.powers) {
    const sum = (powers.get(base) ?? 0) + sign * power
    if (sum === 0) powers.delete(base)
    else powers.set(base, sum)
  }
  return powers
}

export type Likeness = 'alike' | 'scale' | 'counts' | 'unlike'

/** `scale`: the same in another size (ms and s). `counts`: they differ only in what is counted (orders and requests). */
export function likeness(a: Unit, b: Unit): Likeness {
  const [own, other] = [dimensionsOf(a), dimensionsOf(b)]
  if (own !== other || countsOf(a) !== countsOf(b)) return 'unlike'
  // Of a share it does not matter what is shared.
  if (countsOf(a) !== 0 && namesOf(a) !== namesOf(b)) return 'counts'
  return sameSize(a, b) ? 'alike' : 'scale'
}

function sameSize(a: Unit, b: Unit): boolean {
  const sizes = ({ scale, factor }: Unit) => (factor === 0 ? [scale] : [scale, scale / factor])
  return sizes(a).some((one) => sizes(b).some((other) => Math.abs(one / other - 1) < 1e-9))
}

const dimensionsOf = ({ powers }: Unit): string => listed([...powers].filter(([base]) => dimensions.has(base)))
const namesOf = ({ powers }: Unit): string => listed([...powers].filter(([base]) => !dimensions.has(base)))
const countsOf = ({ powers }: Unit): number =>
  [...powers].reduce((sum, [base, power]) => sum + (dimensions.has(base) ? 0 : power), 0)

const listed = (powers: [string, number][]): string =>
  powers
    .map(([base, power]) => `${base}^${power}`)
    .sort()
    .join(' ')

/** For people; the scale is left out where no usual name has it. */
export function writeUnit({ scale, powers }: Unit): string {
  if (powers.size === 0) return scale === 1 ? 'ratio' : `${Number(scale.toPrecision(6))}`
  const above = [...powers].filter(([, power]) => power > 0)
  const below = [...powers].filter(([, power]) => power < 0)
  // Rates are per minute here.
  const isPerMinute = powers.get('s') === -1 && Math.abs(scale * 60 - 1) < 1e-9
  const name = (base: string): string => (base === 's' && isPerMinute ? 'min' : plural(base))
  const word = ([base, power]: [string, number]): string =>
    Math.abs(power) === 1 ? name(base) : `${name(base)}^${Math.abs(power)}`
  const left = isPerMinute || Math.abs(scale - 1) < 1e-9 ? '' : `${Number(scale.toPrecision(6))} `
  const top = above.map(word).join('*') || '1'
  return `${left}${[top, ...below.map(word)].join('/')}`
}

const plural = (base: string): string => (base.length > 2 && !base.endsWith('s') && base !== 'EUR' ? `${base}s` : base)
