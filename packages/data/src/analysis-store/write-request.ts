/**
 * A remote-write request of Prometheus 1.0: protobuf, compressed by snappy's block format.
 * https://prometheus.io/docs/specs/prw/remote_write_spec/
 *
 *   message WriteRequest { repeated TimeSeries timeseries = 1; }
 *   message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
 *   message Label { string name = 1; string value = 2; }
 *   message Sample { double value = 1; int64 timestamp = 2; }
 */
// A declaration of a module without types is no module itself, so it cannot be imported.
// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="./snappyjs.d.ts" />
import { compress } from 'snappyjs'
import type { AnalysisSeries } from './judgements.ts'

/** `measure` is the metric's name. Labels are sorted and samples in order of time, as the specification demands. */
export function writeRequest(series: readonly AnalysisSeries[]): Uint8Array {
  return compress(Buffer.concat(series.map((one) => message(1, timeSeries(one)))))
}

function timeSeries({ measure, labels, points }: AnalysisSeries): Buffer {
  const named = Object.entries({ ...labels, __name__: measure }).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.concat([
    ...named.map(([name, value]) => message(1, Buffer.concat([text(1, name), text(2, value)]))),
    ...points.toSorted(([a], [b]) => a - b).map(([t, value]) => message(2, sample(t, value))),
  ])
}

/** Wire types: 0 a number of variable length, 1 eight bytes, 2 bytes with their length before them. */
const key = (field: number, wire: 0 | 1 | 2): Buffer => varint(BigInt((field << 3) | wire))

const message = (field: number, content: Buffer): Buffer =>
  Buffer.concat([key(field, 2), varint(BigInt(content.length)), content])

const text = (field: number, value: string): Buffer => message(field, Buffer.from(value.toWellFormed()))

function sample(t: number, value: number): Buffer {
  const double = Buffer.alloc(8)
  double.writeDoubleLE(value)
  return Buffer.concat([key(1, 1), double, key(2, 0), varint(BigInt.asUintN(64, BigInt(Math.round(t))))])
}

/** Seven bits a byte, the lowest first; the eighth says that more follow. */
function varint(value: bigint): Buffer {
  const bytes: number[] = []
  let rest = value
  do {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    bytes.push(rest === 0n ? low : low | 0x80)
  } while (rest !== 0n)
  return Buffer.from(bytes)
}
