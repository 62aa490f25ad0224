import { tablesOf, validateMeasures } from '@tenon/data'
import * as z from 'zod'
import { ApiError } from '../errors.ts'
import { acceptProposal, existingProposal, rejectProposal, startDiscovery } from '../model/discovery.ts'
import {
  checkModelChange,
  ModelInvalid,
  modelPath,
  mostText,
  saveModelFile,
  type ModelProblem,
} from '../model/model-files.ts'
import type { Services } from '../services.ts'
import { procedure, router } from './trpc.ts'

const path = modelPath
const text = z.string().max(mostText)
const id = z.string().min(1).max(64)
const revision = z.number().int().min(0)

/** The data model: its files, what discovery proposes for them, and whether what they say is there. */
export const modelRouter = router({
  files: procedure.query(({ ctx }) => ctx.services.db.modelFiles.list()),

  file: procedure.input(z.object({ path })).query(({ ctx, input }) => existing(ctx.services, input.path)),

  /** Why the newest model is not the one that is used; null when it is. */
  state: procedure.query(({ ctx }) => {
    const refusal = ctx.services.liveData.refusal()
    return { refusal: refusal && { message: refusal.message, fix: refusal.fix } }
  }),

  /** The whole model is checked with it; one with problems is not saved, and they are the answer. */
  save: procedure.input(z.object({ path, text, revision })).mutation(async ({ ctx, input }): Promise<Saved> => {
    try {
      const saved = await saveModelFile(ctx.services, { ...input, actor: ctx.actor })
      return { saved: true, revision: saved.revision ?? 0 }
    } catch (error) {
      if (error instanceof ModelInvalid) return { saved: false, problems: error.problems }
      throw error
    }
  }),

  remove: procedure.input(z.object({ path, revision })).mutation(async ({ ctx, input }) => {
    await saveModelFile(ctx.services, { ...input, text: null, actor: ctx.actor })
  }),

  /** What would be wrong with the model if this were saved; nothing is. A text is too long for an address, so it is posted. */
  check: procedure.input(z.object({ path, text })).mutation(async ({ ctx, input }) => ({
    problems: await checkModelChange(ctx.services, [input]),
  })),

  history: procedure
    .input(z.object({ path }))
    .query(({ ctx, input }) => ctx.services.db.modelFiles.history(input.path)),

  /** The text that a file had. */
  revision: procedure.input(z.object({ path, revision })).query(async ({ ctx, input }) => ({
    text: await ctx.services.db.modelFiles.textOf(input.path, input.revision),
  })),

  /** Asks the sources whether the measures of a file, or of all, find anything. */
  validate: procedure.input(z.object({ path: path.optional() })).mutation(async ({ ctx, input, signal }) => {
    const data = await ctx.services.data()
    const file = input.path === undefined ? null : await existing(ctx.services, input.path)
    return validateMeasures(data, {
      now: Date.now(),
      ...(file ? { tables: tablesOf(file) } : {}),
      ...(signal ? { signal } : {}),
    })
  }),

  /** Begins to look at a connection; what it finds is a proposal, which people decide about. */
  discover: procedure.input(z.object({ connection: z.string().min(1).max(64) })).mutation(async ({ ctx, input }) => {
    const proposalId = await startDiscovery(ctx.services, { connection: input.connection, actor: ctx.actor })
    return { proposalId }
  }),

  proposals: procedure.query(({ ctx }) => ctx.services.db.modelProposals.list()),

  proposal: procedure.input(z.object({ id })).query(({ ctx, input }) => existingProposal(ctx.services, input.id)),

  /** @param only keys of the changes to take; all of them without it */
  accept: procedure
    .input(z.object({ id, only: z.array(z.string().max(500)).max(200_000).optional() }))
    .mutation(({ ctx, input }) => acceptProposal(ctx.services, { ...input, actor: ctx.actor })),

  reject: procedure.input(z.object({ id })).mutation(async ({ ctx, input }) => {
    await rejectProposal(ctx.services, { ...input, actor: ctx.actor })
  }),
})

type Saved = { saved: true; revision: number } | { saved: false; problems: readonly ModelProblem[] }

async function existing({ db }: Pick<Services, 'db'>, wanted: string) {
  const file = await db.modelFiles.get(wanted)
  if (file) return file
  throw new ApiError({
    status: 404,
    code: 'unknown-model-file',
    message: `The model has no file ${wanted}.`,
    fix: 'Look at the list of files.',
  })
}
