/**
 * A plan at a moment of the past: reads really ask, with that clock; writes are only planned; nobody is asked, so approvals and events expire; waiting
 * takes no time.
 */
import type { CommandOf } from '../command-of.ts'
import { computeStep, type FindCompute } from '../compute-step.ts'
import { endedSteps } from '../ended-steps.ts'
import { parseParams } from '../parse-params.ts'
import type { Plan } from '../plan.ts'
import type { RunContext, RunEvent, StepError, StepResult } from '../run.ts'
import { plainPlan, plannedWrite } from '../testing/planned-write.ts'
import { type Question, Rehearsal } from '../testing/rehearsal.ts'
import type { TestedRun } from '../testing/test-result.ts'
import { testedRun } from '../testing/tested-run.ts'

export interface RehearsalTools {
  /** Carries out a `read`; rejects with whatever went wrong. */
  read(
    command: CommandOf<'run-step'>,
    call: { type: string; version: number; context: RunContext },
  ): Promise<StepResult>
  /** What went wrong, in words. */
  errorOf(thrown: unknown): StepError
  compute: FindCompute
  /** The plan of a child runbook; null when it is gone. */
  plan(hash: string): Promise<Plan | null>
  signal: AbortSignal
  /** Lets other work of the process have its turn; called now and then. */
  breathe(): Promise<void>
}

/** More events than a case may take. */
const mostTurns = 20_000
const deepestChild = 5
/** So many events between two breaths. */
const turnsOfBreath = 50

/** @throws what `signal` is aborted with. */
export async function rehearse(plan: Plan, context: RunContext, tools: RehearsalTools): Promise<TestedRun> {
  const run = new Rehearsal(plan, context)
  const asked = new Set<Promise<void>>()
  let breathed = 0
  while (run.running && run.turns < mostTurns) {
    tools.signal.throwIfAborted()
    if (run.turns - breathed >= turnsOfBreath) {
      breathed = run.turns
      await tools.breathe()
    }
    const question = run.takeQuestion()
    if (question) {
      const event = answer(question, run, tools)
      if (!(event instanceof Promise)) send(run, event)
      else {
        const asking = event.then((one) => {
          asked.delete(asking)
          send(run, one)
        })
        asked.add(asking)
      }
    } else if (asked.size > 0) await Promise.race(asked)
    else if (!run.fireNextTimer()) break
  }
  // What nobody waits for any more may still be asking: it is let end, so that nothing goes on behind the next case.
  await Promise.all(asked)
  return testedRun(run)
}

function send(run: Rehearsal, event: RunEvent | null): void {
  if (event && run.running) run.send({ ...event, at: run.now })
}

/** Null when nobody answers: then time goes on. */
function answer(question: Question, run: Rehearsal, tools: RehearsalTools): RunEvent | null | Promise<RunEvent> {
  const at = run.now
  switch (question.kind) {
    case 'run-step':
      return runStep(question, run, tools)
    case 'run-child':
      return runChild(question, run, tools)
    case 'plan-actions':
      return {
        kind: 'actions-planned',
        at,
        stepId: question.stepId,
        plans: question.actions.map(({ stepId, input }) => plainPlan(run.stepOf(stepId), stepId, input)),
      }
    case 'request-approval':
    case 'await-event':
      return null
  }
}

function runStep(command: CommandOf<'run-step'>, run: Rehearsal, tools: RehearsalTools): RunEvent | Promise<RunEvent> {
  const { stepId, attempt, input, asOf } = command
  const step = run.stepOf(stepId)
  const common = { at: run.now, stepId, attempt }
  const { context } = run.state
  if (step.effect === 'compute') {
    const ended = endedSteps(run.plan, run.state)
    const made = computeStep(step, tools.compute, {
      context: { runId: context.runId, stepId, asOf, steps: ended },
      input,
    })
    return made.ok
      ? { kind: 'step-completed', ...common, result: made.result }
      : { kind: 'step-failed', ...common, error: made.error }
  }
  if (step.effect === 'write') {
    const planned = plannedWrite(step)
    return planned.kind === 'done'
      ? { kind: 'step-completed', ...common, result: planned.result }
      : { kind: 'step-failed', ...common, error: planned.error }
  }
  const call = { type: step.type, version: step.version, context }
  return tools.read(command, call).then(
    (result): RunEvent => ({ kind: 'step-completed', ...common, result }),
    (thrown: unknown): RunEvent => ({ kind: 'step-failed', ...common, error: tools.errorOf(thrown) }),
  )
}

async function runChild(command: CommandOf<'run-child'>, run: Rehearsal, tools: RehearsalTools): Promise<RunEvent> {
  const { stepId, attempt, child } = command
  const { context } = run.state
  const common = { at: run.now, stepId, attempt }
  const runId = `${context.runId}/${stepId}`
  const depth = (context.parent?.depth ?? 0) + 1
  const plan = depth > deepestChild ? null : await tools.plan(child.planHash)
  const fail = (message: string): RunEvent => ({
    kind: 'step-failed',
    ...common,
    error: { code: 'child-failed', message, retryable: false },
  })
  if (!plan) return fail(`Version ${child.version} of "${child.runbook}" is gone, or runs too deep in other runbooks.`)
  const parsed = parseParams(plan.params, command.params)
  if (!parsed.ok) return fail(`"${child.runbook}" does not take these parameters: ${parsed.problems[0]?.message ?? ''}`)
  const { status, verdict, conclusion } = await rehearse(
    plan,
    {
      runId,
      params: parsed.params,
      // Within a backtest all is of one: nobody is asked, and nothing is planned of now.
      trigger: { kind: 'backtest', by: context.trigger.by },
      asOf: context.asOf,
      parent: { runId: context.runId, stepId, depth },
    },
    tools,
  )
  const summary = conclusion ?? `"${child.runbook}" ${status}.`
  if (status !== 'succeeded') return fail(summary)
  const output = { runId, status, verdict, conclusion }
  return { kind: 'step-completed', ...common, result: { outcome: verdict ?? 'done', output, summary } }
}
