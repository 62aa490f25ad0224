/** Which alerts are looked at: kept in the address, so that a list can be linked to, reloaded and gone back from. */
import { isVerdict, type AlertVerdict } from './verdict-words.ts'

export interface AlertFilter {
  state: 'open' | 'closed' | 'all'
  verdict: AlertVerdict | null
  text: string
  /** Of the model: only its alerts. */
  entity: string | null
}

/** What an address says; what it says wrongly is left out. */
export function readFilter(params: { get: (name: string) => string | null }): AlertFilter {
  const state = params.get('state')
  const verdict = params.get('verdict')
  return {
    state: state === 'closed' || state === 'all' ? state : 'open',
    verdict: verdict !== null && isVerdict(verdict) ? verdict : null,
    text: (params.get('text') ?? '').slice(0, 200),
    entity: params.get('entity')?.slice(0, 200) || null,
  }
}

/** The address of a filter; what is usual is left out. @example filterAddress({ state: 'all', entity: 'payment' }) */
export function filterAddress({
  state = 'open',
  verdict = null,
  text = '',
  entity = null,
}: Partial<AlertFilter>): string {
  const params = new URLSearchParams({
    ...(state === 'open' ? {} : { state }),
    ...(verdict === null ? {} : { verdict }),
    ...(text.trim() === '' ? {} : { text: text.trim() }),
    ...(entity === null ? {} : { entity }),
  })
  return params.size === 0 ? '/alerts' : `/alerts?${params}`
}
