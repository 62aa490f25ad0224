import { GraphPage } from '../../../data/graph-page.tsx'

export default function Page() {
  return <GraphPage />
}
