import { ComparePage } from '../../../../compare/compare-page.tsx'

export default async function Page({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>
  searchParams: Promise<{ with?: string | string[] }>
}) {
  const { id } = await params
  const { with: other } = await searchParams
  return <ComparePage left={id} right={typeof other === 'string' ? other : null} />
}
