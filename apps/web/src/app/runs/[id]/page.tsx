import { RunPage } from '../../../report/run-page.tsx'

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <RunPage id={id} />
}
