/** Repairs: the tabs of a finding, and the lines of a diff. */

export const repair = `
.parts { display: flex; gap: 2px; margin: 2px -12px 0; padding: 0 10px; border-bottom: 1px solid var(--rule); }
.parts button { border: 0; border-bottom: 2px solid transparent; border-radius: 0; padding: 4px 8px; color: var(--soft); background: none; }
.parts button[aria-pressed=true] { color: var(--ink); font-weight: 600; border-bottom-color: var(--link); }
.parts .look { font-weight: inherit; }
.parts .look > span:last-child { color: var(--soft); }
.parts [aria-pressed=true] .look > span:last-child { color: var(--ink); }
.offered { font-weight: 600; }
.repair + .repair, .mending { padding-top: 8px; border-top: 1px solid var(--rule); }
.diff { overflow: hidden; background: var(--paper); }
.diff pre { padding: 4px 0; max-height: 460px; tab-size: 4; }
.diff > button { background: var(--paper); border-color: var(--rule); color: var(--ink); z-index: 1; }
.change { display: block; width: max-content; min-width: 100%; padding: 0 64px 0 6px; }
.change .sign { display: inline-block; width: 12px; color: var(--soft); }
.change.added { background: var(--holds-paper); box-shadow: inset 3px 0 var(--holds); }
.change.removed { background: var(--error-paper); box-shadow: inset 3px 0 var(--error); }
.change.added .sign { color: var(--holds); font-weight: 700; }
.change.removed .sign { color: var(--error); font-weight: 700; }
.change.added .comment, .change.removed .comment { color: var(--ink); }
.change.head .sign, .change.hunk .sign { display: none; }
.change.head { color: var(--soft); }
.change.hunk { color: var(--note); background: var(--note-paper); }
.change > .number { color: var(--number); }
.besides-repair, .also { display: flex; flex-wrap: wrap; gap: 2px 10px; }
.besides-repair { justify-content: space-between; }
dialog.wide-sheet { width: min(1040px, calc(100vw - 24px)); }
.wide-sheet .diff pre { max-height: 62vh; }
@media (forced-colors: active) { .change.added, .change.removed { forced-color-adjust: none; color: CanvasText; } }`;
