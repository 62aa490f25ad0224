import type { Outputs } from '../ui/api.tsx'

/** What goes on. */
export type NowData = Outputs['now']['get']
/** The business chains, judged. */
export type NowChains = Outputs['now']['chains']
