-- CreateTable
CREATE TABLE "model_file" (
    "path" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "generated" BOOLEAN NOT NULL,
    "updatedBy" TEXT NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_file_pkey" PRIMARY KEY ("path")
);

-- CreateTable
CREATE TABLE "model_revision" (
    "path" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "text" TEXT,
    "savedBy" TEXT NOT NULL,
    "savedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_revision_pkey" PRIMARY KEY ("path","revision")
);

-- CreateTable
CREATE TABLE "model_proposal" (
    "id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "changes" JSONB NOT NULL DEFAULT '[]',
    "notes" JSONB NOT NULL DEFAULT '[]',
    "error" JSONB,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seenAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decidedBy" TEXT,
    "decidedAt" TIMESTAMP(3),

    CONSTRAINT "model_proposal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "data_view" (
    "id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "series" JSONB NOT NULL,
    "from" TIMESTAMP(3) NOT NULL,
    "to" TIMESTAMP(3) NOT NULL,
    "stepSeconds" INTEGER NOT NULL,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "data_view_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "kept_result" (
    "id" TEXT NOT NULL,
    "ask" JSONB NOT NULL,
    "result" JSONB NOT NULL,
    "keptBy" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "kept_result_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "analysis_series" (
    "id" BIGSERIAL NOT NULL,
    "measure" TEXT NOT NULL,
    "labels" JSONB NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "analysis_series_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "analysis_point" (
    "seriesId" BIGINT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "analysis_point_pkey" PRIMARY KEY ("seriesId","at")
);

-- CreateIndex
CREATE INDEX "model_proposal_createdAt_idx" ON "model_proposal"("createdAt");

-- CreateIndex
CREATE INDEX "data_view_createdAt_idx" ON "data_view"("createdAt");

-- CreateIndex
CREATE INDEX "data_view_expiresAt_idx" ON "data_view"("expiresAt");

-- CreateIndex
CREATE INDEX "kept_result_expiresAt_idx" ON "kept_result"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "analysis_series_hash_key" ON "analysis_series"("hash");

-- CreateIndex
CREATE INDEX "analysis_series_measure_idx" ON "analysis_series"("measure");

-- CreateIndex
CREATE INDEX "analysis_point_at_idx" ON "analysis_point"("at");

-- AddForeignKey
ALTER TABLE "analysis_point" ADD CONSTRAINT "analysis_point_seriesId_fkey" FOREIGN KEY ("seriesId") REFERENCES "analysis_series"("id") ON DELETE CASCADE ON UPDATE CASCADE;
