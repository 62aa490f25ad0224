import type { ActionRequest } from '@tenon/actions'
import * as z from 'zod'
import { defineNode } from '../../node.ts'
import { alertSilences } from '../judge/alerts-output.ts'

const leaseSeconds = 30 * 60

export const silenceAlerts = defineNode({
  type: 'act.silence-alerts',
  version: 1,
  title: 'Silence noise',
  description:
    'Holds noise of certain cause back at its Alertmanager for at most 30 minutes: one silence an alert, with all its labels, a comment and a link. Each is an action in the ledger, ends by itself, and is put back at once when the alert turns out to be real. Refused unless an admin switched suppression on.',
  group: 'act',
  icon: 'bell',
  effect: 'write',
  idempotent: true,
  outcomes: [
    { name: 'silenced', tone: 'neutral', meaning: 'At least one alert is held back for a while.' },
    { name: 'nothing', tone: 'neutral', meaning: 'There was nothing to silence, or suppression is off.' },
    {
      name: 'refused',
      tone: 'neutral',
      meaning: 'A guard refused, or the Alertmanager did not take it; the ledger says why.',
    },
  ],
  mainInput: 'silences',
  input: z.object({
    silences: alertSilences.meta({ title: 'Silences', description: '`silences` of "Are these alerts real?".' }),
  }),
  output: z.object({ silenced: z.number().int(), refused: z.number().int() }),
  async run(ctx, { silences }, { key }) {
    let silenced = 0
    for (const { alert, connection, title, matchers, reason, until } of silences) {
      const comment = `Noise by Tenon's triage: ${reason} ${ctx.alerts.linkOf(alert)}`
      const request: ActionRequest = {
        kind: 'silence',
        connection,
        alert,
        title,
        matchers,
        comment,
        until,
        leaseSeconds,
      }
      const action = await ctx.actions.apply(request, { key: `${key}/${alert}`, approvedHash: null })
      if (action.status !== 'done') continue
      silenced += 1
      await ctx.alerts.silenced(alert, { actionId: action.actionId, until })
    }
    const refused = silences.length - silenced
    const outcome = silenced > 0 ? 'silenced' : refused > 0 ? 'refused' : 'nothing'
    return {
      outcome,
      output: { silenced, refused },
      summary: `${silenced} silenced${refused > 0 ? `, ${refused} refused` : ''}`,
    }
  },
})
