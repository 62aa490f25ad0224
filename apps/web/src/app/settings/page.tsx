import { SettingsPage } from '../../settings/settings-page.tsx'

/** The tab comes from the server: reading it in the browser would put the page behind a boundary that hydrates after the session is known. */
export default async function Page({ searchParams }: { searchParams: Promise<{ tab?: string | string[] }> }) {
  const { tab } = await searchParams
  return <SettingsPage wanted={typeof tab === 'string' ? tab : null} />
}
