/**
 * Leaves a source alone that fails: after some failures in a row for a second, then for twice as long each time that the one question
 * that is let through to try fails as well. Others are answered at once that it is so, instead of each waiting for its own time-out.
 */
export interface CircuitLimits {
  failures: number
  firstMilliseconds: number
  longestMilliseconds: number
}

export const circuitLimits: CircuitLimits = { failures: 3, firstMilliseconds: 1_000, longestMilliseconds: 60_000 }

export interface Circuit {
  /** What to tell how the question ended; or for how many more milliseconds the source is left alone, and after which failure. */
  begin(): Begun | LeftAlone
}

interface Begun {
  admitted: true
  /** `none`: it says nothing of the source, e.g. nobody waited for it any more. */
  end(how: 'answered' | 'none' | { failed: unknown }): void
}

export interface LeftAlone {
  admitted: false
  milliseconds: number
  failures: number
  last: unknown
}

export function createCircuit(limits: CircuitLimits, now: () => number): Circuit {
  let failures = 0
  let openings = 0
  let until = 0
  let probing = false
  let last: unknown = null

  const leaveAlone = (): void => {
    until = now() + Math.min(limits.longestMilliseconds, limits.firstMilliseconds * 2 ** openings)
    openings += 1
  }

  return {
    begin() {
      const isOpen = openings > 0
      const left = until - now()
      if (isOpen && (left > 0 || probing)) return { admitted: false, milliseconds: Math.max(left, 0), failures, last }
      const isProbe = isOpen
      const era = openings
      if (isProbe) probing = true
      return {
        admitted: true,
        end(how) {
          if (isProbe) probing = false
          // What was sent before the source was left alone says nothing new when it fails; an answer does.
          if (how === 'none' || (how !== 'answered' && era !== openings)) return
          if (how === 'answered') {
            failures = 0
            openings = 0
            until = 0
            last = null
            return
          }
          failures += 1
          last = how.failed
          if (isProbe || failures >= limits.failures) leaveAlone()
        },
      }
    },
  }
}
