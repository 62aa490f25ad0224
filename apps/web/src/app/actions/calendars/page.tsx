import { CalendarsPage } from '../../../calendars/calendars-page.tsx'

export default function Page() {
  return <CalendarsPage />
}
