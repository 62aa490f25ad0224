/** One line for each event of an action in the ledger. Pure. */
import type { ActionDetail } from './action-words.ts'

export type ActionEvent = ActionDetail['events'][number]

export function eventText({ kind, detail }: Pick<ActionEvent, 'kind' | 'detail'>): string {
  const text = (name: string): string | null => (typeof detail[name] === 'string' ? detail[name] : null)
  switch (kind) {
    case 'plan':
      return `Planned, hash ${text('hash')?.slice(7, 19) ?? 'unknown'}`
    case 'approval':
      return `Approved, hash ${text('hash')?.slice(7, 19) ?? 'unknown'}`
    case 'attempt':
      return detail['look'] === true ? 'A person had the target looked at once more' : 'Another process took it over'
    case 'wave':
      return `Step ${String(detail['wave'])} of ${String(detail['of'])} is in effect`
    case 'harm':
      return `${detail['verdict'] === 'no-data' ? 'A bounded measure had no data' : 'A measure broke its bound'}: ${text('detail') ?? ''}`
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
      if (text('found')) return saidText('It is not in effect', detail)
      if (text('readBack')) return `Read back: ${text('readBack')}`
      return detail['answered'] === false
        ? `The target was called and gave no answer: ${text('error') ?? ''}`
        : 'The target was changed'
    case 'verify':
      return verifyText(detail['rows'])
    case 'lease':
      if (text('found')) return saidText('It is in effect', detail)
      if (text('readBack')) return `It is in effect: ${text('readBack')}`
      if (typeof detail['seconds'] === 'number') return `Renewed for ${Math.round(detail['seconds'] / 60)} min`
      return text('until') ? `Reverts by itself at ${text('until')?.slice(11, 16)} UTC` : 'It is in effect'
    case 'revert':
      if (text('failed')) return `It could not be put back yet: ${text('failed')}`
      if (text('found')) return saidText('It is not in effect any more', detail)
      if (detail['look'] === true)
        return text('readBack') ? `It is as found: ${text('readBack')}` : 'There is nothing to put back'
      return text('readBack') ? `Put back: ${text('readBack')}` : 'It is being put back'
    case 'unknown':
      return `${detail['look'] === true ? 'It is still not known' : 'What it did is not known'}: ${text('detail') ?? ''}`
    case 'refused':
      return `Refused: ${text('message') ?? text('title') ?? text('reason') ?? ''}`
  }
}

/** A person's word, and what the target showed: the ledger has both. */
function saidText(outcome: string, { said, reason, found }: Record<string, unknown>): string {
  return `${outcome}. The person said “${String(said)}”: ${String(reason)}. The target: ${String(found)}`
}

function verifyText(rows: unknown): string {
  if (!Array.isArray(rows)) return 'Watched'
  const passed = rows.filter(
    (row: unknown) => typeof row === 'object' && row !== null && Reflect.get(row, 'pass') === true,
  ).length
  return `Watched: ${passed} of ${rows.length} as meant`
}
