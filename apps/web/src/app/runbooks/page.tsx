import { RunbooksPage } from '../../editor/runbooks-page.tsx'

export default async function Page({ searchParams }: { searchParams: Promise<{ new?: string }> }) {
  const { new: asked } = await searchParams
  return <RunbooksPage asks={asked === 'template' ? 'template' : null} />
}
