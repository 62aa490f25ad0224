/** One request to a webhook trigger: who sends it, what events it brings, and what becomes of each. */
import { createHash } from 'node:crypto'
import type { TriggerRow } from '@tenon/db'
import { contentHash, eventKey, webhookFormats, type IncomingEvent, type WebhookTrigger } from '@tenon/runbook'
import { storeAlerts, toldByWebhook, type AlertParts } from '../alerts/store-alerts.ts'
import { ApiError, problemOf } from '../errors.ts'
import type { Services } from '../services.ts'
import { decide, decideEvent, duplicate, type Decided, type InboundParts } from './decide-event.ts'
import { checkHookSender, type SignedRequest } from './hook-signature.ts'
import { inTurn } from './in-turn.ts'
import { noteRejected } from './note-rejected.ts'

/** Bytes of a request. */
export const largestHook = 256 * 1024

export interface HookRequest extends SignedRequest {
  runbook: string
  trigger: string
  environment: string
}

/** Events of one request that are decided at the same time. */
const width = 8
/** Senders wait for an answer; what is not decided by then is on record and goes on. */
const longestAnswerMs = 8_000

/**
 * @returns what became of each event, in the order of the request.
 * @throws ApiError `unknown-trigger`, `hook-secret-missing`, `signature-missing`, `signature-wrong`, `timestamp-bad`, `bad-json`, `bad-event`,
 *   `too-many-events`, `nested-too-deep`; then nothing was done but noting it.
 */
export async function receiveWebhook(services: InboundParts & AlertParts, request: HookRequest): Promise<Decided[]> {
  const row = await triggerOf(services, request)
  const { content } = row
  const source = sourceOf(row)
  const refuse = async (error: ApiError): Promise<never> => {
    await noteRejected(services, { row, source, reason: error.problem.message, bytes: request.body.length })
    throw error
  }
  const secret = await secretOf(services, content.secret)
  if (secret === null) return refuse(secretMissing(content.secret))
  const sender = checkHookSender(request, { format: content.format, secret, now: Date.now() })
  if (!sender.ok) return refuse(new ApiError({ status: 401, ...sender }))
  const text = utf8(request.body)
  if (text === null) return refuse(notText)
  const parsed = webhookFormats[content.format].parse({ headers: request.headers, body: text })
  if (!parsed.ok) {
    const { place, ...problem } = parsed.problem
    return refuse(
      new ApiError({ status: 400, ...problem, detail: { problems: [{ ...problem, path: place.split('.') }] } }),
    )
  }
  const replayed =
    sender.signature !== null && !parsed.signedIds
      ? await isReplay(services, { source, signature: sender.signature, events: parsed.events })
      : false
  // Whatever the trigger makes of them: alerts are judged by what is on record, also those that start nothing.
  if (content.format === 'alertmanager') {
    const now = Date.now()
    await storeAlerts(
      services,
      source,
      parsed.events.map(({ event }) => toldByWebhook(event, now)),
    )
  }
  const accepted = await inTurn(parsed.events, width, (event) =>
    accept(services, { row, content, source, event, signature: sender.signature, bytes: request.body.length }),
  )
  const results: Decided[] = accepted.map(({ id }) => ({
    id,
    disposition: 'accepted',
    reason: 'It is on record and is worked on.',
    runId: null,
  }))
  const working = inTurn([...accepted.entries()], width, async ([index, { id, duplicateOf, rejected, event }]) => {
    const result = rejected
      ? await decide(services, id, { disposition: 'rejected', reason: rejected })
      : duplicateOf
        ? duplicate(id, duplicateOf)
        : replayed
          ? await decide(services, id, { disposition: 'deduplicated', reason: 'Its signature was used before.' })
          : await decideEvent(services, {
              id,
              receivedAt: new Date().toISOString(),
              trigger: row,
              event: event.event,
              ...(event.ignored === undefined ? {} : { ignored: event.ignored }),
            })
    results[index] = result
  })
  await settledWithin(working, longestAnswerMs)
  return results
}

type WebhookRow = TriggerRow & { content: WebhookTrigger }

async function triggerOf({ db }: Pick<Services, 'db'>, request: HookRequest): Promise<WebhookRow> {
  const { runbook, environment, trigger } = request
  const rows = await db.runbooks.triggersOf(runbook, environment)
  const found = rows.find((row): row is WebhookRow => row.name === trigger && row.content.kind === 'webhook')
  if (found) return found
  throw new ApiError({
    status: 404,
    code: 'unknown-trigger',
    message: `No published runbook has the webhook ${runbook}/${trigger} in the environment ${environment}.`,
    fix: 'Copy the address from the Triggers page; publish the runbook if its trigger is new.',
  })
}

/** What inbound rows of a trigger are filed under. */
export function sourceOf({ runbook, name, environment }: TriggerRow): string {
  return environment === 'production' ? `${runbook}/${name}` : `${runbook}/${name}@${environment}`
}

/** null when the connection is missing, of another kind or without a secret. */
async function secretOf({ db }: Pick<Services, 'db'>, name: string): Promise<string | null> {
  const connection = await db.connections.get(name)
  return connection?.kind === 'hook' && connection.hasSecret ? db.connections.secret(name) : null
}

const secretMissing = (name: string): ApiError =>
  new ApiError({
    // Of our making and soon repaired: senders that try again later should.
    status: 503,
    code: 'hook-secret-missing',
    message: 'The secret that this webhook is checked with is not set up.',
    fix: `Add a connection of kind hook named "${name}" in Settings, Connections.`,
  })

const notText = new ApiError({
  status: 400,
  code: 'bad-json',
  message: 'The body is not UTF-8 text.',
  fix: 'Send JSON in UTF-8.',
})

function utf8(body: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    // TypeError is the only way in which it says no.
    return null
  }
}

/**
 * A signature covers the body only. Where events have their ids in headers, a recorded request could be sent again under other ids: a signature
 * therefore belongs to the ids that it came with first.
 */
async function isReplay(
  { db }: Pick<Services, 'db'>,
  { source, signature, events }: { source: string; signature: string; events: IncomingEvent[] },
): Promise<boolean> {
  const request = contentHash(events.map(({ id }) => id))
  try {
    await db.runs.claim({ actor: `webhook:${source}`, key: signature, request }, '')
    return false
  } catch (error) {
    if (problemOf(error).code === 'idempotency-key-reused') return true
    throw error
  }
}

/** Puts an event on record before anything is done for it. */
async function accept(
  { db }: Pick<Services, 'db'>,
  incoming: {
    row: TriggerRow
    content: WebhookTrigger
    source: string
    event: IncomingEvent
    signature: string | null
    bytes: number
  },
) {
  const { row, content, source, event, signature, bytes } = incoming
  const key = eventKey(content, event)
  const own = key.ok ? (key.key ?? signature) : null
  const { id, duplicateOf } = await db.inbound.accept({
    kind: 'webhook',
    source,
    runbookName: row.runbook,
    environment: row.environment,
    dedupKey: own === null ? null : shortKey(own),
    payload: event.event,
    bytes,
  })
  return { id, duplicateOf, rejected: key.ok ? null : key.reason, event }
}

/** An index takes no longer ones; their beginning tells people what it is. */
export function shortKey(key: string): string {
  return key.length <= 300 ? key : `${key.slice(0, 200)}…${createHash('sha256').update(key).digest('hex')}`
}

/** Waits for work, but not for ever: it goes on by itself. What fails is on record as accepted, and is found and worked on again. */
async function settledWithin(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  const done = work.then(
    () => undefined,
    (error: unknown) => console.error(JSON.stringify({ level: 'error', message: problemOf(error).message })),
  )
  await Promise.race([done, late])
  clearTimeout(timer)
}
