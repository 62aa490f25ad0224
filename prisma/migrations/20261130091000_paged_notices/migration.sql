-- AlterTable
ALTER TABLE "inbox_item" ADD COLUMN     "pagedAt" TIMESTAMP(3);
