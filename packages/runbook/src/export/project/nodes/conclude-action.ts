/** What to do next, from what was found: an order in words, what follows from it, and where it can be started. */
import type { Hypothesis, Verdict } from '../flow/step.ts'
import type { Findings } from './conclude-findings.ts'
import type { Place } from './conclude-shapes.ts'
import { listText } from './conclude-words.ts'

export interface NextAction {
  /** An order: "Switch payment traffic from zone A to zone B". */
  title: string
  consequence: string
  /** A step of this runbook that carries it out, else a runbook; null when people do it. */
  step: string | null
  runbook: string | null
  params: Record<string, string>
}

export interface ActionPlaces {
  /** A step of this runbook that asks people whether to switch; null when it has none. */
  step: string | null
  /** A runbook with the parameters `entity`, `from_zone` and `to_zone` that switches traffic; null when there is none. */
  runbook: string | null
}

/** Null when nothing is wrong, or nobody can say what would help. */
export function nextAction(
  findings: Findings,
  { value, cause }: { value: Verdict['value']; cause: Hypothesis | null },
  places: ActionPlaces,
): NextAction | null {
  switch (value) {
    case 'normal':
      return null
    case 'inconclusive':
      return lookAgain(findings)
    case 'abnormal':
      return switchAway(findings, cause, places) ?? byCause(findings, cause)
  }
}

const plain = (title: string, consequence: string): NextAction => ({
  title,
  consequence,
  step: null,
  runbook: null,
  params: {},
})

/** Only when the fault sits in one zone: else the other zone has it too. */
function switchAway({ loss, place }: Findings, cause: Hypothesis | null, where: ActionPlaces): NextAction | null {
  const found = loss?.localised ? loss : place
  const { zone, healthyZone } = found?.localised ?? { zone: null, healthyZone: null }
  const entity = found?.switchEntity ?? null
  if (entity === null || zone === null || healthyZone === null || cause === null) return null
  if (!['zone', 'version', 'host', 'change'].includes(cause.kind)) return null
  const after = cause.kind === 'change' ? ` Then roll back ${cause.key.replace('change:', '')}.` : ''
  return {
    title: `Switch ${entity} traffic from zone ${zone} to zone ${healthyZone}`,
    consequence: `Zone ${healthyZone} then serves all of ${entity}; the switch checks its headroom first and ends by itself.${after}`,
    step: where.step,
    runbook: where.step === null ? where.runbook : null,
    params: where.step === null && where.runbook !== null ? { entity, from_zone: zone, to_zone: healthyZone } : {},
  }
}

function byCause(findings: Findings, cause: Hypothesis | null): NextAction | null {
  if (cause === null) return null
  const owner = ownerOf(findings)
  const id = cause.key.slice(cause.key.indexOf(':') + 1)
  const ask = owner === null ? 'Ask its owner' : `Ask ${owner}`
  switch (cause.kind) {
    case 'change': {
      const change = findings.changes?.ranked.find((one) => one.id === id)
      if (change?.kind === 'load-test')
        return plain(`End the load test ${id}`, 'Load and latency fall back within minutes.')
      return plain(
        `Roll back ${id}${change ? ` (${change.title})` : ''}`,
        'Ends what it changed; whoever made it knows what else hangs on it.',
      )
    }
    case 'host': {
      const hosts = placeOf(findings)?.hosts ?? id.split(',')
      return plain(
        `Take ${listText(hosts)} out of rotation`,
        'The other hosts then serve its share: check that they have headroom.',
      )
    }
    case 'version':
      return plain(`Roll back ${id.replace('@', ' ')}`, 'The version before serves again.')
    case 'zone':
      return plain(
        `Move traffic away from zone ${id}`,
        'The other zones then serve all of it: check that they have headroom.',
      )
    case 'source':
      if (cause.key.startsWith('surge:'))
        return plain(`Find out who sends more to ${id}, or limit it`, 'A limit rejects requests of users.')
      return plain(
        `Ask ${sourceOwner(findings, id)} why less comes in`,
        'Nothing has to be switched or rolled back here.',
      )
    case 'load-test':
      return plain('End the load test', 'Load and latency fall back within minutes.')
    case 'dependency':
    case 'capacity':
      return plain(`${ask} to relieve ${id}`, `What waits for ${id} recovers with it; switching traffic does not help.`)
    case 'step':
    case 'entity':
      return plain(`${ask} to look into ${id}`, 'It fails everywhere alike: switching traffic does not help.')
    case 'dimension':
      return plain(`${ask} to look into ${cause.cause}`, 'Only a part is affected; the rest goes on.')
    case 'data':
      return plain(`${ask} to mend the metrics`, 'Until then nobody can say whether users are affected.')
    default:
      return null
  }
}

function lookAgain({ cut, unchecked, judges }: Findings): NextAction | null {
  if (cut.length > 0) return plain('Run it again', `${listText(cut)} had not answered.`)
  const reasons = judges.flatMap(({ verdict }) => (verdict.value === 'inconclusive' ? verdict.reasons : []))
  if (reasons.some((reason) => /more events/.test(reason)))
    return plain(
      'Run it again when more events have come',
      'Too few have come to tell; the reasons say how many are needed.',
    )
  if (unchecked.length === 0) return null
  return plain(
    'Mend the data that is missing, then run it again',
    'Until then nobody can say whether users are affected.',
  )
}

const placeOf = ({ loss, place }: Findings): Place | null => loss?.localised ?? place?.localised ?? null

function ownerOf({ loss, place, entities }: Findings): string | null {
  return loss?.owner ?? place?.owner ?? entities.at(-1)?.owner ?? null
}

const sourceOwner = ({ loss }: Findings, source: string): string =>
  loss?.entity === source ? (loss.owner ?? source) : source
