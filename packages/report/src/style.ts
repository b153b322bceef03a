/** The look of the page, in light and dark; nothing in it is loaded from elsewhere. */
export const STYLE = `
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --quiet: #59636e; --line: #d1d9e0; --ran: #0b62c4; --cached: #1a7f37;
  --failed: #c11523; --warning: #8a5a00; --soft: #f3f5f7; font: 15px/1.5 system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { :root { --back: #0d1117; --text: #e6edf3; --quiet: #9198a1; --line: #3d444d; --ran: #4c9cff;
  --cached: #3fb950; --failed: #ff7b72; --warning: #d9a441; --soft: #161b22; } }
body { max-width: 76rem; margin: 0 auto; padding: 1.5rem; background: var(--back); color: var(--text); }
h1 { font-size: 1.6rem; margin: 0; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
a { color: inherit; } a:focus-visible, summary:focus-visible, [tabindex]:focus-visible, button:focus-visible { outline: 2px solid var(--ran); outline-offset: 1px; }
code, pre { font: 13px/1.45 ui-monospace, monospace; } code { overflow-wrap: anywhere; }
pre { background: var(--soft); padding: .6rem; overflow: auto; max-height: 28rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); } .error, .status.failed { color: var(--failed); } .status.succeeded { color: var(--cached); }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); font-weight: normal; }
thead th { color: var(--quiet); } th.number, td.number { padding-right: 1.2rem; } .number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.steps th[scope=row] { width: 40%; overflow-wrap: anywhere; } tr:target, li:target { background: var(--soft); }
tr.ran > td:nth-child(2) { color: var(--ran); } tr.cached > td:nth-child(2) { color: var(--cached); } tr.failed > td:nth-child(2), tr.cancelled > td:nth-child(2) { color: var(--failed); }
.lanes { position: relative; height: calc(var(--lanes) * 1.9rem); background: var(--soft); overflow: hidden; }
.bar { position: absolute; top: calc(var(--lane) * 1.9rem + .15rem); left: var(--start); width: max(3px, var(--width)); height: 1.6rem; box-sizing: border-box;
  background: color-mix(in srgb, var(--ran) 30%, var(--back)); border-left: 3px solid var(--ran); overflow: hidden; white-space: nowrap; font-size: 12px; line-height: 1.6rem; text-decoration: none; }
.bar span { padding-left: .3rem; } .bar.cached { background: color-mix(in srgb, var(--cached) 25%, var(--back)); border-color: var(--cached); }
.bar.failed, .bar.cancelled { background: color-mix(in srgb, var(--failed) 25%, var(--back)); border-color: var(--failed); }
.bar.critical { box-shadow: inset 0 -3px var(--warning); } .scale { display: flex; justify-content: space-between; margin: .2rem 0; }
.source { background: var(--soft); padding: .6rem .6rem .6rem 3.5rem; margin: 0; } .source code { white-space: pre-wrap; } .source li::marker { color: var(--quiet); font: 12px ui-monospace, monospace; }
.badge { font-size: 12px; padding: 0 .4rem; border: 1px solid; border-radius: 1rem; text-decoration: none; } .badge.ran { color: var(--ran); } .badge.cached { color: var(--cached); } .badge.failed { color: var(--failed); }
.warning { color: var(--warning); margin: .1rem 0 .3rem; } .layers .size { background: linear-gradient(to left, color-mix(in srgb, var(--ran) 25%, transparent) var(--share), transparent 0); }
.layers th[scope=row] { width: 3rem; } .files { margin: 1rem 0; } .files .views { display: flex; gap: .4rem; flex-wrap: wrap; align-items: center; margin-bottom: .4rem; }
.files select, .files input { font: inherit; color: inherit; background: var(--back); border: 1px solid var(--line); padding: .15rem .4rem; }
.tree { position: relative; height: 26rem; max-height: calc(var(--rows) * 22px + 2px); overflow: auto; border: 1px solid var(--line); background: var(--soft); }
.tree .row { position: absolute; left: 0; right: 0; height: 22px; line-height: 22px; display: grid; grid-template-columns: minmax(0, 1fr) 6rem 7rem 6rem; gap: .5rem; padding: 0 .5rem; font: 13px/22px ui-monospace, monospace; white-space: nowrap; cursor: default; }
.tree .row > :first-child { overflow: hidden; text-overflow: ellipsis; padding-left: calc(var(--level) * 1.1rem); } .tree .row > :nth-child(2) { text-align: right; }
.tree .row[aria-selected=true] { background: color-mix(in srgb, var(--ran) 22%, transparent); } .tree .row.gone, .tree .row.hidden { color: var(--failed); text-decoration: line-through; } .tree .row.hidden { color: var(--warning); }
@media print { .files { display: none; } pre { max-height: none; } }
`;
