import { BreakersPage } from '../../../breakers/breakers-page.tsx'

export default function Page() {
  return <BreakersPage />
}
