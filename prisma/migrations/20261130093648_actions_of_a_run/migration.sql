-- CreateIndex
CREATE INDEX "action_runId_idx" ON "action"("runId");
