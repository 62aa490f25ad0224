import { FrozenPage } from '../../../report/frozen-page.tsx'

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <FrozenPage id={id} />
}
