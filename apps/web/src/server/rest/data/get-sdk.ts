import { generateSdk, sdkLanguages } from '@tenon/data'
import * as z from 'zod'
import { defineOperation } from '../operation.ts'
import { label } from './data-schemas.ts'

export const getDataSdk = defineOperation({
  id: 'getDataSdk',
  method: 'GET',
  path: '/api/v1/data/sdk',
  summary: 'Get a typed SDK',
  description:
    'Made of the model as it is now: files to write into a folder, one module a domain. `tenon sdk` writes them. See docs/sdk.md.',
  role: 'viewer',
  query: z.strictObject({
    language: z.enum(sdkLanguages).describe('`json-schema` and `openapi` describe the same services for other tools.'),
    domain: z.array(label).max(200).optional().describe('Only these; all without it.'),
  }),
  responses: {
    200: {
      description: 'Its files.',
      schema: z
        .object({
          domains: z
            .array(z.object({ id: z.string(), kind: z.string().nullable(), services: z.int() }))
            .describe('What each module is called, the kind of its entities, and how many services it has.'),
          files: z.array(z.object({ path: z.string(), text: z.string() })),
        })
        .meta({ id: 'DataSdk' }),
    },
  },
  errors: { 'unknown-domain': 'The model has no such domain.' },
  async handler({ query: { language, domain }, services, reply }) {
    const { model } = await services.data()
    return reply(200, await generateSdk(model, { language, ...(domain === undefined ? {} : { domains: domain }) }))
  },
})
