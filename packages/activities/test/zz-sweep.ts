import { diagnose } from './run-nodes.ts'
import { change, day, hour, importHistory, minute, shopData, type Episode } from './shop-history.ts'
const url = process.env['TEST_METRICS_URL']!
const data = await shopData(url)
const kinds = ['bad-change','source-drop','zone-latency','db-saturation','load-test','low-traffic','lost-scrape'] as const
const want: Record<string, RegExp> = { 'bad-change': /^(change:CHG-2041)$/, 'source-drop': /^source:marketplace/, 'zone-latency': /^zone:A$/, 'db-saturation': /^dependency:payment-db/, 'load-test': /^normal load/, 'low-traffic': /^inconclusive/, 'lost-scrape': /^inconclusive/, healthy: /^normal/ }
const midnight = Math.floor(Date.now()/day)*day
let good=0, all=0, slow=0
const seeds = Number(process.env['SEEDS'] ?? 3)
for (let s=0;s<seeds;s++) {
  const end = midnight - (85+Number(process.env.SHIFT??0)+s*24)*day + 20*hour
  const episodes: Episode[] = []; const moments: number[] = []
  for (let k=0;k<21;k++) {
    const kind = kinds[(k*3+s)%7]!
    const onset = end - k*(7*hour) - (k%5)*7*minute - 20_000*(k%3)
    const minutes = [3,4,6,10,14][(k+s)%5]!
    episodes.push({ kind, onset, asOf: onset + minutes*minute })
    moments.push(onset - 3*hour)
  }
  await importHistory(url, { episodes, moments, seed: Number(process.env.SEED??100)+s })
  const cases = [...episodes.map(e=>({name:e.kind as string,...e})), ...moments.map(asOf=>({name:'healthy',onset:asOf,asOf}))]
  for (const c of cases) {
    const changes = [change('CHG-7','config',c.onset-100*minute,{title:'Gateway timeout',scope:{entity:'gateway'}}), change('CHG-8','deploy',c.onset-25*minute,{title:'Stock v5',scope:{entity:'stock',version:'v5'}}), change('CHG-9','config',c.onset-12*minute,{title:'Payment limits',scope:{entity:'payment'}})]
    if (c.name==='bad-change') changes.push(change('CHG-2041','deploy',c.onset-40_000,{title:'Payment v2',scope:{entity:'payment',hosts:['pay-a-1','pay-a-2','pay-a-3'],version:'v2'}}))
    const t0=performance.now()
    const r = await diagnose({ data, asOf: c.asOf, changes })
    slow=Math.max(slow,performance.now()-t0)
    const rep = r['conclude']!.report!
    const got = rep.verdict.value==='abnormal' ? (rep.cause?.key ?? 'none') : rep.verdict.value + (/load test/.test(rep.conclusion)?' load':'')
    all++
    if (want[c.name]!.test(got)) good++
    else console.log('WRONG', c.name, new Date(c.onset).toISOString(), (c.asOf-c.onset)/minute+' min', '->', got, '|', rep.conclusion, '|', rep.why.slice(0,300), '|', (r['loss']!.output as any).parts?.map((p:any)=>p.reason).join(' / '))
    if (process.env['ALL']) console.log(c.name, (c.asOf-c.onset)/minute, rep.verdict.confidence.toFixed(2), rep.conclusion, Math.round((Date.parse(rep.since??'')-c.onset)/1000))
  }
}
console.log(good,'of',all,'slowest',Math.round(slow))
