import { ViewPage } from '../../../../data/view-page.tsx'

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <ViewPage id={decodeURIComponent(id)} />
}
