/** Loops: `forEach` runs its body once an item, several rounds at a time; `repeat` runs it again until a condition holds. */
import { checkInput, durationSeconds, isDuration, isWhole } from './input.ts'
import type { RunningFlow } from './running-flow.ts'
import { firstUnhandled, type Order, type Step, type StepScope } from './step.ts'
import { plain } from './values.ts'

/** Most rounds of a loop. */
const mostRounds = 1000

/** What a round says of itself when it is over. */
export interface Round {
  collect?: () => unknown
  /** Of `repeat`: whether it has come to its end. */
  until?: () => unknown
  order?: Order
}

export interface LoopRun<Item> {
  timeoutSeconds?: number
  /** Declares the steps of a round. */
  open(item: Item, index: number): { scope: StepScope; round: Round }
}

export interface EachOutput<Item = any> {
  count: number
  succeeded: number
  failed: number
  results: { index: number; item: Item; status: 'done' | 'failed'; value: any }[]
}

export interface RepeatOutput {
  rounds: number
  value: any
}

export function beginEach<Item>(flow: RunningFlow, step: Step, loop: LoopRun<Item>): Step[] {
  const input = checkInput(flow, step, {
    items: (value) => Array.isArray(value) && value.length <= mostRounds,
    concurrency: (value = 10) => isWhole(value, 1, 50),
    tolerate: (value = 0) => isWhole(value, 0) || (typeof value === 'string' && /^(100|\d{1,2})%$/.test(value)),
  })
  if (!input) return []
  const {
    items,
    concurrency = 10,
    tolerate = 0,
  } = input as { items: Item[]; concurrency?: number; tolerate?: number | string }
  const mayFail =
    typeof tolerate === 'number' ? tolerate : Math.floor((items.length * Number.parseInt(tolerate, 10)) / 100)
  const rounds: { status: null | 'done' | 'failed'; value: unknown }[] = items.map(() => ({
    status: null,
    value: null,
  }))
  let begun = 0
  step.status = 'running'
  startLoopTimer(flow, step, loop)

  /** Begins as many rounds as may go on, and ends the loop when none is left or too many failed. */
  function advance(): Step[] {
    const looked: Step[] = []
    for (;;) {
      const failed = rounds.filter(({ status }) => status === 'failed').length
      if (failed > mayFail) {
        failLoop(flow, step, 'too-many-failures', `${failed} of ${items.length} rounds failed.`)
        return []
      }
      const going = rounds.slice(0, begun).filter(({ status }) => status === null).length
      if (begun === items.length && going === 0) {
        finish(failed)
        return []
      }
      if (begun === items.length || going >= concurrency) return looked
      const index = begun++
      const { scope, round } = loop.open(items[index]!, index)
      step.opened.push(scope)
      scope.roundEnded = () => {
        if (step.status !== 'running') return []
        endRound(index, scope, round)
        return advance()
      }
      if (scope.steps.length === 0) endRound(index, scope, round)
      looked.push(...scope.steps)
    }
  }

  function endRound(index: number, scope: StepScope, round: Round): void {
    const value = firstUnhandled(scope.steps) === null ? late(round.collect) : null
    rounds[index] = value?.ok ? { status: 'done', value: value.value ?? null } : { status: 'failed', value: null }
  }

  function finish(failed: number): void {
    const count = items.length
    const results = rounds.map(({ status, value }, index) => ({ index, item: items[index], status, value }))
    flow.finish(step, {
      outcome: count === 0 ? 'empty' : failed === 0 ? 'done' : 'partial',
      output: { count, succeeded: count - failed, failed, results },
      summary:
        count === 0 ? 'No items' : `${count - failed} of ${count} rounds done${failed ? `, ${failed} failed` : ''}`,
    })
  }

  return advance()
}

export function beginRepeat(flow: RunningFlow, step: Step, loop: LoopRun<null>): Step[] {
  const input = checkInput(flow, step, {
    atMost: (value = 10) => isWhole(value, 1, mostRounds),
    every: (value = '0s') => isDuration(value),
  })
  if (!input) return []
  const { atMost = 10, every = '0s' } = input as { atMost?: number; every?: string }
  step.status = 'running'
  startLoopTimer(flow, step, loop)

  function begin(first: number): Step[] {
    for (let index = first; ; index += 1) {
      const { scope, round } = loop.open(null, index)
      step.opened.push(scope)
      scope.roundEnded = () => (step.status === 'running' && goesOn(index, scope, round) ? begin(index + 1) : [])
      if (scope.steps.length > 0) return [...scope.steps]
      if (!goesOn(index, scope, round)) return []
    }
  }

  /** Ends the loop, or starts the time to its next round. @returns whether the next round begins at once. */
  function goesOn(index: number, scope: StepScope, round: Round): boolean {
    const failed = firstUnhandled(scope.steps)
    if (failed) {
      failLoop(flow, step, 'round-failed', `Round ${index}: "${failed.title}" failed: ${failed.failure?.message}`)
      return false
    }
    const until = late(round.until)
    if (!until.ok || typeof until.value !== 'boolean') {
      failLoop(
        flow,
        step,
        'expression-failed',
        until.ok ? '"until" is not true or false.' : `"until": ${until.message}`,
      )
      return false
    }
    if (until.value || index + 1 >= atMost) {
      const collected = late(round.collect)
      if (!collected.ok) {
        failLoop(flow, step, 'expression-failed', `"collect": ${collected.message}`)
        return false
      }
      const rounds = index + 1
      flow.finish(step, {
        outcome: until.value ? 'met' : 'exhausted',
        output: { rounds, value: collected.value ?? null },
        summary: until.value ? `Met after ${rounds} rounds` : `Not met in ${rounds} rounds`,
      })
      return false
    }
    const seconds = durationSeconds(every)
    if (seconds === 0) return true
    flow.startTimer(`round:${step.key}:${index + 1}`, { seconds, step }, () =>
      step.status === 'running' ? [...begin(index + 1), ...flow.afterEndIfEnded(step)] : [],
    )
    return false
  }

  return begin(0)
}

function startLoopTimer(flow: RunningFlow, step: Step, { timeoutSeconds = 0 }: { timeoutSeconds?: number }): void {
  if (timeoutSeconds === 0) return
  flow.startTimer(`loop:${step.key}`, { seconds: timeoutSeconds, step }, () => {
    if (step.status === 'running')
      failLoop(flow, step, 'timeout', `"${step.title}" took longer than ${timeoutSeconds} s.`)
    return flow.afterEndIfEnded(step)
  })
}

/** The rounds that go on are cancelled. */
function failLoop(flow: RunningFlow, step: Step, code: string, message: string): void {
  for (const inside of step.inside()) flow.cancelStep(inside)
  flow.fail(step, code, message)
}

/** Evaluates what is asked when a round is over; undefined when nothing is. */
function late(expression: (() => unknown) | undefined): { ok: true; value: unknown } | { ok: false; message: string } {
  try {
    return { ok: true, value: expression ? plain(expression()) : undefined }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}
