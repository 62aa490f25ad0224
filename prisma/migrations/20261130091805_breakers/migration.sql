-- CreateTable
CREATE TABLE "breaker" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "bounds" JSONB NOT NULL,
    "onBreach" JSONB NOT NULL,
    "graceSeconds" INTEGER NOT NULL,
    "by" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "startedAt" TIMESTAMP(3) NOT NULL,
    "endsAt" TIMESTAMP(3) NOT NULL,
    "watchedAt" TIMESTAMP(3) NOT NULL,
    "pushed" JSONB NOT NULL,
    "trippedAt" TIMESTAMP(3),
    "detail" TEXT,
    "result" TEXT,
    "settledAt" TIMESTAMP(3),

    CONSTRAINT "breaker_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "breaker_state_idx" ON "breaker"("state");

-- CreateIndex
CREATE INDEX "breaker_startedAt_idx" ON "breaker"("startedAt");
