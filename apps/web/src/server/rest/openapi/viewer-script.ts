/** Runs in the browser: filters the list of operations, and opens what an address points to. */
export const viewerScript = `
const search = document.getElementById('search')
const items = [...document.querySelectorAll('nav li')]
const none = document.getElementById('none')
search.addEventListener('input', () => {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean)
  document.querySelector('nav').classList.toggle('searching', words.length > 0)
  let shown = 0
  for (const item of items) {
    item.hidden = !words.every((word) => item.dataset.find.includes(word))
    if (!item.hidden) shown += 1
  }
  for (const section of document.querySelectorAll('nav section')) {
    section.hidden = [...section.querySelectorAll('li')].every((item) => item.hidden)
  }
  none.hidden = shown > 0
})
search.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') { search.value = ''; search.dispatchEvent(new Event('input')) }
  if (event.key === 'Enter') { const first = items.find((item) => !item.hidden); if (first) first.querySelector('a').click() }
})
addEventListener('keydown', (event) => {
  if (event.key === '/' && event.target !== search) { event.preventDefault(); search.focus() }
})
`
