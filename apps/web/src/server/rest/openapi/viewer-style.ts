/** Colours follow the system; the same greys and accent as the product's pages. */
export const viewerStyle = `
:root { color-scheme: light dark; --text: #1c1f24; --dim: #5c6470; --line: #d9dde3; --ground: #ffffff; --raised: #f5f6f8; --accent: #2f5fd0;
  --get: #1f6f43; --post: #2f5fd0; --put: #8a5a00; --delete: #b3261e }
@media (prefers-color-scheme: dark) { :root { --text: #e4e7eb; --dim: #9aa3af; --line: #333a44; --ground: #14171b; --raised: #1c2026; --accent: #8db0ff;
  --get: #6fcf97; --post: #8db0ff; --put: #e5b567; --delete: #ff8a80 } }
* { box-sizing: border-box }
body { margin: 0; display: grid; grid-template-columns: 280px minmax(0, 1fr); font: 14px/1.5 Inter, system-ui, sans-serif; color: var(--text); background: var(--ground) }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 16px; border-right: 1px solid var(--line); background: var(--raised) }
nav h1 { font-size: 16px; margin: 0 0 12px } nav h1 a { color: inherit; text-decoration: none }
nav h2 { font-size: 12px; color: var(--dim); margin: 16px 0 4px; font-weight: 600 }
nav ul { list-style: none; margin: 0; padding: 0 } nav li a { display: block; padding: 2px 6px; border-radius: 4px; color: inherit; text-decoration: none }
nav li a:hover { background: var(--line) }
input { width: 100%; padding: 6px 8px; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: 6px }
main { padding: 24px 32px 80px; max-width: 960px }
a { color: var(--accent) } :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
h2 { font-size: 20px; margin: 32px 0 8px } h3 { font-size: 16px; margin: 0 } h3 a { color: inherit; text-decoration: none }
h4 { font-size: 12px; color: var(--dim); margin: 16px 0 4px }
article { padding: 20px 0; border-top: 1px solid var(--line); scroll-margin-top: 0 }
.address { margin: 4px 0 8px } .method { font: 600 12px ui-monospace, monospace; margin-right: 6px }
.get { color: var(--get) } .post { color: var(--post) } .put { color: var(--put) } .delete { color: var(--delete) }
.role, .type, small { color: var(--dim) } small { display: block; font-weight: 400 }
code, pre { font: 13px/1.45 ui-monospace, 'JetBrains Mono', monospace }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 10px 12px; overflow: auto; margin: 4px 0 }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); font-weight: 400 }
th { width: 220px } summary { cursor: pointer; padding: 2px 0 } .status { font-family: ui-monospace, monospace }
.fields { list-style: none; margin: 0 0 0 6px; padding: 0 0 0 12px; border-left: 1px solid var(--line) } .fields li { padding: 2px 0 }
[hidden] { display: none !important }
@media (max-width: 760px) { body { display: block } nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line) } nav:not(.searching) section { display: none } main { padding: 16px } th { width: auto } }
`
