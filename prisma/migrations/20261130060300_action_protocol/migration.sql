-- AlterTable
ALTER TABLE "action" ADD COLUMN     "runbook" TEXT,
ALTER COLUMN "revert" DROP NOT NULL;

-- CreateIndex
CREATE INDEX "action_target_fence_idx" ON "action"("target", "fence");

-- CreateIndex
CREATE INDEX "action_createdAt_idx" ON "action"("createdAt");

-- Rate limits and silences became settings by name: intents, what was found, and the plans that repeat both.
CREATE FUNCTION pg_temp.new_intent(old jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE old ->> 'kind'
    WHEN 'set-rate-limit' THEN jsonb_build_object(
      'kind', 'set-values', 'target', old -> 'target', 'values', jsonb_build_object('limit', old -> 'requestsPerSecond'))
    ELSE old END
$$;

CREATE FUNCTION pg_temp.new_state(old jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT (old - 'rateLimit' - 'silence') || jsonb_build_object('values',
    jsonb_build_object('limit', old -> 'rateLimit')
      || CASE WHEN old ? 'silence' THEN jsonb_build_object('silence', old -> 'silence' -> 'until') ELSE '{}' END)
$$;

UPDATE "action" SET
  "intent" = pg_temp.new_intent("intent"),
  "revert" = pg_temp.new_intent("revert"),
  "before" = pg_temp.new_state("before"),
  "plan" = "plan" || jsonb_build_object(
    'intent', pg_temp.new_intent("plan" -> 'intent'),
    'waves', jsonb_build_array(pg_temp.new_intent("plan" -> 'intent')),
    'revert', pg_temp.new_intent("plan" -> 'revert'),
    'before', pg_temp.new_state("plan" -> 'before'),
    'asOf', NULL);
