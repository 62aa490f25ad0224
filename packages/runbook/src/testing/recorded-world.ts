/** The outside of a test: recorded answers instead of systems, people, events and other runbooks. */
import type { CommandOf } from '../command-of.ts'
import { computeStep, type FindCompute } from '../compute-step.ts'
import type { RunbookTest } from '../document.ts'
import { endedSteps } from '../ended-steps.ts'
import { isObject } from '../value-type.ts'
import { stepIdOf } from '../step-key.ts'
import { plainPlan, plannedWrite } from './planned-write.ts'
import { readAnswers, type ReadAnswers, type RecordedAnswer } from './recorded.ts'
import type { Question, Rehearsal } from './rehearsal.ts'
import type { TestFailure } from './test-result.ts'

export class RecordedWorld {
  readonly failures: TestFailure[] = []
  private readonly run: Rehearsal
  private readonly test: RunbookTest
  private readonly compute: FindCompute
  /** Which of a list's answers an execution got, by step key: a retry asks the same question again. */
  private readonly given = new Map<string, number>()
  private readonly executions = new Map<string, number>()
  private readonly answers = new Map<string, ReadAnswers>()

  constructor(run: Rehearsal, test: RunbookTest, compute: FindCompute) {
    this.run = run
    this.test = test
    this.compute = compute
  }

  /** Sends what the outside says; nothing when people or events stay away, then time goes on. */
  answer(question: Question): void {
    switch (question.kind) {
      case 'run-step':
        return this.runStep(question)
      case 'run-child':
        return this.reply(question, this.needed(question.stepId, 'runs another runbook'))
      case 'plan-actions':
        return this.planActions(question)
      case 'request-approval':
        return this.decide(question)
      case 'await-event':
        return this.deliver(question)
    }
  }

  private runStep(question: CommandOf<'run-step'>): void {
    const { stepId, input, asOf } = question
    const step = this.run.stepOf(stepId)
    if (step.effect === 'compute') {
      const { runId } = this.run.state.context
      const context = { runId, stepId, asOf, steps: endedSteps(this.run.plan, this.run.state) }
      const made = computeStep(step, this.compute, { context, input })
      return this.reply(
        question,
        made.ok ? { kind: 'done', result: made.result } : { kind: 'failed', error: made.error },
      )
    }
    if (step.effect === 'write') return this.reply(question, this.recorded(stepId) ?? plannedWrite(step))
    this.reply(question, this.needed(stepId, 'reads from outside'))
  }

  private reply({ stepId, attempt }: { stepId: string; attempt: number }, answer: RecordedAnswer): void {
    const common = { at: this.run.now, stepId, attempt }
    if (answer.kind === 'failed') this.run.send({ kind: 'step-failed', ...common, error: answer.error })
    else this.run.send({ kind: 'step-completed', ...common, result: answer.result })
  }

  /** Nothing is asked, so nothing but the intent is known of the plans that people would see. */
  private planActions({ stepId, actions }: CommandOf<'plan-actions'>): void {
    const plans = actions.map(({ stepId: key, input }) => plainPlan(this.run.stepOf(key), key, input))
    this.run.send({ kind: 'actions-planned', at: this.run.now, stepId, plans })
  }

  private decide({ stepId, plans, input }: CommandOf<'request-approval'>): void {
    const answer = this.recorded(stepId)
    if (answer?.kind !== 'done') return
    const { outcome, output } = answer.result
    if (outcome !== 'approved' && outcome !== 'rejected') return
    const hashes = plans.map(({ hash }) => hash)
    for (const decision of decisionsOf(output, input)) {
      if (this.run.state.steps[stepId]?.status !== 'waiting') return
      this.run.send({ kind: 'approval-decided', at: this.run.now, stepId, decision: outcome, hashes, ...decision })
    }
    if (this.run.state.steps[stepId]?.status === 'waiting')
      this.fail(stepId, {
        message: `"${stepId}" is recorded as ${outcome}, but those who decided may not, or are too few.`,
        fix: 'Record who approved under output.by, and give the step as many approvers as it needs.',
      })
  }

  private deliver({ stepId, event }: CommandOf<'await-event'>): void {
    const answer = this.recorded(stepId)
    if (answer?.kind !== 'done' || answer.result.outcome !== 'received') return
    const output = isObject(answer.result.output) ? answer.result.output : {}
    const id = typeof output['id'] === 'string' ? output['id'] : 'recorded'
    const received = { name: event, id, payload: Object.hasOwn(output, 'payload') ? output['payload'] : output }
    this.run.send({ kind: 'event-received', at: this.run.now, stepId, event: received })
  }

  /** What is recorded for this execution; null when nothing is. */
  private recorded(key: string): RecordedAnswer | null {
    const id = stepIdOf(key)
    if (!Object.hasOwn(this.test.steps, id)) return null
    const read = this.answers.get(id) ?? readAnswers(this.test.steps[id])
    this.answers.set(id, read)
    if (!read.ok) {
      this.fail(id, { message: `What is recorded for "${id}" cannot be read: ${read.message}`, fix: howToRecord(id) })
      return null
    }
    if (read.repeats) return read.answers[0] ?? null
    const position = this.given.get(key) ?? this.executions.get(id) ?? 0
    if (!this.given.has(key)) this.executions.set(id, position + 1)
    this.given.set(key, position)
    const answer = read.answers[position]
    if (answer) return answer
    this.fail(id, {
      message: `"${id}" ran ${position + 1} times, but ${read.answers.length} answers are recorded.`,
      fix: 'Add the missing answers, or write one answer without a list for all of them.',
    })
    return null
  }

  private needed(key: string, does: string): RecordedAnswer {
    const before = this.failures.length
    const answer = this.recorded(key)
    if (answer) return answer
    const id = stepIdOf(key)
    const message = `"${id}" ${does}, and nothing is recorded for it.`
    if (this.failures.length === before) this.fail(id, { message, fix: howToRecord(id) })
    return { kind: 'failed', error: { code: 'not-recorded', message, retryable: false } }
  }

  private fail(step: string, { message, fix }: { message: string; fix: string }): void {
    // The same gap shows in every round of a loop.
    if (!this.failures.some((known) => known.step === step)) this.failures.push({ what: 'answer', step, message, fix })
  }
}

const howToRecord = (id: string): string =>
  `Write it under steps.${id}: { outcome: ..., output: ... }, or { error: { code: ..., message: ... } }; "Save as test" on a run's page writes it for you.`

interface Decision {
  by: string
  comment: string
  form: Record<string, unknown>
}

/** Those who decided as recorded; else as many as may be needed of those who may. */
function decisionsOf(output: unknown, input: Record<string, unknown>): Decision[] {
  const recorded = isObject(output) ? output : {}
  const comment = typeof recorded['comment'] === 'string' ? recorded['comment'] : ''
  const form = isObject(recorded['form']) ? recorded['form'] : {}
  const texts = (value: unknown): string[] =>
    (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string')
  const needed = typeof input['needed'] === 'number' ? input['needed'] : 1
  const approvers = texts(input['approvers'])
  const people = approvers.length > 0 ? approvers : Array.from({ length: needed }, (_, index) => `person-${index + 1}`)
  const named = texts(recorded['by'])
  return [...new Set([...named, ...people])].map((by) => ({ by, comment, form }))
}
