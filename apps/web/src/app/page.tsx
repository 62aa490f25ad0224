import { NowPage } from '../now/now-page.tsx'

export default function Page() {
  return <NowPage />
}
