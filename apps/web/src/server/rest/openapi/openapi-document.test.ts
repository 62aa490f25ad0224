import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { operationGroups, operations } from '../operations.ts'
import { apiVersion } from './docs-operations.ts'
import { openApiDocument } from './openapi-document.ts'
import { viewerPage } from './viewer-html.ts'

const document = openApiDocument(operationGroups, { version: apiVersion })
const written = fileURLToPath(new URL('../../../../../../packages/client/src/generated/openapi.json', import.meta.url))

test('the document that the client and docs/api.md are made from is this one', async () => {
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(written)
})

const all = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
)

test('every operation is in it, once, under its method and path', () => {
  const inDocument = all.map(
    ({ path, method, operation }) => `${operation.operationId} ${method.toUpperCase()} ${path}`,
  )
  expect(inDocument.toSorted()).toEqual(operations.map(({ id, method, path }) => `${id} ${method} ${path}`).toSorted())
  expect(new Set(all.map(({ operation }) => operation.operationId)).size).toBe(operations.length)
})

test('every reference leads to a component, and every component is used', () => {
  const text = JSON.stringify(document)
  const used = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = '']) => ref))
  const there = Object.keys(document.components.schemas).map((id) => `#/components/schemas/${id}`)
  expect([...used].toSorted()).toEqual(there.toSorted())
})

test('it is what OpenAPI 3.1 asks for', () => {
  expect(document.openapi).toMatch(/^3\.1\.\d+$/)
  const tags = document.tags.map(({ name }) => name)
  for (const { path, operation } of all) {
    const { operationId } = operation
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
    const declared = operation.parameters.filter((one) => one.in === 'path')
    expect(declared.map(({ name }) => name).toSorted(), operationId).toEqual(inPath.toSorted())
    expect(
      declared.every(({ required }) => required),
      operationId,
    ).toBe(true)
    const names = operation.parameters.map((one) => `${one.in}:${one.name}`)
    expect(new Set(names).size, operationId).toBe(names.length)
    expect(
      operation.tags.every((tag) => tags.includes(tag)),
      operationId,
    ).toBe(true)
    expect(
      Object.keys(operation.responses).every((status) => /^(\d{3}|default)$/.test(status)),
      operationId,
    ).toBe(true)
    expect(
      Object.values(operation.responses).every(({ description }) => description !== ''),
      operationId,
    ).toBe(true)
    for (const scheme of operation.security) {
      expect(
        Object.keys(scheme).every((name) => name in document.components.securitySchemes),
        operationId,
      ).toBe(true)
    }
  }
  // Component names as OpenAPI allows them.
  expect(Object.keys(document.components.schemas).filter((id) => !/^[\w.-]+$/.test(id))).toEqual([])
})

test('every operation has words for people: a summary without a full stop, and answers that say what they are', () => {
  expect(operations.filter(({ summary }) => summary === '' || summary.endsWith('.')).map(({ id }) => id)).toEqual([])
})

test('the page shows every operation with an example, and loads nothing', () => {
  const { html, contentSecurityPolicy } = viewerPage(document)
  for (const { id } of operations) expect(html).toContain(`<article id="${id}">`)
  expect(html.match(/curl /g)?.length).toBeGreaterThanOrEqual(operations.length)
  expect(html).not.toMatch(/(src|href)="(https?:)?\/\//)
  expect(html).not.toMatch(/ on\w+=|style="/)
  expect(contentSecurityPolicy).toMatch(/^default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'sha256-/)
})
