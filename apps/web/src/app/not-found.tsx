import { ButtonLink } from '../ui/button.tsx'
import { EmptyState } from '../ui/states.tsx'

export default function NotFound() {
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <EmptyState title="There is no such page" action={<ButtonLink href="/">Go to Now</ButtonLink>}>
        The address may be old, or what it showed was deleted.
      </EmptyState>
    </main>
  )
}
