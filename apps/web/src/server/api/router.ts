import { actionsRouter } from './actions.ts'
import { approvalsRouter } from './approvals.ts'
import { catalogueRouter } from './catalogue.ts'
import { changesRouter } from './changes.ts'
import { dataRouter } from './data.ts'
import { inboxRouter } from './inbox.ts'
import { nowRouter } from './now.ts'
import { runbooksRouter } from './runbooks.ts'
import { runsRouter } from './runs.ts'
import { sessionRouter } from './session.ts'
import { connectionsRouter } from './settings-connections.ts'
import { tokensRouter } from './settings-tokens.ts'
import { usersRouter } from './settings-users.ts'
import { router } from './trpc.ts'
import { writesRouter } from './writes.ts'

/** Everything the browser may ask for. Who may ask is in ../policy.ts. */
export const appRouter = router({
  session: sessionRouter,
  now: nowRouter,
  catalogue: catalogueRouter,
  runbooks: runbooksRouter,
  runs: runsRouter,
  approvals: approvalsRouter,
  actions: actionsRouter,
  writes: writesRouter,
  changes: changesRouter,
  inbox: inboxRouter,
  data: dataRouter,
  settings: router({ connections: connectionsRouter, tokens: tokensRouter, users: usersRouter }),
})

export type AppRouter = typeof appRouter
