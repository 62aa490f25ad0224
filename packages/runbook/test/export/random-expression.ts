/** Random CEL over a fixed set of variables, with values for them: right and wrong types, missing fields, nulls, divisions by zero. */
import { type Dice } from '../model/dice.ts'

export interface RandomExpression {
  cel: string
  params: Record<string, unknown>
  /** `a` gives an `o`, `b` anything. */
  steps: Record<'a' | 'b', RandomStep>
}

/** How a step stands; with an output when it is done, with an error's code when it failed. */
export interface RandomStep {
  status: 'done' | 'failed' | 'skipped' | 'cancelled' | 'pending'
  outcome?: string
  output?: unknown
  code?: string
}

/** What the variables are declared as; `any` holds whatever comes. */
export const expressionSchema = {
  type: 'object',
  required: ['n', 'm', 's', 't', 'b', 'ns', 'ss', 'o', 'os', 'z', 'any'],
  properties: {
    n: { type: 'number' },
    m: { type: 'number' },
    s: { type: 'string' },
    t: { type: 'string' },
    b: { type: 'boolean' },
    ns: { type: 'array', items: { type: 'number' } },
    ss: { type: 'array', items: { type: 'string' } },
    o: { $ref: '#/$defs/o' },
    os: { type: 'array', items: { $ref: '#/$defs/o' } },
    z: { anyOf: [{ $ref: '#/$defs/o' }, { type: 'null' }] },
    any: {},
  },
  $defs: {
    o: {
      type: 'object',
      required: ['a', 'c'],
      additionalProperties: false,
      properties: {
        a: { type: 'number' },
        c: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        d: { type: 'string' },
      },
    },
  },
}

export function randomExpression(dice: Dice): RandomExpression {
  const cel = expression(dice, { depth: 3, variables: [] })
  const params = randomParams(dice)
  return { cel, params, steps: { a: randomStep(dice, params['o']), b: randomStep(dice, params['any']) } }
}

function randomStep(dice: Dice, output: unknown): RandomStep {
  const status = dice.pick<RandomStep['status']>(['done', 'done', 'done', 'failed', 'skipped', 'cancelled', 'pending'])
  if (status === 'done') return { status, outcome: dice.pick(['ok', 'none']), output }
  return status === 'failed' ? { status, code: 'x' } : { status }
}

function randomParams(dice: Dice): Record<string, unknown> {
  const number = (): number => dice.pick([3, 0, -1, 2.5, 7, 1e15])
  const text = (): string =>
    dice.pick(['a', '', 'pay', 'Payment-A', ' x ', '3', 'true', '2026-01-31T09:30:00Z', '1h30m'])
  const object = (): Record<string, unknown> => ({
    a: number(),
    c: dice.rarely(2) ? null : text(),
    ...(dice.rarely(2) ? { d: text() } : {}),
  })
  const list = <T>(make: () => T): T[] => Array.from({ length: dice.roll(4) }, make)
  const any = (): unknown =>
    dice.pick<() => unknown>([
      number,
      text,
      object,
      () => null,
      () => true,
      () => list(number),
      () => list(object),
      () => ({ a: list(text), x: { y: number() } }),
    ])()
  return {
    n: number(),
    m: number(),
    s: text(),
    t: text(),
    b: dice.rarely(2),
    ns: list(number),
    ss: list(text),
    o: object(),
    os: list(object),
    z: dice.rarely(2) ? null : object(),
    any: any(),
  }
}

interface Where {
  depth: number
  variables: readonly string[]
}

function expression(dice: Dice, where: Where): string {
  const deeper = { ...where, depth: where.depth - 1 }
  const inner = (): string => expression(dice, deeper)
  if (where.depth <= 0) return leaf(dice, where)
  switch (dice.roll(24)) {
    case 0:
    case 1:
      return leaf(dice, where)
    case 2:
      return `(${inner()}) ${dice.pick(['+', '-', '*', '/', '%'])} (${inner()})`
    case 3:
      return `${leaf(dice, where)} ${dice.pick(['+', '-', '*', '/', '%'])} ${leaf(dice, where)} ${dice.pick(['+', '*', '-'])} ${leaf(dice, where)}`
    case 4:
    case 5:
      return `(${inner()}) ${dice.pick(['==', '!=', '<', '<=', '>', '>='])} (${inner()})`
    case 6:
    case 7:
    case 8:
      return `(${inner()}) ${dice.pick(['&&', '||'])} (${inner()})`
    case 9:
      return `${guard(dice)} && ${guarded(dice)}${dice.rarely(2) ? ` && (${inner()})` : ''}`
    case 10:
      return `(${inner()}) ? (${inner()}) : (${inner()})`
    case 11:
      return `!(${inner()})`
    case 12:
      return `-(${inner()})`
    case 13:
      return `has(${dice.pick(['params.o', 'params.z', 'params.any', 'params', 'params.os[0]'])}.${dice.pick(['a', 'c', 'd', 'n', 'gone'])})`
    case 14:
      return `(${inner()}) in (${dice.pick(['params.ns', 'params.ss', 'params.any', 'params.o', '[1, 2]', '["a", "pay"]'])})`
    case 15:
    case 16:
    case 17: {
      const name = dice.pick(['x', 'y', 'n'])
      const body = expression(dice, { depth: Math.min(deeper.depth, 1), variables: [...where.variables, name] })
      const of = dice.pick(['params.ns', 'params.ss', 'params.os', 'params.any', '[1, 2.5, 3]', 'params.o'])
      const macro = dice.pick(['all', 'exists', 'exists_one', 'map', 'filter'])
      return `${of}.${macro}(${name}, ${macro === 'map' && dice.rarely(3) ? `${name} != 3, ` : ''}${body})`
    }
    case 18:
      return `${dice.pick(['int', 'double', 'string', 'bool', 'size', 'dyn', 'timestamp', 'duration'])}(${inner()})`
    case 19:
      return `(${inner()}).${method(dice)}`
    case 20:
      return `[${inner()}, ${inner()}]${dice.rarely(2) ? `[${dice.pick(['0', '1', '5', 'params.n'])}]` : ''}`
    case 21:
      return `{"k": ${inner()}, "l": ${inner()}}${dice.pick(['', '.k', '.gone', '["l"]'])}`
    case 22:
      return time(dice)
    default:
      return `(${inner()})${dice.pick(['.a', '.c', '[0]', '.a.c'])}`
  }
}

function leaf(dice: Dice, { variables }: Where): string {
  if (variables.length > 0 && dice.rarely(2)) return variables[dice.roll(variables.length)]!
  return dice.pick([
    'steps.a.outcome',
    'steps.a.output.a',
    'steps.a.output.c',
    'steps.a.output.d',
    'steps.b.output',
    'steps.b.output.x.y',
    'steps.a.error.code',
    'steps.a.summary',
    'steps.b.outcome',
    'steps.gone.outcome',
    'params.n',
    'params.m',
    'params.s',
    'params.t',
    'params.b',
    'params.ns',
    'params.ss',
    'params.o.a',
    'params.o.c',
    'params.o.d',
    'params.z.a',
    'params.z',
    'params.any',
    'params.any.x.y',
    'params.os[0].a',
    'params.ns[1]',
    'params.gone',
    '1',
    '0',
    '3',
    '-2',
    '2.5',
    '0.0',
    '"a"',
    '"pay"',
    "'it\\'s'",
    'true',
    'false',
    'null',
    '[]',
    'params.o',
    'params["n"]',
    'size(params.ns)',
    '9007199254740993',
  ])
}

const guard = (dice: Dice): string =>
  dice.pick([
    'params.z != null',
    'has(params.o.d)',
    'params.o.c != null',
    'size(params.ns) > 1',
    'params.b',
    'has(params.any.x)',
    '!(params.z == null)',
    'steps.a.outcome == "ok"',
    'has(steps.a.output)',
    'has(steps.a.output.d)',
    'steps.a.outcome == "error"',
    'steps.a.outcome != "ok"',
    'has(steps.b.error)',
  ])
const guarded = (dice: Dice): string =>
  dice.pick([
    'params.z.a > 1',
    'params.o.d.contains("a")',
    'params.o.c.startsWith("p")',
    'params.ns[1] == 3',
    'params.n / params.m > 1',
    'params.any.x.y == 3',
    'steps.a.output.a > 1.0',
    'steps.a.output.c != null',
    'steps.a.output.d.contains("a")',
    'steps.a.error.code == "x"',
    'steps.b.output == 3',
  ])

const method = (dice: Dice): string =>
  dice.pick([
    'contains("a")',
    'startsWith(params.t)',
    'endsWith("x")',
    'matches("^[a-z]+$")',
    'matches("pay|Pay")',
    'charAt(0)',
    'indexOf("a")',
    'indexOf("a", 1)',
    'lastIndexOf("a")',
    'lowerAscii()',
    'upperAscii()',
    'replace("a", "b")',
    'replace("a", "bb", 1)',
    'split("")',
    'split("-", 2)',
    'substring(1)',
    'substring(0, 2)',
    'trim()',
    'join(",")',
    'size()',
    'contains(params.any)',
  ])

const time = (dice: Dice): string =>
  dice.pick([
    'timestamp(params.s) < timestamp("2026-02-01T00:00:00Z")',
    'timestamp("2026-01-31T09:30:00.5Z") + duration("90s")',
    'duration("1h30m").getMinutes()',
    'timestamp("2026-03-05T09:30:00Z").getDayOfWeek()',
    'timestamp("2026-03-05T09:30:00Z").getDayOfYear()',
    'duration(params.t) > duration("1h")',
    'string(duration("1.5s"))',
    'duration("1h") - duration("2h")',
    'int(timestamp("2026-01-31T09:30:00Z"))',
    'timestamp("2026-01-31T09:30:00+02:00")',
    'duration("-0.25s")',
    'timestamp(1000)',
    'timestamp("2026-03-05T09:30:00Z") - duration("1ms")',
  ])
