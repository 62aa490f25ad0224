import { evidence, hypothesis, report, verdict, type StepResult } from '@tenon/runbook'
import * as z from 'zod'
import { unknownRunbook } from './db-error.ts'
import type { Store } from './store.ts'
import { iso, jsonValue } from './stored.ts'

/** A step's result that draft runs take as it is, instead of running the step. Times are ISO 8601. */
export interface PinRow {
  stepId: string
  result: StepResult
  pinnedBy: string
  pinnedAt: string
}

const storedResult: z.ZodType<StepResult> = z.object({
  outcome: z.string(),
  output: z.unknown(),
  summary: z.string(),
  verdict: verdict.optional(),
  evidence: z.array(evidence).optional(),
  hypotheses: z.array(hypothesis).optional(),
  report: report.optional(),
})

/** Pinned steps of runbooks' drafts, by the runbook's name. */
export function createPins(store: Store) {
  return {
    async list(name: string): Promise<PinRow[]> {
      const rows = await store.client.stepPin.findMany({ where: { runbook: { name } }, orderBy: { stepId: 'asc' } })
      return rows.map(({ stepId, result, pinnedBy, pinnedAt }) => ({
        stepId,
        result: storedResult.parse(result),
        pinnedBy,
        pinnedAt: iso(pinnedAt),
      }))
    },

    /** Replaces the step's pin. @throws DbError `unknown-runbook`. */
    async set(pin: { name: string; stepId: string; result: StepResult; by: string }): Promise<void> {
      const { name, stepId, result, by } = pin
      await store.write(async (tx, tell) => {
        const runbook = await tx.runbook.findUnique({ where: { name }, select: { id: true } })
        if (!runbook) throw unknownRunbook(name)
        const runbookId = runbook.id
        const data = {
          result: jsonValue({ ...result, output: result.output ?? null }),
          pinnedBy: by,
          pinnedAt: new Date(),
        }
        await tx.stepPin.upsert({
          where: { runbookId_stepId: { runbookId, stepId } },
          create: { runbookId, stepId, ...data },
          update: data,
        })
        tell({ topic: 'runbook', id: name })
      })
    },

    /** One that is not there is gone already. */
    async remove(name: string, stepId: string): Promise<void> {
      await store.write(async (tx, tell) => {
        const { count } = await tx.stepPin.deleteMany({ where: { stepId, runbook: { name } } })
        if (count > 0) tell({ topic: 'runbook', id: name })
      })
    },
  }
}

export type Pins = ReturnType<typeof createPins>
