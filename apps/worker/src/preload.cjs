/**
 * Loads the pure packages once a worker instead of once a run: evaluating them (schemas, the CEL environment, protobuf descriptors) is half of what a
 * short run costs. The SDK freezes what it shares, and everything that can be reached from it; our schemas and descriptors build parts of themselves when
 * those are first used, which then throws. It stops at what is frozen already, so the exports themselves are frozen here and what they lead to is left.
 * That is safe because these packages keep nothing of a run: only what they would compute again.
 */
const define = Object.defineProperty
const loaded = []
// Every ES module marks its exports so, first of all.
Object.defineProperty = (target, key, descriptor) => {
  if (key === '__esModule') loaded.push(target)
  return define(target, key, descriptor)
}
try {
  require('@tenon/runbook')
  require('@tenon/activities/compute')
} finally {
  Object.defineProperty = define
}
for (const exported of loaded) Object.freeze(exported)
