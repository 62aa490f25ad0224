import { nodeType } from '@tenon/runbook'
import { defineOperation } from '../operation.ts'
import { wholeList } from '../page.ts'

export const listNodeTypes = defineOperation({
  id: 'listNodeTypes',
  method: 'GET',
  path: '/api/v1/node-types',
  summary: 'List node types',
  description:
    'What runbooks are made of: inputs and outputs as JSON Schema, the ways each ends, and what it does. docs/nodes.md is made from it.',
  role: 'viewer',
  responses: {
    200: {
      description: 'All of them.',
      schema: wholeList(nodeType.meta({ id: 'NodeType' })),
    },
  },
  handler: ({ services, reply }) => reply(200, { items: services.catalogue.nodeTypes, next: null }),
})
