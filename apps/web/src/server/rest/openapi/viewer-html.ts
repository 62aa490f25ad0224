/** The API's page: all of it in one file, so that nothing is loaded from anywhere. */
import { createHash } from 'node:crypto'
import { curlExample } from './curl-example.ts'
import type { OpenApiContent, OpenApiDocument, OpenApiOperation, OpenApiParameter } from './openapi-document.ts'
import { escapeHtml } from './escape-html.ts'
import { schemaHtml } from './schema-html.ts'
import { viewerScript } from './viewer-script.ts'
import { viewerStyle } from './viewer-style.ts'

export interface ViewerPage {
  html: string
  /** Allows the page's own script and style, and nothing else. */
  contentSecurityPolicy: string
}

export function viewerPage(document: OpenApiDocument): ViewerPage {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  const groups = document.tags.map(({ name }) => ({
    name,
    members: operations.filter(({ operation }) => operation.tags.includes(name)),
  }))
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tenon API</title>
<style>${viewerStyle}</style>
</head>
<body>
<nav aria-label="Operations">
<h1><a href="#top">Tenon API</a></h1>
<input type="search" id="search" placeholder="Search operations  /" aria-label="Search operations" autocomplete="off">
<p id="none" hidden>Nothing is named so.</p>
${groups.map(groupNav).join('\n')}
</nav>
<main id="top">
<header>
<h2>REST API</h2>
${markdown(document.info.description)}
<p><a href="/api/v1/openapi.json">OpenAPI 3.1 document</a></p>
<details><summary>Errors of every operation</summary>${errorTable(document['x-errors'])}</details>
</header>
${groups.map(({ name, members }) => `<section class="group"><h2>${escapeHtml(name)}</h2>\n${members.map((one) => operationHtml(document, one)).join('\n')}</section>`).join('\n')}
</main>
<script>${viewerScript}</script>
</body>
</html>
`
  return {
    html,
    contentSecurityPolicy: [
      "default-src 'none'",
      `script-src 'sha256-${sha256(viewerScript)}'`,
      `style-src 'sha256-${sha256(viewerStyle)}'`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  }
}

interface Member {
  path: string
  method: string
  operation: OpenApiOperation
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64')

const groupNav = ({ name, members }: { name: string; members: Member[] }): string =>
  `<section><h2>${escapeHtml(name)}</h2><ul>${members
    .map(
      ({ path, method, operation }) =>
        `<li data-find="${escapeHtml(`${operation.operationId} ${operation.summary} ${method} ${path}`.toLowerCase())}">` +
        `<a href="#${operation.operationId}">${escapeHtml(operation.summary)}</a></li>`,
    )
    .join('')}</ul></section>`

function operationHtml(document: OpenApiDocument, { path, method, operation }: Member): string {
  const { schemas } = document.components
  const body = operation.requestBody
  return `<article id="${operation.operationId}">
<h3><a href="#${operation.operationId}">${escapeHtml(operation.summary)}</a></h3>
<p class="address"><b class="method ${method.toLowerCase()}">${method}</b> <code>${escapeHtml(path)}</code></p>
${operation.description === '' ? '' : markdown(operation.description)}
<p class="role">${operation['x-role'] === 'anyone' ? 'Needs no token.' : `Needs a token of the role <b>${escapeHtml(operation['x-role'])}</b> or above.`}</p>
${operation.parameters.length > 0 ? parameterTable(operation.parameters) : ''}
${body ? `<h4>Body${body.required ? '' : ', if any'}</h4>${contentHtml(body.content, schemas)}` : ''}
<h4>Answers</h4>
${Object.entries(operation.responses)
  .filter(([status]) => status !== 'default')
  .map(
    ([status, answer]) =>
      `<p><b class="status">${status}</b> ${escapeHtml(answer.description)}</p>${answer.content ? contentHtml(answer.content, schemas) : ''}`,
  )
  .join('\n')}
${Object.keys(operation['x-errors']).length > 0 ? `<h4>Errors of its own</h4>${errorTable(operation['x-errors'])}` : ''}
<h4>Example</h4>
<pre tabindex="0"><code>${escapeHtml(curlExample(method, path, { operation, document }))}</code></pre>
</article>`
}

const parameterTable = (parameters: OpenApiParameter[]): string =>
  `<h4>Parameters</h4><table><tbody>${parameters
    .map(
      ({ name, in: place, required, description, schema }) =>
        `<tr><th scope="row"><code>${escapeHtml(name)}</code><small>${place}${required ? ', required' : ''}</small></th>` +
        `<td>${description === undefined ? '' : inline(description)} ${schemaHtml(schema, {}, true)}</td></tr>`,
    )
    .join('')}</tbody></table>`

const errorTable = (errors: Record<string, string>): string =>
  `<table><tbody>${Object.entries(errors)
    .map(
      ([code, meaning]) => `<tr><th scope="row"><code>${escapeHtml(code)}</code></th><td>${inline(meaning)}</td></tr>`,
    )
    .join('')}</tbody></table>`

const contentHtml = (content: OpenApiContent, components: OpenApiDocument['components']['schemas']): string =>
  Object.entries(content)
    .map(
      ([type, { schema }]) =>
        `<details><summary><code>${escapeHtml(type)}</code></summary>${schemaHtml(schema, components)}</details>`,
    )
    .join('')

/** Escaped, with code between backticks. */
const inline = (text: string): string => escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')

const markdown = (text: string): string =>
  text
    .split('\n\n')
    .map((paragraph) => `<p>${inline(paragraph)}</p>`)
    .join('\n')
