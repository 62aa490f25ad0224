import {
  Activity,
  ArrowLeftRight,
  BatteryFull,
  Bell,
  Boxes,
  ChartColumnDecreasing,
  ChartSpline,
  CircleCheck,
  CircleQuestionMark,
  Database,
  DatabaseZap,
  FileCheck,
  Gauge,
  GitBranch,
  GitCommitHorizontal,
  GitCompareArrows,
  HeartPulse,
  Layers,
  ListChecks,
  type LucideIcon,
  Network,
  OctagonX,
  Radio,
  Repeat,
  RotateCw,
  Route,
  Scale,
  Send,
  Sigma,
  SignalLow,
  Siren,
  Split,
  Timer,
  ToggleLeft,
  UserCheck,
  Users,
  Variable,
  Waypoints,
  Workflow,
} from 'lucide-react'
import type { NodeGroup } from '@tenon/runbook'
import { classNames } from '../ui/class-names.ts'

/** Icons that node types name. Imported one by one, because the whole set is 1,500 modules. */
export const icons: Record<string, LucideIcon> = {
  activity: Activity,
  'arrow-left-right': ArrowLeftRight,
  'battery-full': BatteryFull,
  bell: Bell,
  boxes: Boxes,
  'chart-column-decreasing': ChartColumnDecreasing,
  'chart-spline': ChartSpline,
  'circle-check': CircleCheck,
  database: Database,
  'database-zap': DatabaseZap,
  'file-check': FileCheck,
  gauge: Gauge,
  'git-branch': GitBranch,
  'git-commit-horizontal': GitCommitHorizontal,
  'git-compare-arrows': GitCompareArrows,
  'heart-pulse': HeartPulse,
  layers: Layers,
  'list-checks': ListChecks,
  network: Network,
  'octagon-x': OctagonX,
  radio: Radio,
  repeat: Repeat,
  'rotate-cw': RotateCw,
  route: Route,
  scale: Scale,
  send: Send,
  sigma: Sigma,
  'signal-low': SignalLow,
  siren: Siren,
  split: Split,
  timer: Timer,
  'toggle-left': ToggleLeft,
  variable: Variable,
  'user-check': UserCheck,
  users: Users,
  waypoints: Waypoints,
  workflow: Workflow,
}

const tints: Record<NodeGroup, string> = {
  ask: 'bg-ask-tint text-ask',
  judge: 'bg-judge-tint text-judge',
  steer: 'bg-steer-tint text-steer',
  act: 'bg-act-tint text-act',
}

/** A node type's icon on its group's tint. A name that is not in the set shows a question mark. */
export function NodeIcon({ icon, group }: { icon: string; group: NodeGroup }) {
  const Icon = icons[icon] ?? CircleQuestionMark
  return (
    <span className={classNames('flex size-6 shrink-0 items-center justify-center rounded-md', tints[group])}>
      <Icon aria-hidden className="size-3.5" />
    </span>
  )
}
