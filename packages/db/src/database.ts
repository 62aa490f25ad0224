import type { CallableRunbook } from '@tenon/runbook'
import { actedTargets } from './acted-targets.ts'
import { createActionLedger, type ActionLedger } from './action-ledger-query.ts'
import { createActionRules, type ActionRules } from './action-rules.ts'
import { createActions, type Actions } from './actions.ts'
import { alertCounts, type AlertCounts } from './alert-counts.ts'
import { createAlertSources, type AlertSources } from './alert-sources.ts'
import { createAlerts, type Alerts } from './alerts.ts'
import { createAnalysis, type Analysis } from './analysis.ts'
import { createApprovals, type Approvals } from './approvals.ts'
import { createAudit, type Audit } from './audit.ts'
import { createBacktests, type Backtests } from './backtests.ts'
import { createBreakers, type Breakers } from './breakers.ts'
import { callableRunbooks } from './callable-runbooks.ts'
import { createChanges, type Changes } from './changes.ts'
import { createConnections, type Connections } from './connections.ts'
import { createDataViews, type DataViews } from './data-views.ts'
import { createEventWaits, type EventWaits } from './event-waits.ts'
import { createFreezes, type Freezes } from './freezes.ts'
import { createInbound, type InboundEvents } from './inbound.ts'
import { createInbox, type Inbox } from './inbox.ts'
import { liveRunbooks, type LiveRunbook } from './live-runbooks.ts'
import { createInvitations, type Invitations } from './invitations.ts'
import { createKeptResults, type KeptResults } from './kept-results.ts'
import { listen, type Listening, type LiveMessage } from './live.ts'
import { createModelFiles, type ModelFiles } from './model-files.ts'
import { createModelProposals, type ModelProposals } from './model-proposals.ts'
import { createPaging, type Paging } from './paging.ts'
import { createPins, type Pins } from './pins.ts'
import { createPlans, type Plans } from './plans.ts'
import { runbooksNaming } from './runbooks-naming.ts'
import { createReportLinks, type ReportLinks } from './report-links.ts'
import { createRunbooks, type Runbooks } from './runbooks.ts'
import { createRuns, type Runs } from './runs.ts'
import { secretBoxFromEnvironment, type SecretBox } from './secret-box.ts'
import { createSettings, type Settings } from './settings.ts'
import { createSessionLock, type SessionLock } from './session-lock.ts'
import { openStore } from './store.ts'
import { createTokens, type Tokens } from './tokens.ts'
import { createUsers, type Users } from './users.ts'

/** One repository an aggregate. Every write tells listeners of all processes what changed, when it commits. */
export interface Database {
  readonly runs: Runs
  readonly runbooks: Runbooks
  readonly plans: Pick<Plans, 'get' | 'put'>
  /** What a step "Run a runbook" may name. */
  callableRunbooks(): Promise<CallableRunbook[]>
  /** What is live in production, with its text; `naming`: only those whose text has this in it. */
  liveRunbooks(options?: { naming?: string }): Promise<LiveRunbook[]>
  /** Drafts whose text has one of these in it. */
  runbooksNaming(texts: readonly string[]): Promise<{ name: string; title: string; source: string }[]>
  readonly approvals: Approvals
  /** What came in from outside, and what became of it. */
  readonly inbound: InboundEvents
  readonly eventWaits: EventWaits
  readonly pins: Pins
  readonly backtests: Backtests
  /** The action ledger. */
  readonly actions: Actions
  /** The ledger, to look things up in. */
  readonly actionLedger: ActionLedger
  /** Whatever an action was ever planned on, by name. */
  actedTargets(): Promise<string[]>
  /** What actions may do, and how far each runbook is trusted. */
  readonly actionRules: ActionRules
  /** When nothing outside is changed. */
  readonly freezes: Freezes
  /** What load tests and drills must not break. */
  readonly breakers: Breakers
  readonly changes: Changes
  /** What alert receivers tell, and what it turned out to be. */
  readonly alerts: Alerts
  readonly alertSources: AlertSources
  /** How often alerts fired since then, unix milliseconds. */
  alertCounts(since: number): Promise<AlertCounts>
  readonly connections: Connections
  readonly tokens: Tokens
  readonly users: Users
  readonly invitations: Invitations
  readonly inbox: Inbox
  /** Where critical notices go besides the inbox. */
  readonly paging: Paging
  readonly settings: Settings
  readonly audit: Audit
  /** The data model's files. */
  readonly modelFiles: ModelFiles
  readonly modelProposals: ModelProposals
  readonly views: DataViews
  readonly keptResults: KeptResults
  /** Reports as they were, on links of their own. */
  readonly reportLinks: ReportLinks
  /** What detectors and runbooks found, as time series. */
  readonly analysis: Analysis
  /** For better-auth's adapter only, which wants the client itself. */
  readonly authClient: object
  /** @param onGap called after a lost connection is back: what was written meanwhile was missed. */
  listen(onMessage: (message: LiveMessage) => void, onGap?: () => void): Listening
  /** Of several processes one holds it; close it before the database. */
  sessionLock(name: string): SessionLock
  /** Resolves when PostgreSQL answers. */
  ping(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens a database that `migrate` has prepared. Connects at the first query.
 *
 * @param options.secretBox opens and seals connections' secrets; by default it is made from the environment when first needed.
 * @example
 * const db = openDatabase(process.env.DATABASE_URL)
 * const runs = await db.runs.list({ limit: 10 })
 */
export function openDatabase(url: string, options: { secretBox?: SecretBox; connections?: number } = {}): Database {
  const store = openStore(url, { connections: options.connections })
  const plans = createPlans(store)
  const listening = new Set<Listening>()
  let box = options.secretBox
  return {
    runs: createRuns(store, plans),
    runbooks: createRunbooks(store, plans),
    plans,
    callableRunbooks: () => callableRunbooks(store),
    liveRunbooks: (options) => liveRunbooks(store, options),
    runbooksNaming: (texts) => runbooksNaming(store, texts),
    approvals: createApprovals(store),
    inbound: createInbound(store),
    eventWaits: createEventWaits(store),
    pins: createPins(store),
    backtests: createBacktests(store, plans),
    actions: createActions(store),
    actionLedger: createActionLedger(store),
    actedTargets: () => actedTargets(store),
    actionRules: createActionRules(store),
    freezes: createFreezes(store),
    breakers: createBreakers(store),
    changes: createChanges(store),
    alerts: createAlerts(store),
    alertSources: createAlertSources(store),
    alertCounts: (since) => alertCounts(store, since),
    connections: createConnections(store, () => (box ??= secretBoxFromEnvironment(process.env))),
    tokens: createTokens(store),
    users: createUsers(store),
    invitations: createInvitations(store),
    inbox: createInbox(store),
    paging: createPaging(store),
    settings: createSettings(store),
    audit: createAudit(store),
    modelFiles: createModelFiles(store),
    modelProposals: createModelProposals(store),
    views: createDataViews(store),
    keptResults: createKeptResults(store),
    reportLinks: createReportLinks(store),
    analysis: createAnalysis(store),
    authClient: store.client,
    listen(onMessage, onGap) {
      const one = listen(url, onMessage, onGap)
      listening.add(one)
      return one
    },
    sessionLock: (name) => createSessionLock(url, name),
    async ping() {
      await store.client.$queryRaw`SELECT 1`
    },
    async close() {
      await Promise.all([...listening].map((one) => one.close()))
      await store.close()
    },
  }
}
