import { ActionsPage } from '../../actions/actions-page.tsx'

export default function Page() {
  return <ActionsPage />
}
