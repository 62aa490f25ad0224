/**
 * Where random choices come from. A list of numbers is one whole set of choices: fast-check makes and shrinks such lists, the big fuzz makes them from a
 * seed. When the list is used up, every choice is the first and simplest one.
 */
export interface Dice {
  /** A whole number from 0 to `sides - 1`. */
  roll(sides: number): number
  /** True once in `sides` times, never when the choices are used up. */
  rarely(sides: number): boolean
  pick<T>(options: readonly [T, ...T[]]): T
  /** Whether every choice is used up. */
  isSpent(): boolean
}

export function diceFrom(choices: readonly number[]): Dice {
  let next = 0
  const roll = (sides: number): number => (choices[next++] ?? 0) % sides
  return {
    roll,
    rarely: (sides) => roll(sides) === sides - 1,
    pick: (options) => options[roll(options.length)]!,
    isSpent: () => next >= choices.length,
  }
}

/** The same choices, with what is rare so many times rarer. */
export function calmer(dice: Dice, times: number): Dice {
  return { ...dice, rarely: (sides) => dice.rarely(sides * times) }
}

/** Choices from a seed: equal seeds give equal lists (mulberry32). */
export function choicesFrom(seed: number, count: number): number[] {
  let state = seed >>> 0
  return Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % 65_536
  })
}
