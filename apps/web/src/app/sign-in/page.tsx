import { Suspense } from 'react'
import { FrontDoor } from '../../account/front-door.tsx'
import { SignInForm } from '../../account/sign-in-form.tsx'

export default function SignInPage() {
  return (
    <FrontDoor title="Sign in to Tenon">
      <Suspense>
        <SignInForm />
      </Suspense>
    </FrontDoor>
  )
}
