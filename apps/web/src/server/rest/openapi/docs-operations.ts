import * as z from 'zod'
import { defineOperation, type RestOperation } from '../operation.ts'
import { openApiDocument, type OpenApiDocument } from './openapi-document.ts'
import { viewerPage, type ViewerPage } from './viewer-html.ts'

/** Of the API: it rises when something is taken away or means something else. */
export const apiVersion = '1.0.0'

/**
 * The document and its page; both are made when first asked for.
 * @param groups of the operations, these ones among them.
 */
export function docsOperations(groups: () => Readonly<Record<string, readonly RestOperation[]>>): RestOperation[] {
  let document: OpenApiDocument | undefined
  let page: ViewerPage | undefined
  const theDocument = (): OpenApiDocument => (document ??= openApiDocument(groups(), { version: apiVersion }))
  return [
    defineOperation({
      id: 'getOpenApi',
      method: 'GET',
      path: '/api/v1/openapi.json',
      summary: 'Get this document',
      role: 'anyone',
      responses: { 200: { description: 'OpenAPI 3.1.', schema: z.record(z.string(), z.unknown()) } },
      handler: ({ reply }) => reply(200, { ...theDocument() }),
    }),
    defineOperation({
      id: 'getDocs',
      method: 'GET',
      path: '/api/v1/docs',
      summary: 'Read this document as a page',
      role: 'anyone',
      responses: { 200: { description: 'The page.', contentType: 'text/html; charset=utf-8' } },
      handler({ reply }) {
        page ??= viewerPage(theDocument())
        return reply(200, page.html, { 'content-security-policy': page.contentSecurityPolicy })
      },
    }),
  ]
}
