/** What a command is: one object that parsing, help and documentation are made from. */
import type { TenonClient } from '@tenon/client'
import type { Terminal } from './terminal.ts'

export const exitCodes = {
  ok: 0,
  error: 1,
  usage: 2,
  /** The run's verdict is abnormal. */
  abnormal: 3,
  /** The run's verdict is inconclusive, or it has none. */
  inconclusive: 4,
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export interface CommandOption {
  type: 'string' | 'boolean'
  short?: string
  /** May be given several times. */
  multiple?: boolean
  /** What stands for the value in the help: `FILE`. */
  value?: string
  help: string
}

export interface Command {
  /** Its words: `['runbook', 'list']`. */
  path: readonly string[]
  /** Another way to write it: `['validate']`. */
  short?: readonly string[]
  summary: string
  /** More sentences for its own help. */
  details?: string
  /** Positional arguments, as help shows them; `...` at the end takes several, `[]` may be left out. */
  args: readonly string[]
  options: Readonly<Record<string, CommandOption>>
  examples?: readonly string[]
  /** Works without a server. */
  offline?: boolean
  run(call: CommandCall): Promise<ExitCode>
}

export interface CommandCall {
  args: readonly string[]
  options: CommandOptions
  terminal: Terminal
  /** The server; throws a CliError when it is not known where that is. */
  server(): TenonClient
}

/** Options as given; each is read by its kind. */
export class CommandOptions {
  private readonly values: Readonly<Record<string, unknown>>
  constructor(values: Readonly<Record<string, unknown>>) {
    this.values = values
  }

  text(name: string): string | undefined {
    const value = this.values[name]
    return typeof value === 'string' ? value : undefined
  }

  texts(name: string): string[] {
    const value = this.values[name]
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
  }

  flag(name: string): boolean {
    return this.values[name] === true
  }
}
