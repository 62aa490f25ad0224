-- AlterTable
ALTER TABLE "alert" ADD COLUMN     "silencedUntil" TIMESTAMP(3);
