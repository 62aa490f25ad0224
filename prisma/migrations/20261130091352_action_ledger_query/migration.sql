-- DropIndex
DROP INDEX "action_createdAt_idx";

-- CreateIndex
CREATE INDEX "action_createdAt_id_idx" ON "action"("createdAt", "id");

-- CreateIndex
CREATE INDEX "action_kind_idx" ON "action"("kind");

-- CreateIndex
CREATE INDEX "action_requestedBy_idx" ON "action"("requestedBy");

-- CreateIndex
CREATE INDEX "action_approvedBy_idx" ON "action"("approvedBy");

-- CreateIndex
CREATE INDEX "action_event_actor_idx" ON "action_event"("actor");
