/** How an action's state is told: in a word, and in a sentence with the next step. Pure. */
import type { Outputs } from '../ui/api.tsx'
import type { Tone } from '../ui/tone.ts'

export type ActionDetail = Outputs['actions']['get']
export type LedgerEntry = Outputs['actions']['ledger'][number]
type Status = ActionDetail['status']
type Kind = ActionDetail['kind']

export const statuses = [
  'planned',
  'approved',
  'intended',
  'done',
  'unknown',
  'reverting',
  'reverted',
  'expired',
  'kept',
  'not-done',
  'refused',
  'rehearsed',
] as const satisfies readonly Status[]

export const kinds = [
  'traffic-switch',
  'rate-limit',
  'feature',
  'scale',
  'restart',
  'roll-back',
  'drain-node',
  'silence',
  'incident',
  'statement',
] as const satisfies readonly Kind[]

export const kindWord = (kind: Kind): string => kind.replaceAll('-', ' ')

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
    case 'intended':
      return 'being applied'
    case 'reverting':
      return 'being put back'
    case 'planned':
    case 'approved':
    case 'unknown':
    case 'reverted':
    case 'refused':
      return status
  }
}

/** What its state means, and what to do now. */
export function statusWords({
  status,
  target,
  revertible,
  events,
}: Pick<ActionDetail, 'status' | 'target' | 'revertible' | 'events'>): { is: string; next: string | null } {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
  const last = (kind: string) => events.findLast((event) => event.kind === kind)?.detail ?? {}
  /** What decided was a person's word, where the target showed nothing clear. */
  const word = (kind: string): string | null => {
    const detail =
      events.findLast((event) => event.kind === kind && event.detail['seconds'] === undefined)?.detail ?? {}
    return text(detail['found']) === null ? null : `A person looked and said so: “${text(detail['reason']) ?? ''}”.`
  }
  const isChanged = events.findLast(({ kind }) => kind === 'drift' || kind === 'again')?.kind === 'drift'
  switch (status) {
    case 'planned':
      return {
        is: 'It is planned. Nothing was touched yet.',
        next: 'Its run goes on with it; nothing is to be done here.',
      }
    case 'approved':
      return {
        is: 'It is approved. Nothing was touched yet.',
        next: 'Its run goes on with it; nothing is to be done here.',
      }
    case 'intended':
      return {
        is: `${target} is being changed now.`,
        next: 'Wait for the outcome. Should its process have died, another one reads the target and settles it.',
      }
    case 'done':
      return revertible
        ? {
            is: `It is in effect. ${word('lease') ?? 'It was read back.'} When its lease ends it is put back by itself.${
              isChanged ? ' Somebody changed the target since: that is not overwritten.' : ''
            }`,
            next: 'Renew it to let it last longer, keep it to let it stay, or revert it now.',
          }
        : { is: 'It is done, and was read back. It cannot be put back.', next: null }
    case 'not-done':
      return {
        is: word('apply') ? `It was not done. ${word('apply')}` : 'It was not done: the target reads as it was found.',
        next: 'Run the runbook again if it is still needed.',
      }
    case 'unknown':
      return {
        is: `Nobody knows what it did. Until it is settled no other action may move ${target}.`,
        next: 'Look at the target, then settle it below.',
      }
    case 'reverting':
      return {
        is: 'It is being put back, and tried again until it is.',
        next: `If ${target} stays away, put it back there by hand: it is then found as it was.`,
      }
    case 'reverted':
      return {
        is: word('revert')
          ? `It is not in effect any more. ${word('revert')}`
          : 'It was put back, and read back as found.',
        next: null,
      }
    case 'expired':
      return { is: 'Its lease ended. It was put back, and read back as found.', next: null }
    case 'kept':
      return revertible
        ? {
            is: 'It stays for good: nothing puts it back any more.',
            next: 'Undo it with another action, or at the target itself.',
          }
        : { is: 'It is done and stays: it cannot be put back.', next: null }
    case 'rehearsed':
      return {
        is: 'A dry run: planned and judged up to the call. Nothing was sent.',
        next: 'Run the runbook without “dry run” to do it.',
      }
    case 'refused': {
      const { message, fix } = last('refused')
      return {
        is: `It was refused, and the target was not touched${text(message) ? `: ${text(message)}` : '.'}`,
        next: text(fix),
      }
    }
  }
}
