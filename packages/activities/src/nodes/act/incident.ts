import { duration } from '@tenon/runbook'
import * as z from 'zod'
import { nameField, targetField } from '../../input-fields.ts'
import { defineAction, leasedInput } from '../../define-action.ts'

export const incident = defineAction({
  type: 'act.incident',
  title: 'Open or close an incident',
  description:
    'Opens an incident by its key, or closes it, and reads it back. Opening it twice opens one; closing keeps its title.',
  icon: 'siren',
  mainInput: 'title',
  // No measure is harmed by an incident that is open.
  input: leasedInput({
    connection: targetField.meta({
      title: 'Connection',
      description: 'Where incidents are kept: a gateway (kind http-edge).',
      'x-widget': 'connection',
    }),
    key: nameField.meta({
      title: 'Key',
      description: 'Names the incident for good: opening it twice opens one.',
      'x-widget': 'text',
    }),
    title: z.string().min(1).max(200).meta({ title: 'Title', description: 'What people read.', 'x-widget': 'text' }),
    state: z.enum(['open', 'closed']).default('open').meta({ title: 'State', description: 'Open it, or close it.' }),
  })
    .omit({ harm: true })
    .extend({
      lease: duration.default('24h').meta({
        title: 'Lease',
        description:
          'One that was opened is closed after this time, unless somebody keeps it. A closed one stays closed.',
        'x-widget': 'duration',
      }),
    }),
  request: ({ connection, key, title, state }, common) => ({
    kind: 'incident',
    connection,
    key,
    title,
    state,
    ...common,
  }),
  said: ({ key, state }) => `Incident ${key} ${state === 'open' ? 'opened' : 'closed'}`,
})
