/** Expressions in a node's inputs: what they refer to, whether it is there by then, and whether their type fits. */
import type { JsonSchema, NodeType } from './catalogue.ts'
import { type Certainty, failedStep } from './certain-steps.ts'
import { checkCel, type Scope, type StepReference } from './cel-check.ts'
import type { Problem } from './document.ts'
import type { NodeContext } from './node-context.ts'
import { splitTemplate } from './template.ts'
import { type ValueType, describeType, isObject, mayBe, resolveReference, typeOfSchema } from './value-type.ts'

type Path = (string | number)[]

/** Where an expression stands: what it may use, and what is sure to be done by then. */
interface Standpoint {
  scope: Scope
  certain: { has(step: string): boolean }
  /** Whether the step has ended, or was passed over, by then. */
  isBefore(stepId: string): boolean
}

export const isExpressionText = (value: unknown): boolean => typeof value === 'string' && value.includes('${')

/** @param nodeType the node's own. */
export function checkExpressions(id: string, nodeType: NodeType, context: NodeContext): Problem[] {
  const node = context.document.nodes[id]!
  const root = nodeType.inputSchema
  const properties = isObject(root['properties']) ? root['properties'] : {}
  return Object.entries(node.with).flatMap(([name, value]) => {
    const schema = Object.hasOwn(properties, name) ? properties[name] : root['additionalProperties']
    const found = expressionsOf(value, { path: ['nodes', id, 'with', name], schema, root })
    if (found.length === 0) return []
    const standpoint = standpointOf(id, nodeType.late[name], context)
    return found.flatMap((one) => textProblems(one, standpoint, { id, context }))
  })
}

function standpointOf(id: string, late: 'round' | 'event' | undefined, context: NodeContext): Standpoint {
  const { graph, scopes } = context
  const certain: Certainty = context.certain
  switch (late) {
    case 'round':
      return {
        scope: scopes.inside(id),
        certain: certain.atRoundEnd(id),
        isBefore: (step) => graph.loopOf(step) === id || graph.isUpstream(step, id),
      }
    case 'event':
      return {
        scope: scopes.withEvent(id),
        certain: certain.before(id),
        isBefore: (step) => graph.isUpstream(step, id),
      }
    case undefined:
      return { scope: scopes.of(id), certain: certain.before(id), isBefore: (step) => graph.isUpstream(step, id) }
  }
}

interface FoundText {
  text: string
  path: Path
  /** Type that the field takes; any when the schema does not say. */
  wanted: ValueType
}

/** Every text with an expression in it, however deep, with what its field takes. */
function expressionsOf(
  value: unknown,
  { path, schema, root }: { path: Path; schema: unknown; root: JsonSchema },
): FoundText[] {
  const resolved = isObject(schema) ? resolveReference(schema, root) : null
  if (typeof value === 'string') {
    if (!isExpressionText(value)) return []
    const wanted: ValueType = resolved ? typeOfSchema({ ...resolved, $defs: root['$defs'] }) : { kind: 'any' }
    return [{ text: value, path, wanted }]
  }
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      expressionsOf(item, { path: [...path, index], schema: resolved?.['items'], root }),
    )
  }
  if (!isObject(value)) return []
  const properties = isObject(resolved?.['properties']) ? resolved['properties'] : {}
  return Object.entries(value).flatMap(([name, member]) => {
    const inner = Object.hasOwn(properties, name) ? properties[name] : resolved?.['additionalProperties']
    return expressionsOf(member, { path: [...path, name], schema: inner, root })
  })
}

interface Owner {
  id: string
  context: NodeContext
}

function textProblems({ text, path, wanted }: FoundText, standpoint: Standpoint, owner: Owner): Problem[] {
  const split = splitTemplate(text)
  if (!split.ok) return [unclosedTemplate(split.message, path)]
  const whole = split.parts.length === 1 && split.parts[0]?.kind === 'expression'
  return split.parts
    .flatMap((part): Problem[] => {
      if (part.kind === 'text') return []
      const checked = checkCel(part.cel, standpoint.scope)
      const outside = outOfSight(checked.references, standpoint, { ...owner, path })
      if (outside.length > 0) return outside
      const problems = celProblems(checked.problems, path)
      problems.push(...referenceProblems(checked.references, standpoint, { ...owner, path }))
      if (problems.length === 0 && whole && !mayBe(checked.type, wanted))
        problems.push(misfit(checked.type, wanted, path))
      return problems
    })
    .concat(!whole && !mayBe({ kind: 'string' }, wanted) ? [misfit({ kind: 'string' }, wanted, path)] : [])
}

/**
 * A text of a place that is no node's input: a trigger's mapping, a concurrency key.
 *
 * @param wanted what the place takes.
 */
export function checkTemplate(text: string, place: { scope: Scope; path: Path; wanted: ValueType }): Problem[] {
  const { scope, path, wanted } = place
  const split = splitTemplate(text)
  if (!split.ok) return [unclosedTemplate(split.message, path)]
  const whole = split.parts.length === 1 && split.parts[0]?.kind === 'expression'
  return split.parts.flatMap((part): Problem[] => {
    if (part.kind === 'text') return []
    const checked = checkCel(part.cel, scope)
    const problems = celProblems(checked.problems, path)
    if (problems.length === 0 && whole && !mayBe(checked.type, wanted))
      problems.push(misfit(checked.type, wanted, path))
    return problems
  })
}

function celProblems(problems: readonly Pick<Problem, 'code' | 'message' | 'fix'>[], path: Path): Problem[] {
  return problems.map(({ code, message, fix }): Problem => ({ code, severity: 'error', message, fix, path }))
}

function unclosedTemplate(message: string, path: Path): Problem {
  const fix = 'Close it, or write $${ for the characters themselves.'
  return { code: 'template-syntax', severity: 'error', message, fix, path }
}

function misfit(given: ValueType, wanted: ValueType, path: Path): Problem {
  return {
    code: 'input-type',
    severity: 'error',
    message: `The expression gives ${describeType(given)}, but ${describeType(wanted)} is needed.`,
    fix: 'Use another field, or convert it.',
    path,
  }
}

/** Steps of a loop are not seen from outside of it; that is another mistake than a misspelt name. */
function outOfSight(
  references: readonly StepReference[],
  { scope }: Standpoint,
  { context: { document, graph }, path }: Owner & { path: Path },
): Problem[] {
  const { steps } = scope
  const seen = steps?.kind === 'object' ? steps.fields : {}
  return references.flatMap(({ stepId }): Problem[] => {
    if (!Object.hasOwn(document.nodes, stepId) || Object.hasOwn(seen, stepId)) return []
    const loop = graph.loopOf(stepId)
    return [
      {
        code: 'reference-into-loop',
        severity: 'error',
        message: `"${stepId}" runs many times, in the loop "${loop}"; from outside it cannot be referred to.`,
        fix: `Collect what you need with the loop's "collect", and read steps.${loop}.output.`,
        path,
      },
    ]
  })
}

function referenceProblems(
  references: readonly StepReference[],
  { certain, isBefore }: Standpoint,
  { id, path, context }: Owner & { path: Path },
): Problem[] {
  const { document, graph } = context
  const asked = new Set(
    references.filter(({ member }) => member === null || member === 'outcome').map(({ stepId }) => stepId),
  )
  const known = references.filter(({ stepId }) => Object.hasOwn(document.nodes, stepId))
  const askers = context.approversOf(id)
  return known.flatMap(({ stepId, member }): Problem[] => {
    const problem = (code: string, severity: Problem['severity'], message: string, fix: string): Problem[] => [
      { code, severity, message, fix, path },
    ]
    if (stepId === id || !isBefore(stepId)) {
      const around = graph.loopsAround(id).includes(stepId)
      const message =
        stepId === id
          ? 'The step refers to itself.'
          : around
            ? `"${stepId}" is the loop that this step is in; it has not ended yet.`
            : `"${stepId}" does not run before this step.`
      const fix = around
        ? `Use item, index or loops.${stepId}.`
        : `Connect "${stepId}" so that it leads here, or remove the reference.`
      return problem('reference-not-before', 'error', message, fix)
    }
    const late = askers.find((asker) => stepId === asker || !graph.isUpstream(stepId, asker))
    if (late !== undefined) {
      return problem(
        'reference-after-approval',
        'error',
        `"${stepId}" is not known yet when "${late}" shows people what would be done.`,
        `Refer to a step that ends before "${late}".`,
      )
    }
    if (member === null || member === 'outcome') return []
    if (member === 'output' && document.nodes[stepId]?.mute !== undefined) {
      const message = `"${stepId}" is muted and has no output; the expression then fails.`
      return problem('reference-muted', 'warning', message, 'Unmute it, or pin its output for a try.')
    }
    if (asked.has(stepId)) return []
    if (certain.has(member === 'error' ? failedStep(stepId) : stepId)) return []
    const happened = member === 'error' ? 'may not have failed' : 'may have been skipped'
    return problem(
      'reference-may-be-skipped',
      'warning',
      `"${stepId}" ${happened} when this step runs; the expression then fails.`,
      `Guard it: has(steps.${stepId}.${member}) ? … : …`,
    )
  })
}
