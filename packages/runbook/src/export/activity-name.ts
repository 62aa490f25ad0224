import { camelCase } from './code.ts'

/** What the activity of a node type is called: `judgeChainLoss`, `judgeChainLossV2`. */
export function activityName({ type, version }: { type: string; version: number }, upper = false): string {
  return `${camelCase(type, upper)}${version === 1 ? '' : `V${version}`}`
}
