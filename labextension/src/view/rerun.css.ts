/** The form, and what says that no kernel is there any more. */

export const rerun = `
.runs-head { flex: none; display: flex; align-items: center; justify-content: space-between; gap: 8px; height: 34px; padding: 0 10px 0 6px; border-bottom: 1px solid var(--rule); }
.runs-head button[aria-pressed=true] { background: var(--chosen); border-color: var(--link); }
.gone { flex: none; display: flex; gap: 6px; padding: 5px 12px; background: var(--note-paper); border-bottom: 1px solid var(--rule); }
.gone .shape { margin-top: 2.5px; align-self: flex-start; }
.runlist:has(~ .rerun) { width: clamp(172px, 18%, 240px); }
.rerun { flex: 1 1 54%; min-width: 0; min-height: 0; display: flex; flex-direction: column; border-right: 1px solid var(--rule); }
.filling { flex: 1; min-height: 0; overflow: auto; padding: 6px 12px 8px; overscroll-behavior: contain; }
.filling > * + * { margin-top: 8px; }
.foot-of { flex: none; padding: 6px 12px 8px; border-top: 1px solid var(--rule); background: var(--panel); }
.foot-of > * + * { margin-top: 6px; }
.foot-of .snippet, .foot-of .snippet > button { background: var(--paper); }
.rerun ~ .onerun { flex: 1 1 46%; display: block; overflow: auto; }
.rerun ~ .onerun .facing { overflow: visible; }
.rerun ~ .onerun .along { border-left: 0; border-top: 1px solid var(--rule); }
.rerun ~ .onerun .differing { max-height: 220px; }
.rerun ~ .empty { flex: 1 1 46%; }
.rerun { container: rerun / inline-size; }
.input {
  display: grid; grid-template-columns: minmax(64px, 1.3fr) minmax(64px, 1fr) minmax(82px, .8fr) minmax(98px, .8fr) minmax(60px, .8fr) 46px; gap: 4px 6px;
  align-items: center; padding: 3px 0;
}
.input.heads { padding: 0 0 2px; font-size: 12px; color: var(--soft); }
.input > * { min-width: 0; }
.input select, .input input { width: 100%; min-width: 0; }
.called { display: flex; flex-direction: column; line-height: 15px; }
.called .soft { font-size: 12px; }
.called bdi { overflow-wrap: normal; }
.called code { display: flex; min-width: 0; }
.input .called { grid-column: 1; }
.input .shape-of { grid-column: 2; }
.input .dtype { grid-column: 3; }
.input .fill { grid-column: 4; }
.input .taken { grid-column: 5; }
.input .taken.expression, .input select.taken { grid-column: 2 / 4; grid-row: 1; }
.input .seed { grid-column: 6; }
.input .wrong { grid-column: 2 / -1; }
.rerun input, .rerun .taken { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12px; }
.rerun [aria-invalid=true] { border-color: var(--error); outline: 1px solid var(--error); outline-offset: -2px; }
.wrong { color: var(--error); overflow-wrap: anywhere; }
.wrong .soft { color: var(--ink); }
.filling > .wrong { padding: 5px 8px; border-radius: 4px; background: var(--error-paper); }
.options, .doing { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; }
.options .wrong { flex: 1 1 100%; }
.named { display: inline-flex; align-items: center; gap: 6px; }
.named input { width: 56px; }
.doing { gap: 6px 8px; min-height: 26px; }
.doing button.main { background: var(--link); border-color: var(--link); color: var(--paper); font-weight: 600; padding: 2px 14px; }
.doing button:disabled, .runs-head button:disabled { opacity: .5; cursor: default; }
.searching { display: inline-flex; align-items: center; gap: 4px; }
.searching input { width: 40px; }
.progress { flex: 1 1 180px; display: flex; align-items: center; gap: 8px; min-width: 0; }
.progress > span { min-width: 0; }
.progress bdi { overflow-wrap: anywhere; }
progress { flex: 0 0 84px; height: 8px; accent-color: var(--link); }
.ended { flex: 1 1 180px; min-width: 0; }
.rerun .snippet pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 4px 60px 4px 8px; max-height: 44px; }
@container rerun (max-width: 470px) {
  .input { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) minmax(0, 1fr); grid-auto-flow: row dense; padding: 5px 0; }
  .input + .input:not(.heads + .input) { border-top: 1px solid var(--rule); }
  .input.heads { display: none; }
  .input .called { grid-column: 1 / -1; flex-direction: row; gap: 8px; align-items: baseline; }
  .input .shape-of { grid-column: 1; } .input .dtype { grid-column: 2; } .input .fill { grid-column: 3; }
  .input .taken { grid-column: 1 / 3; } .input .seed { grid-column: 3; }
  .input .taken.expression, .input select.taken { grid-column: 1 / 3; grid-row: auto; }
  .input .wrong { grid-column: 1 / -1; }
}
@container viewer (max-width: 560px) {
  .runlist:has(~ .rerun) { width: auto; }
  .runlist:has(~ .rerun) .history { display: none; }
  .rerun { border-right: 0; flex: 1 1 66%; }
  .rerun ~ .onerun, .rerun ~ .empty { border-top: 1px solid var(--rule); flex: 1 1 34%; }
}`;
