/**
 * One way to look at a series as it arrives. Its state lies in a stretch of a shared typed array, so that hundreds of thousands of series
 * need neither objects nor garbage collection.
 */
export interface StreamMember {
  /** Float32 slots of state of one series. */
  readonly slots: number
  /** Writes the state of a series that has seen nothing. The stretch may hold old numbers. */
  start(state: Float32Array, at: number, intervalSeconds: number): void
  /**
   * How surprising the value is, 0..1, where 0.5 is worth an alarm; 0 while warming up. Then learns it.
   * `value` is finite, at most 1e30 either way, and counted from the series' first value, so that float32 keeps its digits.
   * `t` is unix milliseconds and rises; `missed` is how many points were missing just before.
   */
  update(state: Float32Array, at: number, value: number, t: number, missed: number): number
}
