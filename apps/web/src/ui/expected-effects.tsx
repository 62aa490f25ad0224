import { Shape } from './shape.tsx'
import { type Tone, toneLooks } from './tone.ts'

export interface ExpectedEffect {
  label: string
  now: string
  expected: string
  tone?: Tone | undefined
}

/** What measures and traffic are now, and what they are to be. A measure's mark is of now. */
export function ExpectedEffects({ rows }: { rows: readonly ExpectedEffect[] }) {
  return (
    <ul className="space-y-1.5">
      {rows.map(({ label, now, expected, tone }) => (
        <li key={label} className="flex flex-wrap items-baseline gap-x-3">
          <span className="min-w-0 flex-1 basis-40 text-third [overflow-wrap:anywhere]">{label}</span>
          <span className="whitespace-nowrap">
            <span className={tone ? toneLooks[tone].text : 'text-second'}>
              {tone && (
                <span className="mr-1 inline-block">
                  <Shape name={toneLooks[tone].shape} />
                </span>
              )}
              {now}
            </span>
            <span className="mx-2 text-third" aria-hidden>
              →
            </span>
            <span className="sr-only">, expected </span>
            <b className="font-semibold">{expected}</b>
          </span>
        </li>
      ))}
    </ul>
  )
}
