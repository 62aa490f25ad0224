/** Every operation of the REST API. What is not in this list does not exist: routing, policy, documents and clients are made from it. */
import { getActionPolicy, listAutonomy, putActionPolicy, putAutonomy } from './action-rules/action-rules.ts'
import { getAction } from './actions/get-action.ts'
import { listActions } from './actions/list-actions.ts'
import { pushSample } from './actions/push-sample.ts'
import { revertAction } from './actions/revert-action.ts'
import { getAlertOperation, getAlertPrecision, labelAlerts, listAlerts } from './alerts/alerts.ts'
import { apply } from './apply/apply.ts'
import { decideApproval } from './approvals/decide-approval.ts'
import { listApprovals } from './approvals/list-approvals.ts'
import { cancelBacktestOperation, getBacktest, listBacktests, startBacktestOperation } from './backtests/backtests.ts'
import { endBreaker, getBreaker, listBreakers, pushBreakerSample, startBreakerOperation } from './breakers/breakers.ts'
import { deleteCalendar, listCalendars, putCalendar } from './calendars/calendars.ts'
import { listConnections } from './catalogue/list-connections.ts'
import { listNodeTypes } from './catalogue/list-node-types.ts'
import { listChanges } from './changes/list-changes.ts'
import { postChange } from './changes/post-change.ts'
import { getCoverage } from './coverage/get-coverage.ts'
import { computeOperation, getKeptResult } from './data/compute.ts'
import { getDataSdk } from './data/get-sdk.ts'
import { getDataService } from './data/get-service.ts'
import { listDataServices } from './data/list-services.ts'
import { queryData } from './data/query-data.ts'
import { queryEntities, queryRelations } from './data/query-model.ts'
import { checkModelOperation, listModelFiles, putModelFiles } from './model/model-files.ts'
import {
  acceptModelProposal,
  discoverModel,
  getModelProposal,
  listModelProposals,
  rejectModelProposal,
} from './model/proposals.ts'
import { startDiagnosisOperation } from './diagnoses/start-diagnosis.ts'
import { docsOperations } from './openapi/docs-operations.ts'
import type { RestOperation } from './operation.ts'
import {
  deleteFrozenReportOperation,
  freezeReportOperation,
  getFrozenReportOperation,
  getRunReport,
} from './reports/reports.ts'
import { deleteRunbookOperation } from './runbooks/delete-runbook.ts'
import { getRunbook } from './runbooks/get-runbook.ts'
import { listRunbooks } from './runbooks/list-runbooks.ts'
import { publishRunbookOperation, rollbackRunbook } from './runbooks/publish-runbook.ts'
import { createRunbook, saveRunbook } from './runbooks/save-runbook.ts'
import { validateRunbook } from './runbooks/validate-runbook.ts'
import { cancelRun } from './runs/cancel-run.ts'
import { compareRunsOperation } from './runs/compare-runs.ts'
import { getRun } from './runs/get-run.ts'
import { listRunEvents } from './runs/list-run-events.ts'
import { listRuns } from './runs/list-runs.ts'
import { listSteps } from './runs/list-steps.ts'
import { rerunOperation } from './runs/rerun-run.ts'
import { startRunOperation } from './runs/start-run.ts'
import { healthz, readyz } from './service/health.ts'
import { getRunAsTest } from './tests/run-as-test.ts'
import { getInbound, listInbound } from './triggers/list-inbound.ts'
import { receiveHook } from './triggers/receive-hook.ts'
import { sendEvent } from './triggers/send-event.ts'
import { backfillTriggerOperation, listTriggersOperation, pauseTrigger, resumeTrigger } from './triggers/triggers.ts'
import { diffVersions, getVersion, listEnvironments, listVersions } from './versions/versions.ts'
import { createViewOperation, deleteViewOperation, getViewGrafana, getViewOperation, listViews } from './views/views.ts'
import { getWrites, resumeWrites, stopWrites } from './writes/writes.ts'

/** In the order of the documents, by heading. */
export const operationGroups: Readonly<Record<string, readonly RestOperation[]>> = {
  Runs: [
    startRunOperation,
    listRuns,
    getRun,
    listSteps,
    listRunEvents,
    cancelRun,
    rerunOperation,
    compareRunsOperation,
    getRunAsTest,
    getRunReport,
  ],
  Diagnoses: [startDiagnosisOperation, getCoverage],
  Approvals: [listApprovals, decideApproval],
  Actions: [
    listActions,
    getAction,
    revertAction,
    pushSample,
    startBreakerOperation,
    listBreakers,
    getBreaker,
    endBreaker,
    pushBreakerSample,
    getWrites,
    stopWrites,
    resumeWrites,
    listCalendars,
    putCalendar,
    deleteCalendar,
    getActionPolicy,
    putActionPolicy,
    listAutonomy,
    putAutonomy,
  ],
  Runbooks: [
    listRunbooks,
    createRunbook,
    getRunbook,
    saveRunbook,
    deleteRunbookOperation,
    validateRunbook,
    publishRunbookOperation,
    rollbackRunbook,
    listVersions,
    getVersion,
    diffVersions,
    apply,
  ],
  Triggers: [
    listTriggersOperation,
    pauseTrigger,
    resumeTrigger,
    backfillTriggerOperation,
    receiveHook,
    sendEvent,
    listInbound,
    getInbound,
  ],
  Backtests: [startBacktestOperation, listBacktests, getBacktest, cancelBacktestOperation],
  Model: [
    listModelFiles,
    putModelFiles,
    checkModelOperation,
    discoverModel,
    listModelProposals,
    getModelProposal,
    acceptModelProposal,
    rejectModelProposal,
  ],
  Reports: [freezeReportOperation, getFrozenReportOperation, deleteFrozenReportOperation],
  Views: [createViewOperation, listViews, getViewOperation, deleteViewOperation, getViewGrafana],
  Alerts: [listAlerts, getAlertOperation, labelAlerts, getAlertPrecision],
  Changes: [postChange, listChanges],
  Data: [
    listDataServices,
    getDataService,
    queryData,
    queryEntities,
    queryRelations,
    getDataSdk,
    computeOperation,
    getKeptResult,
  ],
  Catalogue: [listNodeTypes, listConnections, listEnvironments],
  Service: [healthz, readyz, ...docsOperations(() => operationGroups)],
}

export const operations: readonly RestOperation[] = Object.values(operationGroups).flat()
