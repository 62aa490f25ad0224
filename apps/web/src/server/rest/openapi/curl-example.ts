import { exampleOf } from './example.ts'
import type { OpenApiDocument, OpenApiOperation } from './openapi-document.ts'

/** A call of an operation for the shell; `$TENON` is the server and `$TOKEN` a token. */
export function curlExample(
  method: string,
  path: string,
  { operation, document }: { operation: OpenApiOperation; document: OpenApiDocument },
): string {
  const { schemas } = document.components
  const inPath = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => pathExample(name))
  const query = operation.parameters
    .filter((one) => one.in === 'query' && (one.required || one.name === 'wait'))
    .map((one) => `${one.name}=${one.name === 'wait' ? '30s' : String(exampleOf(one.schema, schemas, one.name))}`)
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}"$TENON${inPath}${query.length > 0 ? `?${query.join('&')}` : ''}"`,
  ]
  if (operation.security.length > 0) lines.push('-H "Authorization: Bearer $TOKEN"')
  const content = operation.requestBody?.content
  if (content?.['application/yaml']) {
    if (method === 'PUT') lines.push(`-H 'If-Match: "7"'`)
    lines.push('-H "Content-Type: application/yaml"', '--data-binary @runbook.yaml')
  } else if (content) {
    const [type = 'application/json', { schema } = { schema: {} }] = Object.entries(content)[0] ?? []
    lines.push(`-H "Content-Type: ${type}"`)
    const example = JSON.stringify(exampleOf(schema, schemas) ?? {})
    lines.push(`-d '${example.replaceAll("'", String.raw`'\''`)}'`)
  }
  return lines.join(' \\\n  ')
}

function pathExample(name: string): string {
  if (name === 'name' || name === 'runbook') return 'payment-drop'
  if (name === 'id' || name === 'runId') return '$ID'
  if (name === 'version') return '3'
  return `$${name.toUpperCase()}`
}
