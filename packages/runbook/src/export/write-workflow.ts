/** `workflow.ts`: the runbook as code that people read from top to bottom. */
import type { Catalogue } from '../catalogue.ts'
import type { Parameter } from '../document.ts'
import type { Plan, PlanEdge, PlanStep, PlanValue } from '../plan.ts'
import { type ValueType, anyType, typeOfSchema, unionOf } from '../value-type.ts'
import { activityName } from './activity-name.ts'
import { type Code, Names, camelCase, code, enclosed, fieldName, literal, quote } from './code.ts'
import { computeFunction } from './compute-functions.ts'
import { orderScope, surelyDone } from './scope-order.ts'
import type { Place, VisibleStep } from './place.ts'
import { writeFields, writeValue } from './write-value.ts'
import { valueFunctions } from './value-functions.ts'

export interface WorkflowOptions {
  plan: Plan
  catalogue: Catalogue
  description: string
  /** Name of the function of each child runbook, by plan hash. */
  childName(child: NonNullable<PlanStep['child']>): string
  functionName: string
}

/** @throws Refused for what has no exact form in TypeScript. */
export function writeWorkflow(options: WorkflowOptions): string {
  return new Writer(options).write()
}

/** What is written of one step: methods and fields. */
type Fields = [name: string, text: string][]

interface ScopeWriting {
  parent: string | null
  /** What the scope is called in the code. */
  scope: string
  indent: string
  place: Place
}

class Writer {
  private readonly options: WorkflowOptions
  private readonly used = new Set<string>()
  private computes = false
  private readonly visible = new Map<string, VisibleStep>()
  private count = 0

  /** The edges of each scope, by the loop that it is the body of. */
  private readonly edges: ReadonlyMap<string | null, PlanEdge[]>
  private readonly steps: ReadonlyMap<string, PlanStep>

  constructor(options: WorkflowOptions) {
    this.options = options
    const { steps, edges } = options.plan
    this.steps = new Map(steps.map((step) => [step.id, step]))
    this.edges = Map.groupBy(edges, ({ from }) => this.steps.get(from)?.parent ?? null)
  }

  write(): string {
    const { plan, functionName } = this.options
    const names = new Names([
      ...valueFunctions,
      'flow',
      'params',
      'input',
      'Flow',
      'Params',
      'parameters',
      'paramsOf',
      'activities',
      'round',
      'event',
      'nodes',
      functionName,
    ])
    const place: Place = {
      variables: this.variables(),
      step: () => null,
      loops: {},
      names,
      use: (helper) => {
        this.used.add(helper)
        return helper
      },
      facts: new Set(),
    }
    const { text: body, order } = this.scope({ parent: null, scope: 'flow', indent: '  ', place })
    const flowOptions = literal(
      { name: plan.runbook.name, timeoutSeconds: plan.timeoutSeconds, onFailure: plan.onFailure },
      '  ',
    )
    return [
      this.head(),
      ...this.paramDeclarations(),
      `export async function ${functionName}(input: RunInput<Params> = {}): Promise<RunState> {`,
      `  const flow = new Flow<typeof activities>(${flowOptions}, input)`,
      '  const params = paramsOf<Params>(parameters, input.params)',
      '',
      withoutIdleNames(body),
      `  return flow.run(${order})`,
      '}',
      '',
    ].join('\n')
  }

  private head(): string {
    const { plan, description } = this.options
    const lines = [
      `${plan.runbook.title} (${plan.runbook.name})`,
      ...wrapped(description),
      '',
      `Written by Tenon from plan ${plan.hash}.`,
    ]
    const imports = [
      "import { Flow } from './flow/flow.ts'",
      "import type { Parameter } from './flow/input.ts'",
      "import { paramsOf, type RunInput, type RunState } from './flow/run.ts'",
      ...(this.used.size === 0 ? [] : [`import ${enclosed('{}', [...this.used].sort(), '')} from './flow/values.ts'`]),
      ...(this.computes ? ["import * as nodes from './nodes/nodes.ts'"] : []),
      "import type * as activities from './activities.ts'",
    ]
    return `${comment(lines, '')}\n${imports.join('\n')}\n`
  }

  private paramDeclarations(): string[] {
    const params = Object.entries(this.options.plan.params)
    const fields = params.map(([name, { type, title, description }]) => {
      const about = [title, description].filter((text) => text !== undefined).join('. ')
      return `${about === '' ? '' : `  /** ${docText(about)} */\n`}  ${fieldName(name)}: ${paramType(type)}\n`
    })
    return [
      params.length === 0
        ? 'export type Params = Record<string, never>'
        : `export interface Params {\n${fields.join('')}}`,
      '',
      '/** What the run is started with: types, and the values of what is left out. */',
      `const parameters: Record<string, Parameter> = ${literal(Object.fromEntries(params), '')}`,
      '',
    ]
  }

  private variables(): Record<string, Code> {
    const always = { isSafe: true }
    const object = (fields: Record<string, ValueType>): ValueType => ({
      kind: 'object',
      fields: Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, { type, optional: false }])),
      rest: null,
    })
    const text: ValueType = { kind: 'string' }
    const params = Object.fromEntries(
      Object.entries(this.options.plan.params).map(([name, { type }]) => [name, paramValueType(type)]),
    )
    return {
      params: code('params', object(params), always),
      trigger: code('flow.trigger', object({ kind: text, by: text, payload: anyType }), always),
      run: code('flow.info', object({ id: text, asOf: text, environment: text }), always),
    }
  }

  /** The steps of the top or of a loop's body. */
  private scope({ parent, scope, indent, place }: ScopeWriting): { text: string; order: string } {
    const { plan, catalogue } = this.options
    const members = plan.steps.filter((step) => step.parent === parent)
    const edges = this.edges.get(parent) ?? []
    const { steps, order } = orderScope(members, edges)
    const isSure = surelyDone(steps, edges)
    const text = new Map(steps.map(({ id }) => [id, place.names.make(camelCase(id))]))
    for (const step of members) {
      const nodeType = catalogue.nodeTypes.find(({ type, version }) => type === step.type && version === step.version)
      const declared =
        nodeType && step.mute === null && !nodeType.outputFrom ? typeOfSchema(nodeType.outputSchema) : anyType
      // An event that did not come has no output.
      const output = step.effect === 'event' ? unionOf([declared, { kind: 'null' }]) : declared
      const outcomes = step.outcomes.map(({ name }) => name)
      this.visible.set(step.id, { text: text.get(step.id)!, output, outcomes, isDone: false })
    }
    const written: string[] = []
    const behind = new Set<string>()
    for (const step of steps) {
      const visible = (id: string): VisibleStep | null => {
        const found = this.visible.get(id)
        const owner = this.steps.get(id)?.parent
        if (!found || owner === undefined) return null
        if (owner !== parent) return place.step(id)
        // A step that is written further down cannot be named here: it is looked up when the run is there.
        if (!behind.has(id))
          return { text: `${scope}.find(${quote(id)})`, output: anyType, outcomes: found.outcomes, isDone: false }
        return { ...found, isDone: isSure(id, step.id) }
      }
      written.push(
        this.step(step, {
          parent,
          scope,
          indent,
          place: { ...place, step: visible },
        }),
      )
      behind.add(step.id)
    }
    const hasOrder = order.steps !== undefined || order.edges !== undefined
    return { text: written.join('\n'), order: hasOrder ? literal(order, indent) : '' }
  }

  private step(step: PlanStep, where: ScopeWriting): string {
    const { scope, indent } = where
    const name = this.visible.get(step.id)!.text
    this.count += 1
    const number = this.count
    const { method, fields } = this.body(step, { ...where, indent: `${indent}  ` })
    const after = (this.edges.get(step.parent) ?? [])
      .filter(({ to }) => to === step.id)
      .map(({ from, on }) => {
        const source = this.visible.get(from)!.text
        return on === 'always' ? `${source}.always` : `${source}.on(${quote(on)})`
      })
    const common: Fields = [
      ['title', quote(step.title)],
      // A conclusion orders what was found by who found it.
      ...(step.type.startsWith('judge.') ? [['type', quote(step.type)] as [string, string]] : []),
      ...(after.length === 0 ? [] : [['after', enclosed('[]', after, `${indent}  `)] as [string, string]]),
      ...(step.join === 'all' ? [] : [['join', literal(step.join)] as [string, string]]),
      ...(step.joinDeadlineSeconds === null
        ? []
        : [['joinDeadlineSeconds', String(step.joinDeadlineSeconds)] as [string, string]]),
      ...(step.startBySeconds === undefined
        ? []
        : [['startBySeconds', String(step.startBySeconds)] as [string, string]]),
      ...(step.mute === null ? [] : [['mute', quote(step.mute)] as [string, string]]),
    ]
    const lines = [...common, ...fields].map(([field, text]) => `${indent}  ${field}: ${text},\n`).join('')
    return `${indent}// ${number}. ${docText(step.title)} (${step.type})\n${indent}const ${name} = ${scope}.${method}(${quote(step.id)}, {\n${lines}${indent}})\n`
  }

  /** What is written of a step by its effect. */
  private body(step: PlanStep, where: ScopeWriting): { method: string; fields: Fields } {
    const { place, indent } = where
    const path = ['nodes', step.id, 'with']
    const { text, types } = writeFields(step.input, { place, path, indent })
    const input: [string, string] = ['input', `() => (${text})`]
    const outcomes: [string, string] = [
      'outcomes',
      literal(
        step.outcomes.map(({ name }) => name),
        indent,
      ),
    ]
    const { attempts, backoffSeconds, nonRetryable } = step.retry
    const retry = literal({ attempts, backoffSeconds, ...(nonRetryable.length === 0 ? {} : { nonRetryable }) }, indent)
    const timing: Fields = [
      ['timeoutSeconds', String(step.timeoutSeconds)],
      ['retry', retry],
    ]
    const loopTime: Fields = step.timeoutSeconds > 0 ? [['timeoutSeconds', String(step.timeoutSeconds)]] : []
    switch (step.effect) {
      case 'compute': {
        const known = computeFunction(step.type, step.version)
        if (!known)
          return { method: 'code', fields: [['activity', quote(activityName(step))], input, outcomes, ...timing] }
        this.computes = true
        this.outputOf(step, types)
        return { method: 'compute', fields: [['compute', `nodes.${known}`], input, outcomes] }
      }
      case 'read':
      case 'write':
        return { method: step.effect, fields: [['activity', quote(activityName(step))], input, outcomes, ...timing] }
      case 'approve':
        return { method: 'approve', fields: [input, ...this.guards(step), ...timing] }
      case 'wait':
        return { method: 'wait', fields: [input] }
      case 'event': {
        const { match } = step.late
        return { method: 'event', fields: [input, ...(match ? [this.match(match, step, where)] : [])] }
      }
      case 'each': {
        const items = types['items'] ?? anyType
        const item = items.kind === 'list' && items.element.kind !== 'never' ? items.element : anyType
        return { method: 'forEach', fields: [input, ...loopTime, this.loopBody(step, where, item)] }
      }
      case 'repeat':
        return { method: 'repeat', fields: [input, ...loopTime, this.loopBody(step, where, null)] }
      case 'child': {
        if (!step.child) throw new Error(`The step ${step.id} names no runbook.`)
        return {
          method: 'child',
          fields: [['workflow', quote(this.options.childName(step.child))], input, outcomes, ...timing],
        }
      }
      case 'stop':
        return { method: 'stop', fields: [input] }
    }
  }

  /** The output of a step that gives one of its inputs has that input's type. */
  private outputOf(step: PlanStep, types: Readonly<Record<string, ValueType>>): void {
    const nodeType = this.options.catalogue.nodeTypes.find(
      ({ type, version }) => type === step.type && version === step.version,
    )
    const known = this.visible.get(step.id)!
    if (nodeType?.outputFrom && step.mute === null)
      this.visible.set(step.id, { ...known, output: types[nodeType.outputFrom] ?? anyType })
  }

  /** Only where they are not simply the writes that `approved` leads to. */
  private guards(step: PlanStep): Fields {
    const { plan } = this.options
    const leads = plan.edges.filter(({ from, on }) => from === step.id && on === 'approved').map(({ to }) => to)
    const writes = [...new Set(leads)].filter((id) => plan.steps.some((one) => one.id === id && one.effect === 'write'))
    return writes.join() === step.guards.join() ? [] : [['guards', literal(step.guards)]]
  }

  private match(match: PlanValue, step: PlanStep, { place, indent }: ScopeWriting): [string, string] {
    const text: ValueType = { kind: 'string' }
    const fields = {
      name: { type: text, optional: false },
      id: { type: text, optional: false },
      payload: { type: anyType, optional: false },
    }
    const event = code('event', { kind: 'object', fields, rest: null }, { isSafe: true })
    const within = { ...place, variables: { ...place.variables, event } }
    return [
      'match',
      `(event) => ${grouped(writeValue(match, { place: within, path: ['nodes', step.id, 'with', 'match'], indent }))}`,
    ]
  }

  private loopBody(step: PlanStep, { place, indent }: ScopeWriting, item: ValueType | null): [string, string] {
    const names = place.names.inner()
    const prefix = Object.keys(place.loops).length === 0 ? '' : camelCase(step.id)
    const named = (base: string): string => names.make(prefix === '' ? base : camelCase(`${prefix}-${base}`))
    const scope = prefix === '' ? 'round' : named('round')
    const itemName = item === null ? null : named('item')
    const indexName = named('index')
    const index = code(indexName, { kind: 'double' }, { isSafe: true })
    const itemCode = itemName === null || item === null ? null : code(itemName, item, { isSafe: true })
    const within: Place = {
      ...place,
      names,
      loops: { ...place.loops, [step.id]: { index, item: itemCode } },
      variables: { ...place.variables, index, ...(itemCode ? { item: itemCode } : {}) },
      // What is known of the outside is known inside; a loop's own steps come after it in the code.
      facts: new Set(),
    }
    const inner = `${indent}  `
    const { text, order } = this.scope({ parent: step.id, scope, indent: inner, place: within })
    const late: Place = { ...within, step: (id) => this.seenAtEnd(id, step.id, within) }
    const fields = Object.entries(step.late).map(([name, value]) => {
      const written = writeValue(value, { place: late, path: ['nodes', step.id, 'with', name], indent: inner })
      return `${name}: () => ${grouped(written)}`
    })
    const result = enclosed('{}', [...fields, ...(order === '' ? [] : [`order: ${order}`])], inner)
    const parameters = [scope, ...(itemName === null ? [] : [itemName]), indexName].join(', ')
    return ['body', `(${parameters}) => {\n${text}${inner}return ${result}\n${indent}}`]
  }

  /** When a round is over, every step of it can be named. */
  private seenAtEnd(id: string, loop: string, place: Place): VisibleStep | null {
    const owner = this.steps.get(id)?.parent
    return owner === loop ? (this.visible.get(id) ?? null) : place.step(id)
  }
}

/** A step that nothing reads and nothing follows needs no name. */
function withoutIdleNames(body: string): string {
  const uses = new Map<string, number>()
  for (const [word] of body.matchAll(/(?<!['.\w$])[\w$]+/g)) uses.set(word, (uses.get(word) ?? 0) + 1)
  return body.replaceAll(/^( *)const ([\w$]+) = /gm, (whole: string, indent: string, name: string) =>
    (uses.get(name) ?? 0) > 1 ? whole : indent,
  )
}

const grouped = ({ text }: Code): string => (text.startsWith('{') ? `(${text})` : text)

function comment(lines: readonly string[], indent: string): string {
  return `${indent}/**\n${lines.map((line) => `${indent} *${line === '' ? '' : ` ${docText(line)}`}\n`).join('')}${indent} */`
}

/** On one line, and unable to end a comment. */
export function docText(text: string): string {
  return text.replaceAll('*/', '* /').replaceAll(/[\r\n\u2028\u2029]+/g, ' ')
}

/** Paragraphs as lines of at most 110 characters. */
function wrapped(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < 110) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

function paramType(type: Parameter['type']): string {
  if (type === 'number' || type === 'boolean') return type
  return type === 'list' ? 'string[]' : 'string'
}

function paramValueType(type: Parameter['type']): ValueType {
  if (type === 'number') return { kind: 'double' }
  if (type === 'boolean') return { kind: 'bool' }
  return type === 'list' ? { kind: 'list', element: { kind: 'string' } } : { kind: 'string' }
}
