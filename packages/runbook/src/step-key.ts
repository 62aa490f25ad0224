/**
 * Step keys: how the executions of a step are told apart. At the top a step's key is its id; inside a loop the rounds follow, outermost first:
 * `check#2` is `check` in round 2 of its loop, `probe#2.0` is in round 0 of a loop in round 2. Rounds count from 0.
 */

/** @example stepKey('probe', [2, 0]) // 'probe#2.0' */
export function stepKey(id: string, rounds: readonly number[]): string {
  return rounds.length === 0 ? id : `${id}#${rounds.join('.')}`
}

/** @example stepIdOf('probe#2.0') // 'probe' */
export function stepIdOf(key: string): string {
  const mark = key.indexOf('#')
  return mark === -1 ? key : key.slice(0, mark)
}

/** A step's title with the rounds that it ran in, for people. @example titleOfKey('probe#2.0', 'Probe') // 'Probe #2.0' */
export function titleOfKey(key: string, title: string): string {
  const mark = key.indexOf('#')
  return mark === -1 ? title : `${title} ${key.slice(mark)}`
}

/** @example roundsOf('probe#2.0') // [2, 0] */
export function roundsOf(key: string): number[] {
  const mark = key.indexOf('#')
  return mark === -1
    ? []
    : key
        .slice(mark + 1)
        .split('.')
        .map(Number)
}
