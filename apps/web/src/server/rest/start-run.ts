/** `POST /api/v1/runbooks/{name}/runs` */
import { createHash } from 'node:crypto'
import { canonicalJson } from '@tenon/runbook'
import * as z from 'zod'
import { actorKey, labelOf } from '../actor.ts'
import { ApiError } from '../errors.ts'
import { startRun } from '../start-run.ts'
import { isoTime } from '../iso-time.ts'
import { readJson } from './read-json.ts'
import type { RestCall } from './route.ts'
import { runView, untilTelling } from './run-view.ts'

const body = z.strictObject({
  params: z.record(z.string(), z.unknown()).optional(),
  /** Every read of the run looks at this moment. */
  asOf: isoTime.optional(),
})

const longestWaitSeconds = 60

export async function startRunOverRest(call: RestCall<{ name: string }>): Promise<Response> {
  const { request, params, actor, services } = call
  const waitSeconds = parseWait(new URL(request.url).searchParams.get('wait'))
  const given = body.parse((await readJson(request)) ?? {})
  const key = parseKey(request.headers.get('idempotency-key'))
  const { name } = params
  const { runId, created } = await startRun(services, {
    name,
    params: given.params,
    ...(given.asOf === undefined ? {} : { asOf: Date.parse(given.asOf) }),
    trigger: 'api',
    by: labelOf(actor),
    ...(key === null ? {} : { once: { actor: actorKey(actor), key, request: hashOf({ name, ...given }) } }),
  })
  if (created) {
    await services.db.audit.append({ actor: actorKey(actor), action: 'runs.start', subject: name, detail: { runId } })
  }
  if (waitSeconds > 0) await untilTelling(services.db, runId, { ms: waitSeconds * 1000, signal: request.signal })
  const view = await runView(services, runId)
  return Response.json(view, {
    status: view.status === 'running' ? 202 : 200,
    headers: { location: `/api/v1/runs/${runId}` },
  })
}

/** `30s`, or seconds as a number; 0 without it. */
function parseWait(text: string | null): number {
  if (text === null) return 0
  const seconds = /^\d{1,3}s?$/.test(text) ? Number.parseInt(text, 10) : Number.NaN
  if (seconds <= longestWaitSeconds) return seconds
  throw new ApiError({
    status: 400,
    code: 'bad-wait',
    message: `wait=${text} is not a time of at most ${longestWaitSeconds} s.`,
    fix: 'Write it like wait=30s.',
  })
}

function parseKey(text: string | null): string | null {
  if (text === null) return null
  if (/^[\x21-\x7e]{1,200}$/.test(text)) return text
  throw new ApiError({
    status: 400,
    code: 'bad-idempotency-key',
    message: 'The Idempotency-Key is not a text of 1 to 200 printable characters.',
    fix: 'Use an id of what the run is for, such as the alert’s.',
  })
}

const hashOf = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex')
