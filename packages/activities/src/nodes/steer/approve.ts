import { approveInput, approveOutput, approveType, duration } from '@tenon/runbook'
import * as z from 'zod'
import { defineNode } from '../../node.ts'

const { question, allowRequester } = approveInput.shape

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
    { name: 'rejected', tone: 'neutral', meaning: 'A person said no.' },
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
      description: 'How long it waits for a decision before it ends as "expired".',
      'x-widget': 'duration',
    }),
    allowRequester: allowRequester.meta({
      title: 'Requester may approve',
      description: 'Whether the person who started the run may approve it.',
    }),
  }),
  output: approveOutput,
})
