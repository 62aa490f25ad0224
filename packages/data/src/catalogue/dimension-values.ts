/** Which values a dimension has, as far as entities of the model tell: for forms, completion and generated types. */
import type { Model } from '../model/model.ts'
import { dimensionValue } from '../model/model-index.ts'

/** More are no choice that anybody reads. */
const mostValues = 1_000

const known = new WeakMap<Model, Map<string, string[]>>()

/** Sorted; empty where entities tell of none, as of versions. Not all that the source has: it may know more than the model. */
export function valuesOfDimension(model: Model, dimension: string): readonly string[] {
  let values = known.get(model)
  if (!values) known.set(model, (values = collect(model)))
  return values.get(dimension) ?? []
}

function collect(model: Model): Map<string, string[]> {
  const names = new Set(Object.values(model.tables).flatMap(({ dimensions }) => Object.keys(dimensions)))
  const found = new Map([...names].map((name) => [name, new Set<string>()]))
  const add = (name: string, value: string) => {
    const values = found.get(name)
    if (values && values.size < mostValues) values.add(value)
  }
  for (const entity of model.entities) {
    add(entity.kind, dimensionValue(entity))
    for (const [name, value] of Object.entries(entity.attributes)) add(name, value)
  }
  return new Map([...found].map(([name, values]) => [name, [...values].toSorted()]))
}
