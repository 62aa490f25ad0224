/** Planning a silence: short, of one alert exactly, and only where people switched it on. */
import type { ActionDeps } from '../deps.ts'
import type { TargetState } from '../driver.ts'
import type { Guard } from '../guards/guard.ts'
import type { ActionRequest } from '../request.ts'
import type { Draft } from './draft.ts'

type SilenceRequest = Extract<ActionRequest, { kind: 'silence' }>

/** Noise that lasts longer is looked at again. */
const longestSeconds = 30 * 60

export async function planSilence(request: SilenceRequest, state: TargetState, deps: ActionDeps): Promise<Draft> {
  const { title, matchers, comment, until, leaseSeconds } = request
  const intent = { kind: 'set-silence' as const, target: state.target, until, matchers, comment }
  const end = new Date(until).toISOString()
  const now = await deps.ledger.now()
  const present = state.values['silence'] ?? null
  const minutes = Math.round((until - now) / 60_000)
  return {
    title: `Silence ${title} until ${end.slice(11, 16)} UTC`,
    intent,
    revert: { ...intent, until: null },
    diff: [{ label: 'silence', before: present === null ? 'none' : 'there is one', after: `until ${end}` }],
    facts: [
      { label: 'matches', value: matchers.map(({ name, value }) => `${name}="${value}"`).join(', ') },
      { label: 'comment', value: comment },
      { label: 'verify', value: 'silence read back' },
    ],
    guards: [
      await suppressionGuard(deps),
      {
        name: 'Short',
        pass: minutes > 0 && leaseSeconds <= longestSeconds && until <= now + longestSeconds * 1000,
        detail: `${minutes} min, at most ${longestSeconds / 60}`,
      },
      {
        name: 'One alert',
        pass: matchers.some(({ name }) => name === 'alertname'),
        detail: `${matchers.length} labels have to be exactly so`,
      },
      {
        name: 'No silence of ours yet',
        pass: present === null || present === until,
        detail: present === null ? 'There is none' : `There is one until ${new Date(Number(present)).toISOString()}`,
      },
    ],
  }
}

/** A setting that cannot be read counts as off: fail closed. */
async function suppressionGuard(deps: ActionDeps): Promise<Guard> {
  const name = 'Suppression is on'
  try {
    const on = (await deps.suppressionOn?.()) ?? false
    return { name, pass: on, detail: on ? 'An admin switched it on' : 'It is off: an admin switches it on at Alerts' }
  } catch {
    return { name, pass: false, detail: 'Whether it is on could not be read, so it counts as off' }
  }
}
