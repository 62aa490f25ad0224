/** What a workflow is written with: each method declares one step of a scope, which is the top of the runbook or one round of a loop. */
import { type Activities, type ActivityOptions, type Retry, callActivity } from './activity-calls.ts'
import { type ApproveOutput, beginApproval } from './approval.ts'
import { beginChild, type ChildOptions, type ChildOutput } from './child.ts'
import { type EachOutput, type LoopRun, type RepeatOutput, type Round, beginEach, beginRepeat } from './loops.ts'
import type { ApproveInput } from './question.ts'
import type { ComputeContext, RunningFlow } from './running-flow.ts'
import { Step, type Edge, type Join, type Order, type StepResult, type StepScope } from './step.ts'
import { plain } from './values.ts'
import { type EventOutput, type WaitOutput, beginEvent, beginStop, beginWait } from './waits.ts'

/** Names are checked here; what the expressions give is checked by whoever receives it. */
export type Inputs<T> = { [Name in keyof T]: any }

interface Common {
  /** Why the step is there, for people. */
  title: string
  /** Of steps that judge: a conclusion names first what tells most. */
  type?: string
  /** The edges that lead here; without any, the step begins with its scope. */
  after?: readonly Edge[]
  /** What it waits for when several paths lead here: `all` of them unless said otherwise. */
  join?: Join
  /** Counted from the first path that arrives. Then it begins with what has arrived; `atLeast` fails. */
  joinDeadlineSeconds?: number
  /** Counted from the start of the run. Then it begins with what has arrived, and what it still waits for is cancelled. */
  startBySeconds?: number
  /** It does not run, and ends with this outcome at once. */
  mute?: string
}

export interface ActivityStep<A, Name extends keyof A> extends Common, ActivityOptions<Name> {
  input: () => Inputs<A[Name] extends (input: infer I, ...rest: any[]) => any ? I : never>
}

type ResultOf<F> = F extends (...args: any[]) => Promise<StepResult<infer Outcome, infer Output>>
  ? [Output, Outcome]
  : [any, string]

export interface ComputeStep<I, Outcome extends string, Output> extends Common {
  compute: (input: any, context: ComputeContext) => StepResult<Outcome, Output>
  input: () => Inputs<I>
  outcomes: readonly Outcome[]
}

export class Scope<A = Activities> implements StepScope {
  readonly flow: RunningFlow
  readonly rounds: readonly number[]
  /** The loop that this is a round of. */
  readonly loop: Step | null
  readonly steps: Step[] = []
  /** What follows from the end of the round. */
  roundEnded: () => Step[] = () => []
  private readonly leads = new Map<Step, Step[]>()
  private readonly withErrorEdge = new Set<Step>()

  constructor(flow: RunningFlow | null, { rounds, loop }: { rounds: readonly number[]; loop: Step | null }) {
    // The top of a run is the flow itself.
    this.flow = flow ?? (this as unknown as RunningFlow)
    this.rounds = rounds
    this.loop = loop
  }

  /** Asks something outside; changes nothing. */
  read<Name extends keyof A & string>(id: string, step: ActivityStep<A, Name>) {
    return this.activity(id, step, { writes: false, asks: true })
  }

  /** Changes something outside. Once begun it is left to end, and may be put back when the run does not succeed. */
  write<Name extends keyof A & string>(id: string, step: ActivityStep<A, Name>) {
    return this.activity(id, step, { writes: true, asks: false })
  }

  /** Code of your own, which needs nothing but its input. */
  code<Name extends keyof A & string>(id: string, step: ActivityStep<A, Name>) {
    return this.activity(id, step, { writes: false, asks: false })
  }

  private activity<Name extends keyof A & string>(
    id: string,
    options: ActivityStep<A, Name>,
    effect: { writes: boolean; asks: boolean },
  ) {
    return this.add<ResultOf<A[Name]>[0], ResultOf<A[Name]>[1]>(id, { ...options, ...effect }, (step) => {
      callActivity(this.flow, step, options)
      return []
    })
  }

  /** Pure code, carried out in the workflow. */
  compute<I, Outcome extends string, Output>(id: string, options: ComputeStep<I, Outcome, Output>) {
    return this.add<Output, Outcome>(id, options, (step) => {
      this.flow.evaluate(step, options.outcomes, () => options.compute(step.input, this.flow.computeContext()))
      return []
    })
  }

  /** Asks people. The writes that `approved` leads to are planned before, and people approve those plans and no others. */
  approve(
    id: string,
    options: Common & {
      input: () => Inputs<ApproveInput>
      guards?: readonly string[]
      timeoutSeconds: number
      retry: Retry
    },
  ) {
    return this.add<ApproveOutput, 'approved' | 'rejected' | 'expired'>(id, options, (step) =>
      beginApproval(this.flow, step, options),
    )
  }

  /** Waits `for` a time, or `until` a moment (ISO 8601). */
  wait(id: string, options: Common & { input: () => { for?: any; until?: any } }) {
    return this.add<WaitOutput, 'done'>(id, options, (step) => beginWait(this.flow, step))
  }

  /** Waits for an event (see client.ts), of those that `match` the first. */
  event(
    id: string,
    options: Common & { input: () => { event: any; expiresAfter?: any }; match?: (event: any) => unknown },
  ) {
    return this.add<EventOutput, 'received' | 'expired'>(id, options, (step) =>
      beginEvent(this.flow, step, options.match),
    )
  }

  /** Runs its body once an item. */
  forEach<Item = any>(
    id: string,
    options: Common & {
      input: () => { items: readonly Item[]; concurrency?: any; tolerate?: any }
      timeoutSeconds?: number
      body: (round: Scope<A>, item: Item, index: number) => Round
    },
  ) {
    return this.add<EachOutput<Item>, 'done' | 'partial' | 'empty'>(id, options, (step) =>
      beginEach(this.flow, step, { ...options, open: this.opener(step, options.body) }),
    )
  }

  /** Runs its body again until a condition holds. */
  repeat(
    id: string,
    options: Common & {
      input: () => { atMost?: any; every?: any }
      timeoutSeconds?: number
      body: (round: Scope<A>, index: number) => Round
    },
  ) {
    const body = (round: Scope<A>, _item: unknown, index: number): Round => options.body(round, index)
    return this.add<RepeatOutput, 'met' | 'exhausted'>(id, options, (step) =>
      beginRepeat(this.flow, step, { ...options, open: this.opener(step, body) }),
    )
  }

  /** Runs another workflow of this worker and takes its verdict as the outcome. */
  child(id: string, options: Common & ChildOptions) {
    return this.add<ChildOutput, string>(id, options, (step) => {
      beginChild(this.flow, step, options)
      return []
    })
  }

  /** Ends the run. */
  stop(id: string, options: Common & { input: () => { as?: any; reason?: any } }) {
    return this.add<{ as: string; reason: string }, 'stopped'>(id, options, (step) => beginStop(this.flow, step))
  }

  /** A step of this scope or of one around it, by its id. */
  find(id: string): Step {
    const found = this.steps.find((step) => step.id === id) ?? this.loop?.scope.find(id)
    if (!found) throw new Error(`There is no step "${id}" here.`)
    return found
  }

  /** Where a step leads to, an edge at a time. */
  leadsTo(step: Step): Step[] {
    return this.leads.get(step) ?? []
  }

  hasErrorEdge(step: Step): boolean {
    return this.withErrorEdge.has(step)
  }

  /** Called when all steps are declared. */
  seal(order: Order = {}): void {
    const position = (step: Step): number => order.steps?.indexOf(step.id) ?? 0
    this.steps.sort((a, b) => position(a) - position(b))
    this.flow.all.push(...this.steps)
    const edges = this.steps.flatMap((to) => to.after.map(({ from, on }) => ({ from, on, to })))
    const rank = ({ from, to }: { from: Step; to: Step }): number => order.edges?.indexOf(`${from.id} > ${to.id}`) ?? 0
    for (const { from, on, to } of edges.toSorted((a, b) => rank(a) - rank(b))) {
      this.leads.set(from, [...this.leadsTo(from), to])
      if (on === 'error') this.withErrorEdge.add(from)
    }
  }

  private opener<Item>(loop: Step, body: (round: Scope<A>, item: Item, index: number) => Round): LoopRun<Item>['open'] {
    return (item, index) => {
      const scope = new Scope<A>(this.flow, { rounds: [...this.rounds, index], loop })
      const round = body(scope, item, index)
      scope.seal(round.order)
      return { scope, round }
    }
  }

  private add<Output, Outcome extends string>(
    id: string,
    options: Common & { input?: () => object; writes?: boolean; asks?: boolean },
    begin: (step: Step) => Step[],
  ): Step<Output, Outcome> {
    const step: Step<Output, Outcome> = new Step<Output, Outcome>({
      ...options,
      id,
      key: this.rounds.length === 0 ? id : `${id}#${this.rounds.join('.')}`,
      after: options.after ?? [],
      writes: options.writes ?? false,
      asks: options.asks ?? false,
      scope: this,
      begin: (): Step[] => {
        if (options.mute !== undefined) {
          step.begun = false
          this.flow.finish(step, { outcome: options.mute, output: null, summary: 'Muted: it did not run' })
          return []
        }
        try {
          step.input = plain(options.input?.() ?? {}) as Record<string, unknown>
        } catch (error) {
          this.flow.fail(step, 'expression-failed', error instanceof Error ? error.message : String(error))
          return []
        }
        return begin(step)
      },
      resolve: () => plain(options.input?.() ?? {}) as Record<string, unknown>,
    })
    this.steps.push(step)
    return step
  }
}
