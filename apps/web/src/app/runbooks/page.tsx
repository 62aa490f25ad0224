import { RunbooksPage } from '../../editor/runbooks-page.tsx'

export default function Page() {
  return <RunbooksPage />
}
