/** Writes the client's types and methods from an OpenAPI document. A test holds the written file against it. */
import { comment, propertyName, safe, typeOfSchema } from './type-of-schema.ts'

/** The parts of an OpenAPI 3.1 document that are read. */
export interface ApiDocument {
  info: { version: string }
  paths: Record<string, Record<string, ApiOperation>>
  components: { schemas: Record<string, object> }
}

interface ApiOperation {
  operationId: string
  summary: string
  description?: string
  parameters: { name: string; in: string; required: boolean; description?: string; schema: object }[]
  requestBody?: { required: boolean; content: Record<string, { schema: object }> }
  responses: Record<string, { content?: Record<string, { schema: object }> }>
  'x-errors'?: Record<string, string>
}

/** @returns the text of `tenon-api.ts`. */
export function generateClient(document: ApiDocument): string {
  const types = Object.entries(document.components.schemas).map(([name, schema]) =>
    [...comment(schema, ''), `export type ${name} = ${typeOfSchema(schema)}`].join('\n'),
  )
  const methods = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => methodText(method.toUpperCase(), path, operation)),
  )
  return `// Written by packages/client/src/generate.ts from the OpenAPI document: \`npm test -- unit -u\` writes it anew.
import type { Call, CallOptions } from '../route.ts'

${types.join('\n\n')}

/** Every operation, version ${document.info.version} of the API. */
export function createMethods(call: Call) {
  return {
${methods.join('\n')}
  }
}
`
}

function methodText(method: string, path: string, operation: ApiOperation): string {
  const headers = operation.parameters.filter((one) => one.in === 'header')
  const query = operation.parameters.filter((one) => one.in === 'query').map(({ name }) => name)
  const bodyType = Object.keys(operation.requestBody?.content ?? {})[0]
  const { type: answer, text, files } = answerType(operation)
  const route = [
    `method: ${JSON.stringify(method)}`,
    `path: ${JSON.stringify(path)}`,
    `query: ${JSON.stringify(query)}`,
    `headers: { ${headers.map(({ name }) => `${argumentName(name)}: ${JSON.stringify(name)}`).join(', ')} }`,
    ...(bodyType === undefined ? [] : [`body: ${JSON.stringify(bodyType)}`]),
    ...(text ? ['text: true'] : []),
    ...(files ? ['files: true'] : []),
  ].join(', ')
  const { type: args, optional } = argumentsType(operation)
  return `${docComment(operation)}
    ${operation.operationId}: (args: ${args}${optional ? ' = {}' : ''}, options?: CallOptions): Promise<${answer}> =>
      call({ ${route} }, args, options) as Promise<${answer}>,`
}

function docComment({ summary, description, 'x-errors': errors = {} }: ApiOperation): string {
  const codes = Object.keys(errors)
  return [
    '    /**',
    `     * ${safe(summary)}.${description ? ` ${safe(description)}` : ''}`,
    ...(codes.length > 0 ? [`     * @throws TenonError ${codes.map((code) => `\`${code}\``).join(', ')}.`] : []),
    '     */',
  ].join('\n')
}

function argumentsType({ parameters, requestBody }: ApiOperation): { type: string; optional: boolean } {
  const indent = '      '
  const fields = parameters.map(({ name, in: place, required, description, schema }) => ({
    required,
    lines: [
      ...comment({ description }, indent),
      `${indent}${place === 'header' ? argumentName(name) : propertyName(name)}${required ? '' : '?'}: ${typeOfSchema(schema, indent)}`,
    ],
  }))
  const [content] = Object.entries(requestBody?.content ?? {})
  if (requestBody && content) {
    const [type, { schema }] = content
    const isJson = type === 'application/json' && Object.keys(schema).length > 0
    const bodyType = isJson ? typeOfSchema(schema, indent) : 'string'
    const { required } = requestBody
    fields.push({ required, lines: [`${indent}body${required ? '' : '?'}: ${bodyType}`] })
  }
  if (fields.length === 0) return { type: 'Record<string, never>', optional: true }
  return {
    type: `{\n${fields.flatMap(({ lines }) => lines).join('\n')}\n    }`,
    optional: fields.every(({ required }) => !required),
  }
}

/** @example argumentName('Idempotency-Key') // 'idempotencyKey' */
function argumentName(header: string): string {
  const [first = '', ...rest] = header.split('-').map((part) => part.toLowerCase())
  return [first, ...rest.map((part) => part.charAt(0).toUpperCase() + part.slice(1))].join('')
}

function answerType({ responses }: ApiOperation): { type: string; text: boolean; files: boolean } {
  const contents = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([, { content }]) => Object.entries(content ?? {}))
  const json = contents
    .filter(([type]) => type === 'application/json')
    .map(([, { schema }]) => typeOfSchema(schema, '    '))
  const others = contents
    .filter(([type]) => type !== 'application/json')
    .map(([type]) => (type.startsWith('text/') ? 'string' : 'Uint8Array'))
  if (json.length > 0)
    return { type: [...new Set([...json, ...others])].join(' | '), text: false, files: others.length > 0 }
  return contents.length > 0
    ? { type: 'string', text: true, files: false }
    : { type: 'void', text: false, files: false }
}
