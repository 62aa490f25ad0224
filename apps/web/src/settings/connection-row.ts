import type { Outputs } from '../ui/api.tsx'

/** A connection as the settings show it: without its secret. */
export type ConnectionRow = Outputs['settings']['connections']['list'][number]
