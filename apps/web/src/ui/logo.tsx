/** The mark: a tenon entering its mortise. */
export function Logo({ className = 'size-7' }: { className?: string }) {
  return (
    <svg viewBox="0 0 28 28" className={className} aria-hidden>
      <rect width="28" height="28" rx="7" className="fill-ink" />
      <path d="M7 7.5h14v5h-4.6V21h-4.8v-8.5H7Z" className="fill-page" />
    </svg>
  )
}
