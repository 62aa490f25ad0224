/** A named measurement. Names and figures stay the same for ever, so that results of different days compare. */
export interface Bench {
  name: string
  /** Every figure that it has; one that could not be measured is printed as null. */
  figures: string[]
  run: (options: BenchOptions) => Promise<Measured>
}

export interface BenchOptions {
  /** The long form. */
  full: boolean
  /** Folder of labelled data, for benches that answer on such. */
  data?: string
  /** Folder that answers are left in; nothing is scored then. */
  out?: string
  /** Of the safety campaign: how many actions, at least how many faults, and the chance that it goes by. */
  actions?: number
  faults?: number
  seed?: number
  /** Of a bench with parts: those that are run, with commas between; all by default. */
  part?: string
  /** Progress, a line each. */
  say: (line: string) => void
}

export interface Measured {
  figures: Record<string, number | null>
  /** How it was measured, and what is odd about it. */
  notes: string[]
  /** The figures that were asked for, when not all were: only of these is one that is missing a failure. */
  asked?: string[]
}
