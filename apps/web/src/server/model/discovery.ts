/** Discovery in the background: it reads a source, and what it finds is a proposal that people accept, in whole or in part. */
import { acceptChanges, isGenerated, runDiscovery, type DiscoveryResult } from '@tenon/data'
import * as z from 'zod'
import { actorKey, labelOf, type Actor } from '../actor.ts'
import { ApiError, problemOf } from '../errors.ts'
import type { Services } from '../services.ts'
import { change } from './model-files.ts'

type Discover = typeof runDiscovery

const limitMs = 10 * 60_000
const heartbeatMs = 10_000
/** An editor shows no more; what is beyond is found by the next discovery. */
const mostNotes = 1_000

/**
 * Begins to look at a connection. It goes on when the caller goes away.
 *
 * @returns the proposal that it fills
 * @throws ApiError `unknown-connection`; DbError `discovery-running`
 */
export async function startDiscovery(
  services: Services,
  request: { connection: string; actor: Actor; again?: boolean },
  discover: Discover = runDiscovery,
): Promise<string> {
  const { db } = services
  const { connection, actor, again = false } = request
  const address = await db.connections.address(connection)
  if (!address) {
    throw new ApiError({
      status: 404,
      code: 'unknown-connection',
      message: `There is no connection "${connection}".`,
      fix: 'Add it in Settings, Connections.',
    })
  }
  const id = await db.modelProposals.begin(connection, labelOf(actor))
  await db.audit.append({
    actor: actorKey(actor),
    action: 'model.discover',
    subject: connection,
    detail: { proposal: id },
  })
  const { files } = await db.modelFiles.snapshot()
  void follow(services, { id, connection }, () =>
    discover({ name: connection, ...address }, { files, now: Date.now(), again }),
  )
  return id
}

/** Tells how it goes until it has ended, one way or the other. Never throws: nobody waits for it. */
async function follow(
  { db }: Pick<Services, 'db'>,
  { id, connection }: { id: string; connection: string },
  work: () => Promise<DiscoveryResult>,
): Promise<void> {
  const begun = Date.now()
  const say = (): void => {
    const seconds = Math.round((Date.now() - begun) / 1000)
    db.modelProposals.progress(id, `Reads ${connection} (${seconds} s)`).catch(() => undefined)
  }
  say()
  const heartbeat = setInterval(say, heartbeatMs).unref()
  try {
    const { changes, notes, summary } = await withinLimit(work())
    await db.modelProposals.finish(id, { summary, changes, notes: notes.slice(0, mostNotes) })
  } catch (error) {
    const { code, message, fix } = problemOf(error)
    await db.modelProposals.fail(id, { code, message, fix }).catch(() => undefined)
  } finally {
    clearInterval(heartbeat)
  }
}

async function withinLimit<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tookTooLong()), limitMs).unref()
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

const tookTooLong = (): ApiError =>
  new ApiError({
    status: 503,
    code: 'discovery-too-long',
    message: `It took longer than ${limitMs / 60_000} minutes.`,
    fix: 'Look whether the source is slow; leave out metrics with `discovery: { ignore: [...] }` in a model file.',
  })

const modelChanges = z.array(
  z.object({
    key: z.string(),
    section: z.enum(['entities', 'tables', 'relations', 'chains']),
    op: z.enum(['add', 'remove', 'change']),
    title: z.string(),
    before: z.unknown().optional(),
    after: z.unknown().optional(),
  }),
)

/**
 * Takes changes into the model, which is checked as a whole.
 *
 * @param request.only keys of the changes to take; all of them without it
 * @throws ApiError `unknown-proposal`, `model-invalid`; DbError `proposal-decided`; DataError `bad-model` for an unknown key
 */
export async function acceptProposal(
  services: Pick<Services, 'db' | 'liveData'>,
  request: { id: string; only?: readonly string[] | undefined; actor: Actor },
): Promise<{ files: string[] }> {
  const { id, only, actor } = request
  const { db } = services
  const proposal = await existingProposal(services, id)
  const { changes } = proposal
  // One that is decided already must not be taken twice; of two who decide at once the model takes it once, since the second finds nothing to change.
  if (proposal.state !== 'open') await db.modelProposals.decide(id, 'accepted', labelOf(actor))
  let files: string[] = []
  await change(services, actor, (stored) => {
    const written = acceptChanges(stored, changes, only)
    files = written.map(({ path }) => path)
    return written.map(({ path, text }) => ({ path, text, generated: isGenerated(path) }))
  })
  await db.modelProposals.decide(id, 'accepted', labelOf(actor))
  await db.audit.append({
    actor: actorKey(actor),
    action: 'model.accept',
    subject: id,
    detail: { source: proposal.source, changes: only?.length ?? changes.length, of: changes.length },
  })
  return { files }
}

/** @throws DbError `unknown-proposal`, `proposal-decided` */
export async function rejectProposal({ db }: Pick<Services, 'db'>, { id, actor }: { id: string; actor: Actor }) {
  await db.modelProposals.decide(id, 'rejected', labelOf(actor))
  await db.audit.append({ actor: actorKey(actor), action: 'model.reject', subject: id })
}

/** @throws ApiError `unknown-proposal` */
export async function existingProposal({ db }: Pick<Services, 'db'>, id: string) {
  const found = await db.modelProposals.get(id)
  if (found) return { ...found, changes: modelChanges.parse(found.changes) }
  throw new ApiError({
    status: 404,
    code: 'unknown-proposal',
    message: 'There is no such proposal.',
    fix: 'Only the newest are kept: start a new discovery.',
  })
}
