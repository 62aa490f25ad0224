// Written by packages/client/src/generate.ts from the OpenAPI document: `npm test -- unit -u` writes it anew.
import type { Call, CallOptions } from '../route.ts'

export type Action = {
  id: string
  key: string
  runId: string | null
  stepId: string | null
  /** null when a person asked for it. */
  runbook: string | null
  target: string
  driver: string
  title: string
  kind: string
  planHash: string
  approvedHash: string | null
  approvedBy: string | null
  requestedBy: string
  /** Rises with each action on its target. */
  fence: number
  plan: ActionPlan
  verification: ({
    label: string
    before: string
    after: string
    pass: boolean
  })[] | null
  status: "planned" | "approved" | "intended" | "done" | "not-done" | "unknown" | "reverting" | "reverted" | "expired" | "kept" | "rehearsed" | "refused"
  /** When it reverts by itself. */
  leaseUntil: string | null
  /** Whether it can be put back. */
  revertible: boolean
  /** The shares by which it goes in, in percent, and how long each is watched; null when it is done at once. */
  ramp: {
    percents: number[]
    watchSeconds: number
  } | null
  /** Bounds on measures: outside of one, it is put back at once. */
  harm: ({
    measure: string
    where: Record<string, string>
    minimum: number | null
    maximum: number | null
  })[]
  createdAt: string
  appliedAt: string | null
  endedAt: string | null
  events: ({
    at: string
    kind: string
    actor: string
    detail: Record<string, unknown>
  })[]
}

export type ActionPlan = {
  stepId: string
  /** Any change of the plan changes it, and voids an approval. */
  hash: string
  title: string
  target: string
  diff: ({
    label: string
    before: string
    after: string
  })[]
  facts: ({
    label: string
    value: string
    tone?: "normal" | "abnormal" | "inconclusive"
  })[]
  /** What is expected of measures and of traffic. */
  effects?: ({
    label: string
    now: string
    expected: string
    tone?: "normal" | "abnormal" | "inconclusive"
  })[]
  guards: ({
    name: string
    pass: boolean
    detail: string
  })[]
  intent: unknown
  leaseSeconds: number
}

export type ActionPolicy = {
  capacity?: {
    minimumServers?: number
    maximumUtilisation?: number
    requestsPerSecondPerServer?: number
  }
  blastRadius?: {
    servers?: number
    share?: number
    rows?: number
  } | null
  rates?: {
    all?: {
      count: number
      seconds: number
    } | null
    runbook?: {
      count: number
      seconds: number
    } | null
    target?: {
      count: number
      seconds: number
    } | null
  }
  flap?: {
    count: number
    seconds: number
  } | null
  failures?: {
    count: number
    seconds: number
  } | null
  interlocks?: {
    oneZone?: boolean
    excludes?: (string[])[]
  }
  evidenceSeconds?: number
  freeze?: {
    required?: boolean
  }
  autonomy?: {
    required?: boolean
    usual?: "observe" | "suggest" | "approve"
    supervisedSuccesses?: number
  }
}

export type Alert = {
  id: string
  fingerprint: string
  name: string
  severity: "info" | "warning" | "critical"
  labels: Record<string, string>
  annotations: Record<string, string>
  startsAt: string
  /** null while it fires. */
  endsAt: string | null
  /** The receiver (`runbook/trigger`) or the connection that told of it. */
  source: string
  generatorUrl: string
  /** Of the data model; null when no label leads there. */
  entity: string | null
  measure: string | null
  /** null: not judged yet. */
  verdict: "real" | "source-drop" | "low-traffic" | "normal-loss" | "expected-change" | "expected-load-test" | "duplicate" | "echo" | "undetermined" | null
  action: "page" | "merge" | "suppress" | null
  reason: string
  /** The run that judged it. */
  runId: string | null
  decidedAt: string | null
  /** Its source holds it back until then. */
  silencedUntil: string | null
  groupKey: string
}

export type AlertGroup = {
  key: string
  title: string
  entity: string | null
  severity: "info" | "warning" | "critical"
  count: number
  firstSeen: string
  lastSeen: string
  /** Whether one of its alerts fires. */
  open: boolean
  /** null: not judged yet. */
  verdict: "real" | "source-drop" | "low-traffic" | "normal-loss" | "expected-change" | "expected-load-test" | "duplicate" | "echo" | "undetermined" | null
  reason: string
  runId: string | null
  /** When people were told of it. */
  notifiedAt: string | null
  /** What people say. */
  label: "real" | "noise" | null
  labelledBy: string | null
  silence: {
    id: string
    until: string
    link: string
  } | null
  /** Newest first, at most 50. */
  alerts: Alert[]
}

export type AlertPrecision = {
  before: number | null
  after: number | null
  /** Groups that people labelled. */
  labelled: number
  basis: "labels" | "verdicts"
  /** 1 - alerts that page / alerts that were judged. */
  reduction: number | null
  alerts: number
  pages: number
  since: string
}

export type AlertWithEvidence = {
  id: string
  fingerprint: string
  name: string
  severity: "info" | "warning" | "critical"
  labels: Record<string, string>
  annotations: Record<string, string>
  startsAt: string
  /** null while it fires. */
  endsAt: string | null
  /** The receiver (`runbook/trigger`) or the connection that told of it. */
  source: string
  generatorUrl: string
  /** Of the data model; null when no label leads there. */
  entity: string | null
  measure: string | null
  /** null: not judged yet. */
  verdict: "real" | "source-drop" | "low-traffic" | "normal-loss" | "expected-change" | "expected-load-test" | "duplicate" | "echo" | "undetermined" | null
  action: "page" | "merge" | "suppress" | null
  reason: string
  /** The run that judged it. */
  runId: string | null
  decidedAt: string | null
  /** Its source holds it back until then. */
  silencedUntil: string | null
  groupKey: string
  /** What its verdict rests on. */
  evidence: ({
    id: string
    title: string
    subtitle?: string
    verdict?: "normal" | "abnormal" | "inconclusive"
    queries?: ({
      source: string
      expression: string
      from: string
      to: string
      stepSeconds: number
    })[]
    kind: "series"
    unit: string
    series: ({
      name: string
      points: ([number, number | null])[]
    })[]
    band?: ([number, number, number])[]
    marks?: ({
      at: number
      label: string
      kind: "change" | "onset" | "alert"
    })[]
  } | {
    id: string
    title: string
    subtitle?: string
    verdict?: "normal" | "abnormal" | "inconclusive"
    queries?: ({
      source: string
      expression: string
      from: string
      to: string
      stepSeconds: number
    })[]
    kind: "waterfall"
    unit: string
    expected: number
    actual: number
    parts: ({
      name: string
      change: number
      verdict: "normal" | "abnormal" | "inconclusive"
    })[]
  } | {
    id: string
    title: string
    subtitle?: string
    verdict?: "normal" | "abnormal" | "inconclusive"
    queries?: ({
      source: string
      expression: string
      from: string
      to: string
      stepSeconds: number
    })[]
    kind: "table"
    columns: ({
      key: string
      label: string
      unit?: string
    })[]
    rows: (Record<string, string | number | null>)[]
  } | {
    id: string
    title: string
    subtitle?: string
    verdict?: "normal" | "abnormal" | "inconclusive"
    queries?: ({
      source: string
      expression: string
      from: string
      to: string
      stepSeconds: number
    })[]
    kind: "changes"
    changes: ({
      id: string
      title: string
      kind: string
      at: string
      score: number | null
      reason: string
    })[]
  } | {
    id: string
    title: string
    subtitle?: string
    verdict?: "normal" | "abnormal" | "inconclusive"
    queries?: ({
      source: string
      expression: string
      from: string
      to: string
      stepSeconds: number
    })[]
    kind: "topology"
    nodes: ({
      id: string
      title: string
      kind?: string
      verdict?: "normal" | "abnormal" | "inconclusive"
      note?: string
    })[]
    edges: ({
      from: string
      to: string
      hot?: boolean
    })[]
  } | {
    id: string
    title: string
    subtitle?: string
    verdict?: "normal" | "abnormal" | "inconclusive"
    queries?: ({
      source: string
      expression: string
      from: string
      to: string
      stepSeconds: number
    })[]
    kind: "text"
    text: string
  })[]
}

export type Applied = {
  dryRun: boolean
  changes: ({
    runbook: string
    /** null for what is deleted. */
    path: string | null
    action: "create" | "update" | "publish" | "text" | "delete" | "unchanged"
    /** What changes for those who run it. */
    changes: string[]
    /** What is live. */
    version: number | null
    warnings: string[]
  })[]
}

export type Approval = {
  runId: string
  stepId: string
  /** Its page. */
  url: string
  runbook: string
  status: "waiting" | "approved" | "rejected" | "expired" | "cancelled"
  question: string
  /** What a yes lets happen; send their hashes with the decision. */
  plans: ActionPlan[]
  /** Whether the one who started the run may approve. */
  allowRequester: boolean
  /** How many must approve. */
  needed: number
  /** Who may approve; every operator when empty. */
  approvers: string[]
  /** What is to be filled in with a yes. */
  form: Record<string, {
    /** What it holds, and which control its form has. `list` is a list of texts. */
    type: "string" | "number" | "boolean" | "duration" | "list" | "chain" | "entity" | "zone" | "alert" | "change"
    /** What the form calls it; its name when left out. */
    title?: string
    /** Shown beside the form field. */
    description?: string
    /** A parameter without a default is required. */
    default?: string | number | boolean | string[]
  }>
  /** Who has approved so far. */
  approvedBy: string[]
  /** Who started the run. */
  requestedBy: string
  requestedAt: string
  expiresAt: string
  decidedBy: string | null
  decidedAt: string | null
  comment: string | null
}

export type Autonomy = {
  runbook: string
  /** Of action. */
  kind: "traffic-switch" | "rate-limit" | "feature" | "scale" | "restart" | "roll-back" | "drain-node" | "silence" | "incident" | "statement"
  /** What holds now. */
  level: "observe" | "suggest" | "approve" | "automatic"
  /** null: the usual level of the policy holds. */
  granted: {
    level: "observe" | "suggest" | "approve" | "automatic"
    by: string
    at: string
    reason: string
  } | null
  /** The action whose end took `automatic` away. */
  demotedBy: {
    action: string
    title: string
    status: string
    at: string
  } | null
  /** Approved actions that went well since the newest that did not. */
  supervisedSuccesses: number
}

export type Backtest = {
  id: string
  url: string
  runbook: string
  /** null for a draft. */
  version: number | null
  planHash: string
  title: string
  status: "running" | "done" | "failed" | "cancelled"
  requestedBy: string
  error: {
    code: string
    message: string
  } | null
  startedAt: string
  endedAt: string | null
  summary: BacktestSummary
  cases: ({
    position: number
    at: string
    params: Record<string, unknown>
    label: "normal" | "abnormal" | null
    status: "pending" | "done" | "failed"
    verdict: "normal" | "abnormal" | "inconclusive" | null
    conclusion: string | null
    runStatus: string | null
    /** Writes that a live run would have made. */
    actions: ({
      step: string
      input: Record<string, unknown>
    })[]
    outcomes: Record<string, string>
    error: {
      code: string
      message: string
      fix?: string
    } | null
    durationMs: number | null
  })[]
}

export type BacktestHead = {
  id: string
  url: string
  runbook: string
  /** null for a draft. */
  version: number | null
  planHash: string
  title: string
  status: "running" | "done" | "failed" | "cancelled"
  requestedBy: string
  error: {
    code: string
    message: string
  } | null
  startedAt: string
  endedAt: string | null
}

export type BacktestSummary = {
  total: number
  ended: number
  /** Label by verdict. */
  matrix: Record<string, Record<string, number>>
  labelled: number
  /** Of the labelled cases; inconclusive is never right. */
  accuracy: number | null
  /** Of those said to be abnormal. */
  precision: number | null
  /** Of those labelled abnormal. */
  recall: number | null
  /** Milliseconds. */
  duration: {
    p50: number
    p95: number
    total: number
  } | null
}

export type Breaker = {
  id: string
  name: string
  /** A value outside of one is a breach. */
  bounds: ({
    measure: string
    where?: Record<string, string>
    minimum?: number | null
    maximum?: number | null
    source?: "model" | "pushed"
  })[]
  /** What is done once a bound is broken. */
  onBreach: {
    kind: "tell"
  } | {
    kind: "revert"
    scope: string
  } | {
    kind: "stop-writes"
    scope: string
  } | {
    kind: "cancel-run"
    runId: string
  } | {
    kind: "webhook"
    connection: string
  }
  graceSeconds: number
  /** Whoever drives load goes on only while it is `watching`. */
  state: "watching" | "tripped" | "ended"
  by: string
  startedAt: string
  endsAt: string
  /** The newest value of each bound that is known by pushed values. */
  pushed: ({
    measure: string
    where: Record<string, string>
    at: string
    value: number | null
  })[]
  trippedAt: string | null
  /** What tripped it: the measure, its value and the bound. */
  detail: string | null
  /** What was done about it; null until it is. */
  result: string | null
  settledAt: string | null
}

export type Change = {
  id: string
  kind: string
  title: string
  startedAt: string
  endedAt: string | null
  scope: {
    entity?: string
    hosts?: string[]
    zone?: string
    version?: string
  }
  author: string | null
}

export type ComparedRun = {
  id: string
  version: number | null
  status: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "timed-out"
  verdict: "normal" | "abnormal" | "inconclusive" | null
  conclusion: string | null
  durationMs: number | null
}

export type ComparedStepSide = {
  status: "pending" | "running" | "backing-off" | "waiting" | "done" | "failed" | "skipped" | "cancelled"
  outcome: string | null
  verdict: "normal" | "abnormal" | "inconclusive" | null
  summary: string | null
  error: {
    code: string
    message: string
  } | null
  durationMs: number | null
}

export type ComputeAnswer = {
  columns: ({
    name: string
    type: "text" | "number" | "time"
  })[]
  rows: ((string | number | boolean | null)[])[]
  notes: string[]
  bounds: {
    rows: {
      limit: number
      used: number
    }
    bytes: {
      limit: number
      used: number
    }
    seconds: {
      limit: number
      used: number
    }
    isCut: boolean
  }
  read: {
    matched: number
    outside: number
    malformed: number
  } | null
  query: string
  tookSeconds: number
  keptId?: string
}

export type ComputeAsk = {
  /** A measure or a table of the model, or a connection and what is read there: a relation, or a path of files. */
  from: string | {
    source: string
    from: string
  }
  /** Of logs: `nginx-combined`, `logfmt`, `json`, or a pattern such as `<time> <level> <method> <path> <status> <took>`. */
  parse?: string
  /** The field that holds the time; `time` without it, null for data without one. */
  time?: string | null
  /** From (with it) and to (without it): ISO 8601 or unix milliseconds. */
  range: {
    from: string | number
    to: string | number
  }
  /** Only what these entities of the model wrote. */
  entities?: {
    kind?: string
    of?: string
    ids?: string[]
    where?: Record<string, string>
    field?: string
  }
  where?: ({
    field: string
    op?: "=" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not-in" | "contains" | "matches" | "exists"
    value?: string | number | boolean | (string | number | boolean)[]
  })[]
  groupBy?: string[]
  aggregates?: ({
    fn: "count" | "sum" | "avg" | "min" | "max" | "quantile" | "distinct"
    field?: string
    quantile?: number
    as?: string
  })[]
  /** A row a step of time, named by its begin. */
  stepSeconds?: number
  having?: ({
    column: string
    op: "=" | "!=" | "<" | "<=" | ">" | ">="
    value: number
  })[]
  top?: {
    by: string
    count: number
    order?: "most" | "least"
  }
  limits?: {
    rows?: number
    bytes?: number
    seconds?: number
  }
}

export type ComputeRequest = {
  /** A measure or a table of the model, or a connection and what is read there: a relation, or a path of files. */
  from: string | {
    source: string
    from: string
  }
  /** Of logs: `nginx-combined`, `logfmt`, `json`, or a pattern such as `<time> <level> <method> <path> <status> <took>`. */
  parse?: string
  /** The field that holds the time; `time` without it, null for data without one. */
  time?: string | null
  /** From (with it) and to (without it): ISO 8601 or unix milliseconds. */
  range: {
    from: string | number
    to: string | number
  }
  /** Only what these entities of the model wrote. */
  entities?: {
    kind?: string
    of?: string
    ids?: string[]
    where?: Record<string, string>
    field?: string
  }
  where?: ({
    field: string
    op?: "=" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not-in" | "contains" | "matches" | "exists"
    value?: string | number | boolean | (string | number | boolean)[]
  })[]
  groupBy?: string[]
  aggregates?: ({
    fn: "count" | "sum" | "avg" | "min" | "max" | "quantile" | "distinct"
    field?: string
    quantile?: number
    as?: string
  })[]
  /** A row a step of time, named by its begin. */
  stepSeconds?: number
  having?: ({
    column: string
    op: "=" | "!=" | "<" | "<=" | ">" | ">="
    value: number
  })[]
  top?: {
    by: string
    count: number
    order?: "most" | "least"
  }
  limits?: {
    rows?: number
    bytes?: number
    seconds?: number
  }
  /** Keeps the answer for so long, at most 30 days; `keptId` says where. */
  keepSeconds?: number
}

export type ComputeResult = {
  columns: ({
    name: string
    type: "text" | "number" | "time"
  })[]
  rows: ((string | number | boolean | null)[])[]
  notes: string[]
  bounds: {
    rows: {
      limit: number
      used: number
    }
    bytes: {
      limit: number
      used: number
    }
    seconds: {
      limit: number
      used: number
    }
    isCut: boolean
  }
  read: {
    matched: number
    outside: number
    malformed: number
  } | null
  query: string
  tookSeconds: number
}

export type Coverage = {
  /** Alerts of so many days are counted. */
  alertDays: number
  /** Gaps first, the most important before the others. */
  rows: ({
    kind: "chain" | "entity" | "alert"
    /** Of an alert its rule’s name. */
    id: string
    title: string
    owner: string | null
    entityKind: string | null
    /** How often it, or an alert of it, fired. */
    alerts: number
    /** Business chains that it is a step of. */
    chains: number
    symptoms: ({
      symptom: "drop" | "latency" | "errors" | "saturation" | "low-traffic" | "outlier" | "source" | "any"
      runbook: {
        name: string
        title: string
      } | null
      /** Only the general runbook fits. */
      general: boolean
    })[]
    /** `none`: Diagnose refuses. `general`: only the general runbook fits. `partly`: some symptoms have one. */
    state: "none" | "general" | "partly" | "covered"
  })[]
  runbooks: ({
    name: string
    title: string
    savedAt: string
    publishedAt: string
    /** null: it never ran. */
    lastRun: {
      id: string
      at: string
    } | null
    /** Nobody saved it for 90 days. */
    untouched: boolean
    /** Published for 7 days, and it never ran. */
    unused: boolean
    /** What it names that the model has no longer. */
    gone: ({
      kind: "chain" | "entity" | "measure"
      name: string
      where: string
    })[]
    /** It diagnoses, and its step that concludes has no `startBy` within 55 s. */
    unbounded: boolean
    tests: {
      total: number
      failing: string[]
    }
    /** Why its tests could not be run. */
    testProblem: string | null
    stale: boolean
  })[]
}

export type DataResult = {
  measure: string
  unit: string
  /** Exactly one without `groupBy`. */
  series: ({
    /** Values of what it is grouped by; empty for a total. */
    dimensions: Record<string, string>
    /** `[unix milliseconds, value]`; null is a gap. */
    points: ([number, number | null])[]
    quality: {
      completeness: number
      freshnessSeconds: number | null
      resolutionSeconds?: number
      notes: string[]
    }
  })[]
  quality: {
    completeness: number
    freshnessSeconds: number | null
    resolutionSeconds?: number
    notes: string[]
  }
  query: {
    source: string
    expression: string
    from: string
    to: string
    stepSeconds: number
  }
}

export type DataSdk = {
  /** What each module is called, the kind of its entities, and how many services it has. */
  domains: ({
    id: string
    kind: string | null
    services: number
  })[]
  files: ({
    path: string
    text: string
  })[]
}

export type DataServiceDetails = {
  ref: string
  tableId: string
  tableTitle: string
  /** That it tells of; null for a table of each as a whole. */
  entity: string | null
  /** The kind whose every entity its table tells of. */
  each: string | null
  title: string
  description: string
  unit: string
  kind: "counter" | "gauge" | "ratio" | "histogram" | "derived"
  /** Which direction is bad. */
  bad: "down" | "up" | "both"
  seasonality: "none" | "daily" | "weekly"
  /** What it can be filtered and grouped by, with the values that the model knows. */
  dimensions: ({
    name: string
    values: string[]
  })[]
  /** What the reference already filters by. */
  where: Record<string, string>
  /** The connection; null for a derived measure. */
  source: string | null
  /** How the model selects it at the source. */
  expression: string
  formula?: string
  inputs?: Record<string, string>
  usedBy: ({
    runbook: string
    title: string
    nodes: string[]
  })[]
  /** Who says that its entity exists; null when a person wrote it. */
  provenance: string | null
  /** JSON Schema of the body that asks it, for POST /api/v1/data/query. */
  schema: Record<string, unknown>
}

export type DataServiceHit = {
  kind: "measure" | "entity" | "table" | "chain"
  /** What it is asked for by. */
  ref: string
  title: string
  subtitle: string
  unit?: string
  /** A filter that the search named: "zone A". */
  where?: Record<string, string>
  score: number
}

export type DataView = {
  id: string
  title: string
  createdBy: string
  createdAt: string
  expiresAt: string
  /** Its page, for whoever may sign in. */
  link: string
  from: string
  to: string
  stepSeconds: number
  series: ({
    measure: string
    title: string
    unit: string
    bad: "down" | "up" | "both"
    where: Record<string, string | string[]>
    groupBy: string[]
    series: ({
      dimensions: Record<string, string>
      points: ([number, number | null])[]
      quality: {
        completeness: number
        freshnessSeconds: number | null
        resolutionSeconds?: number
        notes: string[]
      }
    })[]
    quality: {
      completeness: number
      freshnessSeconds: number | null
      resolutionSeconds?: number
      notes: string[]
    }
    /** How it was asked: of one source, or by a formula over others. */
    query: unknown
  })[]
}

export type DataViewSummary = {
  id: string
  title: string
  createdBy: string
  createdAt: string
  expiresAt: string
}

export type DecidedEvent = {
  id: string
  /** `accepted`: on record, and not decided yet. */
  disposition: "accepted" | "ran" | "joined" | "queued" | "deduplicated" | "filtered" | "rejected" | "delivered"
  /** One sentence. */
  reason: string
  /** The run that it started, joined or was filtered for. */
  runId: string | null
}

export type Diagnosis = {
  runId: string
  /** The page of its report. */
  link: string
  /** The runbook that was chosen. */
  runbook: string
  /** What for: "latency of Payment: Latency rise". */
  why: string
  /** A diagnosis of the same subject goes on already; this is that one. */
  joined: boolean
  /** As it is now; with `wait` it has concluded where it could in that time. */
  run: Run
}

export type Difference = {
  /** Names and positions, outermost first. */
  path: (string | number)[]
  left?: unknown
  right?: unknown
}

export type DocumentProblem = {
  code: string
  severity: "error" | "warning"
  message: string
  fix: string
  path: (string | number)[]
  /** Counted from 1. */
  position?: {
    line: number
    column: number
    endLine: number
    endColumn: number
  }
}

export type Draft = {
  /** Rises by one at each save; a save names the one it was made from. */
  revision: number
  savedBy: string
  savedAt: string
  /** The document, YAML. */
  source: string
}

export type Entity = {
  id: string
  kind: string
  title?: string
  owner?: string
  tier?: number
  attributes?: Record<string, string>
  edge?: {
    connection: string
    backend: string
  }
  workload?: {
    connection: string
    backend: string
  }
  from?: string
}

export type FreezeCalendar = {
  name: string
  reason: string
  timeZone: string
  closed: ({
    kind: "weekly"
    days: number[]
    from: string
    to: string
  } | {
    kind: "dates"
    from: string
    to: string
  })[]
  appliesTo?: {
    targets?: string[]
    kinds?: ("traffic-switch" | "rate-limit" | "feature" | "scale" | "restart" | "roll-back" | "drain-node" | "silence" | "incident" | "statement")[]
    runbooks?: string[]
  }
}

export type FreezeCalendarState = {
  name: string
  reason: string
  timeZone: string
  closed: ({
    kind: "weekly"
    days: number[]
    from: string
    to: string
  } | {
    kind: "dates"
    from: string
    to: string
  })[]
  appliesTo?: {
    targets?: string[]
    kinds?: ("traffic-switch" | "rate-limit" | "feature" | "scale" | "restart" | "roll-back" | "drain-node" | "silence" | "incident" | "statement")[]
    runbooks?: string[]
  }
  closedNow: boolean
  /** Two people agreed on an exception that holds now. */
  lifted: boolean
}

export type GrafanaDashboard = Record<string, unknown>

export type InboundEvent = {
  id: string
  /** `accepted`: on record, and not decided yet. */
  disposition: "accepted" | "ran" | "joined" | "queued" | "deduplicated" | "filtered" | "rejected" | "delivered"
  /** One sentence. */
  reason: string
  /** The run that it started, joined or was filtered for. */
  runId: string | null
  receivedAt: string
  decidedAt: string | null
  /** webhook, api, schedule, event */
  kind: string
  /** What it came through: `payment-drop/alerts`, or the event’s name. */
  source: string
  runbook: string | null
  environment: string | null
  /** Equal keys of one source mean the same event. */
  dedupKey: string | null
  bytes: number
  payload?: unknown
}

export type KeptResult = {
  id: string
  ask: ComputeAsk
  result: ComputeResult
  keptBy: string
  createdAt: string
  expiresAt: string
}

export type MadeLive = {
  version: number
  environment: string
  /** What is still to be done although the version is live. */
  warning: string | null
}

export type ModelCheck = {
  ok: boolean
  problems: ModelProblem[]
}

export type ModelFile = {
  path: string
  /** Rises by one at each save. */
  revision: number
  generated: boolean
  updatedBy: string
  /** null unless it was asked for. */
  text: string | null
}

export type ModelProblem = {
  path: string
  /** Counted from 1; null when the whole file is meant. */
  line: number | null
  message: string
  fix: string
}

export type ModelProposal = {
  id: string
  /** The connection that was looked at. */
  source: string
  state: "running" | "open" | "accepted" | "rejected" | "failed"
  /** What it does now, while it runs; what it found, after. */
  summary: string
  error: {
    code: string
    message: string
    fix: string
  } | null
  createdBy: string
  createdAt: string
  decidedBy: string | null
  decidedAt: string | null
  /** What could not be read, or was left out. */
  notes: string[]
  changes: ({
    /** For `only` of accepting. */
    key: string
    section: "entities" | "tables" | "relations" | "chains"
    op: "add" | "remove" | "change"
    title: string
    before?: unknown
    after?: unknown
  })[]
}

export type ModelProposalSummary = {
  id: string
  /** The connection that was looked at. */
  source: string
  state: "running" | "open" | "accepted" | "rejected" | "failed"
  /** What it does now, while it runs; what it found, after. */
  summary: string
  error: {
    code: string
    message: string
    fix: string
  } | null
  createdBy: string
  createdAt: string
  decidedBy: string | null
  decidedAt: string | null
}

export type ModelWritten = {
  dryRun: boolean
  files: ({
    path: string
    action: "create" | "update" | "remove" | "unchanged"
  })[]
}

export type NodeType = {
  type: string
  version: number
  title: string
  description: string
  group: "ask" | "judge" | "steer" | "act"
  icon: string
  effect: "compute" | "read" | "write" | "approve" | "wait" | "event" | "each" | "repeat" | "child" | "stop"
  idempotent: boolean
  planned?: boolean
  outcomes: ({
    name: string
    tone: "normal" | "abnormal" | "inconclusive" | "neutral"
    meaning: string
  })[]
  outcomesFrom?: string
  outputFrom?: string
  late?: Record<string, "round" | "event">
  inputSchema: Record<string, unknown>
  outputSchema: Record<string, unknown>
  mainInput?: string
  defaults: {
    timeoutSeconds: number
    attempts: number
  }
}

export type Problem = {
  type: "about:blank"
  /** The status in words. */
  title: string
  status: number
  /** Stable, kebab-case: what programs decide by. */
  code: string
  /** What is wrong, for people. */
  detail: string
  /** What to do next. */
  fix: string
  /** The id of the request, also in X-Request-Id and in the log. */
  instance?: string
  problems?: ProblemItem[]
  /** Facts to go on with, such as the newer draft of a conflict. */
  data?: unknown
}

export type ProblemItem = {
  message: string
  /** Where: names and positions, outermost first. */
  path: (string | number)[]
  code?: string
  fix?: string
}

export type Published = {
  version: number
  environment: string
  /** What is still to be done although the version is live. */
  warning: string | null
  planHash: string
}

export type Readiness = {
  ok: boolean
  /** `ok`, or the code of what is wrong. */
  database: string
  /** `ok`, or the code of what is wrong. */
  temporal: string
}

export type Relations = {
  root: string
  entities: Entity[]
  links: ({
    from: string
    to: string
    kind: string
    /** Who says so; absent when a person does. */
    by?: string
    /** From the root. */
    hops: number
  })[]
}

export type ReportContent = {
  form: 1
  run: {
    id: string
    runbook: {
      name: string
      title: string
    }
    version: number | null
    planHash: string
    environment: string
    status: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "timed-out"
    verdict: "normal" | "abnormal" | "inconclusive" | null
    conclusion: string | null
    error: {
      code: string
      message: string
      fix?: string
    } | null
    trigger: string
    requestedBy: string
    params: ({
      name: string
      value: string
    })[]
    alert?: {
      label: string
      at: string
    } | null
    chosenFor?: string | null
    asOf: string
    startedAt: string
    concludedAt: string | null
    endedAt: string | null
  }
  report: {
    verdict: {
      value: "normal" | "abnormal" | "inconclusive"
      confidence: number
      reasons: string[]
      quality: {
        completeness: number
        freshnessSeconds: number | null
        resolutionSeconds?: number
        notes: string[]
      }
    }
    conclusion: string
    why: string
    since: string | null
    cause: {
      kind: "source" | "change" | "zone" | "host" | "version" | "dependency" | "load-test" | "step" | "entity" | "dimension" | "capacity" | "data"
      key: string
      cause: string
      likelihood: number
      supports: string[]
      against: string[]
    } | null
    hypotheses: ({
      kind: "source" | "change" | "zone" | "host" | "version" | "dependency" | "load-test" | "step" | "entity" | "dimension" | "capacity" | "data"
      key: string
      cause: string
      likelihood: number
      supports: string[]
      against: string[]
    })[]
    scope: ({
      label: string
      value: string
    })[]
    evidenceSteps: string[]
    incomplete?: {
      reason: string
      missing: string[]
    }
    unchecked?: string[]
    nextAction?: {
      title: string
      consequence: string
      step: string | null
      runbook: string | null
      params: Record<string, string>
    }
  } | null
  steps: ({
    stepId: string
    type: string
    title: string
    status: "pending" | "running" | "backing-off" | "waiting" | "done" | "failed" | "skipped" | "cancelled"
    outcome: string | null
    summary: string | null
    verdict: {
      value: "normal" | "abnormal" | "inconclusive"
      confidence: number
      reasons: string[]
      quality: {
        completeness: number
        freshnessSeconds: number | null
        resolutionSeconds?: number
        notes: string[]
      }
    } | null
    evidence: ({
      id: string
      title: string
      subtitle?: string
      verdict?: "normal" | "abnormal" | "inconclusive"
      queries?: ({
        source: string
        expression: string
        from: string
        to: string
        stepSeconds: number
      })[]
      kind: "series"
      unit: string
      series: ({
        name: string
        points: ([number, number | null])[]
      })[]
      band?: ([number, number, number])[]
      marks?: ({
        at: number
        label: string
        kind: "change" | "onset" | "alert"
      })[]
    } | {
      id: string
      title: string
      subtitle?: string
      verdict?: "normal" | "abnormal" | "inconclusive"
      queries?: ({
        source: string
        expression: string
        from: string
        to: string
        stepSeconds: number
      })[]
      kind: "waterfall"
      unit: string
      expected: number
      actual: number
      parts: ({
        name: string
        change: number
        verdict: "normal" | "abnormal" | "inconclusive"
      })[]
    } | {
      id: string
      title: string
      subtitle?: string
      verdict?: "normal" | "abnormal" | "inconclusive"
      queries?: ({
        source: string
        expression: string
        from: string
        to: string
        stepSeconds: number
      })[]
      kind: "table"
      columns: ({
        key: string
        label: string
        unit?: string
      })[]
      rows: (Record<string, string | number | null>)[]
    } | {
      id: string
      title: string
      subtitle?: string
      verdict?: "normal" | "abnormal" | "inconclusive"
      queries?: ({
        source: string
        expression: string
        from: string
        to: string
        stepSeconds: number
      })[]
      kind: "changes"
      changes: ({
        id: string
        title: string
        kind: string
        at: string
        score: number | null
        reason: string
      })[]
    } | {
      id: string
      title: string
      subtitle?: string
      verdict?: "normal" | "abnormal" | "inconclusive"
      queries?: ({
        source: string
        expression: string
        from: string
        to: string
        stepSeconds: number
      })[]
      kind: "topology"
      nodes: ({
        id: string
        title: string
        kind?: string
        verdict?: "normal" | "abnormal" | "inconclusive"
        note?: string
      })[]
      edges: ({
        from: string
        to: string
        hot?: boolean
      })[]
    } | {
      id: string
      title: string
      subtitle?: string
      verdict?: "normal" | "abnormal" | "inconclusive"
      queries?: ({
        source: string
        expression: string
        from: string
        to: string
        stepSeconds: number
      })[]
      kind: "text"
      text: string
    })[]
    error: {
      code: string
      message: string
      fix?: string
    } | null
    reason: string | null
    startedAt: string | null
    endedAt: string | null
  })[]
}

export type Run = {
  id: string
  /** Its page. */
  url: string
  runbook: string
  /** null for a run of a draft. */
  version: number | null
  environment: string
  status: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "timed-out"
  verdict: "normal" | "abnormal" | "inconclusive" | null
  /** One sentence. */
  conclusion: string | null
  trigger: "button" | "api" | "schedule" | "webhook" | "event" | "runbook" | "test" | "backtest"
  requestedBy: string
  /** Its writes are planned and never carried out. */
  dryRun: boolean
  /** The clock of its reads. */
  asOf: string
  startedAt: string
  concludedAt: string | null
  endedAt: string | null
  params: Record<string, unknown>
  /** Its evidence arranged conclusion first; null before it has concluded. */
  report: {
    verdict: {
      value: "normal" | "abnormal" | "inconclusive"
      confidence: number
      reasons: string[]
      quality: {
        completeness: number
        freshnessSeconds: number | null
        resolutionSeconds?: number
        notes: string[]
      }
    }
    conclusion: string
    why: string
    since: string | null
    cause: {
      kind: "source" | "change" | "zone" | "host" | "version" | "dependency" | "load-test" | "step" | "entity" | "dimension" | "capacity" | "data"
      key: string
      cause: string
      likelihood: number
      supports: string[]
      against: string[]
    } | null
    hypotheses: ({
      kind: "source" | "change" | "zone" | "host" | "version" | "dependency" | "load-test" | "step" | "entity" | "dimension" | "capacity" | "data"
      key: string
      cause: string
      likelihood: number
      supports: string[]
      against: string[]
    })[]
    scope: ({
      label: string
      value: string
    })[]
    evidenceSteps: string[]
    incomplete?: {
      reason: string
      missing: string[]
    }
    unchecked?: string[]
    nextAction?: {
      title: string
      consequence: string
      step: string | null
      runbook: string | null
      params: Record<string, string>
    }
  } | null
  /** Why it failed. */
  error: StepError | null
  /** It ran in the server’s process, without a durable workflow. */
  express: boolean
  /** The run whose results it reuses. */
  baseRunId: string | null
  /** The run whose step started it. */
  parentRunId: string | null
  /** Approvals that it waits for. */
  waitingFor: ({
    stepId: string
    question: string
    url: string
  })[]
}

export type Runbook = {
  name: string
  title: string
  /** Its page. */
  url: string
  draftRevision: number
  savedAt: string
  /** Live in production. */
  publishedVersion: number | null
  live: ({
    environment: string
    version: number
    movedBy: string
    movedAt: string
  })[]
  draft: Draft
  /** Of the draft. */
  problems: DocumentProblem[]
  /** JSON Schema of the parameters of what runs in production; null before it is published. */
  paramsSchema: Record<string, unknown> | null
}

export type RunbookDiff = {
  /** Steps; all else speaks of the new ids. */
  renamed: ({
    from: string
    to: string
  })[]
  settings: ({
    path: string[]
    /** Left out when it was not there. */
    before?: unknown
    /** Left out when it is not there any more. */
    after?: unknown
  })[]
  params: ({
    kind: "added" | "removed" | "changed"
    id: string
    /** What was added or removed. */
    value?: unknown
    /** What changed of it. */
    fields?: ({
      path: string[]
      /** Left out when it was not there. */
      before?: unknown
      /** Left out when it is not there any more. */
      after?: unknown
    })[]
  })[]
  triggers: ({
    kind: "added" | "removed" | "changed"
    id: string
    /** What was added or removed. */
    value?: unknown
    /** What changed of it. */
    fields?: ({
      path: string[]
      /** Left out when it was not there. */
      before?: unknown
      /** Left out when it is not there any more. */
      after?: unknown
    })[]
  })[]
  nodes: ({
    kind: "added" | "removed" | "changed"
    id: string
    /** What was added or removed. */
    value?: unknown
    /** What changed of it. */
    fields?: ({
      path: string[]
      /** Left out when it was not there. */
      before?: unknown
      /** Left out when it is not there any more. */
      after?: unknown
    })[]
  })[]
  edges: ({
    kind: "added" | "removed"
    edge: {
      /** The step that it leaves. */
      from: string
      /** An outcome of `from`, `error`, or `always` (any outcome, error excepted). */
      on: string
      /** The step that it leads to. */
      to: string
    }
  })[]
  tests: ({
    kind: "added" | "removed" | "changed"
    id: string
    /** What was added or removed. */
    value?: unknown
    /** What changed of it. */
    fields?: ({
      path: string[]
      /** Left out when it was not there. */
      before?: unknown
      /** Left out when it is not there any more. */
      after?: unknown
    })[]
  })[]
}

export type RunbookSummary = {
  name: string
  title: string
  /** Its page. */
  url: string
  draftRevision: number
  savedAt: string
  /** Live in production. */
  publishedVersion: number | null
}

export type RunComparison = {
  left: ComparedRun
  right: ComparedRun
  /** Nothing but durations differs. */
  same: boolean
  params: Difference[]
  steps: ({
    stepId: string
    title: string
    left: ComparedStepSide | null
    right: ComparedStepSide | null
    changed: ("presence" | "status" | "outcome" | "verdict" | "output" | "error")[]
    /** Where the outputs differ; at most 50 places. */
    output: Difference[]
  })[]
}

export type RunEvent = {
  /** Stays the same whenever the log is read. */
  id: string
  at: string
  kind: "run-started" | "step-started" | "step-done" | "step-failed" | "step-skipped" | "step-cancelled" | "approval-requested" | "approval-decided" | "action" | "run-concluded" | "run-ended"
  stepId: string | null
  message: string
}

export type RunReport = {
  /** The page that it is of. */
  link: string
  content: ReportContent
}

export type RunSummary = {
  id: string
  /** Its page. */
  url: string
  runbook: string
  /** null for a run of a draft. */
  version: number | null
  environment: string
  status: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "timed-out"
  verdict: "normal" | "abnormal" | "inconclusive" | null
  /** One sentence. */
  conclusion: string | null
  trigger: "button" | "api" | "schedule" | "webhook" | "event" | "runbook" | "test" | "backtest"
  requestedBy: string
  /** Its writes are planned and never carried out. */
  dryRun: boolean
  /** The clock of its reads. */
  asOf: string
  startedAt: string
  concludedAt: string | null
  endedAt: string | null
}

export type SampleVerdict = {
  verdict: "well" | "harm"
  /** What is broken: the measure, its value and the bound. */
  detail: string | null
}

export type StartedRun = {
  id: string
  /** Its page. */
  url: string
  runbook: string
  /** null for a run of a draft. */
  version: number | null
  environment: string
  status: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "timed-out"
  verdict: "normal" | "abnormal" | "inconclusive" | null
  /** One sentence. */
  conclusion: string | null
  trigger: "button" | "api" | "schedule" | "webhook" | "event" | "runbook" | "test" | "backtest"
  requestedBy: string
  /** Its writes are planned and never carried out. */
  dryRun: boolean
  /** The clock of its reads. */
  asOf: string
  startedAt: string
  concludedAt: string | null
  endedAt: string | null
  params: Record<string, unknown>
  /** Its evidence arranged conclusion first; null before it has concluded. */
  report: {
    verdict: {
      value: "normal" | "abnormal" | "inconclusive"
      confidence: number
      reasons: string[]
      quality: {
        completeness: number
        freshnessSeconds: number | null
        resolutionSeconds?: number
        notes: string[]
      }
    }
    conclusion: string
    why: string
    since: string | null
    cause: {
      kind: "source" | "change" | "zone" | "host" | "version" | "dependency" | "load-test" | "step" | "entity" | "dimension" | "capacity" | "data"
      key: string
      cause: string
      likelihood: number
      supports: string[]
      against: string[]
    } | null
    hypotheses: ({
      kind: "source" | "change" | "zone" | "host" | "version" | "dependency" | "load-test" | "step" | "entity" | "dimension" | "capacity" | "data"
      key: string
      cause: string
      likelihood: number
      supports: string[]
      against: string[]
    })[]
    scope: ({
      label: string
      value: string
    })[]
    evidenceSteps: string[]
    incomplete?: {
      reason: string
      missing: string[]
    }
    unchecked?: string[]
    nextAction?: {
      title: string
      consequence: string
      step: string | null
      runbook: string | null
      params: Record<string, string>
    }
  } | null
  /** Why it failed. */
  error: StepError | null
  /** It ran in the server’s process, without a durable workflow. */
  express: boolean
  /** The run whose results it reuses. */
  baseRunId: string | null
  /** The run whose step started it. */
  parentRunId: string | null
  /** Approvals that it waits for. */
  waitingFor: ({
    stepId: string
    question: string
    url: string
  })[]
  /** What became of the request: a run of its own, one that waits for another of its concurrency key, a part of a run that goes on, or nothing because one goes on. For the last two the run is the one that goes on. */
  disposition: "ran" | "queued" | "joined" | "dropped"
}

export type Step = {
  /** Its id, with the rounds of its loops: `probe#2` ran in round 2. */
  stepId: string
  type: string
  title: string
  status: "pending" | "running" | "backing-off" | "waiting" | "done" | "failed" | "skipped" | "cancelled"
  attempt: number
  outcome: string | null
  /** One line for people. */
  summary: string | null
  input: unknown
  output: unknown
  verdict: {
    value: "normal" | "abnormal" | "inconclusive"
    confidence: number
    reasons: string[]
    quality: {
      completeness: number
      freshnessSeconds: number | null
      resolutionSeconds?: number
      notes: string[]
    }
  } | null
  evidence: ({
    id: string
    title: string
    subtitle?: string
    verdict?: "normal" | "abnormal" | "inconclusive"
    queries?: ({
      source: string
      expression: string
      from: string
      to: string
      stepSeconds: number
    })[]
    kind: "series"
    unit: string
    series: ({
      name: string
      points: ([number, number | null])[]
    })[]
    band?: ([number, number, number])[]
    marks?: ({
      at: number
      label: string
      kind: "change" | "onset" | "alert"
    })[]
  } | {
    id: string
    title: string
    subtitle?: string
    verdict?: "normal" | "abnormal" | "inconclusive"
    queries?: ({
      source: string
      expression: string
      from: string
      to: string
      stepSeconds: number
    })[]
    kind: "waterfall"
    unit: string
    expected: number
    actual: number
    parts: ({
      name: string
      change: number
      verdict: "normal" | "abnormal" | "inconclusive"
    })[]
  } | {
    id: string
    title: string
    subtitle?: string
    verdict?: "normal" | "abnormal" | "inconclusive"
    queries?: ({
      source: string
      expression: string
      from: string
      to: string
      stepSeconds: number
    })[]
    kind: "table"
    columns: ({
      key: string
      label: string
      unit?: string
    })[]
    rows: (Record<string, string | number | null>)[]
  } | {
    id: string
    title: string
    subtitle?: string
    verdict?: "normal" | "abnormal" | "inconclusive"
    queries?: ({
      source: string
      expression: string
      from: string
      to: string
      stepSeconds: number
    })[]
    kind: "changes"
    changes: ({
      id: string
      title: string
      kind: string
      at: string
      score: number | null
      reason: string
    })[]
  } | {
    id: string
    title: string
    subtitle?: string
    verdict?: "normal" | "abnormal" | "inconclusive"
    queries?: ({
      source: string
      expression: string
      from: string
      to: string
      stepSeconds: number
    })[]
    kind: "topology"
    nodes: ({
      id: string
      title: string
      kind?: string
      verdict?: "normal" | "abnormal" | "inconclusive"
      note?: string
    })[]
    edges: ({
      from: string
      to: string
      hot?: boolean
    })[]
  } | {
    id: string
    title: string
    subtitle?: string
    verdict?: "normal" | "abnormal" | "inconclusive"
    queries?: ({
      source: string
      expression: string
      from: string
      to: string
      stepSeconds: number
    })[]
    kind: "text"
    text: string
  })[]
  hypotheses: ({
    kind: "source" | "change" | "zone" | "host" | "version" | "dependency" | "load-test" | "step" | "entity" | "dimension" | "capacity" | "data"
    key: string
    cause: string
    likelihood: number
    supports: string[]
    against: string[]
  })[]
  error: StepError | null
  /** Why it was skipped. */
  reason: string | null
  startedAt: string | null
  endedAt: string | null
}

export type StepError = {
  code: string
  message: string
  fix?: string
  retryable: boolean
}

export type Trigger = {
  runbook: string
  environment: string
  name: string
  kind: "schedule" | "webhook" | "event"
  /** One line. */
  summary: string
  /** As the live version writes it. */
  trigger: {
    kind: "schedule"
    /** Five cron fields. Give one of `cron`, `every` and `calendar`. */
    cron?: string
    /** A fixed time between firings. */
    every?: string
    /** Times of the day, on some days. */
    calendar?: {
      /** `HH:MM` in the time zone. */
      at: string[]
      /** All days when left out. */
      days?: ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[]
      /** Days of the month. */
      dates?: number[]
    }
    /** An IANA time zone, e.g. `Europe/Berlin`. */
    timeZone?: string
    /** Each firing comes up to so much later, evenly spread. */
    jitter?: string
    /** What happens to a firing while the run before it goes on. */
    overlap?: "skip" | "queue-one" | "queue" | "cancel-running" | "allow"
    /** Firings missed for longer (while Tenon was away) are left out. */
    catchUp?: string
    /** Values for the runbook’s parameters; `${ ... }` over `event` where the trigger brings one. */
    params?: Record<string, unknown>
  } | {
    kind: "webhook"
    /** What its events look like. */
    format: "alertmanager" | "cloudevents" | "github" | "generic"
    /** Name of the connection (kind hook) that holds the shared secret. */
    secret: string
    /** Condition over `event`: others are filtered. */
    when?: string
    /** Text over `event`: equal texts are the same event and run once. The format’s own id without it. */
    key?: string
    /** Values for the runbook’s parameters; `${ ... }` over `event` where the trigger brings one. */
    params?: Record<string, unknown>
  } | {
    kind: "event"
    /** Name of the event. */
    event: string
    /** Condition over `event`: others are filtered. */
    when?: string
    /** Values for the runbook’s parameters; `${ ... }` over `event` where the trigger brings one. */
    params?: Record<string, unknown>
  }
  paused: boolean
  pausedBy: string | null
  pausedReason: string | null
  pausedAt: string | null
  /** Where a webhook’s events are posted. */
  address: string | null
  /** The next five firings of a schedule; none while it is paused. */
  next: string[]
  /** Why `next` is worked out and not what is set up. */
  notice: string | null
  /** The newest run that it started. */
  lastRun: {
    id: string
    status: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "timed-out"
    verdict: "normal" | "abnormal" | "inconclusive" | null
    startedAt: string
  } | null
}

export type Validation = {
  /** It could be published. */
  ok: boolean
  problems: DocumentProblem[]
  planHash: string | null
  /** Whether it could run express, and why not; null when it cannot be published. */
  express: {
    ok: boolean
    reasons: string[]
  } | null
}

export type Version = {
  number: number
  /** Equal for versions that run the same. */
  planHash: string
  /** What the publisher said of it. */
  note: string
  publishedBy: string
  publishedAt: string
  /** Environments whose runs use it. */
  liveIn: string[]
}

export type VersionText = {
  number: number
  /** Equal for versions that run the same. */
  planHash: string
  /** What the publisher said of it. */
  note: string
  publishedBy: string
  publishedAt: string
  /** YAML, as it was published. */
  source: string
}

export type Writes = {
  /** The stop on everything; null: there is none. */
  stopped: {
    by: string
    reason: string
    at: string
  } | null
  /** All stops, also narrower ones, newest first. Empty: writes are on. */
  stops: ({
    /** `all`, `connection:…`, `target:…`, `kind:…` or `runbook:…`. */
    scope: string
    by: string
    reason: string
    at: string
  })[]
}

/** Every operation, version 1.0.0 of the API. */
export function createMethods(call: Call) {
  return {
    /**
     * Start a run. Runs the published version. With `wait` the answer is the outcome; without it the answer comes at once and `Location` is the run’s address.
     * @throws TenonError `unknown-runbook`, `not-published`, `bad-params`, `as-of-in-future`, `bad-idempotency-key`, `idempotency-key-reused`, `temporal-unreachable`.
     */
    startRun: (args: {
      name: string
      /** Answer when the run has ended or waits for people, or after this time: `30s`, at most `60s`. */
      wait?: string
      /** The same key with the same request means the same run: 1 to 200 printable characters. */
      idempotencyKey?: string
      body?: {
        /** Values for the runbook’s parameters. */
        params?: Record<string, unknown>
        /** Whose live version runs; `production` without it. */
        environment?: string
        /** Every read of the run looks at this moment; now without it. */
        asOf?: string
        /** Writes are planned, judged by every guard, and never carried out; nobody is asked to approve. */
        dryRun?: boolean
      }
    }, options?: CallOptions): Promise<StartedRun> =>
      call({ method: "POST", path: "/api/v1/runbooks/{name}/runs", query: ["wait"], headers: { idempotencyKey: "Idempotency-Key" }, body: "application/json" }, args, options) as Promise<StartedRun>,
    /**
     * List runs. Newest first.
     */
    listRuns: (args: {
      /** Of this runbook only. */
      runbook?: string
      environment?: string
      status?: "queued" | "running" | "succeeded" | "failed" | "cancelled" | "timed-out"
      verdict?: "normal" | "abnormal" | "inconclusive"
      trigger?: "button" | "api" | "schedule" | "webhook" | "event" | "runbook" | "test" | "backtest"
      /** How many at most. */
      limit?: number
      /** `next` of the page before. */
      cursor?: string
    } = {}, options?: CallOptions): Promise<{
      items: RunSummary[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }> =>
      call({ method: "GET", path: "/api/v1/runs", query: ["runbook","environment","status","verdict","trigger","limit","cursor"], headers: {  } }, args, options) as Promise<{
      items: RunSummary[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }>,
    /**
     * Get a run. Its state and, once it has concluded, its report.
     * @throws TenonError `unknown-run`.
     */
    getRun: (args: {
      /** The id that starting the run gave. */
      id: string
    }, options?: CallOptions): Promise<Run> =>
      call({ method: "GET", path: "/api/v1/runs/{id}", query: [], headers: {  } }, args, options) as Promise<Run>,
    /**
     * List a run’s steps. In the order in which they began, with inputs, outputs and evidence; steps that did not begin come last.
     * @throws TenonError `unknown-run`.
     */
    listSteps: (args: {
      /** The id that starting the run gave. */
      id: string
      /** How many at most. */
      limit?: number
      /** `next` of the page before. */
      cursor?: string
    }, options?: CallOptions): Promise<{
      items: Step[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }> =>
      call({ method: "GET", path: "/api/v1/runs/{id}/steps", query: ["limit","cursor"], headers: {  } }, args, options) as Promise<{
      items: Step[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }>,
    /**
     * Read a run’s log. Oldest first. To follow it, send `next` back as `cursor` with `wait`: the answer comes when something new happened. `next` is null once the run has ended and all was given.
     * @throws TenonError `unknown-run`, `bad-cursor`.
     */
    listRunEvents: (args: {
      /** The id that starting the run gave. */
      id: string
      /** Answer when the run has ended or waits for people, or after this time: `30s`, at most `60s`. */
      wait?: string
      /** How many at most. */
      limit?: number
      /** `next` of the answer before. */
      cursor?: string
    }, options?: CallOptions): Promise<{
      items: RunEvent[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }> =>
      call({ method: "GET", path: "/api/v1/runs/{id}/events", query: ["wait","limit","cursor"], headers: {  } }, args, options) as Promise<{
      items: RunEvent[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }>,
    /**
     * Cancel a run. What it changed is put back, unless the runbook says otherwise.
     * @throws TenonError `unknown-run`, `run-ended`.
     */
    cancelRun: (args: {
      /** The id that starting the run gave. */
      id: string
      body: {
        reason: string
      }
    }, options?: CallOptions): Promise<Run> =>
      call({ method: "POST", path: "/api/v1/runs/{id}/cancel", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<Run>,
    /**
     * Run again from a step. A new run that reuses results of this one. An approval is never reused for a write that runs again: people are asked again.
     * @throws TenonError `unknown-run`, `run-going-on`, `unknown-step`, `step-in-loop`, `step-needs-approval`, `draft-of-then`.
     */
    rerunRun: (args: {
      /** The id that starting the run gave. */
      id: string
      /** Answer when the run has ended or waits for people, or after this time: `30s`, at most `60s`. */
      wait?: string
      body: {
        /** This step and what follows from it run again; all other results are reused. */
        from?: string
        /** Only these steps run, on the results of what leads to them. */
        only?: string[]
        /** Those of the first run without it. */
        params?: Record<string, unknown>
        /** The first run’s version without it. */
        version?: number
        /** Runs the draft at this revision instead of a version. */
        draftRevision?: number
        /** The first run’s clock without it. */
        asOf?: string
      }
    }, options?: CallOptions): Promise<StartedRun> =>
      call({ method: "POST", path: "/api/v1/runs/{id}/rerun", query: ["wait"], headers: {  }, body: "application/json" }, args, options) as Promise<StartedRun>,
    /**
     * Compare two runs. Step by step: how each ended, and where outputs differ.
     * @throws TenonError `unknown-run`.
     */
    compareRuns: (args: {
      /** The id that starting the run gave. */
      id: string
      /** The other run. */
      with: string
    }, options?: CallOptions): Promise<RunComparison> =>
      call({ method: "GET", path: "/api/v1/runs/{id}/compare", query: ["with"], headers: {  } }, args, options) as Promise<RunComparison>,
    /**
     * Get a run as a test. The run as an entry of `tests` in its runbook: what reads, writes, people and events answered, without evidence, and what the run made of it.
     * @throws TenonError `unknown-run`, `run-not-testable`.
     */
    getRunAsTest: (args: {
      id: string
    }, options?: CallOptions): Promise<{
      /** What it shows. */
      title?: string
      /** The run’s parameters. */
      params?: Record<string, unknown>
      /** The run’s clock, ISO 8601. */
      at: string
      /** What the trigger brought. */
      trigger?: {
        /** The event or alert. */
        payload: unknown
      }
      /** What reads, writes, approvals, events and child runbooks answer, by step; a list when it runs several times. A step that fails is `{ error: { code, message } }`. */
      steps?: Record<string, unknown>
      /** What must come out. */
      expect: {
        /** How the run ends. */
        status?: "succeeded" | "failed" | "cancelled" | "timed-out"
        /** What it concludes. */
        verdict?: "normal" | "abnormal" | "inconclusive"
        /** Steps that ran, in the order in which they began. */
        path?: string[]
        /** How steps ended. */
        outcomes?: Record<string, string>
        /** Writes that the run would make, in order: the step and what of its input must be so. */
        actions?: ({
          step: string
          input?: Record<string, unknown>
        })[]
      }
    }> =>
      call({ method: "GET", path: "/api/v1/runs/{id}/test", query: [], headers: {  } }, args, options) as Promise<{
      /** What it shows. */
      title?: string
      /** The run’s parameters. */
      params?: Record<string, unknown>
      /** The run’s clock, ISO 8601. */
      at: string
      /** What the trigger brought. */
      trigger?: {
        /** The event or alert. */
        payload: unknown
      }
      /** What reads, writes, approvals, events and child runbooks answer, by step; a list when it runs several times. A step that fails is `{ error: { code, message } }`. */
      steps?: Record<string, unknown>
      /** What must come out. */
      expect: {
        /** How the run ends. */
        status?: "succeeded" | "failed" | "cancelled" | "timed-out"
        /** What it concludes. */
        verdict?: "normal" | "abnormal" | "inconclusive"
        /** Steps that ran, in the order in which they began. */
        path?: string[]
        /** How steps ended. */
        outcomes?: Record<string, string>
        /** Writes that the run would make, in order: the step and what of its input must be so. */
        actions?: ({
          step: string
          input?: Record<string, unknown>
        })[]
      }
    }>,
    /**
     * Get a run’s report. Conclusion, causes, evidence and what could not be checked, as it is now: for a ticket, a chat or a postmortem.
     * @throws TenonError `unknown-run`.
     */
    getRunReport: (args: {
      /** The id that starting the run gave. */
      id: string
      /** Of the answer. */
      format?: "json" | "markdown" | "pdf"
    }, options?: CallOptions): Promise<RunReport | string | Uint8Array> =>
      call({ method: "GET", path: "/api/v1/runs/{id}/report", query: ["format"], headers: {  }, files: true }, args, options) as Promise<RunReport | string | Uint8Array>,
    /**
     * Diagnose. Chooses the published runbook that fits the subject and the symptom, or the general one, and starts it. A diagnosis concludes within 60 s; with `wait` the answer is the conclusion. Asked again for the same subject while the first goes on, it is the same run.
     * @throws TenonError `unknown-chain`, `unknown-entity`, `unknown-measure`, `unknown-alert`, `bad-time`, `no-fitting-runbook`, `bad-idempotency-key`, `idempotency-key-reused`, `temporal-unreachable`.
     */
    startDiagnosis: (args: {
      /** Answer when the run has ended or waits for people, or after this time: `30s`, at most `60s`. */
      wait?: string
      /** The same key with the same request means the same run: 1 to 200 printable characters. */
      idempotencyKey?: string
      body: {
        /** What looks wrong. */
        subject: {
          /** A business chain, an entity of the model, an alert, or a measure as a chart shows it. */
          kind: "chain" | "entity" | "alert" | "measure"
          /** `card-payment`, `payment`, the alert’s id, `payment.latency-p95`. */
          id: string
          /** Of a measure: the dimensions that it was filtered by, e.g. `{ "zone": "A" }`. */
          where?: Record<string, string>
        }
        /** What was noticed; without it the alert’s name, the measure’s kind, or the kind of entity tells. */
        symptom?: "drop" | "latency" | "errors" | "saturation" | "low-traffic" | "outlier" | "source" | "any"
        /** The moment that is looked at; now without it, or when the alert fired last. */
        at?: string
        /** When it began, where that is known: the runbook’s `since`. With `until` where a selected time begins: the runbook’s `window`. */
        since?: string
        /** The end of a selected time, which is then the moment that is looked at. */
        until?: string
      }
    }, options?: CallOptions): Promise<Diagnosis> =>
      call({ method: "POST", path: "/api/v1/diagnoses", query: ["wait"], headers: { idempotencyKey: "Idempotency-Key" }, body: "application/json" }, args, options) as Promise<Diagnosis>,
    /**
     * Get the coverage. Which chains, services and alerts Diagnose has a runbook for, and which published runbooks have gone stale.
     */
    getCoverage: (args: Record<string, never> = {}, options?: CallOptions): Promise<Coverage> =>
      call({ method: "GET", path: "/api/v1/coverage", query: [], headers: {  } }, args, options) as Promise<Coverage>,
    /**
     * List approvals. What waits for people and what they decided, newest first; the newest 200.
     */
    listApprovals: (args: {
      status?: "waiting" | "approved" | "rejected" | "expired" | "cancelled"
      /** How many at most. */
      limit?: number
      /** `next` of the page before. */
      cursor?: string
    } = {}, options?: CallOptions): Promise<{
      items: Approval[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }> =>
      call({ method: "GET", path: "/api/v1/approvals", query: ["status","limit","cursor"], headers: {  } }, args, options) as Promise<{
      items: Approval[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }>,
    /**
     * Approve or reject. The decision counts for the plans whose hashes are sent, and for no others. A token counts as the person whose it is. A plan that changed, a time that is over, and whoever asked or wrote the version where that is not allowed, are refused.
     * @throws TenonError `unknown-approval`, `no-such-waiting-step`, `plan-changed`, `already-decided`, `requester-may-not-approve`, `not-an-approver`, `form-invalid`, `author-may-not-approve`, `approval-expired`.
     */
    decideApproval: (args: {
      /** The id that starting the run gave. */
      runId: string
      stepId: string
      body: {
        decision: "approved" | "rejected"
        /** Of the plans that were looked at. */
        hashes: string[]
        comment?: string
        /** What the approval asks to be filled in. */
        form?: Record<string, unknown>
      }
    }, options?: CallOptions): Promise<Approval> =>
      call({ method: "POST", path: "/api/v1/approvals/{runId}/{stepId}/decision", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<Approval>,
    /**
     * List actions. The ledger, newest first. Filters hold together: each narrows what the others leave.
     */
    listActions: (args: {
      /** `in-effect`: what has an effect now, or may have. */
      state?: "all" | "in-effect"
      /** In this state only. */
      status?: "planned" | "approved" | "intended" | "done" | "not-done" | "unknown" | "reverting" | "reverted" | "expired" | "kept" | "rehearsed" | "refused"
      /** Of this kind only. */
      kind?: "traffic-switch" | "rate-limit" | "feature" | "scale" | "restart" | "roll-back" | "drain-node" | "silence" | "incident" | "statement"
      /** `<connection>/<target>`, or a connection: then all of its targets. */
      target?: string
      /** Of this runbook only. */
      runbook?: string
      /** Who asked for it, approved, renewed, kept, settled or reverted it, also by a token of theirs. */
      person?: string
      /** Planned at this time or later. */
      from?: string
      /** Planned before this time. */
      to?: string
      /** Of this run only. */
      runId?: string
      /** How many at most. */
      limit?: number
      /** `next` of the page before. */
      cursor?: string
    } = {}, options?: CallOptions): Promise<{
      items: Action[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }> =>
      call({ method: "GET", path: "/api/v1/actions", query: ["state","status","kind","target","runbook","person","from","to","runId","limit","cursor"], headers: {  } }, args, options) as Promise<{
      items: Action[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }>,
    /**
     * Get an action.
     * @throws TenonError `unknown-action`.
     */
    getAction: (args: {
      /** The action’s id. */
      id: string
    }, options?: CallOptions): Promise<Action> =>
      call({ method: "GET", path: "/api/v1/actions/{id}", query: [], headers: {  } }, args, options) as Promise<Action>,
    /**
     * Put an action back. Answers when it is put back and read back, which may take some seconds. Works also while writes are stopped.
     * @throws TenonError `unknown-action`, `run-not-waiting`.
     */
    revertAction: (args: {
      /** The action’s id. */
      id: string
    }, options?: CallOptions): Promise<Action> =>
      call({ method: "POST", path: "/api/v1/actions/{id}/revert", query: [], headers: {  } }, args, options) as Promise<Action>,
    /**
     * Push a measured value to an action’s breaker. For who knows sooner than a metrics store: the value is judged at once against the action’s bounds on that measure. A breach is put on record, and a worker puts the action back within a second or so, unless writes are stopped. A value within the bounds is not kept.
     * @throws TenonError `unknown-action`, `bad-request`, `ledger-conflict`.
     */
    pushSample: (args: {
      /** The action’s id. */
      id: string
      body: {
        /** As in the bound, e.g. payment.success-rate. */
        measure: string
        /** As in the bound. */
        where?: Record<string, string>
        value: number
      }
    }, options?: CallOptions): Promise<SampleVerdict> =>
      call({ method: "POST", path: "/api/v1/actions/{id}/samples", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<SampleVerdict>,
    /**
     * Start a breaker. Watches measures for a load test or a drill, with no action of its own. Each second the bounds are judged; a breach, or no data for longer than the grace, trips it once and for good: that is put on record, then what `onBreach` says is done. Ask for its state while load is driven, and stop when it is not `watching`.
     * @throws TenonError `unknown-measure`, `bad-breaker`.
     */
    startBreaker: (args: {
      body: {
        name: string
        bounds: ({
          measure: string
          where?: Record<string, string>
          minimum?: number | null
          maximum?: number | null
          source?: "model" | "pushed"
        })[]
        onBreach: {
          kind: "tell"
        } | {
          kind: "revert"
          scope: string
        } | {
          kind: "stop-writes"
          scope: string
        } | {
          kind: "cancel-run"
          runId: string
        } | {
          kind: "webhook"
          connection: string
        }
        minutes: number
        graceSeconds?: number
      }
    }, options?: CallOptions): Promise<Breaker> =>
      call({ method: "POST", path: "/api/v1/breakers", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<Breaker>,
    /**
     * List the breakers. Newest first, at most 200.
     */
    listBreakers: (args: Record<string, never> = {}, options?: CallOptions): Promise<{
      items: Breaker[]
    }> =>
      call({ method: "GET", path: "/api/v1/breakers", query: [], headers: {  } }, args, options) as Promise<{
      items: Breaker[]
    }>,
    /**
     * Get a breaker. A breaker that no worker watches trips when it is asked for.
     * @throws TenonError `unknown-breaker`.
     */
    getBreaker: (args: {
      /** As starting it answered. */
      id: string
    }, options?: CallOptions): Promise<Breaker> =>
      call({ method: "GET", path: "/api/v1/breakers/{id}", query: [], headers: {  } }, args, options) as Promise<Breaker>,
    /**
     * End a breaker. The test is over: nothing is watched any more. The row stays, as the record of it.
     * @throws TenonError `unknown-breaker`, `breaker-over`.
     */
    endBreaker: (args: {
      /** As starting it answered. */
      id: string
    }, options?: CallOptions): Promise<Breaker> =>
      call({ method: "DELETE", path: "/api/v1/breakers/{id}", query: [], headers: {  } }, args, options) as Promise<Breaker>,
    /**
     * Push a measured value to a breaker. Judged at once. A breach trips the breaker. Of a bound with `source: pushed` the value is kept, so when pushing stops for longer than the grace, that trips it too.
     * @throws TenonError `unknown-breaker`, `bad-request`, `ledger-conflict`.
     */
    pushBreakerSample: (args: {
      /** As starting it answered. */
      id: string
      body: {
        /** As in the bound. */
        measure: string
        /** As in the bound. */
        where?: Record<string, string>
        value: number
      }
    }, options?: CallOptions): Promise<Breaker> =>
      call({ method: "POST", path: "/api/v1/breakers/{id}/samples", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<Breaker>,
    /**
     * Whether writes are stopped.
     */
    getWrites: (args: Record<string, never> = {}, options?: CallOptions): Promise<Writes> =>
      call({ method: "GET", path: "/api/v1/writes", query: [], headers: {  } }, args, options) as Promise<Writes>,
    /**
     * Stop writes. From now on no run applies anything (of the scope). What is in effect stays, also when its lease ends: it does not revert by itself until writes resume. A person still can put it back.
     * @throws TenonError `bad-request`.
     */
    stopWrites: (args: {
      body: {
        reason: string
        /** `all`, `connection:<name>`, `target:<connection>/<backend>`, `kind:<kind>` or `runbook:<name>`. */
        scope?: string
      }
    }, options?: CallOptions): Promise<Writes> =>
      call({ method: "POST", path: "/api/v1/writes/stop", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<Writes>,
    /**
     * Let writes happen again. Ends the stop of one scope; the others hold on.
     * @throws TenonError `bad-request`.
     */
    resumeWrites: (args: {
      /** `all`, `connection:<name>`, `target:<connection>/<backend>`, `kind:<kind>` or `runbook:<name>`. */
      scope?: string
    } = {}, options?: CallOptions): Promise<Writes> =>
      call({ method: "POST", path: "/api/v1/writes/resume", query: ["scope"], headers: {  } }, args, options) as Promise<Writes>,
    /**
     * List the calendars. No action begins while any calendar that applies to it is closed. What is in effect still reverts.
     */
    listCalendars: (args: Record<string, never> = {}, options?: CallOptions): Promise<{
      items: FreezeCalendarState[]
    }> =>
      call({ method: "GET", path: "/api/v1/calendars", query: [], headers: {  } }, args, options) as Promise<{
      items: FreezeCalendarState[]
    }>,
    /**
     * Make or replace a calendar.
     * @throws TenonError `calendar-closed`.
     */
    putCalendar: (args: {
      name: string
      body: {
        reason: string
        timeZone: string
        closed: ({
          kind: "weekly"
          days: number[]
          from: string
          to: string
        } | {
          kind: "dates"
          from: string
          to: string
        })[]
        appliesTo?: {
          targets?: string[]
          kinds?: ("traffic-switch" | "rate-limit" | "feature" | "scale" | "restart" | "roll-back" | "drain-node" | "silence" | "incident" | "statement")[]
          runbooks?: string[]
        }
      }
    }, options?: CallOptions): Promise<FreezeCalendar> =>
      call({ method: "PUT", path: "/api/v1/calendars/{name}", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<FreezeCalendar>,
    /**
     * Remove a calendar.
     * @throws TenonError `unknown-calendar`, `calendar-closed`.
     */
    deleteCalendar: (args: {
      name: string
    }, options?: CallOptions): Promise<{
      name: string
    }> =>
      call({ method: "DELETE", path: "/api/v1/calendars/{name}", query: [], headers: {  } }, args, options) as Promise<{
      name: string
    }>,
    /**
     * Get the limits on actions. They hold for every action; no runbook can loosen one.
     */
    getActionPolicy: (args: Record<string, never> = {}, options?: CallOptions): Promise<ActionPolicy> =>
      call({ method: "GET", path: "/api/v1/action-policy", query: [], headers: {  } }, args, options) as Promise<ActionPolicy>,
    /**
     * Set the limits on actions. The whole policy; what is left out gets its usual value. It counts from the next call on.
     */
    putActionPolicy: (args: {
      body: ActionPolicy
    }, options?: CallOptions): Promise<ActionPolicy> =>
      call({ method: "PUT", path: "/api/v1/action-policy", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<ActionPolicy>,
    /**
     * What each runbook may do alone. Of every runbook and kind of action that acted or was granted a level.
     */
    listAutonomy: (args: Record<string, never> = {}, options?: CallOptions): Promise<{
      items: Autonomy[]
    }> =>
      call({ method: "GET", path: "/api/v1/autonomy", query: [], headers: {  } }, args, options) as Promise<{
      items: Autonomy[]
    }>,
    /**
     * Grant a level to a runbook. observe: shown only. suggest: people carry it out. approve: carried out with an approval. automatic: by itself, until one of its actions fails. Down is always allowed; up goes one level at a time, and to automatic only after enough approved actions that went well.
     * @throws TenonError `autonomy-refused`.
     */
    putAutonomy: (args: {
      runbook: string
      kind: "traffic-switch" | "rate-limit" | "feature" | "scale" | "restart" | "roll-back" | "drain-node" | "silence" | "incident" | "statement"
      body: {
        level: "observe" | "suggest" | "approve" | "automatic"
        reason: string
      }
    }, options?: CallOptions): Promise<{
      runbook: string
      kind: "traffic-switch" | "rate-limit" | "feature" | "scale" | "restart" | "roll-back" | "drain-node" | "silence" | "incident" | "statement"
      level: "observe" | "suggest" | "approve" | "automatic"
    }> =>
      call({ method: "PUT", path: "/api/v1/autonomy/{runbook}/{kind}", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<{
      runbook: string
      kind: "traffic-switch" | "rate-limit" | "feature" | "scale" | "restart" | "roll-back" | "drain-node" | "silence" | "incident" | "statement"
      level: "observe" | "suggest" | "approve" | "automatic"
    }>,
    /**
     * List runbooks. By title.
     */
    listRunbooks: (args: {
      /** How many at most. */
      limit?: number
      /** `next` of the page before. */
      cursor?: string
    } = {}, options?: CallOptions): Promise<{
      items: RunbookSummary[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }> =>
      call({ method: "GET", path: "/api/v1/runbooks", query: ["limit","cursor"], headers: {  } }, args, options) as Promise<{
      items: RunbookSummary[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }>,
    /**
     * Create a runbook. Makes a draft; nothing runs before it is published. The document may also be sent as it is, with "Content-Type: application/yaml".
     * @throws TenonError `document-invalid`, `name-taken`.
     */
    createRunbook: (args: {
      body: {
        /** The document, YAML. */
        source: string
      }
    }, options?: CallOptions): Promise<Runbook> =>
      call({ method: "POST", path: "/api/v1/runbooks", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<Runbook>,
    /**
     * Get a runbook. With its draft, and what the compiler says of it. `ETag` is the draft’s revision, for `If-Match`.
     * @throws TenonError `unknown-runbook`.
     */
    getRunbook: (args: {
      /** The runbook’s name. */
      name: string
    }, options?: CallOptions): Promise<Runbook> =>
      call({ method: "GET", path: "/api/v1/runbooks/{name}", query: [], headers: {  } }, args, options) as Promise<Runbook>,
    /**
     * Save a runbook. Creates it, or saves its draft, which may have problems. For one that exists the revision that the text was made from is needed, in `If-Match` or `baseRevision`. The document may also be sent as it is, with "Content-Type: application/yaml".
     * @throws TenonError `draft-conflict`, `base-revision-missing`, `document-invalid`, `name-changed`.
     */
    saveRunbook: (args: {
      /** The runbook’s name. */
      name: string
      /** The revision that the text was made from: `"7"`, as in the `ETag` of getRunbook. */
      ifMatch?: string
      body: {
        /** The document, YAML. */
        source: string
        baseRevision?: number
      }
    }, options?: CallOptions): Promise<Runbook> =>
      call({ method: "PUT", path: "/api/v1/runbooks/{name}", query: [], headers: { ifMatch: "If-Match" }, body: "application/json" }, args, options) as Promise<Runbook>,
    /**
     * Delete a runbook. With its versions and runs.
     * @throws TenonError `unknown-runbook`, `runs-going-on`.
     */
    deleteRunbook: (args: {
      /** The runbook’s name. */
      name: string
    }, options?: CallOptions): Promise<{
      /** What is still to be done, such as its schedules. */
      warning: string | null
    }> =>
      call({ method: "DELETE", path: "/api/v1/runbooks/{name}", query: [], headers: {  } }, args, options) as Promise<{
      /** What is still to be done, such as its schedules. */
      warning: string | null
    }>,
    /**
     * Check a runbook. What the compiler says of a text, or of the draft without one. Nothing is saved.
     * @throws TenonError `unknown-runbook`.
     */
    validateRunbook: (args: {
      /** The runbook’s name. */
      name: string
      body?: {
        /** The document, YAML. */
        source?: string
      }
    }, options?: CallOptions): Promise<Validation> =>
      call({ method: "POST", path: "/api/v1/runbooks/{name}/validate", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<Validation>,
    /**
     * Publish a runbook. Makes a version of the draft and makes it live. Runs that go on keep the version they began with.
     * @throws TenonError `unknown-runbook`, `draft-conflict`, `document-invalid`, `unknown-environment`.
     */
    publishRunbook: (args: {
      /** The runbook’s name. */
      name: string
      body: {
        /** The draft’s revision that is meant. */
        revision: number
        /** `production` without it. */
        environment?: string
        /** What changed. */
        note?: string
      }
    }, options?: CallOptions): Promise<Published> =>
      call({ method: "POST", path: "/api/v1/runbooks/{name}/publish", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<Published>,
    /**
     * Make another version live. An older one, or one that is live in another environment.
     * @throws TenonError `unknown-runbook`, `unknown-version`, `unknown-environment`.
     */
    rollbackRunbook: (args: {
      /** The runbook’s name. */
      name: string
      body: {
        version: number
        /** `production` without it. */
        environment?: string
      }
    }, options?: CallOptions): Promise<MadeLive> =>
      call({ method: "POST", path: "/api/v1/runbooks/{name}/rollback", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<MadeLive>,
    /**
     * List versions. Newest first, at most 100.
     * @throws TenonError `unknown-runbook`.
     */
    listVersions: (args: {
      name: string
    }, options?: CallOptions): Promise<{
      items: Version[]
      /** It is the whole list. */
      next: null
    }> =>
      call({ method: "GET", path: "/api/v1/runbooks/{name}/versions", query: [], headers: {  } }, args, options) as Promise<{
      items: Version[]
      /** It is the whole list. */
      next: null
    }>,
    /**
     * Get a version.
     * @throws TenonError `unknown-runbook`, `unknown-version`.
     */
    getVersion: (args: {
      name: string
      version: number
    }, options?: CallOptions): Promise<VersionText> =>
      call({ method: "GET", path: "/api/v1/runbooks/{name}/versions/{version}", query: [], headers: {  } }, args, options) as Promise<VersionText>,
    /**
     * Compare versions. What differs in what runs: positions, comments and order are left out.
     * @throws TenonError `unknown-runbook`, `unknown-version`, `not-published`, `document-invalid`.
     */
    diffVersions: (args: {
      name: string
      /** A version’s number, `draft`, or `live`. */
      from?: "draft" | "live" | number
      /** A version’s number, `draft`, or `live`. */
      to?: "draft" | "live" | number
      /** Whose live version `live` is; `production` without it. */
      environment?: string
    }, options?: CallOptions): Promise<{
      /** The version; null for the draft. */
      from: number | null
      to: number | null
      /** The changes in words. */
      lines: string[]
      diff: RunbookDiff
    }> =>
      call({ method: "GET", path: "/api/v1/runbooks/{name}/diff", query: ["from","to","environment"], headers: {  } }, args, options) as Promise<{
      /** The version; null for the draft. */
      from: number | null
      to: number | null
      /** The changes in words. */
      lines: string[]
      diff: RunbookDiff
    }>,
    /**
     * Apply runbook files. Makes the runbooks of these files what the server has, their texts as they are, and publishes them. All files are checked first: when one has an error, nothing is changed. `prune` deletes runbooks that an earlier apply made, that nobody saved since, and that are in none of the files; it needs the role admin.
     * @throws TenonError `document-invalid`, `unknown-environment`, `runs-going-on`, `backtest-missing`, `backtest-worse`, `draft-conflict`.
     */
    apply: (args: {
      body: {
        files: ({
          /** For messages. */
          path: string
          /** YAML. */
          source: string
        })[]
        /** Where they go live; production without it. */
        environment?: string
        /** Without it only drafts are saved. */
        publish?: boolean
        prune?: boolean
        /** Says what would be done, and does nothing. */
        dryRun?: boolean
      }
    }, options?: CallOptions): Promise<Applied> =>
      call({ method: "POST", path: "/api/v1/apply", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<Applied>,
    /**
     * List triggers. The schedules, webhooks and events of the live versions.
     */
    listTriggers: (args: {
      runbook?: string
      kind?: "schedule" | "webhook" | "event"
      /** How many at most. */
      limit?: number
      /** `next` of the page before. */
      cursor?: string
    } = {}, options?: CallOptions): Promise<{
      items: Trigger[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }> =>
      call({ method: "GET", path: "/api/v1/triggers", query: ["runbook","kind","limit","cursor"], headers: {  } }, args, options) as Promise<{
      items: Trigger[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }>,
    /**
     * Pause a trigger. A paused schedule does not fire; events of a paused webhook or event trigger are filtered.
     * @throws TenonError `unknown-trigger`.
     */
    pauseTrigger: (args: {
      runbook: string
      trigger: string
      environment?: string
      body: {
        reason: string
      }
    }, options?: CallOptions): Promise<{
      /** What is not done yet although it is saved: the schedule, while Temporal is away. */
      warning: string | null
    }> =>
      call({ method: "POST", path: "/api/v1/triggers/{runbook}/{trigger}/pause", query: ["environment"], headers: {  }, body: "application/json" }, args, options) as Promise<{
      /** What is not done yet although it is saved: the schedule, while Temporal is away. */
      warning: string | null
    }>,
    /**
     * Let a paused trigger go on.
     * @throws TenonError `unknown-trigger`.
     */
    resumeTrigger: (args: {
      runbook: string
      trigger: string
      environment?: string
    }, options?: CallOptions): Promise<{
      /** What is not done yet although it is saved: the schedule, while Temporal is away. */
      warning: string | null
    }> =>
      call({ method: "POST", path: "/api/v1/triggers/{runbook}/{trigger}/resume", query: ["environment"], headers: {  } }, args, options) as Promise<{
      /** What is not done yet although it is saved: the schedule, while Temporal is away. */
      warning: string | null
    }>,
    /**
     * Make up for missed firings. Runs a schedule for every time in a span at which it should have fired, one after the other; at most 200.
     * @throws TenonError `unknown-trigger`, `trigger-paused`, `not-a-schedule`, `bad-span`, `no-firing`, `too-many-firings`.
     */
    backfillTrigger: (args: {
      runbook: string
      trigger: string
      environment?: string
      body: {
        from: string
        to: string
      }
    }, options?: CallOptions): Promise<{
      firings: number
    }> =>
      call({ method: "POST", path: "/api/v1/triggers/{runbook}/{trigger}/backfill", query: ["environment"], headers: {  }, body: "application/json" }, args, options) as Promise<{
      firings: number
    }>,
    /**
     * Receive a webhook. For the webhook triggers of runbooks. No API token: the sender proves that it knows the secret of the connection that the trigger names.  - `X-Tenon-Timestamp` (unix seconds, at most 5 minutes off) and `X-Tenon-Signature`: `v1=` and the hex of HMAC-SHA256 over `<timestamp>.<body>`; - format `github`: `X-Hub-Signature-256` as GitHub sends it; - format `alertmanager`, which cannot sign: `Authorization: Bearer <secret>`.  Every event gets a disposition, also those that start nothing; an event that comes again is `deduplicated`.
     * @throws TenonError `unknown-trigger`, `signature-missing`, `signature-wrong`, `timestamp-bad`, `bad-json`, `bad-event`, `too-many-events`, `nested-too-deep`, `body-too-large`, `hook-secret-missing`.
     */
    receiveHook: (args: {
      runbook: string
      trigger: string
      environment?: string
      /** Unix seconds when the request was signed. */
      xTenonTimestamp?: string
      /** `v1=` and the hex of HMAC-SHA256 over `<timestamp>.<body>`. */
      xTenonSignature?: string
      /** Format `generic`: the event’s id, when the body has no `id`. */
      xTenonDelivery?: string
      body: string
    }, options?: CallOptions): Promise<{
      /** In the order of the request. */
      events: DecidedEvent[]
    }> =>
      call({ method: "POST", path: "/api/v1/hooks/{runbook}/{trigger}", query: ["environment"], headers: { xTenonTimestamp: "X-Tenon-Timestamp", xTenonSignature: "X-Tenon-Signature", xTenonDelivery: "X-Tenon-Delivery" }, body: "application/json" }, args, options) as Promise<{
      /** In the order of the request. */
      events: DecidedEvent[]
    }>,
    /**
     * Send an event. Starts the runbooks with an event trigger of this name and reaches the steps that wait for it.
     */
    sendEvent: (args: {
      body: {
        /** What happened, such as `deploy-finished`. */
        name: string
        /** Equal ids of one name are the same event. A new one without it. */
        id?: string
        /** What triggers and waiting steps see as `event.payload`. */
        payload?: unknown
      }
    }, options?: CallOptions): Promise<{
      id: string
      /** `accepted`: on record, and not decided yet. */
      disposition: "accepted" | "ran" | "joined" | "queued" | "deduplicated" | "filtered" | "rejected" | "delivered"
      /** One sentence. */
      reason: string
      /** The run that it started, joined or was filtered for. */
      runId: string | null
      /** The triggers that listen for it and the steps that wait for it. */
      met: ({
        id: string
        /** `accepted`: on record, and not decided yet. */
        disposition: "accepted" | "ran" | "joined" | "queued" | "deduplicated" | "filtered" | "rejected" | "delivered"
        /** One sentence. */
        reason: string
        /** The run that it started, joined or was filtered for. */
        runId: string | null
        /** The trigger, or the waiting step. */
        source: string
      })[]
    }> =>
      call({ method: "POST", path: "/api/v1/events", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<{
      id: string
      /** `accepted`: on record, and not decided yet. */
      disposition: "accepted" | "ran" | "joined" | "queued" | "deduplicated" | "filtered" | "rejected" | "delivered"
      /** One sentence. */
      reason: string
      /** The run that it started, joined or was filtered for. */
      runId: string | null
      /** The triggers that listen for it and the steps that wait for it. */
      met: ({
        id: string
        /** `accepted`: on record, and not decided yet. */
        disposition: "accepted" | "ran" | "joined" | "queued" | "deduplicated" | "filtered" | "rejected" | "delivered"
        /** One sentence. */
        reason: string
        /** The run that it started, joined or was filtered for. */
        runId: string | null
        /** The trigger, or the waiting step. */
        source: string
      })[]
    }>,
    /**
     * List inbound events. What came in through triggers and what became of it, newest first. Payloads are left out.
     */
    listInbound: (args: {
      /** For this runbook only. */
      runbook?: string
      disposition?: "accepted" | "ran" | "joined" | "queued" | "deduplicated" | "filtered" | "rejected" | "delivered"
      /** How many at most. */
      limit?: number
      /** `next` of the page before. */
      cursor?: string
    } = {}, options?: CallOptions): Promise<{
      items: InboundEvent[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }> =>
      call({ method: "GET", path: "/api/v1/inbound", query: ["runbook","disposition","limit","cursor"], headers: {  } }, args, options) as Promise<{
      items: InboundEvent[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }>,
    /**
     * Get an inbound event. With its payload.
     * @throws TenonError `unknown-event`.
     */
    getInbound: (args: {
      id: string
    }, options?: CallOptions): Promise<InboundEvent> =>
      call({ method: "GET", path: "/api/v1/inbound/{id}", query: [], headers: {  } }, args, options) as Promise<InboundEvent>,
    /**
     * Start a backtest. Runs one plan over many past moments: reads ask with the moment’s clock, writes are only planned, nobody is asked for approval. Ask for it again to see how far it is.
     * @throws TenonError `unknown-runbook`, `not-published`, `bad-cases`, `no-cases`.
     */
    startBacktest: (args: {
      body: {
        runbook: string
        /** This version instead of the live one. */
        version?: number
        /** The draft instead of the live version. */
        draft?: boolean
        title?: string
        cases: ({
          /** The clock of its reads. */
          at: string
          params?: Record<string, unknown>
          /** What people say that it was. */
          label?: "normal" | "abnormal" | null
        })[] | {
          from: string
          to: string
          /** Time between the moments: 15m, 1h. */
          every: string
          params?: Record<string, unknown>
        } | {
          /** The last alerts that came in for the runbook. */
          alerts: number
        }
      }
    }, options?: CallOptions): Promise<Backtest> =>
      call({ method: "POST", path: "/api/v1/backtests", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<Backtest>,
    /**
     * List backtests of a runbook. Newest first.
     */
    listBacktests: (args: {
      runbook: string
    }, options?: CallOptions): Promise<{
      items: BacktestHead[]
      /** It is the whole list. */
      next: null
    }> =>
      call({ method: "GET", path: "/api/v1/backtests", query: ["runbook"], headers: {  } }, args, options) as Promise<{
      items: BacktestHead[]
      /** It is the whole list. */
      next: null
    }>,
    /**
     * Get a backtest. Its progress, confusion matrix and cases.
     * @throws TenonError `unknown-backtest`.
     */
    getBacktest: (args: {
      id: string
    }, options?: CallOptions): Promise<Backtest> =>
      call({ method: "GET", path: "/api/v1/backtests/{id}", query: [], headers: {  } }, args, options) as Promise<Backtest>,
    /**
     * Cancel a backtest. The case that goes on is still run; what was found stays.
     * @throws TenonError `unknown-backtest`.
     */
    cancelBacktest: (args: {
      id: string
    }, options?: CallOptions): Promise<Backtest> =>
      call({ method: "POST", path: "/api/v1/backtests/{id}/cancel", query: [], headers: {  } }, args, options) as Promise<Backtest>,
    /**
     * List the model’s files. Files in `generated/` are what discovery found; what the others say lies over them.
     */
    listModelFiles: (args: {
      /** With their texts: all are of one moment, so that they fit together. */
      text?: string
    } = {}, options?: CallOptions): Promise<{
      items: ModelFile[]
      /** It is the whole list. */
      next: null
    }> =>
      call({ method: "GET", path: "/api/v1/model/files", query: ["text"], headers: {  } }, args, options) as Promise<{
      items: ModelFile[]
      /** It is the whole list. */
      next: null
    }>,
    /**
     * Write the model’s files. Makes these files what the server has. The whole model is checked first: when anything in it is wrong, nothing is changed. It is used at once, without a restart. `prune` removes the files that are not among them.
     * @throws TenonError `model-invalid`.
     */
    putModelFiles: (args: {
      body: {
        files: ({
          /** In the model’s folder: shop.yaml, generated/shop-metrics.yaml. */
          path: string
          /** YAML. */
          text: string
        })[]
        prune?: boolean
        /** Says what would be done, and does nothing. */
        dryRun?: boolean
      }
    }, options?: CallOptions): Promise<ModelWritten> =>
      call({ method: "PUT", path: "/api/v1/model/files", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<ModelWritten>,
    /**
     * Check model files. What would be wrong with the model if these were its files. Nothing is saved.
     */
    checkModel: (args: {
      body: {
        files: ({
          /** In the model’s folder: shop.yaml, generated/shop-metrics.yaml. */
          path: string
          /** YAML. */
          text: string
        })[]
        /** These are the whole model; without it they are laid into the stored one. */
        alone?: boolean
      }
    }, options?: CallOptions): Promise<ModelCheck> =>
      call({ method: "POST", path: "/api/v1/model/check", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<ModelCheck>,
    /**
     * Discover what a connection has. Begins to read it, in the background. What it finds is a proposal; nothing changes until somebody accepts it.
     * @throws TenonError `unknown-connection`, `discovery-running`.
     */
    discoverModel: (args: {
      body: {
        connection: string
        /** Names everything anew by the present rules, also what is known; without it only what is new is read. */
        again?: boolean
      }
    }, options?: CallOptions): Promise<{
      proposalId: string
    }> =>
      call({ method: "POST", path: "/api/v1/model/discoveries", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<{
      proposalId: string
    }>,
    /**
     * List proposals for the model.
     */
    listModelProposals: (args: Record<string, never> = {}, options?: CallOptions): Promise<{
      items: ModelProposalSummary[]
      /** It is the whole list. */
      next: null
    }> =>
      call({ method: "GET", path: "/api/v1/model/proposals", query: [], headers: {  } }, args, options) as Promise<{
      items: ModelProposalSummary[]
      /** It is the whole list. */
      next: null
    }>,
    /**
     * Get a proposal for the model.
     * @throws TenonError `unknown-proposal`.
     */
    getModelProposal: (args: {
      id: string
    }, options?: CallOptions): Promise<ModelProposal> =>
      call({ method: "GET", path: "/api/v1/model/proposals/{id}", query: [], headers: {  } }, args, options) as Promise<ModelProposal>,
    /**
     * Accept a proposal for the model. In whole, or only some changes and what they need. The model is checked as a whole and used at once.
     * @throws TenonError `unknown-proposal`, `proposal-decided`, `model-invalid`.
     */
    acceptModelProposal: (args: {
      id: string
      body?: {
        /** Keys of changes; all of them without it. */
        only?: string[]
      }
    }, options?: CallOptions): Promise<{
      /** That changed. */
      files: string[]
    }> =>
      call({ method: "POST", path: "/api/v1/model/proposals/{id}/accept", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<{
      /** That changed. */
      files: string[]
    }>,
    /**
     * Reject a proposal for the model.
     * @throws TenonError `unknown-proposal`, `proposal-decided`.
     */
    rejectModelProposal: (args: {
      id: string
    }, options?: CallOptions): Promise<{
      rejected: true
    }> =>
      call({ method: "POST", path: "/api/v1/model/proposals/{id}/reject", query: [], headers: {  } }, args, options) as Promise<{
      rejected: true
    }>,
    /**
     * Freeze a run’s report. Keeps the report as it is now, on a read-only link for whoever may sign in, until it expires.
     * @throws TenonError `unknown-run`.
     */
    freezeReport: (args: {
      body: {
        /** The id that starting the run gave. */
        runId: string
        expiresInDays?: number
      }
    }, options?: CallOptions): Promise<{
      id: string
      link: string
      expiresAt: string
    }> =>
      call({ method: "POST", path: "/api/v1/reports", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<{
      id: string
      link: string
      expiresAt: string
    }>,
    /**
     * Get a frozen report.
     * @throws TenonError `unknown-report`.
     */
    getFrozenReport: (args: {
      id: string
      /** Of the answer. */
      format?: "json" | "markdown" | "pdf"
    }, options?: CallOptions): Promise<RunReport | string | Uint8Array> =>
      call({ method: "GET", path: "/api/v1/reports/{id}", query: ["format"], headers: {  }, files: true }, args, options) as Promise<RunReport | string | Uint8Array>,
    /**
     * Delete a frozen report. Whoever froze it may, and admins. The run stays.
     * @throws TenonError `unknown-report`.
     */
    deleteFrozenReport: (args: {
      id: string
    }, options?: CallOptions): Promise<{
      deleted: true
    }> =>
      call({ method: "DELETE", path: "/api/v1/reports/{id}", query: [], headers: {  } }, args, options) as Promise<{
      deleted: true
    }>,
    /**
     * Freeze a view. Reads the chosen series now and keeps them, with their quality and queries, until the view expires.
     * @throws TenonError `unknown-measure`, `query-too-large`.
     */
    createView: (args: {
      body: {
        title: string
        series: ({
          /** `payment.succeeded` */
          measure: string
          where?: Record<string, string | string[]>
          groupBy?: string[]
        })[]
        from: string
        to: string
        stepSeconds: number
        expiresInDays?: number
      }
    }, options?: CallOptions): Promise<{
      id: string
      link: string
    }> =>
      call({ method: "POST", path: "/api/v1/views", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<{
      id: string
      link: string
    }>,
    /**
     * List views.
     */
    listViews: (args: Record<string, never> = {}, options?: CallOptions): Promise<{
      items: DataViewSummary[]
      /** It is the whole list. */
      next: null
    }> =>
      call({ method: "GET", path: "/api/v1/views", query: [], headers: {  } }, args, options) as Promise<{
      items: DataViewSummary[]
      /** It is the whole list. */
      next: null
    }>,
    /**
     * Get a view.
     * @throws TenonError `unknown-view`.
     */
    getView: (args: {
      id: string
    }, options?: CallOptions): Promise<DataView> =>
      call({ method: "GET", path: "/api/v1/views/{id}", query: [], headers: {  } }, args, options) as Promise<DataView>,
    /**
     * Delete a view. Whoever made it may, and admins.
     * @throws TenonError `unknown-view`.
     */
    deleteView: (args: {
      id: string
    }, options?: CallOptions): Promise<{
      deleted: true
    }> =>
      call({ method: "DELETE", path: "/api/v1/views/{id}", query: [], headers: {  } }, args, options) as Promise<{
      deleted: true
    }>,
    /**
     * Export a view as a Grafana dashboard. Dashboard JSON for Grafana’s “Import”. Panels ask the very expressions; each connection is a variable of type data source, so nothing has to be named alike.
     * @throws TenonError `unknown-view`.
     */
    getViewGrafana: (args: {
      id: string
    }, options?: CallOptions): Promise<GrafanaDashboard> =>
      call({ method: "GET", path: "/api/v1/views/{id}/grafana", query: [], headers: {  } }, args, options) as Promise<GrafanaDashboard>,
    /**
     * List alerts. In groups of one cause, newest first, each with what it turned out to be.
     */
    listAlerts: (args: {
      state?: "open" | "closed"
      verdict?: "real" | "source-drop" | "low-traffic" | "normal-loss" | "expected-change" | "expected-load-test" | "duplicate" | "echo" | "undetermined"
      /** In the title, the entity or the reason. */
      text?: string
      /** How many at most. */
      limit?: number
      /** `next` of the page before. */
      cursor?: string
    } = {}, options?: CallOptions): Promise<{
      items: AlertGroup[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }> =>
      call({ method: "GET", path: "/api/v1/alerts", query: ["state","verdict","text","limit","cursor"], headers: {  } }, args, options) as Promise<{
      items: AlertGroup[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }>,
    /**
     * Get an alert.
     * @throws TenonError `unknown-alert`.
     */
    getAlert: (args: {
      id: string
    }, options?: CallOptions): Promise<{
      alert: AlertWithEvidence
      group: AlertGroup
    }> =>
      call({ method: "GET", path: "/api/v1/alerts/{id}", query: [], headers: {  } }, args, options) as Promise<{
      alert: AlertWithEvidence
      group: AlertGroup
    }>,
    /**
     * Label alerts. Says of a group that it was real or noise. Precision is computed from what people say.
     * @throws TenonError `unknown-alert-group`.
     */
    labelAlerts: (args: {
      body: {
        group: string
        /** null takes it back. */
        label: "real" | "noise" | null
      }
    }, options?: CallOptions): Promise<AlertGroup> =>
      call({ method: "POST", path: "/api/v1/alert-labels", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<AlertGroup>,
    /**
     * Get the precision of alerts. Of the last 30 days: the share of alerts that were real, before triage and of those that people are still told of. By labels where there are any, else by the verdicts themselves, which `basis` says.
     */
    getAlertPrecision: (args: Record<string, never> = {}, options?: CallOptions): Promise<AlertPrecision> =>
      call({ method: "GET", path: "/api/v1/alert-precision", query: [], headers: {  } }, args, options) as Promise<AlertPrecision>,
    /**
     * Tell of a change. Send it when the change begins, and again with `endedAt` when it is over: the same id is the same change. Kinds that the analysis knows: `deploy`, `config`, `flag`, `load-test`, `drill`, `rollback`; others are taken as they are.
     */
    postChange: (args: {
      body: {
        id: string
        kind: string
        title: string
        startedAt: string
        endedAt?: string | null
        scope: {
          entity?: string
          hosts?: string[]
          zone?: string
          version?: string
        }
        author?: string | null
      }
    }, options?: CallOptions): Promise<Change> =>
      call({ method: "POST", path: "/api/v1/changes", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<Change>,
    /**
     * List changes. What was under way between two times, newest first; the last 24 hours without them.
     */
    listChanges: (args: {
      from?: string
      to?: string
      /** How many at most. */
      limit?: number
      /** `next` of the page before. */
      cursor?: string
    } = {}, options?: CallOptions): Promise<{
      items: Change[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }> =>
      call({ method: "GET", path: "/api/v1/changes", query: ["from","to","limit","cursor"], headers: {  } }, args, options) as Promise<{
      items: Change[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }>,
    /**
     * Search data services. By meaning, best first: `success rate payment zone A`, `response time checkout`, also with a slip of the finger. Without `search` everything, in the order of the model. A search leads to its best 1000.
     */
    listDataServices: (args: {
      /** What is looked for, in words. */
      search?: string
      /** All kinds without it. */
      kind?: ("measure" | "entity" | "table" | "chain")[]
      /** How many at most. */
      limit?: number
      /** `next` of the page before. */
      cursor?: string
    } = {}, options?: CallOptions): Promise<{
      items: DataServiceHit[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }> =>
      call({ method: "GET", path: "/api/v1/data/services", query: ["search","kind","limit","cursor"], headers: {  } }, args, options) as Promise<{
      items: DataServiceHit[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }>,
    /**
     * Get a data service. What a measure is, how it can be asked, where it comes from and which runbooks use it.
     * @throws TenonError `unknown-measure`.
     */
    getDataService: (args: {
      /** `<table>.<measure>`, or `<entity>.<measure>`: `payment.success-rate`. */
      ref: string
    }, options?: CallOptions): Promise<DataServiceDetails> =>
      call({ method: "GET", path: "/api/v1/data/services/{ref}", query: [], headers: {  } }, args, options) as Promise<DataServiceDetails>,
    /**
     * Ask a measure. Its values over a time: counters as a rate per minute, ratios as 0..1, latency in seconds. What is missing is null and never zero; `quality` says how complete and how fresh the answer is, and `query` what was asked of the source.
     * @throws TenonError `unknown-measure`, `unknown-dimension`, `bad-query`, `query-too-large`, `source-unreachable`, `source-refused`.
     */
    queryData: (args: {
      body: {
        /** `<table>.<measure>`, or `<entity>.<measure>`: `payment.success-rate`. */
        measure: string
        /** Dimension -> a value, or several of which any. */
        where?: Record<string, string | string[]>
        /** A series for each combination of these dimensions’ values. */
        groupBy?: string[]
        /** Where it begins; an hour before the end without it. */
        from?: number | "now" | string
        /** Where it ends; now without it. */
        to?: number | "now" | string
        /** Between points; chosen to suit the time without it. */
        step?: number | string
        /** Nothing after it is read, and relative times count from it; now without it. */
        asOf?: number | "now" | string
      }
    }, options?: CallOptions): Promise<DataResult> =>
      call({ method: "POST", path: "/api/v1/data/query", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<DataResult>,
    /**
     * Ask what exists. Entities by kind, id and attributes, their own or inherited: a host has its service’s owner.
     */
    queryEntities: (args: {
      body?: {
        kind?: string
        id?: string
        /** Attribute -> value, all of which must hold: `{"zone": "A"}`. */
        where?: Record<string, string>
        /** How many at most. */
        limit?: number
        /** `next` of the page before. */
        cursor?: string
      }
    } = {}, options?: CallOptions): Promise<{
      items: Entity[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }> =>
      call({ method: "POST", path: "/api/v1/data/entities", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<{
      items: Entity[]
      /** `cursor` of the next page; null at the end. */
      next: string | null
    }>,
    /**
     * Ask what is linked. What an entity depends on, what depends on it, or both, hop by hop, nearest first.
     * @throws TenonError `unknown-entity`, `query-too-large`.
     */
    queryRelations: (args: {
      body: {
        entity: string
        /** `upstream` is what it depends on, `downstream` what depends on it. */
        direction?: "upstream" | "downstream" | "both"
        /** Hops. */
        depth?: number
        /** Which relations are followed; all without it. */
        kinds?: ("calls" | "runs-on" | "stores-in" | "part-of" | "owned-by")[]
      }
    }, options?: CallOptions): Promise<Relations> =>
      call({ method: "POST", path: "/api/v1/data/relations", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<Relations>,
    /**
     * Get a typed SDK. Made of the model as it is now: files to write into a folder, one module a domain. `tenon sdk` writes them. See docs/sdk.md.
     * @throws TenonError `unknown-domain`.
     */
    getDataSdk: (args: {
      /** `json-schema` and `openapi` describe the same services for other tools. */
      language: "typescript" | "python" | "json-schema" | "openapi"
      /** Only these; all without it. */
      domain?: string[]
    }, options?: CallOptions): Promise<DataSdk> =>
      call({ method: "GET", path: "/api/v1/data/sdk", query: ["language","domain"], headers: {  } }, args, options) as Promise<DataSdk>,
    /**
     * Compute an aggregation. Aggregates a measure, a table of the model, or what a connection holds (a relation, files, logs): filtered, grouped, in steps of time. Databases compute it themselves, files are read by DuckDB. What was left out, cut or unreadable is in `notes`. A connection beyond the model needs the role `editor`.
     * @throws TenonError `bad-query`, `query-too-large`, `unknown-entity`, `unknown-source`, `source-refused`, `source-unreachable`.
     */
    compute: (args: {
      body: ComputeRequest
    }, options?: CallOptions): Promise<ComputeAnswer> =>
      call({ method: "POST", path: "/api/v1/data/compute", query: [], headers: {  }, body: "application/json" }, args, options) as Promise<ComputeAnswer>,
    /**
     * Get a kept result.
     * @throws TenonError `unknown-result`.
     */
    getResult: (args: {
      id: string
    }, options?: CallOptions): Promise<KeptResult> =>
      call({ method: "GET", path: "/api/v1/data/results/{id}", query: [], headers: {  } }, args, options) as Promise<KeptResult>,
    /**
     * List node types. What runbooks are made of: inputs and outputs as JSON Schema, the ways each ends, and what it does. docs/nodes.md is made from it.
     */
    listNodeTypes: (args: Record<string, never> = {}, options?: CallOptions): Promise<{
      items: NodeType[]
      /** It is the whole list. */
      next: null
    }> =>
      call({ method: "GET", path: "/api/v1/node-types", query: [], headers: {  } }, args, options) as Promise<{
      items: NodeType[]
      /** It is the whole list. */
      next: null
    }>,
    /**
     * List connections. Their names and kinds, as runbooks use them. Addresses and secrets are for admins, in Settings.
     */
    listConnections: (args: Record<string, never> = {}, options?: CallOptions): Promise<{
      items: ({
        name: string
        kind: string
      })[]
      /** It is the whole list. */
      next: null
    }> =>
      call({ method: "GET", path: "/api/v1/connections", query: [], headers: {  } }, args, options) as Promise<{
      items: ({
        name: string
        kind: string
      })[]
      /** It is the whole list. */
      next: null
    }>,
    /**
     * List environments. Where versions can be live. `production` is what a call means that names none.
     */
    listEnvironments: (args: Record<string, never> = {}, options?: CallOptions): Promise<{
      items: string[]
      /** It is the whole list. */
      next: null
    }> =>
      call({ method: "GET", path: "/api/v1/environments", query: [], headers: {  } }, args, options) as Promise<{
      items: string[]
      /** It is the whole list. */
      next: null
    }>,
    /**
     * Whether the web process lives.
     */
    getHealth: (args: Record<string, never> = {}, options?: CallOptions): Promise<{
      ok: true
    }> =>
      call({ method: "GET", path: "/healthz", query: [], headers: {  } }, args, options) as Promise<{
      ok: true
    }>,
    /**
     * Whether the database and Temporal answer.
     */
    getReadiness: (args: Record<string, never> = {}, options?: CallOptions): Promise<Readiness> =>
      call({ method: "GET", path: "/readyz", query: [], headers: {  } }, args, options) as Promise<Readiness>,
    /**
     * Get this document.
     */
    getOpenApi: (args: Record<string, never> = {}, options?: CallOptions): Promise<Record<string, unknown>> =>
      call({ method: "GET", path: "/api/v1/openapi.json", query: [], headers: {  } }, args, options) as Promise<Record<string, unknown>>,
    /**
     * Read this document as a page.
     */
    getDocs: (args: Record<string, never> = {}, options?: CallOptions): Promise<string> =>
      call({ method: "GET", path: "/api/v1/docs", query: [], headers: {  }, text: true }, args, options) as Promise<string>,
  }
}
