import { TriggersPage } from '../../triggers/triggers-page.tsx'

export default async function Page({ searchParams }: { searchParams: Promise<{ tab?: string }> }) {
  const { tab } = await searchParams
  return <TriggersPage wanted={tab ?? null} />
}
