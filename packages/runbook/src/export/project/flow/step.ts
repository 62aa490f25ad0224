/** Steps of a run: how they stand, what they gave, and the edges between them. */

export type Status = 'pending' | 'running' | 'waiting' | 'done' | 'failed' | 'skipped' | 'cancelled'

export interface StepError {
  /** Stable, kebab-case: `source-unreachable`, `timeout`, `bad-input`. */
  code: string
  message: string
}

export interface Verdict {
  value: 'normal' | 'abnormal' | 'inconclusive'
  /** 0..1 */
  confidence: number
  reasons: string[]
  quality: {
    completeness: number
    freshnessSeconds: number | null
    resolutionSeconds?: number | undefined
    notes: string[]
  }
}

/** A possible cause that a step found reason for or against. */
export interface Hypothesis {
  kind: string
  /** Stable key of the cause, e.g. `change:CHG-2041`. Equal keys are one cause. */
  key: string
  cause: string
  /** 0..1; 0 is ruled out. */
  likelihood: number
  supports: string[]
  against: string[]
}

/** What a step gives. "No data" is an outcome like any other; a step that could not ask at all throws instead. */
export interface StepResult<Outcome extends string = string, Output = unknown> {
  outcome: Outcome
  output: Output
  /** One line for people. */
  summary: string
  verdict?: Verdict
  hypotheses?: Hypothesis[]
  evidence?: unknown[]
  /** Only a conclusion has one. */
  report?: unknown
}

/** An edge: taken when `from` ends with this outcome, `error` when it fails, `always` when it ends with any outcome. */
export interface Edge {
  from: Step
  on: string
}

/** `all`: every path has arrived or cannot any more. `any`, `first`: one has arrived; `first` cancels what else leads here. */
export type Join = 'all' | 'any' | 'first' | { atLeast: number }

/** In which order steps that may begin at the same time begin, where it is not the order in which they are written. */
export interface Order {
  /** Ids. */
  steps?: readonly string[]
  /** `from > to`, by ids. */
  edges?: readonly string[]
}

/** A call, timer or loop that goes on for a step, and how it is stopped. */
export interface Going {
  cancel(): void
}

/** The scope that a step is declared in, as the steps know it (see scope.ts). */
export interface StepScope {
  /** The loop that this is a round of. */
  readonly loop: Step | null
  readonly steps: Step[]
  /** What follows from the end of the round. */
  roundEnded: () => Step[]
  find(id: string): Step
  leadsTo(step: Step): Step[]
  hasErrorEdge(step: Step): boolean
}

export class Step<Output = any, Outcome extends string = string> {
  readonly id: string
  /** The id, and in a loop the rounds that the step is in: `check#2`. */
  readonly key: string
  readonly title: string
  /** What kind of step it was in Tenon, for those that judge. */
  readonly type: string
  readonly after: readonly Edge[]
  readonly join: Join
  readonly joinDeadlineSeconds: number | null
  readonly startBySeconds: number | null
  /** Whether it changes something outside. */
  readonly writes: boolean
  /** Whether it asks something outside: what it could not see is then not known. */
  readonly asks: boolean
  readonly scope: StepScope
  /** Begins it. @returns steps that are to be looked at because of it: those of a loop's first rounds. */
  readonly begin: () => Step[]
  /** Evaluates its input as things stand, to plan it. */
  readonly resolve: () => Record<string, unknown>
  status: Status = 'pending'
  input: Record<string, unknown> = {}
  startedAt = 0
  endedAt = 0
  /** Whether it had begun when it ended or was cancelled. */
  begun = false
  result: StepResult | null = null
  failure: StepError | null = null
  /** Cancelled because a step that waited for it began without it. */
  cut = false
  /** Its activity, child workflow or wait. */
  going: Going | null = null
  /** Of a loop: the rounds that have begun. */
  opened: StepScope[] = []

  constructor(options: {
    id: string
    key: string
    title: string
    type?: string
    after: readonly Edge[]
    join?: Join
    joinDeadlineSeconds?: number
    startBySeconds?: number
    writes: boolean
    asks: boolean
    scope: StepScope
    begin: () => Step[]
    resolve: () => Record<string, unknown>
  }) {
    this.id = options.id
    this.key = options.key
    this.title = options.title
    this.type = options.type ?? ''
    this.after = options.after
    this.join = options.join ?? 'all'
    this.joinDeadlineSeconds = options.joinDeadlineSeconds ?? null
    this.startBySeconds = options.startBySeconds ?? null
    this.writes = options.writes
    this.asks = options.asks
    this.scope = options.scope
    this.begin = options.begin
    this.resolve = options.resolve
  }

  /** The edge that is taken when this step ends so. */
  on(outcome: Outcome | 'error'): Edge {
    return { from: this, on: outcome }
  }

  /** The edge that is taken however this step ends, failure excepted. */
  get always(): Edge {
    return { from: this, on: 'always' }
  }

  get hasEnded(): boolean {
    return this.status !== 'pending' && this.status !== 'running' && this.status !== 'waiting'
  }

  /** Of a loop: every step in its rounds, those of loops inside included. */
  inside(): Step[] {
    return this.opened.flatMap(({ steps }) => steps.flatMap((step) => [step, ...step.inside()]))
  }

  get isDone(): boolean {
    return this.status === 'done'
  }

  get hasFailed(): boolean {
    return this.status === 'failed'
  }

  /** How it ended; `pending` until then. */
  get outcome(): Outcome | 'error' | 'skipped' | 'cancelled' | 'pending' {
    if (this.result !== null && this.status === 'done') return this.result.outcome as Outcome
    if (this.status === 'failed') return 'error'
    return this.status === 'skipped' || this.status === 'cancelled' ? this.status : 'pending'
  }

  /** What it gave. @throws Error unless it is done: an expression that reads it fails. */
  get output(): Output {
    return (this.done('output').output ?? null) as Output
  }

  get summary(): string {
    return this.done('summary').summary
  }

  /** Why it failed. @throws Error unless it failed. */
  get error(): StepError {
    if (this.failure === null || this.status !== 'failed') throw new Error(`"${this.title}" has no error.`)
    return { code: this.failure.code, message: this.failure.message }
  }

  /** All that expressions may know of it, as one value. */
  get view(): Record<string, unknown> {
    if (this.status === 'done') return { outcome: this.outcome, output: this.output, summary: this.summary }
    return this.status === 'failed' ? { outcome: 'error', error: this.error } : { outcome: this.outcome }
  }

  private done(what: string): StepResult {
    if (this.result === null || this.status !== 'done')
      throw new Error(`"${this.title}" has no ${what}: it is ${this.status}.`)
    return this.result
  }
}

/** `open` while its source goes on; then taken or dead, for good. */
export function edgeState({ from, on }: Edge): 'open' | 'taken' | 'dead' {
  if (from.status === 'done') return on === 'always' || on === from.outcome ? 'taken' : 'dead'
  if (from.status === 'failed') return on === 'error' ? 'taken' : 'dead'
  return from.hasEnded ? 'dead' : 'open'
}

/** The first failure, by time and then by order, that no `error` edge takes up. */
export function firstUnhandled(steps: readonly Step[]): Step | null {
  const open = steps.filter((step) => step.hasFailed && !step.scope.hasErrorEdge(step))
  return open.reduce<Step | null>((first, step) => (first && first.endedAt <= step.endedAt ? first : step), null)
}

/** What it could not see is not known: whoever concludes must not take its silence for "normal". */
export function unseenResult({ title, asks, cut, failure }: Step): StepResult {
  const reason = cut ? `${title} had not ended in time` : `${title} failed: ${failure?.message}`
  const quality = { completeness: 0, freshnessSeconds: null, notes: [reason] }
  const verdict = { value: 'inconclusive' as const, confidence: 1, reasons: [reason], quality }
  return { outcome: cut ? 'cut' : 'error', output: null, summary: reason, ...(asks ? { verdict } : {}) }
}

/** A write that has begun and not ended: what it did must be known, so it is left to end. */
export const isWriting = (step: Step): boolean =>
  [step, ...step.inside()].some((one) => one.writes && one.begun && !one.hasEnded)

/** What has not ended and leads here, step by step. */
export function unendedBefore(here: Step): Set<Step> {
  const found = new Set<Step>()
  const stack = here.after.map(({ from }) => from)
  for (let step = stack.pop(); step; step = stack.pop()) {
    if (found.has(step) || step.hasEnded) continue
    found.add(step)
    stack.push(...step.after.map(({ from }) => from))
  }
  return found
}
