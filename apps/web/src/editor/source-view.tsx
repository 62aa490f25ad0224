'use client'
import { useMemo, useRef } from 'react'
import type { Problem } from '@tenon/runbook'
import { classNames } from '../ui/class-names.ts'
import { Shape } from '../ui/shape.tsx'

export interface SourceViewProps {
  source: string
  problems: readonly Problem[]
  readOnly: boolean
  onChange: (source: string) => void
  /** What the text is, for screen readers. */
  label?: string
}

/** The whole document as text, with line numbers, and the problems under it. */
export function SourceView({ source, problems, readOnly, onChange, label = 'Runbook as YAML' }: SourceViewProps) {
  const area = useRef<HTMLTextAreaElement>(null)
  const numbers = useRef<HTMLPreElement>(null)
  // One text for all numbers: an element for each of 50,000 lines would be slow.
  const lineNumbers = useMemo(
    () =>
      source
        .split('\n')
        .map((_line, index) => index + 1)
        .join('\n'),
    [source],
  )
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
          className="relative w-14 shrink-0 overflow-hidden border-r border-line bg-sunken py-3 text-right text-third select-none"
        >
          <span className="block px-3">{lineNumbers}</span>
          {[...marked].map(([line, { severity }]) => (
            <span
              key={line}
              style={{ top: 12 + (line - 1) * lineHeight }}
              className={classNames(
                'absolute inset-x-0 px-3',
                severity === 'error' ? 'bg-abnormal-tint text-abnormal' : 'bg-inconclusive-tint text-inconclusive',
              )}
            >
              {line}
            </span>
          ))}
        </pre>
        <textarea
          ref={area}
          value={source}
          readOnly={readOnly}
          spellCheck={false}
          wrap="off"
          aria-label={label}
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
