import { BacktestsPage } from '../../../../backtests/backtests-page.tsx'

export default async function Page({ params }: { params: Promise<{ name: string }> }) {
  return <BacktestsPage name={(await params).name} />
}
