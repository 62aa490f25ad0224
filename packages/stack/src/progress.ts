/** Says how a start goes on: a line for what is ready, and every few seconds what is still awaited. */
import type { StackReport } from './stack-options.ts'

const TICK_MS = 10_000
const TITLE_WIDTH = 13

export interface Progress {
  report: Required<Pick<StackReport, 'began' | 'ready' | 'note'>>
  close: () => void
}

export function openProgress(print: (line: string) => void): Progress {
  const awaited = new Map<string, number>()
  const timer = setInterval(() => {
    const parts = [...awaited].map(([part, began]) => `${part} (${seconds(performance.now() - began)})`)
    if (parts.length > 0) print(`  … ${parts.join(', ')}`)
  }, TICK_MS)
  return {
    report: {
      began: (part) => awaited.set(part, performance.now()),
      ready(part, milliseconds, detail) {
        awaited.delete(part)
        const where = detail === '' ? '' : `  (${detail})`
        print(`✓ ${part.padEnd(TITLE_WIDTH)}  ${seconds(milliseconds).padStart(6)}${where}`)
      },
      note: (line) => print(`  ${line}`),
    },
    close: () => clearInterval(timer),
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`
}
