import { Suspense } from 'react'
import { RunbooksPage } from '../../editor/runbooks-page.tsx'

export default function Page() {
  return (
    <Suspense>
      <RunbooksPage />
    </Suspense>
  )
}
