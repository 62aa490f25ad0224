import { approveInput, approveOutput, approveType, duration } from '@tenon/runbook'
import * as z from 'zod'
import { defineNode } from '../../node.ts'

const { question, onExpiry, approvals, approvers, allowRequester, form } = approveInput.shape

export const approve = defineNode({
  type: approveType,
  version: 1,
  title: 'Approve',
  description:
    'Asks people before actions that its "approved" outcome leads to are carried out. They see the exact plan of each action; if a plan changes, their approval no longer counts.',
  group: 'steer',
  icon: 'user-check',
  effect: 'approve',
  idempotent: true,
  outcomes: [
    { name: 'approved', tone: 'neutral', meaning: 'A person approved the plans that were shown.' },
    { name: 'rejected', tone: 'neutral', meaning: 'A person said no, or nobody decided and that counts as no.' },
    { name: 'expired', tone: 'inconclusive', meaning: 'Nobody decided in time.' },
  ],
  mainInput: 'question',
  input: z.object({
    question: question.meta({
      title: 'Question',
      description: 'What people are asked, e.g. "Switch payment traffic from zone A to zone B?"',
      'x-widget': 'text',
    }),
    expiresAfter: duration.default('15m').meta({
      title: 'Expires after',
      description: 'How long it waits for a decision before it ends by itself.',
      'x-widget': 'duration',
    }),
    onExpiry: onExpiry.meta({
      title: 'Then',
      description: 'How it ends when nobody decides in time: as "expired", or as "rejected". Never as approved.',
    }),
    approvals: approvals.meta({ title: 'Approvals', description: 'How many people must say yes.' }),
    approvers: approvers.meta({
      title: 'Approvers',
      description: 'E-mail addresses of those who may say yes. Every operator when empty; a no counts from anybody.',
    }),
    allowRequester: allowRequester.meta({
      title: 'Requester may approve',
      description: 'Whether the person who started the run may approve it.',
    }),
    form: form.meta({
      title: 'Form',
      description: 'What people fill in when they approve; later steps read output.form.',
    }),
  }),
  output: approveOutput,
})
