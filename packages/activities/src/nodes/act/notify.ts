import * as z from 'zod'
import { defineNode } from '../../node.ts'

export const notify = defineNode({
  type: 'act.notify',
  version: 1,
  title: 'Notify',
  description:
    'Puts a message into the inbox and, when a webhook connection is named, posts it there too. Sent once a step, however often the step is tried.',
  group: 'act',
  icon: 'bell',
  effect: 'write',
  idempotent: true,
  outcomes: [
    { name: 'sent', tone: 'neutral', meaning: 'The message is in the inbox, and the webhook took it if one is named.' },
  ],
  mainInput: 'title',
  input: z.object({
    title: z.string().min(1).max(200).meta({ title: 'Title', description: 'One line.', 'x-widget': 'text' }),
    body: z.string().max(10_000).default('').meta({ title: 'Body', description: 'What happened.', 'x-widget': 'text' }),
    severity: z.enum(['info', 'warning', 'critical']).default('info').meta({ title: 'Severity' }),
    webhook: z
      .string()
      .optional()
      .meta({ title: 'Webhook', description: 'Name of a webhook connection; empty for the inbox alone.' }),
  }),
  output: z.object({
    /** HTTP status of the webhook; null when none is named. */
    webhookStatus: z.number().nullable(),
  }),
  async run(ctx, { title, body, severity, webhook }, { key }) {
    await ctx.inbox.post({ title, body, severity, link: `/runs/${ctx.runId}`, key })
    if (!webhook) return { outcome: 'sent', output: { webhookStatus: null }, summary: `Inbox: ${title}` }
    const { status } = await ctx.webhook.post(webhook, { title, body, severity, runId: ctx.runId }, key)
    return { outcome: 'sent', output: { webhookStatus: status }, summary: `Inbox and ${webhook}: ${title}` }
  },
})
