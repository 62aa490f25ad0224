import { Suspense } from 'react'
import { FrontDoor } from '../../account/front-door.tsx'
import { Welcome } from '../../account/welcome.tsx'

export default function WelcomePage() {
  return (
    <FrontDoor title="Welcome to Tenon">
      <Suspense>
        <Welcome />
      </Suspense>
    </FrontDoor>
  )
}
