import { CoveragePage } from '../../coverage/coverage-page.tsx'

export default function Page() {
  return <CoveragePage />
}
