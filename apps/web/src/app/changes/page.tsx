import { ChangesPage } from '../../changes/changes-page.tsx'

export default function Page() {
  return <ChangesPage />
}
