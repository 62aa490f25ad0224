import Link from 'next/link'

/** The title of a group: a link to one of its alerts, while that is stored. */
export function GroupTitle({ title, alert }: { title: string; alert: { id: string } | undefined }) {
  if (!alert) return <>{title}</>
  return (
    <Link href={`/alerts/${encodeURIComponent(alert.id)}`} className="hover:underline">
      {title}
    </Link>
  )
}
