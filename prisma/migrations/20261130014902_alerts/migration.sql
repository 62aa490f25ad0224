-- CreateTable
CREATE TABLE "alert" (
    "id" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "startsAt" TIMESTAMP(3) NOT NULL,
    "endsAt" TIMESTAMP(3),
    "name" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "labels" JSONB NOT NULL,
    "annotations" JSONB NOT NULL,
    "source" TEXT NOT NULL,
    "generatorUrl" TEXT NOT NULL,
    "entity" TEXT,
    "measure" TEXT,
    "receivedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seenAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "action" TEXT,
    "verdict" TEXT,
    "reason" TEXT NOT NULL DEFAULT '',
    "evidence" JSONB NOT NULL DEFAULT '[]',
    "runId" TEXT,
    "decidedAt" TIMESTAMP(3),
    "groupKey" TEXT NOT NULL,

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_group" (
    "key" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "entity" TEXT,
    "severity" TEXT NOT NULL,
    "firstSeen" TIMESTAMP(3) NOT NULL,
    "lastSeen" TIMESTAMP(3) NOT NULL,
    "open" BOOLEAN NOT NULL DEFAULT true,
    "verdict" TEXT,
    "reason" TEXT NOT NULL DEFAULT '',
    "runId" TEXT,
    "notifiedAt" TIMESTAMP(3),
    "label" TEXT,
    "labelledBy" TEXT,
    "labelledAt" TIMESTAMP(3),
    "silenceId" TEXT,
    "silenceUntil" TIMESTAMP(3),
    "silenceLink" TEXT,

    CONSTRAINT "alert_group_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "alert_source" (
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "okAt" TIMESTAMP(3),
    "firing" INTEGER,
    "problem" TEXT,
    "since" TIMESTAMP(3),

    CONSTRAINT "alert_source_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE INDEX "alert_endsAt_idx" ON "alert"("endsAt");

-- CreateIndex
CREATE INDEX "alert_groupKey_idx" ON "alert"("groupKey");

-- CreateIndex
CREATE INDEX "alert_startsAt_idx" ON "alert"("startsAt");

-- CreateIndex
CREATE UNIQUE INDEX "alert_fingerprint_startsAt_key" ON "alert"("fingerprint", "startsAt");

-- CreateIndex
CREATE INDEX "alert_group_open_lastSeen_idx" ON "alert_group"("open", "lastSeen");

-- CreateIndex
CREATE INDEX "alert_group_firstSeen_idx" ON "alert_group"("firstSeen");

-- AddForeignKey
ALTER TABLE "alert" ADD CONSTRAINT "alert_groupKey_fkey" FOREIGN KEY ("groupKey") REFERENCES "alert_group"("key") ON DELETE RESTRICT ON UPDATE CASCADE;
