import { createStreamPool } from '@tenon/analysis'
import { rounded } from '../percentile.ts'
import type { AnalysisPart } from './part.ts'

const liveSeries = 300_000
const intervalSeconds = 60
/** Rounds over all series before the clock starts, so that every series is past its warm-up and judges. */
const warmUpRounds = 70
const measuredRounds = 20

/**
 * How many points one core judges in a second of its time with very many series live, each point of another series than the one before. What
 * other programs take of the machine meanwhile does not count, the program's own garbage collection does.
 */
export const throughputPart: AnalysisPart = {
  name: 'throughput',
  figures: ['points_per_s', 'state_bytes_per_series'],
  async measure(say) {
    say(`throughput: ${liveSeries.toLocaleString('en')} series`)
    const pool = createStreamPool(liveSeries, { intervalSeconds })
    const values = noise(liveSeries + measuredRounds + warmUpRounds)
    let alarms = 0
    const judgeRound = (round: number) => {
      const t = Date.UTC(2026, 0, 5) + round * intervalSeconds * 1000
      for (let series = 0; series < liveSeries; series += 1)
        if (pool.update(series, t, values[series + round]!).alarm) alarms += 1
    }
    for (let round = 0; round < warmUpRounds; round += 1) judgeRound(round)
    const [before, busyBefore] = [performance.now(), process.cpuUsage()]
    for (let round = warmUpRounds; round < warmUpRounds + measuredRounds; round += 1) judgeRound(round)
    const seconds = (performance.now() - before) / 1000
    const busy = process.cpuUsage(busyBefore)
    const busySeconds = (busy.user + busy.system) / 1e6
    say(`throughput: ${seconds.toFixed(1)} s by the clock, ${busySeconds.toFixed(1)} s of processor time`)
    say(`throughput: ${alarms} alarms in ${((warmUpRounds + measuredRounds) * liveSeries).toLocaleString('en')} points`)
    return {
      points_per_s: rounded((measuredRounds * liveSeries) / busySeconds, 0),
      state_bytes_per_series: pool.bytesPerSeries,
    }
  },
}

/** Repeatable values about 100, made beforehand so that making them is not measured. */
function noise(count: number): Float64Array {
  const values = new Float64Array(count)
  let state = 1
  for (let place = 0; place < count; place += 1) {
    let sum = 0
    for (let draw = 0; draw < 4; draw += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      sum += state / 2 ** 32
    }
    values[place] = 100 + 5 * (sum - 2)
  }
  return values
}
