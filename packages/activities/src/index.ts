export { catalogue } from './catalogue.ts'
export * from './node.ts'
export { NodeError } from './node-error.ts'
export { findNode, nodes } from './registry.ts'
