'use client'
import { Button, ButtonLink } from '../ui/button.tsx'
import { EmptyState } from '../ui/states.tsx'

/** A page broke; the rest of the product still works. */
export default function PageError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="flex min-h-dvh items-center justify-center">
      <EmptyState
        title="This page broke"
        action={
          <>
            <Button variant="primary" onClick={reset}>
              Try again
            </Button>
            <ButtonLink href="/">Go to Now</ButtonLink>
          </>
        }
      >
        {error.message}
        {error.digest && ` (${error.digest} in the server's log)`} Runs and actions are not touched by this.
      </EmptyState>
    </main>
  )
}
