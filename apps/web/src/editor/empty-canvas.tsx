import { Waypoints } from 'lucide-react'

/** A canvas without steps teaches the first one. It lets drops through. */
export function EmptyCanvas({ readOnly }: { readOnly: boolean }) {
  return (
    <div className="pointer-events-none absolute inset-0 flex items-center justify-center p-6">
      <div className="flex max-w-sm flex-col items-center rounded-xl border border-dashed border-line-strong bg-panel/80 px-8 py-8 text-center">
        <Waypoints aria-hidden className="mb-3 size-7 stroke-[1.5] text-third" />
        <h2 className="text-lg font-semibold">No step yet</h2>
        <p className="mt-1 text-second text-pretty">
          {readOnly
            ? 'Nobody has drawn this runbook yet.'
            : 'Drag “Is the source down?” here from the left, or press / and Enter. Then draw from one of its outcomes to what should follow.'}
        </p>
      </div>
    </div>
  )
}
