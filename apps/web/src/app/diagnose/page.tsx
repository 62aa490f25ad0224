import { DiagnosePage } from '../../diagnose/diagnose-page.tsx'

/** Rendered for each request: what is asked for is in the address. */
export const dynamic = 'force-dynamic'

export default function Page() {
  return <DiagnosePage />
}
