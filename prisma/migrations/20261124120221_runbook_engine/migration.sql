-- CreateTable
CREATE TABLE "plan" (
    "hash" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plan_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "runbook_pointer" (
    "runbookId" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "movedBy" TEXT NOT NULL,
    "movedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "runbook_pointer_pkey" PRIMARY KEY ("runbookId","environment")
);

-- CreateTable
CREATE TABLE "runbook_trigger" (
    "runbookId" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "paused" BOOLEAN NOT NULL DEFAULT false,
    "pausedBy" TEXT,
    "pausedReason" TEXT,
    "pausedAt" TIMESTAMP(3),
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "runbook_trigger_pkey" PRIMARY KEY ("runbookId","environment","name")
);

-- CreateTable
CREATE TABLE "inbound_event" (
    "id" TEXT NOT NULL,
    "receivedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "kind" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "runbookName" TEXT,
    "environment" TEXT,
    "dedupKey" TEXT,
    "disposition" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "runId" TEXT,
    "payload" JSONB,
    "bytes" INTEGER NOT NULL DEFAULT 0,
    "decidedAt" TIMESTAMP(3),

    CONSTRAINT "inbound_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_wait" (
    "runId" TEXT NOT NULL,
    "stepId" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "since" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "event_wait_pkey" PRIMARY KEY ("runId","stepId")
);

-- CreateTable
CREATE TABLE "step_pin" (
    "runbookId" TEXT NOT NULL,
    "stepId" TEXT NOT NULL,
    "result" JSONB NOT NULL,
    "pinnedBy" TEXT NOT NULL,
    "pinnedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "step_pin_pkey" PRIMARY KEY ("runbookId","stepId")
);

-- CreateTable
CREATE TABLE "backtest" (
    "id" TEXT NOT NULL,
    "runbookId" TEXT NOT NULL,
    "version" INTEGER,
    "planHash" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "requestedBy" TEXT NOT NULL,
    "error" JSONB,
    "startedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "endedAt" TIMESTAMP(3),

    CONSTRAINT "backtest_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "backtest_case" (
    "backtestId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "asOf" TIMESTAMP(3) NOT NULL,
    "params" JSONB NOT NULL,
    "label" TEXT,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "verdict" TEXT,
    "conclusion" TEXT,
    "runStatus" TEXT,
    "actions" JSONB,
    "outcomes" JSONB,
    "error" JSONB,
    "durationMs" INTEGER,
    "endedAt" TIMESTAMP(3),

    CONSTRAINT "backtest_case_pkey" PRIMARY KEY ("backtestId","position")
);

-- What is kept under another name or in another place now.
INSERT INTO "plan" ("hash", "content")
SELECT DISTINCT ON ("planHash") "planHash", "plan" FROM "runbook_version" ORDER BY "planHash", "publishedAt" DESC;
INSERT INTO "plan" ("hash", "content")
SELECT DISTINCT ON ("planHash") "planHash", "plan" FROM "run" ORDER BY "planHash", "startedAt" DESC
ON CONFLICT DO NOTHING;
INSERT INTO "runbook_pointer" ("runbookId", "environment", "version", "movedBy")
SELECT "id", 'production', "publishedVersion", 'system' FROM "runbook" WHERE "publishedVersion" IS NOT NULL;
INSERT INTO "runbook_trigger" ("runbookId", "environment", "name", "kind", "content", "paused", "updatedAt")
SELECT "runbookId", 'production', 'schedule', 'schedule',
  jsonb_build_object('kind', 'schedule', 'cron', "cron", 'timeZone', "timeZone", 'params', "params"), "paused", "updatedAt"
FROM "runbook_schedule";

-- DropForeignKey
ALTER TABLE "runbook_schedule" DROP CONSTRAINT "runbook_schedule_runbookId_fkey";

-- AlterTable
ALTER TABLE "runbook" DROP COLUMN "publishedVersion";

-- AlterTable
ALTER TABLE "runbook_version" DROP COLUMN "plan",
ADD COLUMN     "note" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "run" DROP COLUMN "plan",
ADD COLUMN     "baseRunId" TEXT,
ADD COLUMN     "concurrencyKey" TEXT,
ADD COLUMN     "environment" TEXT NOT NULL DEFAULT 'production',
ADD COLUMN     "express" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "parentRunId" TEXT,
ADD COLUMN     "parentStepId" TEXT,
ADD COLUMN     "payload" JSONB,
ADD COLUMN     "record" JSONB;

-- AlterTable
ALTER TABLE "approval" ADD COLUMN     "approvers" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "decisions" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "form" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "needed" INTEGER NOT NULL DEFAULT 1;

-- DropTable
DROP TABLE "runbook_schedule";

-- CreateIndex
CREATE INDEX "runbook_trigger_kind_idx" ON "runbook_trigger"("kind");

-- CreateIndex
CREATE INDEX "inbound_event_receivedAt_idx" ON "inbound_event"("receivedAt");

-- CreateIndex
CREATE INDEX "inbound_event_runbookName_receivedAt_idx" ON "inbound_event"("runbookName", "receivedAt");

-- CreateIndex
CREATE INDEX "inbound_event_disposition_idx" ON "inbound_event"("disposition");

-- CreateIndex
CREATE UNIQUE INDEX "inbound_event_source_dedupKey_key" ON "inbound_event"("source", "dedupKey");

-- CreateIndex
CREATE INDEX "event_wait_event_idx" ON "event_wait"("event");

-- CreateIndex
CREATE INDEX "backtest_runbookId_startedAt_idx" ON "backtest"("runbookId", "startedAt");

-- CreateIndex
CREATE INDEX "run_status_idx" ON "run"("status");

-- CreateIndex
CREATE INDEX "run_parentRunId_idx" ON "run"("parentRunId");

-- AddForeignKey
ALTER TABLE "runbook_version" ADD CONSTRAINT "runbook_version_planHash_fkey" FOREIGN KEY ("planHash") REFERENCES "plan"("hash") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "runbook_pointer" ADD CONSTRAINT "runbook_pointer_runbookId_fkey" FOREIGN KEY ("runbookId") REFERENCES "runbook"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "runbook_trigger" ADD CONSTRAINT "runbook_trigger_runbookId_fkey" FOREIGN KEY ("runbookId") REFERENCES "runbook"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_wait" ADD CONSTRAINT "event_wait_runId_fkey" FOREIGN KEY ("runId") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "step_pin" ADD CONSTRAINT "step_pin_runbookId_fkey" FOREIGN KEY ("runbookId") REFERENCES "runbook"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backtest" ADD CONSTRAINT "backtest_runbookId_fkey" FOREIGN KEY ("runbookId") REFERENCES "runbook"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backtest_case" ADD CONSTRAINT "backtest_case_backtestId_fkey" FOREIGN KEY ("backtestId") REFERENCES "backtest"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "run" ADD CONSTRAINT "run_planHash_fkey" FOREIGN KEY ("planHash") REFERENCES "plan"("hash") ON DELETE RESTRICT ON UPDATE CASCADE;

