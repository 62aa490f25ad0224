import { EditorPage } from '../../../editor/editor-page.tsx'

export default async function Page({ params }: { params: Promise<{ name: string }> }) {
  const { name } = await params
  return <EditorPage name={name} />
}
