/** What test programs leave behind as JSON, and their messages cut for the terminal. */
import { readFileSync } from 'node:fs'

/** Null when the program ended before it wrote one; the caller says so with what it printed. */
export function readReport(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

/** Indented below the name of what failed. */
export const firstLines = (message: string, count: number): string[] =>
  message
    .split('\n')
    .slice(0, count)
    .map((line) => `    ${line}`)
