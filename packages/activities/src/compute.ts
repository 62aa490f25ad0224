/** The `compute` nodes: the only ones that workflow code imports, so everything reachable from here is pure. */
import type { NodeDefinition } from './node.ts'
import { conclude } from './nodes/judge/conclude.ts'
import { branch } from './nodes/steer/branch.ts'
import { setValues } from './nodes/steer/set-values.ts'
import { switchCase } from './nodes/steer/switch.ts'

export type ComputeNode = Extract<NodeDefinition, { effect: 'compute' }>

const computeNodes: readonly NodeDefinition[] = [branch, conclude, setValues, switchCase] as unknown as NodeDefinition[]

/** @returns undefined when there is no such compute node. */
export function findComputeNode(type: string, version: number): ComputeNode | undefined {
  const found = computeNodes.find((node) => node.type === type && node.version === version)
  return found?.effect === 'compute' ? found : undefined
}
