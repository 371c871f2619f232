/** The panel's style: JupyterLab's own variables, so that it looks as the panels beside it in every theme. */

export const css = `
.tracelab-panel {
  --tl-ink: var(--jp-ui-font-color1); --tl-soft: color-mix(in srgb, var(--jp-ui-font-color0) 68%, var(--jp-layout-color1)); --tl-rule: var(--jp-border-color2);
  --tl-link: color-mix(in srgb, var(--jp-brand-color1) 75%, var(--jp-ui-font-color0));
  --tl-error: color-mix(in srgb, var(--jp-error-color1) 72%, var(--jp-ui-font-color0));
  --tl-warning: color-mix(in srgb, var(--jp-warn-color1) 55%, var(--jp-ui-font-color0));
  --tl-holds: color-mix(in srgb, var(--jp-success-color1) 62%, var(--jp-ui-font-color0));
  --tl-chosen: color-mix(in srgb, var(--jp-brand-color1) 14%, var(--jp-layout-color1));
  overflow: hidden auto; min-width: 180px; background: var(--jp-layout-color1); color: var(--tl-ink); font: var(--jp-ui-font-size1)/1.4 var(--jp-ui-font-family);
  container: tracelab-panel / inline-size; overflow-wrap: anywhere;
}
.tracelab-panel:focus { outline: none; }
.tracelab-panel *, .tracelab-note { box-sizing: border-box; }
.tracelab-panel :is(h3, p, ul, pre) { margin: 0; padding: 0; }
.tracelab-panel ul { list-style: none; }
.tracelab-panel code, .tracelab-panel pre { background: none; padding: 0; border: 0; color: inherit; font: 12px/1.45 var(--jp-code-font-family); }
.tracelab-panel .soft { color: var(--tl-soft); font-weight: 400; }
.tracelab-panel .cut { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; overflow-wrap: normal; }
.tracelab-panel .grow { flex: 1; }
.tracelab-panel .pad { padding: 0 12px 8px; }
.tracelab-panel .shape { width: 13px; height: 13px; flex: none; fill: currentColor; align-self: center; }
.tracelab-panel .look { display: inline-flex; align-items: baseline; gap: 5px; font-weight: 600; white-space: nowrap; flex: none; }
.tracelab-panel .error { color: var(--tl-error); }
.tracelab-panel .warning { color: var(--tl-warning); }
.tracelab-panel .holds { color: var(--tl-holds); }
.tracelab-panel .note { color: var(--tl-link); }
.tracelab-panel header {
  position: sticky; top: 0; z-index: 1; display: flex; align-items: center; gap: 8px; height: 32px; padding: 0 12px;
  background: var(--jp-layout-color1); border-bottom: 1px solid var(--tl-rule);
}
.tracelab-panel header .name { flex: 1; font-weight: 600; }
.tracelab-panel header .status { flex: none; font-size: var(--jp-ui-font-size0); }
.tracelab-panel section { border-bottom: 1px solid var(--tl-rule); padding-bottom: 4px; }
.tracelab-panel section:last-child { border-bottom: 0; }
.tracelab-panel section > h3 { padding: 9px 12px 4px; font-size: var(--jp-ui-font-size1); font-weight: 600; }
.tracelab-panel section > h3 .soft { margin-left: 3px; }
.tracelab-panel button {
  padding: 0 8px; min-height: 24px; border: 1px solid var(--jp-border-color1); border-radius: var(--jp-border-radius); background: var(--jp-layout-color1);
  color: var(--tl-ink); font: inherit; font-size: 12px; cursor: pointer; white-space: nowrap; max-width: 100%; overflow: hidden; text-overflow: ellipsis;
}
.tracelab-panel button:hover:enabled { background: var(--jp-layout-color2); }
.tracelab-panel button:disabled { color: var(--tl-soft); opacity: .7; cursor: default; }
.tracelab-panel button.first:enabled { border-color: var(--tl-link); background: var(--tl-link); color: var(--jp-layout-color1); }
.tracelab-panel button.first:hover:enabled { background: color-mix(in srgb, var(--tl-link) 85%, var(--jp-ui-font-color0)); }
.tracelab-panel button.quiet { border-color: transparent; background: none; color: var(--tl-soft); }
.tracelab-panel button.link { border: 0; padding: 0; min-height: 0; background: none; color: var(--tl-link); text-decoration: underline; }
.tracelab-panel :focus-visible { outline: 2px solid var(--jp-brand-color1); outline-offset: -2px; }
.tracelab-panel button.choice {
  display: block; width: 100%; padding: 4px 12px 5px 9px; border: 0; border-left: 3px solid transparent; border-radius: 0; background: none; text-align: left;
  font-size: inherit; white-space: normal;
}
.tracelab-panel button.choice:hover { background: var(--jp-layout-color2); }
.tracelab-panel button.choice[aria-current=true] { background: var(--tl-chosen); border-left-color: var(--jp-brand-color1); }
.tracelab-panel .choices li { content-visibility: auto; contain-intrinsic-height: auto 62px; }
.tracelab-panel .line { display: flex; align-items: center; gap: 7px; min-width: 0; }
.tracelab-panel .verdict { display: block; padding-left: 20px; font-size: 12px; }
.tracelab-panel .message { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; font-size: 12px; }
.tracelab-panel [aria-current=true] .message { -webkit-line-clamp: 8; }
.tracelab-panel .foot { display: flex; flex-wrap: wrap; gap: 0 12px; font-size: 12px; }
.tracelab-panel .below { display: flex; flex-wrap: wrap; gap: 4px; padding: 1px 12px 8px; background: var(--tl-chosen); border-left: 3px solid var(--jp-brand-color1); padding-left: 9px; }
.tracelab-panel .actions { display: flex; flex-wrap: wrap; gap: 4px; padding: 6px 12px 8px; }
.tracelab-panel .actions button { padding: 0 6px; }
.tracelab-panel .candidate { display: flex; align-items: center; gap: 8px; padding: 3px 12px; }
.tracelab-panel .candidate .what { flex: 1; min-width: 0; display: flex; flex-direction: column; }
.tracelab-panel .candidate .what > .soft { font-size: 12px; }
.tracelab-panel .candidate button { flex: none; }
.tracelab-panel summary { padding: 4px 12px; cursor: pointer; color: var(--tl-soft); }
.tracelab-panel .band { position: relative; margin: 8px 12px; padding: 6px 8px; border-radius: var(--jp-border-radius); background: var(--jp-layout-color2); }
.tracelab-panel .band b { display: block; padding-right: 20px; }
.tracelab-panel .band.wrong { background: color-mix(in srgb, var(--jp-error-color1) 12%, var(--jp-layout-color1)); border-left: 3px solid var(--jp-error-color1); }
.tracelab-panel .wrong { color: var(--tl-ink); }
.tracelab-panel .forget { position: absolute; top: 2px; right: 2px; min-height: 20px; padding: 0 5px; font-size: 14px; }
.tracelab-panel .doing { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 2px 8px; align-items: center; }
.tracelab-panel .doing p, .tracelab-panel .doing progress { grid-column: 1 / -1; }
.tracelab-panel .doing b { padding: 0; grid-row: 1; }
.tracelab-panel .doing button { grid-column: 2; grid-row: 1; }
.tracelab-panel progress { width: 100%; height: 6px; accent-color: var(--jp-brand-color1); }
.tracelab-panel .blank { display: flex; flex-direction: column; align-items: flex-start; gap: 10px; padding: 16px 12px; max-width: 60ch; }
.tracelab-panel .blank h3 { font-size: var(--jp-ui-font-size2); font-weight: 600; }
.tracelab-panel .blank > [role=alert] { display: flex; flex-direction: column; gap: 8px; align-self: stretch; padding-left: 8px; border-left: 3px solid var(--jp-error-color1); }
.tracelab-panel .code {
  position: relative; align-self: stretch; min-width: 0; border: 1px solid var(--tl-rule); border-radius: var(--jp-border-radius); background: var(--jp-cell-editor-background);
}
.tracelab-panel .code pre { padding: 7px 8px; padding-right: 56px; overflow: auto; white-space: pre; }
.tracelab-panel .code button { position: absolute; top: 3px; right: 3px; background: var(--jp-cell-editor-background); }
.tracelab-note { margin: 0; padding: 24px; color: var(--jp-ui-font-color1); font-size: var(--jp-ui-font-size1); }
@container tracelab-panel (max-width: 260px) {
  .tracelab-panel .actions { display: grid; grid-template-columns: 1fr 1fr; }
  .tracelab-panel .actions .first { grid-column: 1 / -1; }
}
`;
