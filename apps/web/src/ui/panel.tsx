import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'
import type { Tone } from './tone.ts'

const edges: Partial<Record<Tone, string>> = {
  abnormal: 'before:bg-abnormal',
  normal: 'before:bg-normal',
  inconclusive: 'before:bg-inconclusive',
  running: 'before:bg-running',
  waiting: 'before:bg-act',
  neutral: 'before:bg-line-strong',
}

export interface PanelProps {
  title?: ReactNode
  /** Beside the title: a chip or a count. */
  badge?: ReactNode
  /** At the right of the title: a note or buttons. */
  aside?: ReactNode
  /** A coloured left edge, for the one panel that a page is about. */
  edge?: Tone
  /** No inner padding: for tables and lists that draw their own rows. */
  flush?: boolean
  className?: string
  id?: string
  children: ReactNode
}

/** A card with a hairline border. With a title it is a labelled region that screen readers can jump to. */
export function Panel({ title, badge, aside, edge, flush, className, id, children }: PanelProps) {
  return (
    <section
      id={id}
      aria-label={typeof title === 'string' ? title : undefined}
      className={classNames(
        'relative min-w-0 overflow-hidden rounded-xl border border-line bg-panel shadow-rest',
        edge && 'before:absolute before:inset-y-0 before:left-0 before:w-1',
        edge && edges[edge],
        className,
      )}
    >
      {(title || aside) && (
        <header className="flex min-h-11 flex-wrap items-center gap-x-2 gap-y-0.5 px-4 py-1.5">
          <h2 className="text-base font-semibold">{title}</h2>
          {badge}
          {aside && <div className="ml-auto flex items-center gap-2 text-sm text-third">{aside}</div>}
        </header>
      )}
      <div className={classNames(!flush && 'px-4 pb-4', !flush && !title && !aside && 'pt-4')}>{children}</div>
    </section>
  )
}

/** Rows between hairlines, for a flush panel. */
export function Rows({ children, className }: { children: ReactNode; className?: string }) {
  return <ul className={classNames('border-t border-line *:border-line [&>*+*]:border-t', className)}>{children}</ul>
}

/** Label and value pairs. */
export function Facts({ items, className }: { items: { label: string; value: ReactNode }[]; className?: string }) {
  return (
    <dl className={classNames('grid grid-cols-[minmax(80px,auto)_1fr] gap-x-4 gap-y-1.5 text-base', className)}>
      {items.map((item) => (
        <div key={item.label} className="contents">
          <dt className="text-third">{item.label}</dt>
          <dd className="min-w-0 break-words">{item.value}</dd>
        </div>
      ))}
    </dl>
  )
}
