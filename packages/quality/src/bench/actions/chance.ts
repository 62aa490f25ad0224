/** Chance that is the same for the same seed: mulberry32 (Tommy Ettinger, public domain). */
export interface Chance {
  /** 0 <= x < 1. */
  next(): number
  below(count: number): number
  /** One of `weights` by its share of `total`; null for the rest. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>, total: number): Name | null
}

export function createChance(seed: number): Chance {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    next,
    below: (count) => Math.floor(next() * count),
    weighted(weights, total) {
      let at = next() * total
      for (const name in weights) {
        at -= weights[name]
        if (at < 0) return name
      }
      return null
    },
  }
}
