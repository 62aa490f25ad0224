import { ActionPage } from '../../../actions/action-page.tsx'

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <ActionPage id={id} />
}
