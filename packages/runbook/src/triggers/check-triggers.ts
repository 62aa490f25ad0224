/** What can be wrong with a runbook's triggers, before any event comes. */
import { checkCel } from '../cel-check.ts'
import type { EventTrigger, Problem, RunbookDocument, Trigger, WebhookTrigger } from '../document.ts'
import { suggest } from '../nearest.ts'
import { parameterProblem } from '../parse-params.ts'
import { parameterType } from '../scope.ts'
import { splitTemplate } from '../template.ts'
import { describeType, isObject, mayBe, type ValueType } from '../value-type.ts'
import { checkSchedule } from './check-schedule.ts'
import { namedEventType } from './event-types.ts'
import { webhookFormats } from './webhook-formats.ts'

type Path = (string | number)[]

/** More than anybody overlooks. */
const mostTriggers = 50

export function checkTriggers(document: RunbookDocument): Problem[] {
  const triggers = Object.entries(document.triggers)
  if (triggers.length > mostTriggers) {
    const message = `The runbook has ${triggers.length} triggers; ${mostTriggers} are allowed.`
    return [{ code: 'too-many-triggers', severity: 'error', message, fix: 'Remove some.', path: ['triggers'] }]
  }
  return triggers.flatMap(([name, trigger]) => [
    ...checkTrigger(trigger, ['triggers', name]),
    ...paramProblems(document, trigger, ['triggers', name, 'params']),
    ...duplicateProblems(triggers, name, trigger),
  ])
}

function checkTrigger(trigger: Trigger, path: Path): Problem[] {
  switch (trigger.kind) {
    case 'schedule':
      return checkSchedule(trigger, path)
    case 'webhook':
      return [
        ...(trigger.secret.trim() === ''
          ? [
              error('trigger-secret', [...path, 'secret'], {
                message: 'The webhook names no secret.',
                fix: 'Name a connection of kind hook; make one in Settings, Connections.',
              }),
            ]
          : []),
        ...expressionProblem(trigger.when, {
          path: [...path, 'when'],
          event: eventType(trigger),
          wanted: { kind: 'bool' },
        }),
        ...expressionProblem(trigger.key, { path: [...path, 'key'], event: eventType(trigger), wanted: keyType }),
      ]
    case 'event':
      return expressionProblem(trigger.when, {
        path: [...path, 'when'],
        event: namedEventType,
        wanted: { kind: 'bool' },
      })
  }
}

const keyType: ValueType = { kind: 'union', members: [{ kind: 'string' }, { kind: 'double' }] }

/** What `event` is in a trigger's expressions. */
export function eventType(trigger: WebhookTrigger | EventTrigger): ValueType {
  return trigger.kind === 'event' ? namedEventType : webhookFormats[trigger.format].type
}

function error(code: string, path: Path, { message, fix }: Pick<Problem, 'message' | 'fix'>): Problem {
  return { code, severity: 'error', message, fix, path }
}

function expressionProblem(
  cel: string | undefined,
  { path, event, wanted }: { path: Path; event: ValueType; wanted: ValueType },
): Problem[] {
  if (cel === undefined) return []
  if (cel.includes('${')) {
    const fix = 'Write the expression without ${ }.'
    return [error('expression-syntax', path, { message: 'This field is an expression already.', fix })]
  }
  const checked = checkCel(cel, { event })
  if (checked.problems.length > 0) return checked.problems.map((found) => error(found.code, path, found))
  if (mayBe(checked.type, wanted)) return []
  const message = `The expression gives ${describeType(checked.type)}, but ${describeType(wanted)} is needed.`
  return [error('expression-type', path, { message, fix: 'Compare it with something, or use another field.' })]
}

function paramProblems(document: RunbookDocument, trigger: Trigger, path: Path): Problem[] {
  const declared = document.params
  const given = Object.entries(trigger.params)
  const event = trigger.kind === 'schedule' ? null : eventType(trigger)
  const missing = Object.entries(declared).filter(
    ([name, parameter]) => parameter.default === undefined && !Object.hasOwn(trigger.params, name),
  )
  return [
    ...given.flatMap(([name, value]): Problem[] => {
      const at = [...path, name]
      const parameter = Object.hasOwn(declared, name) ? declared[name] : undefined
      if (!parameter) {
        const message = `There is no parameter "${name}".`
        return [error('param-unknown', at, { message, fix: suggest(name, Object.keys(declared), 'parameter') })]
      }
      if (hasExpression(value)) return valueProblems(value, { event, wanted: parameterType(parameter), path: at })
      const wrong = parameterProblem(parameter, value)
      return wrong
        ? [error('param-type', at, { message: `The parameter "${name}" ${wrong.message}`, fix: wrong.fix })]
        : []
    }),
    ...missing.map(([name]) =>
      error('param-missing', path, {
        message: `The trigger gives no value for the parameter "${name}".`,
        fix: `Give it here, or give "${name}" a default.`,
      }),
    ),
  ]
}

function hasExpression(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('${')
  if (Array.isArray(value)) return value.some(hasExpression)
  return isObject(value) && Object.values(value).some(hasExpression)
}

/** A parameter's value with expressions in it; `event` is null where the trigger brings none. */
function valueProblems(
  value: unknown,
  { event, wanted, path }: { event: ValueType | null; wanted: ValueType; path: Path },
): Problem[] {
  if (Array.isArray(value)) {
    const element: ValueType = wanted.kind === 'list' ? wanted.element : { kind: 'any' }
    const wrong = mayBe({ kind: 'list', element: { kind: 'any' } }, wanted) ? [] : [misfit('a list', wanted, path)]
    return [
      ...wrong,
      ...value.flatMap((item, index) => valueProblems(item, { event, wanted: element, path: [...path, index] })),
    ]
  }
  if (typeof value !== 'string') return isObject(value) ? [misfit('an object', wanted, path)] : []
  const split = splitTemplate(value)
  if (!split.ok) {
    const fix = 'Close it, or write $${ for the characters themselves.'
    return [error('template-syntax', path, { message: split.message, fix })]
  }
  if (event === null && split.parts.some(({ kind }) => kind === 'expression')) {
    const message = 'A schedule brings no event, so there is nothing that an expression could use.'
    return [error('schedule-expression', path, { message, fix: 'Give the value itself.' })]
  }
  const whole = split.parts.length === 1 && split.parts[0]?.kind === 'expression'
  const problems = split.parts.flatMap((part): Problem[] => {
    if (part.kind === 'text') return []
    const checked = checkCel(part.cel, { event: event ?? { kind: 'any' } })
    if (checked.problems.length > 0) return checked.problems.map((found) => error(found.code, path, found))
    return whole && !mayBe(checked.type, wanted) ? [misfit(describeType(checked.type), wanted, path)] : []
  })
  return !whole && !mayBe({ kind: 'string' }, wanted) ? [...problems, misfit('text', wanted, path)] : problems
}

function misfit(given: string, wanted: ValueType, path: Path): Problem {
  const message = `The expression gives ${given}, but ${describeType(wanted)} is needed.`
  return error('param-type', path, { message, fix: 'Use another field, or convert it.' })
}

/** Two triggers that say the same would run everything twice. */
function duplicateProblems(triggers: [string, Trigger][], name: string, trigger: Trigger): Problem[] {
  const meaning = JSON.stringify(trigger)
  const twin = triggers.find(([, other]) => JSON.stringify(other) === meaning)
  if (!twin || twin[0] === name || trigger.kind === 'webhook') return []
  const message = `"${name}" says the same as "${twin[0]}"; each would start a run of its own.`
  return [
    { code: 'trigger-duplicate', severity: 'warning', message, fix: 'Remove one of them.', path: ['triggers', name] },
  ]
}
