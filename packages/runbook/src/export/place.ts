/** Where an expression stands in the code. */
import type { CelNode } from '../cel-environment.ts'
import type { ValueType } from '../value-type.ts'
import type { Code, Names } from './code.ts'

/** A step as expressions see it. */
export interface VisibleStep {
  /** What it is called in the code. */
  text: string
  output: ValueType
  outcomes: readonly string[]
  /** Whether it is sure to be done where the expression stands. */
  isDone: boolean
}

/** Where an expression stands: what it may use, and what is known there. */
export interface Place {
  variables: Readonly<Record<string, Code>>
  step(id: string): VisibleStep | null
  /** Index and item of the loops around. */
  loops: Readonly<Record<string, { index: Code; item: Code | null }>>
  /** Names that loops inside the expression must not use. */
  names: Names
  /** Notes that a function of values.ts is used. @returns its name. */
  use(helper: string): string
  /** Spaces before the line that the expression begins on. */
  indent?: string
  /** Code of values that are neither missing nor null, and of steps that are done. */
  facts: ReadonlySet<string>
}

/** An expression that has no exact form in TypeScript. */
export class Untranslatable extends Error {}

/** Within an expression: how its parts are translated. */
export interface Inside extends Place {
  translate(node: CelNode, place: Inside): Code
  /** A field of what a node gives. */
  fieldOf(operand: CelNode, field: string, place: Inside): Code
}
