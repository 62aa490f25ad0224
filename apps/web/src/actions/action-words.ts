/** How an action's state and its events are told. Pure. */
import type { Tone } from '../ui/tone.ts'
import type { ActionRow } from './action-controls.tsx'

type Status = ActionRow['status']
type Event = ActionRow['events'][number]

export function actionTone(status: Status): Tone {
  switch (status) {
    case 'done':
      return 'normal'
    case 'not-done':
    case 'refused':
      return 'cancelled'
    case 'unknown':
      return 'inconclusive'
    case 'planned':
    case 'approved':
    case 'intended':
    case 'reverting':
      return 'running'
    case 'reverted':
    case 'expired':
    case 'kept':
    case 'rehearsed':
      return 'neutral'
  }
}

export function actionWord(status: Status): string {
  switch (status) {
    case 'done':
      return 'in effect'
    case 'not-done':
      return 'not done'
    case 'expired':
      return 'reverted by its lease'
    case 'kept':
      return 'stays for good'
    case 'rehearsed':
      return 'rehearsed, not done'
    case 'planned':
    case 'approved':
    case 'intended':
    case 'unknown':
    case 'reverting':
    case 'reverted':
    case 'refused':
      return status
  }
}

/** One line for an event of the ledger. */
export function eventText({ kind, detail }: Pick<Event, 'kind' | 'detail'>): string {
  const text = (name: string): string | null => (typeof detail[name] === 'string' ? detail[name] : null)
  switch (kind) {
    case 'plan':
      return `Planned, hash ${text('hash')?.slice(7, 19) ?? 'unknown'}`
    case 'approval':
      return `Approved, hash ${text('hash')?.slice(7, 19) ?? 'unknown'}`
    case 'attempt':
      return 'Another process took it over'
    case 'wave':
      return `Step ${String(detail['wave'])} of ${String(detail['of'])} is in effect`
    case 'harm':
      return `A measure broke its bound, so it is put back: ${text('detail') ?? ''}`
    case 'drift':
      return `The target is not as it was left: ${text('detail') ?? ''}`
    case 'again':
      return 'The target had forgotten it, so it was set again'
    case 'keep':
      return `It stays for good: ${text('why') ?? ''}`
    case 'intent':
      return 'What will be done was written down, before it was done'
    case 'apply':
      if (detail['dryRun'] === true) return 'A rehearsal: all but the call was done'
      if (text('readBack')) return `Read back ${text('readBack')}`
      return detail['answered'] === false
        ? `The target was called and gave no answer: ${text('error') ?? ''}`
        : 'The target was changed'
    case 'verify':
      return verifyText(detail['rows'])
    case 'lease':
      return text('until') ? `Reverts by itself at ${text('until')?.slice(11, 16)} UTC` : 'The lease changed'
    case 'revert':
      if (text('failed')) return `It could not be put back yet: ${text('failed')}`
      return text('readBack') ? `Put back: ${text('readBack')}` : 'It is being put back'
    case 'unknown':
      return `What it did is not known: ${text('detail') ?? ''}`
    case 'refused':
      return `Refused: ${text('message') ?? text('title') ?? text('reason') ?? ''}`
  }
}

function verifyText(rows: unknown): string {
  if (!Array.isArray(rows)) return 'Watched'
  const passed = rows.filter(
    (row: unknown) => typeof row === 'object' && row !== null && Reflect.get(row, 'pass') === true,
  ).length
  return `Watched: ${passed} of ${rows.length} as meant`
}
