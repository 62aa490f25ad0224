/** The shapes that stand beside a word and a colour, so that no state is told by colour alone. */
export type ShapeName = 'triangle' | 'check' | 'question' | 'dash' | 'dot' | 'ring' | 'hand' | 'cross'

/** @example <Shape name="triangle" className="size-3" /> */
export function Shape({ name, className = 'size-2.5' }: { name: ShapeName; className?: string }) {
  const common = { viewBox: '0 0 10 10', className: `shrink-0 ${className}`, 'aria-hidden': true } as const
  const line = {
    fill: 'none',
    stroke: 'currentColor',
    strokeWidth: 1.7,
    strokeLinecap: 'round',
    strokeLinejoin: 'round',
  } as const
  switch (name) {
    case 'triangle':
      return (
        <svg {...common}>
          <path d="M5 .9 9.6 9.1H.4Z" fill="currentColor" />
        </svg>
      )
    case 'check':
      return (
        <svg {...common}>
          <path d="M1.4 5.4 4 8 8.6 2.2" {...line} />
        </svg>
      )
    case 'question':
      return (
        <svg {...common}>
          <path d="M2.9 3.2C2.9 1.9 3.8 1.1 5 1.1s2.1.8 2.1 1.9C7.1 4.6 5 4.6 5 6.2" {...line} />
          <circle cx="5" cy="8.7" r="1" fill="currentColor" />
        </svg>
      )
    case 'dash':
      return (
        <svg {...common}>
          <path d="M2 5h6" {...line} />
        </svg>
      )
    case 'dot':
      return (
        <svg {...common}>
          <circle cx="5" cy="5" r="1.8" fill="currentColor" />
        </svg>
      )
    case 'ring':
      return (
        <svg {...common} className={`${common.className} animate-spin`}>
          <path d="M5 1.2a3.8 3.8 0 1 1-3.8 3.8" {...line} />
        </svg>
      )
    case 'hand':
      return (
        <svg {...common}>
          <path d="M3.2 1.6v6.8M6.8 1.6v6.8" {...line} strokeWidth={1.9} />
        </svg>
      )
    case 'cross':
      return (
        <svg {...common}>
          <path d="m2 2 6 6M8 2 2 8" {...line} />
        </svg>
      )
  }
}
