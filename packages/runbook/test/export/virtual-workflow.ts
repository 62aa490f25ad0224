/**
 * A workflow without a server: time is virtual, and whoever drives it answers its calls, fires its timers and sends its messages. Retries are Temporal's
 * own there, so they are done here.
 */
import { createRequire } from 'node:module'

const { ApplicationFailure, CancelledFailure } = createRequire(import.meta.url)(
  '@temporalio/common',
) as typeof import('@temporalio/common')

interface Scope {
  cancelled: ((failure: Error) => void)[]
}

export interface Call {
  kind: 'run' | 'child' | 'plan' | 'ask' | 'revert'
  key: string
  attempt: number
  input: unknown
  approvedHash?: string
}

interface Retry {
  maximumAttempts: number
  initialInterval: number
  nonRetryableErrorTypes?: string[]
}

interface Open extends Call {
  retry: Retry
  resolve(value: unknown): void
  reject(failure: unknown): void
}

interface Timer {
  firesAt: number
  fire(): void
}

interface Handler {
  handler(...args: unknown[]): unknown
  validator?(...args: unknown[]): void
}

export class VirtualWorkflow {
  readonly handlers = new Map<string, Handler>()
  readonly timers = new Map<string, Timer>()
  readonly calls: Call[] = []
  now: number
  result: { ok: true; value: unknown } | { ok: false; failure: unknown } | null = null
  private readonly open = new Map<string, Open>()
  private readonly conditions: { holds(): boolean; resolve(): void }[] = []

  constructor(now: number) {
    this.now = now
  }

  /** Begins a workflow function. */
  async start(workflow: (input: unknown) => Promise<unknown>, input: unknown): Promise<void> {
    await this.inside(() => {
      workflow(input).then(
        (value) => (this.result = { ok: true, value }),
        (failure: unknown) => (this.result = { ok: false, failure }),
      )
    })
  }

  /** Does something and all that comes of it, at the virtual time. */
  async inside(work: () => void): Promise<void> {
    const slot = Symbol.for('tenon.virtual-workflow')
    const realNow = Date.now
    Reflect.set(globalThis, slot, this)
    Date.now = () => this.now
    try {
      work()
      for (let settled = false; !settled;) {
        await new Promise((resolve) => setImmediate(resolve))
        settled = !this.meetConditions()
      }
    } finally {
      Date.now = realNow
      Reflect.set(globalThis, slot, undefined)
    }
  }

  private meetConditions(): boolean {
    const met = this.conditions.filter(({ holds }) => holds())
    for (const one of met) {
      this.conditions.splice(this.conditions.indexOf(one), 1)
      one.resolve()
    }
    return met.length > 0
  }

  /** Answers the call that is open under this key and attempt. @returns whether there was one. */
  async answer(
    { key, attempt }: { key: string; attempt: number },
    given: { value: unknown } | { code: string; retryable: boolean },
  ): Promise<boolean> {
    const call = this.open.get(key)
    if (!call || call.attempt !== attempt) return false
    await this.inside(() => {
      this.open.delete(key)
      if ('value' in given) call.resolve(given.value)
      else this.failed(call, given)
    })
    return true
  }

  kindOfOpen(key: string): Call['kind'] | null {
    return this.open.get(key)?.kind ?? null
  }

  attemptOf(key: string): number {
    return this.open.get(key)?.attempt ?? 0
  }

  private failed(call: Open, { code, retryable }: { code: string; retryable: boolean }): void {
    const { maximumAttempts, initialInterval, nonRetryableErrorTypes = [] } = call.retry
    if (!retryable || nonRetryableErrorTypes.includes(code) || call.attempt >= maximumAttempts) {
      call.reject(ApplicationFailure.create({ message: code, type: code, nonRetryable: true }))
      return
    }
    const seconds = Math.min(60, (initialInterval / 1000) * 2 ** (call.attempt - 1))
    const again = (): void => {
      this.timers.delete(id)
      call.attempt += 1
      this.note(call)
    }
    const id = `retry:${call.key}:${call.attempt}`
    this.timers.set(id, { firesAt: this.now + seconds * 1000, fire: again })
  }

  private note(call: Open): void {
    const { kind, key, attempt, input, approvedHash } = call
    this.calls.push({ kind, key, attempt, input, ...(approvedHash === undefined ? {} : { approvedHash }) })
    this.open.set(key, call)
  }

  private begin(call: Call & { retry: Retry; waits: boolean }, scope: Scope | null): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const open: Open = { ...call, resolve, reject }
      this.note(open)
      scope?.cancelled.push((failure) => {
        for (const id of this.timers.keys()) if (id.startsWith(`retry:${call.key}:`)) this.timers.delete(id)
        if (this.open.get(call.key) === open) this.open.delete(call.key)
        // What waits for its cancellation to be done has it done some time later.
        if (call.waits) setImmediate(() => reject(failure))
        else reject(failure)
      })
    })
  }

  async fire(timerId: string): Promise<boolean> {
    const timer = this.timers.get(timerId)
    if (timer) await this.inside(() => timer.fire())
    return timer !== undefined
  }

  /** Sends an update. @returns whether its validator let it in. */
  async update(name: string, argument: unknown): Promise<boolean> {
    const handler = this.handlers.get(name)
    let taken = handler !== undefined
    await this.inside(() => {
      try {
        handler?.validator?.(argument)
      } catch (error) {
        if (!(error instanceof ApplicationFailure)) throw error
        taken = false
      }
      if (taken) handler?.handler(argument)
    })
    return taken
  }

  query(name: string): unknown {
    return this.handlers.get(name)?.handler()
  }

  // What the workflow calls

  condition(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => this.conditions.push({ holds, resolve }))
  }

  sleep(seconds: number, timerId: string, scope: Scope | null): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = { firesAt: this.now + seconds * 1000, fire: () => (this.timers.delete(timerId), resolve()) }
      this.timers.set(timerId, timer)
      scope?.cancelled.push(() => {
        if (this.timers.get(timerId) === timer) this.timers.delete(timerId)
        reject(new CancelledFailure('cancelled'))
      })
    })
  }

  child(
    options: { args: [{ params: unknown }]; staticSummary: string; retry: Retry },
    scope: Scope | null,
  ): Promise<unknown> {
    const { staticSummary: key, retry, args } = options
    return this.begin({ kind: 'child', key, attempt: 1, input: args[0].params, retry, waits: true }, scope)
  }

  activity(
    name: string,
    {
      args,
      options,
      scope,
    }: { args: unknown[]; options: { summary?: string; retry: Retry; cancellationType?: string }; scope: Scope | null },
  ): Promise<unknown> {
    if (name === 'askPeople') {
      this.calls.push({ kind: 'ask', key: (args[0] as { step: string }).step, attempt: 1, input: null })
      return Promise.resolve()
    }
    if (name === 'revertActions') {
      this.calls.push({ kind: 'revert', key: '', attempt: 1, input: null })
      return Promise.resolve()
    }
    const kind = name === 'planActions' ? 'plan' : 'run'
    const { approvedHash } = args[1] as { approvedHash?: string }
    const waits = options.cancellationType === 'WAIT'
    const call = { kind, key: options.summary ?? '', attempt: 1, input: args[0], retry: options.retry, waits } as const
    return this.begin(approvedHash === undefined ? call : { ...call, approvedHash }, scope)
  }
}
