import type { RunCommand } from './run.ts'

/** The command of a kind. @example CommandOf<'run-step'> */
export type CommandOf<K extends RunCommand['kind']> = Extract<RunCommand, { kind: K }>
