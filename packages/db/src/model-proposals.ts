import * as z from 'zod'
import { DbError } from './db-error.ts'
import type { Prisma } from './generated/client.ts'
import type { Store } from './store.ts'
import { iso, isoOrNull, outsideJson } from './stored.ts'

const proposalState = z.enum(['running', 'open', 'accepted', 'rejected', 'failed'])
export type ProposalState = z.infer<typeof proposalState>

/** What a discovery would change in the model. Times are ISO 8601. */
export interface ProposalSummary {
  id: string
  /** The connection that was looked at. */
  source: string
  state: ProposalState
  /** One sentence: what it does now, while it runs; what it found, after. */
  summary: string
  error: ProposalError | null
  createdBy: string
  createdAt: string
  decidedBy: string | null
  decidedAt: string | null
}

export interface ProposalRow extends ProposalSummary {
  /** As they were given: the repository does not look into them. */
  changes: unknown
  notes: string[]
}

const proposalError = z.object({ code: z.string(), message: z.string(), fix: z.string() })
export type ProposalError = z.infer<typeof proposalError>

/** One that is not heard of for so long has died with its process. */
const silentMs = 120_000
const keptProposals = 50

/** Proposed changes of the model: made by discovery, decided by people. */
export function createModelProposals(store: Store) {
  /** Of one that still runs; another's word about it, or a late one, changes nothing. */
  async function change(id: string, data: Prisma.ModelProposalUpdateManyMutationInput): Promise<boolean> {
    return store.write(async (tx, tell) => {
      const { count } = await tx.modelProposal.updateMany({
        where: { id, state: 'running' },
        data: { ...data, seenAt: new Date() },
      })
      if (count > 0) tell({ topic: 'proposal', id })
      return count > 0
    })
  }

  return {
    /**
     * Begins one. At most one runs a source.
     *
     * @throws DbError `discovery-running`
     * @returns its id
     */
    async begin(source: string, by: string): Promise<string> {
      return store.write(async (tx, tell) => {
        await tx.$executeRaw`SELECT pg_advisory_xact_lock(${lock})`
        const died = new Date(Date.now() - silentMs)
        await tx.modelProposal.updateMany({ where: { state: 'running', seenAt: { lt: died } }, data: silent })
        const running = await tx.modelProposal.findFirst({ where: { source, state: 'running' }, select: { id: true } })
        if (running) {
          throw new DbError('discovery-running', `"${source}" is being looked at already.`, {
            fix: 'Wait for it to end.',
            detail: { proposalId: running.id },
          })
        }
        const old = await tx.modelProposal.findMany({
          where: { state: { not: 'running' } },
          orderBy: { createdAt: 'desc' },
          skip: keptProposals - 1,
          select: { id: true },
        })
        await tx.modelProposal.deleteMany({ where: { id: { in: old.map(({ id }) => id) } } })
        const row = await tx.modelProposal.create({
          data: { source, state: 'running', summary: 'Begins', createdBy: by },
          select: { id: true },
        })
        tell({ topic: 'proposal', id: row.id })
        return row.id
      })
    },

    /** Says what it does now. @returns whether it still runs. */
    progress: (id: string, summary: string): Promise<boolean> => change(id, { summary }),

    /** It found something: people may decide. What was found there before and nobody decided is over: this says it anew. */
    async finish(
      id: string,
      found: { summary: string; changes: readonly {}[]; notes: readonly string[] },
    ): Promise<boolean> {
      return store.write(async (tx, tell) => {
        const row = await tx.modelProposal.findUnique({ where: { id }, select: { source: true, state: true } })
        if (row?.state !== 'running') return false
        const older = await tx.modelProposal.findMany({
          where: { source: row.source, state: 'open' },
          select: { id: true },
        })
        await tx.modelProposal.updateMany({
          where: { id: { in: older.map((one) => one.id) }, state: 'open' },
          data: { state: 'rejected', decidedBy: 'a newer discovery', decidedAt: new Date() },
        })
        const { count } = await tx.modelProposal.updateMany({
          where: { id, state: 'running' },
          data: {
            state: 'open',
            summary: found.summary,
            changes: outsideJson(found.changes),
            notes: outsideJson(found.notes),
            seenAt: new Date(),
          },
        })
        for (const one of [...older, { id }]) tell({ topic: 'proposal', id: one.id })
        return count > 0
      })
    },

    fail: (id: string, error: ProposalError): Promise<boolean> =>
      change(id, { state: 'failed', summary: error.message, error }),

    /** Newest first, without their changes. */
    async list(limit = keptProposals): Promise<ProposalSummary[]> {
      const rows = await store.client.modelProposal.findMany({
        orderBy: { createdAt: 'desc' },
        take: limit,
        omit: { changes: true, notes: true },
      })
      return rows.map(summaryOf)
    },

    async get(id: string): Promise<ProposalRow | null> {
      const row = await store.client.modelProposal.findUnique({ where: { id } })
      return row && { ...summaryOf(row), changes: row.changes, notes: z.array(z.string()).parse(row.notes) }
    },

    /** @throws DbError `unknown-proposal`, `proposal-decided` */
    async decide(id: string, state: 'accepted' | 'rejected', by: string): Promise<void> {
      await store.write(async (tx, tell) => {
        const { count } = await tx.modelProposal.updateMany({
          where: { id, state: 'open' },
          data: { state, decidedBy: by, decidedAt: new Date() },
        })
        if (count === 0) throw await refused(tx, id)
        tell({ topic: 'proposal', id })
      })
    },
  }
}

export type ModelProposals = ReturnType<typeof createModelProposals>

/** Of the lock under which one begins; any number that nothing else takes. */
const lock = 7_466_002

const died: ProposalError = {
  code: 'discovery-died',
  message: 'It did not end: the server that ran it was stopped.',
  fix: 'Start it again.',
}
const silent = { state: 'failed', summary: died.message, error: died }

async function refused(tx: Prisma.TransactionClient, id: string): Promise<DbError> {
  const row = await tx.modelProposal.findUnique({ where: { id }, select: { state: true } })
  if (!row) {
    return new DbError('unknown-proposal', 'There is no such proposal.', {
      fix: `Only the newest ${keptProposals} are kept.`,
    })
  }
  return new DbError('proposal-decided', `The proposal is ${row.state}.`, {
    fix: row.state === 'running' ? 'Wait until it has ended.' : 'Start a new discovery to see what differs now.',
  })
}

function summaryOf(row: Omit<Prisma.ModelProposalGetPayload<object>, 'changes' | 'notes'>): ProposalSummary {
  return {
    id: row.id,
    source: row.source,
    // One whose process died and that nobody began anew stays "running" for two minutes, then it is seen as what it is.
    ...(row.state === 'running' && row.seenAt.getTime() < Date.now() - silentMs
      ? { state: 'failed' as const, summary: died.message, error: died }
      : {
          state: proposalState.parse(row.state),
          summary: row.summary,
          error: row.error === null ? null : proposalError.parse(row.error),
        }),
    createdBy: row.createdBy,
    createdAt: iso(row.createdAt),
    decidedBy: row.decidedBy,
    decidedAt: isoOrNull(row.decidedAt),
  }
}
