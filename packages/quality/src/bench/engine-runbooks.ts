/** The runbooks that the engine bench runs, as text. */

/** Ten values, each over the one before. */
export function tenComputes(name: string, { express = false, value = 1 } = {}): string {
  const ids = Array.from({ length: 10 }, (_, index) => `s${index}`)
  const nodes = ids.map((id, index) => {
    const expression = index === 0 ? `\${params.value + ${value}}` : `\${steps.${ids[index - 1]}.output.value + 1}`
    return `  ${id}: { type: steer.set-values, with: { values: { value: "${expression}" } } }`
  })
  return [
    ...head(name, express),
    'params:',
    '  value: { type: number, default: 0 }',
    'nodes:',
    ...nodes,
    'edges:',
    ...ids.slice(1).map((id, index) => `  - { from: ${ids[index]}, on: done, to: ${id} }`),
    '',
  ].join('\n')
}

/** Ten reads, each of a source of its own: one after the other, or side by side and joined. */
export function tenReads(name: string, order: 'sequence' | 'parallel'): string {
  const ids = Array.from({ length: 10 }, (_, index) => `r${index}`)
  const edges =
    order === 'sequence'
      ? ids.slice(1).map((id, index) => `  - { from: ${ids[index]}, on: always, to: ${id} }`)
      : ids.map((id) => `  - { from: ${id}, on: always, to: joined }`)
  return [
    ...head(name),
    'nodes:',
    ...ids.map((id, index) => `  ${id}: { type: judge.anomaly, with: { measure: t${index}.value } }`),
    ...(order === 'parallel' ? ['  joined: { type: steer.set-values, with: { values: { value: 1 } } }'] : []),
    'edges:',
    ...edges,
    '',
  ].join('\n')
}

/** One write to the outside between two values, or the two values alone. */
export function oneWrite(name: string, { write }: { write: boolean }): string {
  const middle = write ? ['  hop: { type: act.notify, with: { title: Hop, webhook: bench-hook } }'] : []
  const edges = write
    ? ['  - { from: before, on: done, to: hop }', '  - { from: hop, on: sent, to: after }']
    : ['  - { from: before, on: done, to: after }']
  return [
    ...head(name),
    'nodes:',
    '  before: { type: steer.set-values, with: { values: { value: 1 } } }',
    ...middle,
    '  after: { type: steer.set-values, with: { values: { value: 2 } } }',
    'edges:',
    ...edges,
    '',
  ].join('\n')
}

/** Its conclusion says which version it is. */
export function marked(name: string, mark: string): string {
  return [...head(name), 'nodes:', `  mark: { type: judge.conclude, with: { title: "${mark}" } }`, ''].join('\n')
}

/** A wide graph as large runbooks are: values over values, with branches, in layers of ten. */
export function layered(name: string, count: number): string {
  const nodes: string[] = []
  const edges: string[] = []
  for (let index = 0; index < count; index += 1) {
    const above = index - 10
    const branch = index % 10 === 9
    const number = above < 0 ? 'params.value' : `steps.n${above - (branch ? 1 : 0)}.output.value`
    nodes.push(
      branch
        ? `  n${index}: { type: steer.branch, with: { condition: "\${${above < 0 ? 'params.value' : `steps.n${above - 1}.output.value`} > ${index}.0}" } }`
        : `  n${index}: { type: steer.set-values, with: { values: { value: "\${${number} + ${index}.0}" } } }`,
    )
    if (above >= 0) edges.push(`  - { from: n${branch ? above - 1 : above}, on: done, to: n${index} }`)
  }
  return [
    ...head(name),
    'params:',
    '  value: { type: number, default: 0 }',
    'nodes:',
    ...nodes,
    'edges:',
    ...edges,
    '',
  ].join('\n')
}

/** The sources that `tenReads` asks. */
export function benchModel(): string {
  const tables = Array.from({ length: 10 }, (_, index) =>
    [
      `  t${index}:`,
      `    entity: e${index}`,
      `    source: bench-${index}`,
      '    dimensions: {}',
      '    measures:',
      `      value: { title: Value ${index}, kind: gauge, unit: ms, bad: up, select: 'bench_value{n="${index}"}' }`,
    ].join('\n'),
  )
  const entities = Array.from(
    { length: 10 },
    (_, index) => `  - { id: e${index}, kind: service, title: Service ${index} }`,
  )
  return ['tenonModel: 1', 'entities:', ...entities, 'tables:', ...tables, ''].join('\n')
}

function head(name: string, express = false): string[] {
  return ['tenon: 1', `name: ${name}`, `title: ${name}`, ...(express ? ['express: true'] : [])]
}
