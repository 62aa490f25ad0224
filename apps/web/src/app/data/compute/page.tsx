import { ComputePage } from '../../../data/compute-page.tsx'
import { KeptPage } from '../../../data/kept-page.tsx'

export default async function Page({ searchParams }: { searchParams: Promise<{ kept?: string }> }) {
  const { kept } = await searchParams
  return kept ? <KeptPage id={kept} /> : <ComputePage />
}
