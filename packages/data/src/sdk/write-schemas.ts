/** A domain as JSON Schemas, and as a part of an OpenAPI document. */
import { mapInSlices } from '../give-way.ts'
import type { Model } from '../model/model.ts'
import { indexModel } from '../model/model-index.ts'
import type { SdkDomain } from './describe-sdk.ts'
import type { SdkFile } from './sdk-file.ts'
import { serviceSchema, type ServiceSchema } from './service-schema.ts'

/** One definition a table's measure, by its reference. `<entity>.<measure>` of a table of each has the same form but for its reference. */
export async function writeJsonSchemas(model: Model, domain: SdkDomain): Promise<SdkFile> {
  const { entries } = await definitions(model, domain, '#/$defs/')
  const head = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Data services: ${domain.id}`,
  }
  return { path: `${domain.id}.schema.json`, text: withEntries(head, '"$defs"', entries) }
}

/** A document of its own, which tools can merge into others: one operation whose body is one of the domain's. */
export async function writeOpenApi(model: Model, domain: SdkDomain): Promise<SdkFile> {
  const at = '#/components/schemas/'
  const { entries, services } = await definitions(model, domain, at)
  const document = {
    openapi: '3.1.0',
    info: { title: `Tenon data services: ${domain.id}`, version: '1.0.0' },
    paths: {
      '/api/v1/data/query': {
        post: {
          operationId: 'queryData',
          summary: 'Ask a measure',
          requestBody: {
            required: true,
            content: { 'application/json': { schema: { oneOf: services.map((ref) => ({ $ref: `${at}${ref}` })) } } },
          },
          responses: { 200: { description: 'Its series.' } },
        },
      },
    },
    security: [{ token: [] }],
  }
  const scheme = '"securitySchemes":{"token":{"type":"http","scheme":"bearer"}}'
  return {
    path: `${domain.id}.openapi.json`,
    text: withEntries(document, `"components":{${scheme},"schemas"`, entries),
  }
}

/** Written entry by entry: as one value, a domain of 50,000 would be one long step. */
function withEntries(head: object, key: string, entries: readonly string[]): string {
  const closing = key.includes('{') ? '}}}' : '}}'
  return `${JSON.stringify(head).slice(0, -1)},\n${key}:{\n${entries.join(',\n')}\n${closing}\n`
}

/** @param at where they are kept in the document. Each entry is the JSON of one key with its value. */
async function definitions(
  model: Model,
  domain: SdkDomain,
  at: string,
): Promise<{ entries: string[]; services: string[] }> {
  const index = indexModel(model)
  // References have a dot in them, and the names of what is shared have none.
  const shared = new Map<string, { id: string; text: string }>()
  const entry = (name: string, schema: ServiceSchema) => `${JSON.stringify(name)}: ${JSON.stringify(schema)}`
  const measures = domain.tables.flatMap((table) => table.measures)
  const entries = await mapInSlices(measures, ({ ref }) => {
    const place = index.measure(ref)
    if (!place) throw new Error(`${ref} is described and not in the model.`)
    const schema = serviceSchema(model, place, (name, make) => {
      let known = shared.get(name)
      if (!known) {
        const id = `shared-${shared.size + 1}`
        shared.set(name, (known = { id, text: entry(id, make()) }))
      }
      return { $ref: `${at}${known.id}` }
    })
    return entry(ref, schema)
  })
  return {
    entries: [...[...shared.values()].map(({ text }) => text), ...entries],
    services: measures.map(({ ref }) => ref),
  }
}
