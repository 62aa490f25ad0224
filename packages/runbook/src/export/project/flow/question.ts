/** What people are asked, and the plans that they answer to. */
import type { Parameter } from './input.ts'

export interface ApproveInput {
  question: string
  /** How long it waits before it ends by itself: 15 minutes unless said otherwise. It never ends as approved. */
  expiresAfter?: string
  onExpiry?: 'expire' | 'reject'
  /** How many people must say yes. */
  approvals?: number
  /** Who may say yes; anyone when empty. */
  approvers?: string[]
  /** Whether the person who started the run may approve. */
  allowRequester?: boolean
  /** What people fill in when they approve. */
  form?: Record<string, Parameter>
}

/** What one write would do. Any change of it changes its hash and voids an approval. */
export interface ActionPlan {
  /** Key of the write step. */
  step: string
  hash: string
  title: string
  detail: string
}

export interface Question {
  runId: string
  step: string
  title: string
  input: ApproveInput
  plans: ActionPlan[]
  expiresAt: string
}
