// Sets the theme before the first paint, so that a dark page never flashes light. A static file, because the page's content
// security policy allows no inline script of ours. `src/ui/theme.ts` is the other half.
;(function () {
  var choice = null
  try {
    choice = localStorage.getItem('tenon-theme')
  } catch {
    // Storage can be blocked; the system's preference is then the answer.
    choice = null
  }
  var dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.classList.toggle('dark', dark)
})()
