import * as z from 'zod'
import { defineNode } from '../../node.ts'
import { alertDecisions } from '../judge/alerts-output.ts'

export const alertVerdicts = defineNode({
  type: 'act.alert-verdicts',
  version: 1,
  title: 'Record what alerts are',
  description:
    'Writes what "Are these alerts real?" found to the alerts, so that the Alerts page shows it, and puts one message into the inbox for each new group that is real or undetermined, and one more when a group gets worse. Doing it twice tells nobody twice.',
  group: 'act',
  icon: 'list-checks',
  effect: 'write',
  idempotent: true,
  outcomes: [
    { name: 'told', tone: 'neutral', meaning: 'It is on record, and people were told.' },
    { name: 'recorded', tone: 'neutral', meaning: 'It is on record; there was nothing to tell.' },
  ],
  mainInput: 'found',
  input: z.object({
    found: alertDecisions.meta({
      title: 'Found',
      description: 'The output of "Are these alerts real?".',
    }),
    notify: z
      .boolean()
      .default(true)
      .meta({ title: 'Tell people', description: 'Off: the verdicts are recorded, and nothing goes to the inbox.' }),
    webhook: z.string().optional().meta({
      title: 'Webhook',
      description: 'Name of a webhook connection that is told as well; empty for the inbox alone.',
    }),
  }),
  output: z.object({ recorded: z.number().int(), told: z.number().int() }),
  async run(ctx, { found, notify, webhook }) {
    const { decisions, groups, tell } = found
    // Told first: a crash between the two tells once more what has a key, which is once.
    if (notify) {
      for (const { group, title, body, severity, verdict } of tell) {
        const key = `alert/${group}/${severity}`
        const link = `/alerts/${encodeURIComponent(group)}`
        await ctx.inbox.post({ title: title.slice(0, 200), body, severity, link, key })
        if (webhook) await ctx.webhook.post(webhook, { title, body, severity, verdict, group, runId: ctx.runId }, key)
      }
    }
    await ctx.alerts.decide({ decisions, groups })
    const told = notify ? tell.length : 0
    return {
      outcome: told > 0 ? 'told' : 'recorded',
      output: { recorded: decisions.length, told },
      summary: `${decisions.length} on record, ${told} told`,
    }
  },
})
