import { readCoverage } from '../coverage/read-coverage.ts'
import { procedure, router } from './trpc.ts'

/** What has a runbook and what has none. */
export const coverageRouter = router({
  get: procedure.query(({ ctx }) => readCoverage(ctx.services)),
})
