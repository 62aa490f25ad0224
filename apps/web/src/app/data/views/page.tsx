import { ViewsPage } from '../../../data/views-page.tsx'

export default function Page() {
  return <ViewsPage />
}
