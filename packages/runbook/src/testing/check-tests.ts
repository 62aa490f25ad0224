/** Tests of a document that cannot mean what they say: unknown steps, outcomes that never come, answers that no step gives. */
import type { Catalogue, NodeType } from '../catalogue.ts'
import type { Problem, RunbookDocument, RunbookTest } from '../document.ts'
import { checkLiteral } from '../literal-check.ts'
import { suggest } from '../nearest.ts'
import { outcomesOf } from '../node-outcomes.ts'
import { parseParams } from '../parse-params.ts'
import { findNodeType } from '../scope.ts'
import { isObject } from '../value-type.ts'
import { readAnswers } from './recorded.ts'

type Path = (string | number)[]

/** Problems of `tests`; part of `validateRunbook`. Answers whose output does not fit are warnings: node types change, and runs must go on. */
export function checkTests(document: RunbookDocument, catalogue: Catalogue): Problem[] {
  return Object.entries(document.tests).flatMap(([name, test]) =>
    new TestChecker(document, catalogue, ['tests', name]).check(test),
  )
}

class TestChecker {
  private readonly document: RunbookDocument
  private readonly catalogue: Catalogue
  private readonly place: Path
  constructor(document: RunbookDocument, catalogue: Catalogue, place: Path) {
    this.document = document
    this.catalogue = catalogue
    this.place = place
  }

  check(test: RunbookTest): Problem[] {
    return [
      ...this.params(test),
      ...Object.entries(test.steps).flatMap(([id, recorded]) => this.answers(id, recorded)),
      ...this.expectations(test.expect),
    ]
  }

  private params({ params }: RunbookTest): Problem[] {
    const parsed = parseParams(this.document.params, params)
    if (parsed.ok) return []
    return parsed.problems.map(({ message, fix, path }) => this.error('test-params', path, { message, fix }))
  }

  private answers(id: string, recorded: unknown): Problem[] {
    const place: Path = ['steps', id]
    const unknown = this.unknownStep(id, place)
    if (unknown) return [unknown]
    const nodeType = this.typeOf(id)
    // An unknown type is a problem of the node.
    if (!nodeType) return []
    if (!isAnswered(nodeType)) {
      const message = `"${id}" needs no recorded answer: it is worked out in the test.`
      return [this.warning('test-answer-unused', place, { message, fix: 'Remove it.' })]
    }
    const read = readAnswers(recorded)
    if (!read.ok) {
      const fix = 'Write { outcome: ..., output: ... }, { error: { code: ..., message: ... } }, or a list of these.'
      const message = `The answer of "${id}": ${read.message}`
      return [this.error('test-answer', [...place, ...read.path], { message, fix })]
    }
    const written: unknown[] = Array.isArray(recorded) ? recorded : [recorded]
    return read.answers.flatMap((answer, index) => {
      if (answer.kind === 'failed') return []
      const at = read.repeats ? place : [...place, index]
      const wrong = this.unknownOutcome(id, answer.result.outcome, [...at, 'outcome'])
      return wrong ? [wrong] : this.output(nodeType, written[index], at)
    })
  }

  private output({ effect, outputSchema }: NodeType, written: unknown, at: Path): Problem[] {
    // People and events answer with a part of it; the rest is the engine's.
    if (effect === 'approve' || effect === 'event') return []
    if (!isObject(written) || !Object.hasOwn(written, 'output')) return []
    return checkLiteral(written['output'], outputSchema).map(({ path, message, fix }) =>
      this.warning('test-output', [...at, 'output', ...path], { message, fix }),
    )
  }

  private expectations({ status, verdict, path, outcomes, actions }: RunbookTest['expect']): Problem[] {
    const problems: Problem[] = []
    if ([status, verdict, path, outcomes, actions].every((one) => one === undefined)) {
      const message = 'The test expects nothing: it passes whatever the run finds.'
      const fix = 'Say what it should find: status, verdict, path, outcomes or actions.'
      problems.push(this.warning('test-expects-nothing', ['expect'], { message, fix }))
    }
    path?.forEach((id, index) => problems.push(...listOf(this.unknownStep(id, ['expect', 'path', index]))))
    for (const [id, outcome] of Object.entries(outcomes ?? {})) {
      const place: Path = ['expect', 'outcomes', id]
      problems.push(...listOf(this.unknownStep(id, place) ?? this.unknownOutcome(id, outcome, place, unrun)))
    }
    actions?.forEach(({ step }, index) => {
      const place: Path = ['expect', 'actions', index, 'step']
      const unknown = this.unknownStep(step, place)
      const effect = this.typeOf(step)?.effect
      const message = `"${step}" changes nothing outside, so no run makes an action of it.`
      if (unknown) problems.push(unknown)
      else if (effect !== undefined && effect !== 'write')
        problems.push(this.error('test-action', place, { message, fix: 'Name a step that writes.' }))
    })
    return problems
  }

  private unknownStep(id: string, place: Path): Problem | null {
    if (Object.hasOwn(this.document.nodes, id)) return null
    const fix = suggest(id, Object.keys(this.document.nodes), 'step')
    return this.error('test-step-unknown', place, { message: `There is no step "${id}".`, fix })
  }

  private unknownOutcome(id: string, outcome: string, place: Path, more: readonly string[] = []): Problem | null {
    const nodeType = this.typeOf(id)
    if (!nodeType) return null
    const node = this.document.nodes[id] ?? { with: {} }
    const known = [...outcomesOf(node, nodeType).map(({ name }) => name), ...more]
    if (known.includes(outcome)) return null
    const message = `"${id}" never ends as "${outcome}".`
    return this.error('test-outcome-unknown', place, { message, fix: suggest(outcome, known, 'outcome') })
  }

  private typeOf(id: string): NodeType | null {
    const node = Object.hasOwn(this.document.nodes, id) ? this.document.nodes[id] : undefined
    return node ? findNodeType(this.catalogue, node.type) : null
  }

  private error(code: string, path: Path, { message, fix }: { message: string; fix: string }): Problem {
    return { code, severity: 'error', message, fix, path: [...this.place, ...path] }
  }

  private warning(code: string, path: Path, texts: { message: string; fix: string }): Problem {
    return { ...this.error(code, path, texts), severity: 'warning' }
  }
}

/** How a step may be expected to end beside its outcomes. */
const unrun = ['error', 'skipped', 'cancelled'] as const

const listOf = (problem: Problem | null): Problem[] => (problem ? [problem] : [])

/** Whether the outside says how it ends. */
function isAnswered({ effect }: NodeType): boolean {
  switch (effect) {
    case 'read':
    case 'write':
    case 'approve':
    case 'event':
    case 'child':
      return true
    case 'compute':
    case 'wait':
    case 'each':
    case 'repeat':
    case 'stop':
      return false
  }
}
