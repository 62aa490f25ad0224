import type { Outputs } from '../ui/api.tsx'

/** One runbook as the editor gets it: its draft, document, problems and versions. */
export type RunbookDetail = Outputs['runbooks']['get']
