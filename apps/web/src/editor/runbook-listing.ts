import type { Outputs } from '../ui/api.tsx'

/** One runbook as the list gets it: how it stands, when it runs next, and its last run. */
export type RunbookListing = Outputs['runbooks']['list'][number]
