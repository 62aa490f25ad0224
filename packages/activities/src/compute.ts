/** The `compute` nodes: the only ones that workflow code imports, so everything reachable from here is pure. */
import type { NodeDefinition } from './node.ts'

export type ComputeNode = Extract<NodeDefinition, { effect: 'compute' }>

const computeNodes: readonly ComputeNode[] = []

/** @returns undefined when there is no such compute node. */
export function findComputeNode(type: string, version: number): ComputeNode | undefined {
  return computeNodes.find((node) => node.type === type && node.version === version)
}
