-- CreateTable
CREATE TABLE "report_link" (
    "id" TEXT NOT NULL,
    "runId" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "report_link_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "report_link_runId_idx" ON "report_link"("runId");

-- CreateIndex
CREATE INDEX "report_link_expiresAt_idx" ON "report_link"("expiresAt");

