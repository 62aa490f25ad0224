/** Files as the source of truth over the REST API: `tenon apply`. */
import * as z from 'zod'
import { applyRunbooks } from '../../apply-runbooks.ts'
import { environmentName } from '../../environments.ts'
import { defineOperation } from '../operation.ts'

const mostFiles = 1_000
/** The compiler refuses longer texts with a place; the request as a whole has room for many files. */
const bodyLimit = 16 * 1024 * 1024

export const apply = defineOperation({
  id: 'apply',
  method: 'POST',
  path: '/api/v1/apply',
  summary: 'Apply runbook files',
  description:
    'Makes the runbooks of these files what the server has, their texts as they are, and publishes them. All files are checked first: when one has an error, nothing is changed. `prune` deletes runbooks that an earlier apply made, that nobody saved since, and that are in none of the files; it needs the role admin.',
  role: 'editor',
  bodyLimit,
  body: z.strictObject({
    files: z
      .array(
        z.strictObject({
          path: z.string().min(1).max(500).describe('For messages.'),
          source: z.string().max(600_000).describe('YAML.'),
        }),
      )
      .max(mostFiles),
    environment: environmentName.optional().describe('Where they go live; production without it.'),
    publish: z.boolean().default(true).describe('Without it only drafts are saved.'),
    prune: z.boolean().default(false),
    dryRun: z.boolean().default(false).describe('Says what would be done, and does nothing.'),
  }),
  responses: {
    200: {
      description: 'What was, or would be, done.',
      schema: z
        .object({
          dryRun: z.boolean(),
          changes: z.array(
            z.object({
              runbook: z.string(),
              path: z.string().nullable().describe('null for what is deleted.'),
              action: z.enum(['create', 'update', 'publish', 'text', 'delete', 'unchanged']),
              changes: z.array(z.string()).describe('What changes for those who run it.'),
              version: z.int().nullable().describe('What is live.'),
              warnings: z.array(z.string()),
            }),
          ),
        })
        .meta({ id: 'Applied' }),
    },
  },
  errors: {
    'document-invalid': 'A file has errors; each is named with its file and place.',
    'unknown-environment': 'There is no such environment.',
    'runs-going-on': 'A runbook that would be deleted has a run that goes on.',
    'backtest-missing': 'A runbook requires a backtest that was not made.',
    'backtest-worse': 'Its backtest is worse than that of the live version.',
    'draft-conflict': 'Somebody saved it meanwhile.',
  },
  async handler({ body, actor, services, reply }) {
    const changes = await applyRunbooks(services, { ...body, actor })
    return reply(200, { dryRun: body.dryRun, changes })
  },
})
