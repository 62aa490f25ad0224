-- CreateTable
CREATE TABLE "freeze_calendar" (
    "name" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "updatedBy" TEXT NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "freeze_calendar_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "freeze_exception" (
    "id" TEXT NOT NULL,
    "calendar" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "askedBy" TEXT NOT NULL,
    "askedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "confirmedBy" TEXT,
    "confirmedAt" TIMESTAMP(3),
    "until" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "freeze_exception_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "freeze_exception_until_idx" ON "freeze_exception"("until");
