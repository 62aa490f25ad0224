/** What discovery is given besides a reader, and what it gives back. */
import type { Model, ModelFile } from '../model/model.ts'
import type { DiscoveryRules } from './rules.ts'

export interface DiscoveryOptions {
  rules: DiscoveryRules
  /** What was discovered before, of all sources; null at first. */
  known: Model | null
  /** Names of tables that people wrote themselves. */
  written: ReadonlySet<string>
}

export interface Discovered {
  /** Everything that this source says, also what was known and is still there. */
  content: ModelFile
  /** Whether the source was read to its end: only then has what is missing vanished. */
  whole: boolean
  notes: string[]
}
