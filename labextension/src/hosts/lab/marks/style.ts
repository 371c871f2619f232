/** How marks, what is said of them, and the line that one goes to look. The colours are the viewer's. */

const LIGHT = "--error: #b42318; --warning: #8a4b00; --holds: #1a7340; --note: #1f5fa8;";
const DARK = "--error: #ff9d94; --warning: #f5bd5c; --holds: #7fd6a0; --note: #8dbdf5;";

const css = `
.tracelab-mark, .tracelab-card { ${LIGHT} }
[data-jp-theme-light=false] :is(.tracelab-mark, .tracelab-card) { ${DARK} }
.tracelab-mark, .tracelab-card [data-look] { --look: var(--note); }
[data-look=error]:is(.tracelab-mark, .tracelab-card *) { --look: var(--error); }
[data-look=warning]:is(.tracelab-mark, .tracelab-card *) { --look: var(--warning); }
[data-look=holds]:is(.tracelab-mark, .tracelab-card *) { --look: var(--holds); }
.tracelab-gutter { width: 1.5em; }
.tracelab-mark { height: 100%; display: flex; align-items: flex-start; justify-content: center; cursor: pointer; color: var(--look); }
.tracelab-mark .tracelab-shape { width: 1em; height: 1em; margin-top: .16em; }
.tracelab-on::before { content: ""; width: 2px; height: 100%; background: currentColor; opacity: .55; }
.tracelab-shape { fill: currentColor; flex: none; }
.tracelab-card {
  position: fixed; z-index: 10001; box-sizing: border-box; width: max-content; max-width: min(30rem, calc(100vw - 12px)); max-height: 50vh; overflow: auto; padding: 4px;
  border: 1px solid var(--jp-border-color1); border-radius: 4px; background: var(--jp-layout-color1); color: var(--jp-ui-font-color1);
  box-shadow: var(--jp-elevation-z4, 0 2px 8px rgb(0 0 0 / .3)); font: var(--jp-ui-font-size1, 13px)/1.4 var(--jp-ui-font-family, system-ui);
}
.tracelab-card button {
  display: block; width: 100%; padding: 5px 8px; border: 0; border-radius: 3px; background: none; color: inherit; font: inherit; text-align: left; cursor: pointer;
}
.tracelab-card button:hover, .tracelab-card button:focus-visible { background: var(--jp-layout-color2); }
.tracelab-card button:focus-visible { outline: 2px solid var(--jp-brand-color1); outline-offset: -2px; }
.tracelab-head { display: flex; align-items: center; gap: 6px; color: var(--look); }
.tracelab-head b { font-weight: 600; }
.tracelab-head small { margin-left: auto; color: var(--jp-ui-font-color2); }
.tracelab-head .tracelab-shape { width: 13px; height: 13px; }
.tracelab-card bdi { display: block; overflow-wrap: anywhere; }
.tracelab-card code { font: .95em var(--jp-code-font-family); background: none; padding: 0; color: inherit; }
.tracelab-card p { margin: 4px 8px; color: var(--jp-ui-font-color2); }
.tracelab-flash { background: color-mix(in srgb, var(--jp-brand-color1) 26%, transparent) !important; animation: tracelab-flash 1s ease-out; }
@keyframes tracelab-flash { 0%, 55% { background-color: color-mix(in srgb, var(--jp-brand-color1) 42%, transparent); } }
@media (prefers-reduced-motion: reduce) { .tracelab-flash { animation: none; } }
@media (forced-colors: active) {
  .tracelab-shape { forced-color-adjust: auto; fill: CanvasText; }
  .tracelab-flash { outline: 2px solid Highlight; }
}`;

let isThere = false;

/** Once for the page. A constructed sheet passes the strictest policy. */
export function styled(): void {
  if (isThere) return;
  isThere = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
