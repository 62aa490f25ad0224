import { CataloguePage } from '../../data/catalogue-page.tsx'

export default function Page() {
  return <CataloguePage />
}
