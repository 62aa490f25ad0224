import { InboxPage } from '../../inbox/inbox-page.tsx'

export default function Page() {
  return <InboxPage />
}
