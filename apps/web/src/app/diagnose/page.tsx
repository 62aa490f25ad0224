import { Suspense } from 'react'
import { DiagnosePage } from '../../diagnose/diagnose-page.tsx'

export default function Page() {
  return (
    <Suspense>
      <DiagnosePage />
    </Suspense>
  )
}
