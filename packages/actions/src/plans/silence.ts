/** Planning a silence: short, of one alert exactly, and only where people switched it on. */
import type { ActionDeps } from './deps.ts'
import type { Draft } from './draft.ts'
import type { ActionRequest, TargetState } from './driver.ts'

type SilenceRequest = Extract<ActionRequest, { kind: 'silence' }>
type Guard = Draft['guards'][number]

/** Noise that lasts longer is looked at again. */
const longestSeconds = 30 * 60

export async function planSilence(request: SilenceRequest, state: TargetState, deps: ActionDeps): Promise<Draft> {
  const { title, matchers, comment, until, leaseSeconds } = request
  const intent = { kind: 'set-silence' as const, target: state.target, until, matchers, comment }
  const end = new Date(until).toISOString()
  const minutes = Math.round((until - deps.clock.now()) / 60_000)
  return {
    title: `Silence ${title} until ${end.slice(11, 16)} UTC`,
    intent,
    revert: { ...intent, until: null },
    diff: [{ label: 'silence', before: state.silence ? 'there is one' : 'none', after: `until ${end}` }],
    facts: [
      { label: 'matches', value: matchers.map(({ name, value }) => `${name}="${value}"`).join(', ') },
      { label: 'comment', value: comment },
      { label: 'verify', value: 'silence read back' },
    ],
    guards: [
      await suppressionGuard(deps),
      {
        name: 'Short',
        pass: minutes > 0 && leaseSeconds <= longestSeconds && until <= deps.clock.now() + longestSeconds * 1000,
        detail: `${minutes} min, at most ${longestSeconds / 60}`,
      },
      {
        name: 'One alert',
        pass: matchers.some(({ name }) => name === 'alertname'),
        detail: `${matchers.length} labels have to be exactly so`,
      },
      {
        name: 'No silence of ours yet',
        pass: !state.silence || state.silence.until === until,
        detail: state.silence ? `There is one until ${new Date(state.silence.until).toISOString()}` : 'There is none',
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
