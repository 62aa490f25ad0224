/** The data model's files over the REST API: `tenon model pull`, `push` and `check`. */
import * as z from 'zod'
import { ApiError } from '../../errors.ts'
import { checkModelChange, modelPath, mostText, pushModel } from '../../model/model-files.ts'
import { defineOperation } from '../operation.ts'
import { wholeList } from '../page.ts'

/** A model of 50,000 services is about half of it. */
const bodyLimit = 64 * 1024 * 1024
const mostFiles = 5_000

const path = modelPath.describe('In the model’s folder: shop.yaml, generated/shop-metrics.yaml.')
const givenFiles = z.array(z.strictObject({ path, text: z.string().max(mostText).describe('YAML.') })).max(mostFiles)

const problem = z
  .object({
    path: z.string(),
    line: z.int().nullable().describe('Counted from 1; null when the whole file is meant.'),
    message: z.string(),
    fix: z.string(),
  })
  .meta({ id: 'ModelProblem' })

export const listModelFiles = defineOperation({
  id: 'listModelFiles',
  method: 'GET',
  path: '/api/v1/model/files',
  summary: 'List the model’s files',
  description: 'Files in `generated/` are what discovery found; what the others say lies over them.',
  role: 'viewer',
  query: z.strictObject({
    text: z.stringbool().default(false).describe('With their texts: all are of one moment, so that they fit together.'),
  }),
  responses: {
    200: {
      description: 'All of them.',
      schema: wholeList(
        z
          .object({
            path: z.string(),
            revision: z.int().describe('Rises by one at each save.'),
            generated: z.boolean(),
            updatedBy: z.string(),
            text: z.string().nullable().describe('null unless it was asked for.'),
          })
          .meta({ id: 'ModelFile' }),
      ),
    },
  },
  async handler({ query, services: { db }, reply }) {
    if (query.text) return reply(200, { items: (await db.modelFiles.snapshot()).files, next: null })
    const files = await db.modelFiles.list()
    const items = files.map(({ path, revision, generated, updatedBy }) => ({
      path,
      revision,
      generated,
      updatedBy,
      text: null,
    }))
    return reply(200, { items, next: null })
  },
})

export const putModelFiles = defineOperation({
  id: 'putModelFiles',
  method: 'PUT',
  path: '/api/v1/model/files',
  summary: 'Write the model’s files',
  description:
    'Makes these files what the server has. The whole model is checked first: when anything in it is wrong, nothing is changed. It is used at once, without a restart. `prune` removes the files that are not among them.',
  role: 'editor',
  bodyLimit,
  body: z.strictObject({
    files: givenFiles,
    prune: z.boolean().default(false),
    dryRun: z.boolean().default(false).describe('Says what would be done, and does nothing.'),
  }),
  responses: {
    200: {
      description: 'What was, or would be, done.',
      schema: z
        .object({
          dryRun: z.boolean(),
          files: z.array(z.object({ path: z.string(), action: z.enum(['create', 'update', 'remove', 'unchanged']) })),
        })
        .meta({ id: 'ModelWritten' }),
    },
  },
  errors: { 'model-invalid': 'The model would be wrong; `data.problems` has every problem with its file and line.' },
  async handler({ body, actor, services, reply }) {
    assertOnce(body.files)
    return reply(200, { dryRun: body.dryRun, files: await pushModel(services, { ...body, actor }) })
  },
})

export const checkModelOperation = defineOperation({
  id: 'checkModel',
  method: 'POST',
  path: '/api/v1/model/check',
  summary: 'Check model files',
  description: 'What would be wrong with the model if these were its files. Nothing is saved.',
  role: 'viewer',
  bodyLimit,
  body: z.strictObject({
    files: givenFiles,
    alone: z
      .boolean()
      .default(false)
      .describe('These are the whole model; without it they are laid into the stored one.'),
  }),
  responses: {
    200: {
      description: 'What was found; a model with problems is answered with 200 too.',
      schema: z.object({ ok: z.boolean(), problems: z.array(problem) }).meta({ id: 'ModelCheck' }),
    },
  },
  async handler({ body, services, reply }) {
    assertOnce(body.files)
    const problems = await checkModelChange(services, body.files, { alone: body.alone })
    return reply(200, { ok: problems.length === 0, problems })
  },
})

/** @throws ApiError `bad-input` */
function assertOnce(files: readonly { path: string }[]): void {
  const seen = new Set<string>()
  for (const { path: one } of files) {
    if (seen.has(one)) {
      throw new ApiError({
        status: 400,
        code: 'bad-input',
        message: `The file ${one} is given twice.`,
        fix: 'Give each file once.',
      })
    }
    seen.add(one)
  }
}
