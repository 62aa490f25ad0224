'use client'
import { type FormEvent, useState } from 'react'
import { useSearchParams } from 'next/navigation'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type Inputs, useApi } from '../ui/api.tsx'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Field, Input } from '../ui/field.tsx'
import { type ReadableProblem, readProblem } from '../ui/problem.ts'
import { ErrorState, LoadingRows } from '../ui/states.tsx'
import { useFirstFocus } from '../ui/use-first-focus.ts'

/** A one-time link was opened: says what it does, and does it when the person says so. */
export function Welcome() {
  const token = useSearchParams().get('token') ?? ''
  const api = useApi()
  const link = useQuery(api.session.link.queryOptions({ token }, { retry: false, staleTime: Number.POSITIVE_INFINITY }))
  const claim = useMutation(
    api.session.claimLink.mutationOptions({
      // The link is used up: it must not stay in the history.
      onSuccess: () => location.replace('/'),
    }),
  )
  if (link.isPending) return <LoadingRows rows={3} label="Looking at the link" />
  if (link.isError) {
    return (
      <>
        <ErrorState what="This link cannot be used" error={link.error} className="px-0" />
        <ButtonLink href="/sign-in">Sign in</ButtonLink>
      </>
    )
  }
  const problem = claim.error ? readProblem(claim.error) : null
  if (!link.data.needsPassword) {
    return (
      <div className="space-y-4">
        <p className="text-second">
          This one-time link signs you in as the admin of this installation. Set a password in Settings to come back
          without a link.
        </p>
        {problem && <p role="alert" className="text-abnormal">{`${problem.message} ${problem.fix}`}</p>}
        <Button
          variant="primary"
          className="w-full"
          busy={claim.isPending || claim.isSuccess}
          onClick={() => claim.mutate({ token })}
        >
          Sign in
        </Button>
      </div>
    )
  }
  return (
    <Invitation
      email={link.data.email ?? ''}
      role={link.data.role}
      problem={problem}
      busy={claim.isPending || claim.isSuccess}
      claim={(given) => claim.mutate({ token, ...given })}
    />
  )
}

interface InvitationProps {
  email: string
  role: string
  problem: ReadableProblem | null
  busy: boolean
  claim: (given: Omit<Inputs['session']['claimLink'], 'token'>) => void
}

const shortestPassword = 10

function Invitation({ email, role, problem, busy, claim }: InvitationProps) {
  const first = useFirstFocus<HTMLInputElement>()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const short = password.length > 0 && password.length < shortestPassword
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!short) claim({ name: name.trim(), password })
  }
  return (
    <form className="space-y-4" onSubmit={submit}>
      <p className="text-second">
        You are invited as <b>{role}</b>: {email}.
      </p>
      <Field label="Your name">
        {(control) => (
          <Input
            {...control}
            required
            ref={first}
            autoComplete="name"
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Field
        label="Password"
        hint={`At least ${shortestPassword} characters.`}
        error={short ? `${shortestPassword - password.length} more characters are needed.` : null}
      >
        {(control) => (
          <Input
            {...control}
            type="password"
            required
            autoComplete="new-password"
            maxLength={128}
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      {problem && (
        <p role="alert" className="text-abnormal">
          {problem.message} {problem.fix}
        </p>
      )}
      <Button type="submit" variant="primary" className="w-full" busy={busy}>
        Create my account
      </Button>
    </form>
  )
}
