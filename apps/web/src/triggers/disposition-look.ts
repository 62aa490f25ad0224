import type { Tone } from '../ui/tone.ts'
import type { Disposition } from './trigger-row.ts'

/** Colour is for what someone may have to look at: what was refused. */
export const dispositionLooks: Record<Disposition, { tone: Tone; word: string; meaning: string }> = {
  accepted: { tone: 'running', word: 'accepted', meaning: 'on record, not decided yet' },
  ran: { tone: 'done', word: 'ran', meaning: 'started a run' },
  joined: { tone: 'done', word: 'joined', meaning: 'became a part of a run that went on' },
  queued: { tone: 'waiting', word: 'queued', meaning: 'its run waits for another' },
  delivered: { tone: 'done', word: 'delivered', meaning: 'reached who waited for it' },
  deduplicated: { tone: 'skipped', word: 'deduplicated', meaning: 'the same event came before' },
  filtered: { tone: 'skipped', word: 'filtered', meaning: 'not for the trigger' },
  rejected: { tone: 'abnormal', word: 'rejected', meaning: 'could not be taken' },
}

export const dispositions = Object.keys(dispositionLooks) as Disposition[]
