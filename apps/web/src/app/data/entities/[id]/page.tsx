import { EntityPage } from '../../../../data/entity-page.tsx'

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <EntityPage id={decodeURIComponent(id)} />
}
