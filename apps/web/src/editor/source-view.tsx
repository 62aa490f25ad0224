'use client'
import { useRef } from 'react'
import type { Problem } from '@tenon/runbook'
import { classNames } from '../ui/class-names.ts'
import { Shape } from '../ui/shape.tsx'

export interface SourceViewProps {
  source: string
  problems: readonly Problem[]
  readOnly: boolean
  onChange: (source: string) => void
}

/** The whole document as text, with line numbers, and the problems under it. */
export function SourceView({ source, problems, readOnly, onChange }: SourceViewProps) {
  const area = useRef<HTMLTextAreaElement>(null)
  const numbers = useRef<HTMLPreElement>(null)
  const lines = source.split('\n').length
  const marked = new Map<number, Problem>()
  for (const problem of problems) if (problem.position) marked.set(problem.position.line, problem)

  const goTo = (problem: Problem): void => {
    const { current } = area
    if (!current || !problem.position) return
    const start = offsetOf(source, problem.position.line, problem.position.column)
    const end = offsetOf(source, problem.position.endLine, problem.position.endColumn)
    current.focus()
    current.setSelectionRange(start, Math.max(start, end))
    current.scrollTop = Math.max(0, (problem.position.line - 8) * lineHeight)
  }

  return (
    <section aria-label="YAML" className="flex min-h-0 min-w-0 flex-1 flex-col bg-panel">
      <div className="flex min-h-0 flex-1 font-mono text-sm leading-5">
        <pre
          ref={numbers}
          aria-hidden
          className="w-14 shrink-0 overflow-hidden border-r border-line bg-sunken py-3 text-right text-third select-none"
        >
          {Array.from({ length: lines }, (_, index) => {
            const problem = marked.get(index + 1)
            return (
              <div
                key={index}
                className={classNames(
                  'px-3',
                  problem &&
                    (problem.severity === 'error'
                      ? 'bg-abnormal-tint text-abnormal'
                      : 'bg-inconclusive-tint text-inconclusive'),
                )}
              >
                {index + 1}
              </div>
            )
          })}
        </pre>
        <textarea
          ref={area}
          value={source}
          readOnly={readOnly}
          spellCheck={false}
          wrap="off"
          aria-label="Runbook as YAML"
          data-testid="yaml-source"
          onChange={(event) => onChange(event.target.value)}
          onScroll={(event) => {
            if (numbers.current) numbers.current.scrollTop = event.currentTarget.scrollTop
          }}
          className="min-w-0 flex-1 resize-none bg-panel py-3 pr-4 pl-3 text-ink outline-none"
        />
      </div>
      {problems.length > 0 && (
        <ul aria-label="Problems" className="max-h-44 overflow-y-auto border-t border-line py-1">
          {problems.map((problem) => (
            <li key={`${problem.code} ${problem.path.join('.')} ${problem.message}`}>
              <button
                type="button"
                onClick={() => goTo(problem)}
                className="flex w-full items-baseline gap-2.5 px-4 py-1.5 text-left hover:bg-hover"
              >
                <span className={problem.severity === 'error' ? 'text-abnormal' : 'text-inconclusive'}>
                  <Shape name={problem.severity === 'error' ? 'triangle' : 'question'} />
                </span>
                <span className="w-16 shrink-0 text-sm text-third">
                  {problem.position ? `line ${problem.position.line}` : ''}
                </span>
                <span>
                  {problem.message} <span className="text-second">{problem.fix}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

/** Pixels of one line: leading-5. */
const lineHeight = 20

function offsetOf(source: string, line: number, column: number): number {
  let offset = 0
  for (let at = 1; at < line; at++) {
    const next = source.indexOf('\n', offset)
    if (next === -1) return source.length
    offset = next + 1
  }
  return Math.min(source.length, offset + column - 1)
}
