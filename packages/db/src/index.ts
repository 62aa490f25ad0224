export type { LedgerCursor, LedgerEntry, LedgerFilter } from './action-ledger-query.ts'
export type { ActionRules, AutonomyRow } from './action-rules.ts'
export type { Actions } from './actions.ts'
export {
  alertLabel,
  alertSeverity,
  type AlertGroupRow,
  type AlertLabel,
  type AlertRow,
  type AlertSeverity,
} from './alert-row.ts'
export type { AlertDecision, AlertGroupQuery, AlertPrecision, Alerts } from './alerts.ts'
export type { AlertCounts } from './alert-counts.ts'
export type { ReceivedAlert } from './alert-writes.ts'
export type { AlertSourceRow } from './alert-sources.ts'
export type { AnalysisSeriesRow } from './analysis.ts'
export type { ApprovalDecision, ApprovalRow, ApprovalStatus, ApprovalSummary } from './approvals.ts'
export type { AuditRow } from './audit.ts'
export type {
  BacktestCaseRow,
  BacktestError,
  BacktestRecord,
  BacktestRow,
  BacktestStatus,
  CaseEnd,
  CaseLabel,
} from './backtests.ts'
export { breakersTopic, type Breakers } from './breakers.ts'
export type { ChangeRecord } from './changes.ts'
export { connectionKind, type ConnectionKind, type ConnectionRow } from './connections.ts'
export { openDatabase, type Database } from './database.ts'
export type { DataViewRow, DataViewSummary } from './data-views.ts'
export { DbError, type DbErrorCode } from './db-error.ts'
export { emitEvent, type Emitted } from './emit-event.ts'
export type { EventWaitRow, EventWaits } from './event-waits.ts'
export type { FinishedRun } from './finished-runs.ts'
export {
  inboundDisposition,
  inboundKind,
  type InboundDisposition,
  type InboundEvents,
  type InboundKind,
  type InboundQuery,
  type InboundRow,
  type NewInbound,
} from './inbound.ts'
export type { InboxRow, Severity } from './inbox.ts'
export type { Link } from './invitations.ts'
export type { LiveRunbook } from './live-runbooks.ts'
export type { KeptResultRow } from './kept-results.ts'
export { liveMessage, type Listening, type LiveMessage } from './live.ts'
export type {
  ModelFileChange,
  ModelFileRow,
  ModelFiles,
  ModelFileText,
  ModelRevisionRow,
  ModelSnapshot,
} from './model-files.ts'
export type { ProposalError, ProposalRow, ProposalState, ProposalSummary } from './model-proposals.ts'
export type { Idempotency, NewRun } from './new-run.ts'
export type { PagingChannel, PagingTrouble } from './paging.ts'
export type { PinRow, Pins } from './pins.ts'
export type { PointerRow } from './pointers.ts'
export { publishDraft, seedRunbook, type Compile, type Compiled, type Published } from './publish.ts'
export { role, roleIncludes, type Role } from './role.ts'
export type { DraftRow, Publication, RunbookRow, VersionRecord, VersionRow } from './runbooks.ts'
export type { RunRecord, RunRowStatus, RunSummary } from './run-row.ts'
export type { RunQuery } from './runs.ts'
export { createSecretBox, secretBoxFromEnvironment, type SecretBox } from './secret-box.ts'
export type { BrokenGlass, WritesStopped } from './settings.ts'
export type { StepRow, WaitsFor } from './step-row.ts'
export type { TokenRow } from './tokens.ts'
export type { TriggerRow } from './triggers.ts'
export type { UserRow } from './users.ts'
