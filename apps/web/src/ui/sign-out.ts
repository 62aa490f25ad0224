import { toast } from 'sonner'

/** Ends the session and shows the sign-in page; says so when it could not. */
export async function signOut(): Promise<void> {
  const response = await fetch('/api/auth/sign-out', { method: 'POST' }).catch(() => null)
  if (response?.ok) location.assign('/sign-in')
  else toast.error('You are still signed in', { description: 'The server did not answer. Try again in a moment.' })
}
