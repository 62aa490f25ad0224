import { actionRulesRouter } from './action-rules.ts'
import { actionsRouter } from './actions.ts'
import { alertsRouter } from './alerts.ts'
import { approvalsRouter } from './approvals.ts'
import { backtestsRouter } from './backtests.ts'
import { breakersRouter } from './breakers.ts'
import { calendarsRouter } from './calendars.ts'
import { catalogueRouter } from './catalogue.ts'
import { changesRouter } from './changes.ts'
import { coverageRouter } from './coverage.ts'
import { dataRouter } from './data.ts'
import { diagnoseRouter } from './diagnose.ts'
import { environmentsRouter } from './environments.ts'
import { inboxRouter } from './inbox.ts'
import { modelRouter } from './model.ts'
import { nowRouter } from './now.ts'
import { pinsRouter } from './pins.ts'
import { reportsRouter } from './reports.ts'
import { runbooksRouter } from './runbooks.ts'
import { runsRouter } from './runs.ts'
import { sessionRouter } from './session.ts'
import { connectionsRouter } from './settings-connections.ts'
import { pagingRouter } from './settings-paging.ts'
import { tokensRouter } from './settings-tokens.ts'
import { usersRouter } from './settings-users.ts'
import { triggersRouter } from './triggers.ts'
import { testsRouter } from './tests.ts'
import { router } from './trpc.ts'
import { viewsRouter } from './views.ts'
import { writesRouter } from './writes.ts'

/** Everything the browser may ask for. Who may ask is in ../policy.ts. */
export const appRouter = router({
  session: sessionRouter,
  now: nowRouter,
  catalogue: catalogueRouter,
  runbooks: runbooksRouter,
  environments: environmentsRouter,
  reports: reportsRouter,
  runs: runsRouter,
  diagnose: diagnoseRouter,
  coverage: coverageRouter,
  pins: pinsRouter,
  triggers: triggersRouter,
  tests: testsRouter,
  backtests: backtestsRouter,
  approvals: approvalsRouter,
  actions: actionsRouter,
  actionRules: actionRulesRouter,
  breakers: breakersRouter,
  writes: writesRouter,
  calendars: calendarsRouter,
  alerts: alertsRouter,
  changes: changesRouter,
  inbox: inboxRouter,
  data: dataRouter,
  model: modelRouter,
  views: viewsRouter,
  settings: router({
    connections: connectionsRouter,
    paging: pagingRouter,
    tokens: tokensRouter,
    users: usersRouter,
  }),
})

export type AppRouter = typeof appRouter
