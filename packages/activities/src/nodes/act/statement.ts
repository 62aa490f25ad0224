import * as z from 'zod'
import { targetField } from '../../input-fields.ts'
import { defineLastingAction, lastingInput } from '../../define-action.ts'

export const statement = defineLastingAction({
  type: 'act.statement',
  title: 'Run a statement',
  description:
    'Runs one statement of a database in a transaction that is rolled back when more rows change than allowed, or when its check does not read what is expected. Running it twice changes nothing twice. It cannot be put back.',
  icon: 'database-zap',
  mainInput: 'title',
  input: lastingInput({
    connection: targetField.meta({
      title: 'Connection',
      description: 'A database (kind postgres) whose user may change these rows, and no more.',
      'x-widget': 'connection',
    }),
    title: z.string().min(1).max(200).meta({ title: 'Title', description: 'What it is for.', 'x-widget': 'text' }),
    statement: z.string().min(1).max(10_000).meta({
      title: 'Statement',
      description: 'One INSERT, UPDATE, DELETE or MERGE; values as $1, $2, ...',
      'x-widget': 'text',
    }),
    parameters: z
      .array(z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .max(100)
      .default([])
      .meta({ title: 'Parameters', description: 'Values of $1, $2, ... in this order.' }),
    maximumRows: z
      .number()
      .int()
      .positive()
      .max(100_000)
      .default(100)
      .meta({ title: 'Most rows', description: 'When more rows would change, by triggers too, it is rolled back.' }),
    check: z.string().min(1).max(10_000).meta({
      title: 'Check',
      description: 'A SELECT of one row and one column that says whether it took effect.',
      'x-widget': 'text',
    }),
    expected: z.string().meta({
      title: 'Expected',
      description: 'What the check reads afterwards; anything else rolls it back.',
      'x-widget': 'text',
    }),
  }),
  request: ({ connection, title, statement: text, parameters, maximumRows, check, expected }, common) => ({
    kind: 'statement',
    connection,
    title,
    statement: text,
    parameters,
    maximumRows,
    check,
    expected,
    ...common,
  }),
  said: ({ title }) => title,
})
