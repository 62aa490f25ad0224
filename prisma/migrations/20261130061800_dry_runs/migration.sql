-- AlterTable
ALTER TABLE "run" ADD COLUMN     "dryRun" BOOLEAN NOT NULL DEFAULT false;
