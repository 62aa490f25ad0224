import { qualifiesForExpress, type Plan, type RunInput, type RunState } from '@tenon/runbook'
import { ExpressError } from './express-error.ts'
import { createRecorder } from './recorder.ts'
import { createRunDriver, type RunDriver } from './run-driver.ts'
import type { NodeRegistry, ReadContext } from './run-read.ts'

/** What of a run's record its input does not say. */
export interface ExpressRow {
  runbookId: string
  /** null for a run of a draft. */
  version: number | null
  /** The run whose results this one reuses. */
  baseRunId: string | null
}

/** A run that ended, with all that is to be recorded of it. */
export interface FinishedRun extends ExpressRow {
  plan: Plan
  state: RunState
}

export interface ExpressRunner {
  /**
   * Carries out a run. Resolves when it has ended, however it ended, and its record is durable.
   *
   * @throws ExpressError `express-overloaded` before anything began, `express-not-qualified` for a plan that needs a durable run,
   *   `express-not-recorded` when its record could not be written: the run then did not count, and nothing of it is left.
   */
  run(input: RunInput, row: ExpressRow): Promise<{ state: RunState }>
  /** Ends a run of this process at once. @returns whether there was one. */
  cancel(runId: string, why: { by: string; reason: string }): boolean
  /** Runs that go on or wait for their record. */
  readonly active: number
}

/**
 * Makes a runner. It drives the same interpreter as every other run, with timers of this process and reads at once.
 *
 * @param parts.record writes runs that ended, many at once; they are durable when it resolves. Must be idempotent by run id.
 * @param parts.most runs that may go on at the same time; more are refused.
 */
export function createExpressRunner(parts: {
  nodes: NodeRegistry
  contextFor: ReadContext
  record: (batch: readonly FinishedRun[]) => Promise<void>
  most?: number
}): ExpressRunner {
  const { nodes, contextFor, most = 1_000 } = parts
  const recorder = createRecorder(parts.record)
  const going = new Map<string, RunDriver>()
  let active = 0

  async function carryOut(input: RunInput): Promise<RunState> {
    const { runId } = input.context
    const driver = createRunDriver(input, { nodes, contextFor })
    going.set(runId, driver)
    try {
      return await driver.run()
    } finally {
      going.delete(runId)
    }
  }

  return {
    async run(input, row) {
      assertQualified(input.plan)
      if (active >= most) throw overloaded(active)
      active += 1
      try {
        const state = await carryOut(input)
        await recorder.record({ ...row, plan: input.plan, state })
        return { state }
      } finally {
        active -= 1
      }
    },
    cancel(runId, why) {
      const driver = going.get(runId)
      driver?.cancel(why)
      return driver !== undefined
    },
    get active() {
      return active
    },
  }
}

/** Plans are immutable: what was found of one stays true. */
const qualified = new WeakSet<Plan>()

function assertQualified(plan: Plan): void {
  if (qualified.has(plan)) return
  const answer = qualifiesForExpress(plan)
  if (!answer.ok) {
    throw new ExpressError(
      'express-not-qualified',
      `"${plan.runbook.title}" cannot run express: ${answer.reasons.join(' ')}`,
      {
        fix: 'Remove "express: true" from the runbook and publish it.',
        retryable: false,
      },
    )
  }
  qualified.add(plan)
}

function overloaded(active: number): ExpressError {
  return new ExpressError('express-overloaded', `${active} express runs are under way; no more are taken on.`, {
    fix: 'Send it again in a moment, send fewer at a time, or run more web servers.',
    retryable: true,
  })
}
