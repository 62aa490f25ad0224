import { ModelPage } from '../../../data/model-page.tsx'

export default function Page() {
  return <ModelPage />
}
