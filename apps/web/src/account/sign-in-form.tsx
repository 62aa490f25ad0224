'use client'
import { type FormEvent, useState } from 'react'
import { useSearchParams } from 'next/navigation'
import * as z from 'zod'
import { Button } from '../ui/button.tsx'
import { Field, Input } from '../ui/field.tsx'
import { useFirstFocus } from '../ui/use-first-focus.ts'
import { nextPath } from './next-path.ts'

const refusal = z.object({ message: z.string().optional(), error: z.object({ message: z.string() }).optional() })

/** E-mail address and password. */
export function SignInForm() {
  const wanted = useSearchParams().get('next')
  const first = useFirstFocus<HTMLInputElement>()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    const answer = await signIn(email, password)
    // A full load, so that everything is asked for anew as this person.
    if (answer === null) location.assign(nextPath(wanted))
    else {
      setError(answer)
      setBusy(false)
    }
  }

  return (
    <form className="space-y-4" onSubmit={(event) => void submit(event)}>
      <Field label="E-mail address">
        {(control) => (
          <Input
            {...control}
            type="email"
            required
            ref={first}
            autoComplete="username"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Field>
      <Field label="Password" error={error}>
        {(control) => (
          <Input
            {...control}
            type="password"
            required
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" variant="primary" className="w-full" busy={busy}>
        Sign in
      </Button>
      <p className="text-sm text-third">
        No account? Ask an admin for an invitation. Whoever runs Tenon gets a one-time link with{' '}
        <code className="font-mono">npm run admin-link</code>.
      </p>
    </form>
  )
}

/** Null when it worked, else why not. */
async function signIn(email: string, password: string): Promise<string | null> {
  try {
    const response = await fetch('/api/auth/sign-in/email', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })
    if (response.ok) return null
    if (response.status === 429) return 'Too many attempts. Wait a minute, then try again.'
    if (response.status === 401 || response.status === 400) return 'The e-mail address or the password is not right.'
    const body = refusal.safeParse(await response.json().catch(() => null))
    return body.data?.error?.message ?? body.data?.message ?? `The server answered ${response.status}. Try again.`
  } catch {
    return 'The server does not answer. Check that Tenon is running, then try again.'
  }
}
