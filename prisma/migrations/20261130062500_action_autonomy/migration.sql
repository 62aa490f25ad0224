-- CreateTable
CREATE TABLE "action_autonomy" (
    "runbook" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "level" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "grantedBy" TEXT NOT NULL,
    "grantedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "action_autonomy_pkey" PRIMARY KEY ("runbook","kind")
);

-- CreateIndex
CREATE INDEX "action_runbook_kind_idx" ON "action"("runbook", "kind");
