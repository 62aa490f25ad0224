/** Every kind of source that a table can be read from. */
import type { SourceKind } from '../source.ts'
import { prometheusKind } from './prometheus/prometheus-source.ts'

export const sourceKinds: readonly SourceKind[] = [prometheusKind]

export function findSourceKind(kind: string): SourceKind | null {
  return sourceKinds.find((known) => known.kind === kind) ?? null
}
