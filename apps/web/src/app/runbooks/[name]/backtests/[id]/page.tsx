import { BacktestPage } from '../../../../../backtests/backtest-page.tsx'

export default async function Page({ params }: { params: Promise<{ name: string; id: string }> }) {
  const { name, id } = await params
  return <BacktestPage name={name} id={id} />
}
