import { ApprovalPage } from '../../../../approval/approval-page.tsx'

export default async function Page({ params }: { params: Promise<{ runId: string; stepId: string }> }) {
  const { runId, stepId } = await params
  return <ApprovalPage runId={runId} stepId={stepId} />
}
