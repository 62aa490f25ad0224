/** Looks for values that differ from what the series shows at this time of day and of late. */
import type { StreamMember } from './member.ts'

const [count, level, scale, expected] = [0, 1, 2, 3]
const warmUp = 60

export const seasonalMember: StreamMember & {
  /** Expectation before the newest value, and half the width of the usual range; NaN while warming up. */
  band(state: Float32Array, at: number): { expected: number; width: number }
} = {
  slots: 8,
  start(state, at) {
    state.fill(0, at, at + 8)
  },
  update(state, at, value) {
    const seen = state[at + count]!
    const residual = value - state[at + level]!
    const wide = state[at + scale]!
    const rate = Math.max(1 / (seen + 1), 0.02)
    const isReady = seen >= warmUp && wide > 0
    const limited = isReady ? Math.max(-4 * wide, Math.min(4 * wide, residual)) : residual
    state[at + expected] = isReady ? state[at + level]! : Number.NaN
    state[at + level]! += rate * limited
    state[at + scale]! += rate * (Math.abs(limited) - wide)
    state[at + count] = Math.min(seen + 1, 1e6)
    if (!isReady) return 0
    const excess = Math.abs(residual) / wide
    return excess / (excess + 8)
  },
  band(state, at) {
    return { expected: state[at + expected]!, width: 4 * state[at + scale]! }
  },
}
