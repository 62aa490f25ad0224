/** Actions: nodes that change one target through the ledger. What differs between them is what they want and how it is said. */
import type { ActionRequest } from '@tenon/actions'
import * as z from 'zod'
import { harmField, harmOf, leaseField, secondsOf, whileAlertField, whileOf } from './input-fields.ts'
import { defineNode, type NodeDefinition } from './node.ts'
import { actionOutcomes, actionOutput, actionResult } from './action-outcome.ts'

interface ActionParts<I extends z.ZodObject, Common> {
  type: string
  title: string
  description: string
  icon: string
  mainInput: Extract<keyof z.infer<I>, string>
  input: I
  /** Pure; `common` is what every such request carries. @throws NodeError `bad-input` before anything is asked. */
  request(given: z.infer<I>, common: Common): ActionRequest
  /** Of one that is done: "payment scaled to 5". */
  said(given: z.infer<I>): string
}

type ActionNode<I extends z.ZodObject> = NodeDefinition<I, typeof actionOutput>

interface Lasting {
  whileAlert?: string
}

interface Leased extends Lasting {
  leaseSeconds: number
  harm?: NonNullable<z.infer<typeof harmField>>
}

interface LastingInput {
  whileAlert?: string | undefined
}

interface LeasedInput extends LastingInput {
  lease: string
  harm?: z.infer<typeof harmField>
}

/** The input of an action that is put back: its own fields, then those of every such action. */
export function leasedInput<F extends z.ZodRawShape>(fields: F) {
  return z.object({ ...fields, lease: leaseField, whileAlert: whileAlertField, harm: harmField })
}

/** The input of an action that stays for good. It has no harm bounds: a breach could not be answered by anything. */
export function lastingInput<F extends z.ZodRawShape>(fields: F) {
  return z.object({ ...fields, whileAlert: whileAlertField })
}

/** An action that is put back when its lease ends, or when a measure breaks its bound. */
export function defineAction<I extends z.ZodObject & z.ZodType<LeasedInput>>(
  parts: ActionParts<I, Leased>,
): ActionNode<I> {
  return actionNode(parts, (given) =>
    parts.request(given, { leaseSeconds: secondsOf(given.lease), ...whileOf(given), ...harmOf(given) }),
  )
}

/** An action that cannot be put back. */
export function defineLastingAction<I extends z.ZodObject & z.ZodType<LastingInput>>(
  parts: ActionParts<I, Lasting>,
): ActionNode<I> {
  return actionNode(parts, (given) => parts.request(given, whileOf(given)))
}

function actionNode<I extends z.ZodObject>(
  { type, title, description, icon, mainInput, input, said }: Omit<ActionParts<I, never>, 'request'>,
  requestOf: (given: z.infer<I>) => ActionRequest,
): ActionNode<I> {
  return defineNode({
    type,
    version: 1,
    title,
    description,
    group: 'act',
    icon,
    effect: 'write',
    idempotent: true,
    outcomes: actionOutcomes,
    mainInput,
    input,
    output: actionOutput,
    defaults: { timeoutSeconds: 120, attempts: 3 },
    plan: (ctx, given) => ctx.actions.plan(requestOf(given)),
    async run(ctx, given, options) {
      return actionResult(await ctx.actions.apply(requestOf(given), options), said(given))
    },
  })
}
