/** The viewer's style, given to a constructed sheet. The colours are those of tracelab/renderers/style.css. */

import { repair } from "./repair.css";
import { rerun } from "./rerun.css";

const LIGHT = `
  --paper: #fff; --ink: #16181d; --soft: #565d6b; --rule: #d5d9e0; --panel: #f5f6f8; --hover: #eceef2; --chosen: #e1ecf9; --link: #1f5fa8;
  --error: #b42318; --error-paper: #fde2e1; --warning: #8a4b00; --warning-paper: #fdeccb;
  --holds: #1a7340; --holds-paper: #dcf3e4; --note: #1f5fa8; --note-paper: #dcebfb; --heat: #7a2fb5;
  --keyword: #8a2b9c; --string: #1a6b3c; --number: #9a4b00; --comment: #656c7a; --defined: #1f5fa8; --shadow: rgb(20 24 32 / .18);
  color-scheme: light;`;

const DARK = `
  --paper: #14161b; --ink: #e7e9ee; --soft: #a3abb9; --rule: #363c48; --panel: #1c1f26; --hover: #242832; --chosen: #1d3350; --link: #8dbdf5;
  --error: #ff9d94; --error-paper: #4a1d1b; --warning: #f5bd5c; --warning-paper: #43300d;
  --holds: #7fd6a0; --holds-paper: #143824; --note: #8dbdf5; --note-paper: #17304d; --heat: #cf9eee;
  --keyword: #d9a0ee; --string: #8fd3a8; --number: #f0b878; --comment: #949cab; --defined: #8dbdf5; --shadow: rgb(0 0 0 / .5);
  color-scheme: dark;`;

const FRAME = `
:host { display: block; height: 100%; min-height: 320px; contain: content; }
:host([data-state=failed]) { height: auto; min-height: 0; }
.viewer, .viewer * { box-sizing: border-box; }
.viewer {
  container: viewer / inline-size; position: relative; height: 100%; background: var(--paper); color: var(--ink); outline: none; text-align: left;
  font: 13px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
.frame { display: flex; flex-direction: column; height: 100%; min-height: 0; }
code, pre, kbd, .source, .tree .name, .differing .name { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12px; }
h1, h2, h3, p, ul, ol, dl, dd, pre { margin: 0; padding: 0; }
bdi { unicode-bidi: isolate; overflow-wrap: anywhere; }
button, input, select { font: inherit; color: inherit; letter-spacing: inherit; }
button {
  padding: 2px 9px; border: 1px solid var(--rule); border-radius: 4px; background: var(--paper); cursor: pointer; text-align: left; white-space: nowrap;
}
button:hover { background: var(--hover); }
button.quiet { border-color: transparent; background: none; color: var(--soft); padding: 2px 6px; }
button.quiet:hover { background: var(--hover); color: var(--ink); }
button.link { border: 0; padding: 0; background: none; color: var(--link); white-space: normal; overflow-wrap: anywhere; }
button.link:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--link); outline-offset: -1px; }
.viewer:focus-visible { outline: none; }
.soft { color: var(--soft); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.empty { padding: 16px; color: var(--soft); max-width: 60ch; }
.cut { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.grow { flex: 1; }
.name { display: inline-flex; min-width: 0; max-width: 100%; white-space: pre; }
.name .head { overflow: hidden; text-overflow: ellipsis; min-width: 0; }
.name .tail { flex: none; }
.look { display: inline-flex; align-items: baseline; gap: 5px; font-weight: 600; white-space: nowrap; }
.shape { width: 13px; height: 13px; flex: none; fill: currentColor; align-self: center; }
.look.error, .shape.error { color: var(--error); }
.look.warning, .shape.warning { color: var(--warning); }
.look.holds, .shape.holds { color: var(--holds); }
.look.note, .shape.note { color: var(--note); }
.facts > div { display: grid; grid-template-columns: 84px minmax(0, 1fr); gap: 8px; padding: 2px 0; }
.facts dt { color: var(--soft); }
.snippet { position: relative; border: 1px solid var(--rule); border-radius: 4px; background: var(--panel); }
.snippet pre { padding: 8px 60px 8px 8px; max-height: 260px; overflow: auto; white-space: pre; line-height: 1.45; }
.snippet > button { position: absolute; top: 3px; right: 3px; background: var(--panel); }
.times { color: var(--soft); flex: none; }
summary { cursor: pointer; color: var(--soft); }
summary:hover { color: var(--ink); }
.virtual { overflow: auto; min-height: 0; overscroll-behavior: contain; }
.reel { position: relative; }
.seen { position: absolute; inset: 0 0 auto; will-change: transform; }
.notice { position: absolute; left: 50%; bottom: 16px; transform: translateX(-50%); z-index: 5; max-width: 90%; }
.notice span { display: block; padding: 6px 12px; border-radius: 4px; background: var(--ink); color: var(--paper); }
.damaged { padding: 32px; }
.damaged h1 { font-size: 18px; margin-bottom: 8px; }
.damaged p { margin-bottom: 8px; color: var(--soft); overflow-wrap: anywhere; }`;

const BAR = `
.bar { flex: none; padding: 8px 12px 7px; border-bottom: 1px solid var(--rule); background: var(--panel); }
.said { display: flex; align-items: flex-start; gap: 12px; }
.said h1 { flex: 1; min-width: 0; display: flex; gap: 8px; font-size: 15px; font-weight: 600; line-height: 1.4; }
.said h1 .shape { width: 16px; height: 16px; margin-top: 2.5px; align-self: flex-start; }
.below { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 16px; margin-top: 6px; min-width: 0; }
.tallies { display: flex; flex-wrap: wrap; gap: 6px; flex: none; max-width: 100%; }
.tallies button { display: inline-flex; align-items: center; gap: 5px; padding: 1px 9px 1px 7px; border-radius: 11px; }
.tallies button[aria-pressed=true] { border-color: currentColor; font-weight: 600; }
.tallies .error[aria-pressed=true] { background: var(--error-paper); color: var(--error); }
.tallies .warning[aria-pressed=true] { background: var(--warning-paper); color: var(--warning); }
.tallies .holds[aria-pressed=true] { background: var(--holds-paper); color: var(--holds); }
.tallies .note[aria-pressed=true] { background: var(--note-paper); color: var(--note); }
.inline { display: flex; flex: 0 1 auto; gap: 16px; max-width: 100%; list-style: none; min-width: 0; overflow: hidden; white-space: nowrap; }
.inline li { overflow: hidden; text-overflow: ellipsis; flex: 0 1 auto; min-width: 48px; }
.inline bdi { overflow-wrap: normal; }
.inline .what { font-weight: 600; flex: none; min-width: 0; max-width: 28ch; }
.stop { display: flex; gap: 6px; margin-top: 6px; padding: 5px 8px; border-radius: 4px; background: var(--error-paper); }
.said h1 > bdi, .stop > bdi { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 5; overflow: hidden; min-width: 0; }
.stop .shape { margin-top: 2.5px; align-self: flex-start; }
.menu { position: relative; flex: none; }
.popup {
  position: absolute; right: 0; top: calc(100% + 4px); z-index: 6; display: flex; flex-direction: column; min-width: 190px; padding: 4px;
  background: var(--paper); border: 1px solid var(--rule); border-radius: 6px; box-shadow: 0 6px 20px var(--shadow);
}
.popup button { border: 0; background: none; padding: 5px 10px; }
.popup button:hover, .popup button:focus-visible { background: var(--hover); }
.tabs { display: none; }`;

const ROOMS = `
.rooms {
  flex: 1; min-height: 0; display: grid;
  grid-template: "findings s1 graph s2 source" minmax(0, 1fr) "findings s1 s3 s3 s3" 1px "findings s1 runs runs runs" min(var(--below, 30%), 75%)
    / min(var(--left, clamp(240px, 22cqw, 340px)), 45cqw) 1px minmax(160px, 1fr) 1px min(var(--right, clamp(280px, 33cqw, 640px)), 45cqw);
}
.room { position: relative; min-width: 0; min-height: 0; display: flex; flex-direction: column; overflow: hidden; background: var(--paper); }
.splitter { position: relative; background: var(--rule); z-index: 3; touch-action: none; }
.splitter::after { content: ""; position: absolute; }
.splitter.upright { cursor: col-resize; }
.splitter.upright::after { inset: 0 -4px; }
.splitter.level { cursor: row-resize; }
.splitter.level::after { inset: -4px 0; }
.splitter:hover, .splitter:focus-visible { background: var(--link); outline: 1px solid var(--link); outline-offset: 0; }
.sides-head, .tools, .file { flex: none; display: flex; align-items: center; height: 34px; border-bottom: 1px solid var(--rule); }
.sides-head { padding: 0 6px; }
.sides-head button { border: 0; border-bottom: 2px solid transparent; border-radius: 0; height: 34px; padding: 2px 8px 0; color: var(--soft); background: none; }
.sides-head button[aria-pressed=true] { color: var(--ink); font-weight: 600; border-bottom-color: var(--link); }
.sides-head .soft { font-weight: 400; margin-left: 3px; }
.filter { flex: none; display: flex; flex-wrap: wrap; align-items: center; gap: 6px; padding: 6px 8px; border-bottom: 1px solid var(--rule); }
.filter input { flex: 1 1 100%; min-width: 0; }
.filter select { flex: 1 1 40%; min-width: 0; }
.filter p { flex: 1 1 100%; }
input, select { height: 26px; padding: 0 6px; border: 1px solid var(--rule); border-radius: 4px; background: var(--paper); }
input::placeholder { color: var(--soft); opacity: 1; }
.findings { flex: 0 1 auto; max-height: 46%; }
.findings:last-child { flex: 1; max-height: none; }
.place { display: flex; flex-direction: column; height: 28px; padding: 8px 10px 0; font-weight: 600; overflow: hidden; line-height: 18px; }
.place .cut bdi { overflow-wrap: normal; }
.place:has(.soft) { height: 43px; }
.place .soft { font-weight: 400; font-size: 12px; line-height: 15px; }
.finding button {
  display: block; width: 100%; border: 0; border-left: 3px solid transparent; border-radius: 0; padding: 4px 10px 4px 9px; white-space: normal; overflow: hidden;
  background: none;
}
.finding button:hover { background: var(--hover); }
.finding button[aria-current=true] { background: var(--chosen); border-left-color: var(--link); }
.line { display: flex; align-items: center; gap: 8px; height: 19px; min-width: 0; }
.line > code { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.message { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; line-height: 19px; overflow-wrap: anywhere; }
.foot { display: block; height: 18px; line-height: 18px; font-size: 12px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.finding [aria-current=true] .soft { color: var(--ink); }
.detail { flex: 1 1 54%; min-height: 0; overflow: auto; padding: 10px 12px 16px; border-top: 1px solid var(--rule); overscroll-behavior: contain; }
.detail > * + * { margin-top: 8px; }
.detail h2, .picked h2, .onerun h2 { display: flex; align-items: center; gap: 8px; font-size: 13px; font-weight: 600; min-width: 0; }
.detail h2 code { font-weight: 400; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.detail h2 .quiet { margin-left: auto; }
.detail h3, .along h3, dialog h3 { font-size: 12px; font-weight: 600; color: var(--soft); margin: 4px 0; }
.detail section > * + * { margin-top: 6px; }
.where { display: flex; flex-wrap: wrap; gap: 2px 10px; min-width: 0; }
.where .name { flex: 0 1 auto; }
button.goto { color: var(--link); flex: none; }
.where .goto { padding: 0; border: 0; }
.file .goto { margin-left: auto; }
.frozen.error { color: var(--error); } .frozen.warning { color: var(--warning); } .frozen.holds { color: var(--holds); } .frozen.note { color: var(--note); }
.chain { list-style: none; border-left: 2px solid var(--rule); margin-left: 5px; }
.chain li { position: relative; padding: 2px 0 2px 14px; }
.chain li::before { content: ""; position: absolute; left: -5px; top: 7px; width: 8px; height: 8px; border-radius: 50%; background: var(--paper); border: 2px solid var(--soft); }
.chain li:last-child::before { background: var(--error); border-color: var(--error); }
.warning .chain li:last-child::before { background: var(--warning); border-color: var(--warning); }
.holds .chain li:last-child::before { background: var(--holds); border-color: var(--holds); }
.note .chain li:last-child::before { background: var(--note); border-color: var(--note); }
.runs { display: flex; flex-wrap: wrap; gap: 2px; }
.runs button .look { font-weight: 400; }
.help { margin-top: 6px; }
.tree { flex: 1; padding: 4px 0; }
.branch { display: flex; align-items: center; gap: 6px; height: 24px; padding-right: 8px; cursor: default; white-space: nowrap; overflow: hidden; }
.branch:hover { background: var(--hover); }
.branch[aria-selected=true] { background: var(--chosen); }
.branch.scope .name, .branch.fold .name { font-weight: 600; }
.branch.ghost .name { font-style: italic; color: var(--soft); }
.branch .name { flex: 0 1 auto; }
.branch .type { overflow: hidden; text-overflow: ellipsis; font-size: 12px; flex: 0 2 auto; min-width: 0; }
.branch .mark { margin-left: auto; flex: none; display: inline-flex; }
.twist { width: 14px; flex: none; text-align: center; color: var(--soft); cursor: pointer; }
.file { padding: 0 8px; gap: 8px; }
.file select { flex: 1; min-width: 0; }
.file h2 { font-size: 13px; font-weight: 600; min-width: 0; }
.tools { gap: 2px; padding: 0 6px; overflow: hidden; }
.tools select { max-width: 40%; margin-right: 6px; }
.amount { padding: 0 4px; white-space: nowrap; }
.square { min-width: 24px; text-align: center !important; }
.graph-room { container: graph / inline-size; }
.chip { overflow: hidden; text-overflow: ellipsis; min-width: 0; border-radius: 11px; padding: 0 8px; color: var(--heat); border-color: currentColor; background: none; font-size: 12px; margin-left: 4px; }
.compared { flex: none; display: flex; align-items: center; gap: 4px; min-height: 31px; padding: 2px 6px 2px 2px; border-top: 1px solid var(--rule); overflow: hidden; white-space: nowrap; }
.compared button { flex: none; }
.compared [aria-pressed=true] { background: var(--chosen); border-color: var(--link); color: var(--ink); }
.legend { display: flex; align-items: center; gap: 5px; padding: 0 6px; font-size: 12px; min-width: 0; overflow: hidden; }
.legend i { width: 12px; height: 12px; flex: none; border: 1px solid var(--rule); }
.legend i.scale { width: 84px; border: 0; }
.legend .little { margin-left: 10px; }
.place-of { min-width: 30px; text-align: center; font-variant-numeric: tabular-nums; }
.drawing { position: relative; flex: 1; min-height: 0; overflow: hidden; }
.search {
  position: absolute; top: 40px; left: 50%; transform: translateX(-50%); width: min(560px, calc(100% - 16px)); z-index: 4; padding: 6px;
  background: var(--paper); border: 1px solid var(--rule); border-radius: 6px; box-shadow: 0 8px 28px var(--shadow);
}
.search input { width: 100%; height: 30px; }
.hits { max-height: 320px; overflow: auto; }
.hits:not(:empty) { margin-top: 6px; }
.hits > div { display: flex; align-items: center; gap: 8px; height: 28px; padding: 0 8px; border-radius: 4px; cursor: pointer; white-space: nowrap; overflow: hidden; }
.hits > div:hover { background: var(--hover); }
.hits > [aria-selected=true] { background: var(--chosen); }
.hits .kind { width: 48px; flex: none; font-size: 12px; }
.hits .name { flex: 0 1 auto; min-width: 30%; }
.hits .shape { margin-left: auto; }
.search .empty { padding: 10px 8px 4px; }`;

const SOURCE = `
.source { flex: 1; padding: 6px 0; line-height: 19px; tab-size: 4; }
.source .reel { min-width: 100%; }
.code { display: flex; height: 19px; white-space: pre; position: relative; }
.code.known { cursor: pointer; }
.code.known:hover { background: var(--hover); }
.code.current, .code.current:hover { background: var(--chosen); }
.code.marked::before { content: ""; position: absolute; left: 0; top: 0; bottom: 0; width: 3px; background: currentColor; }
.code.marked.error::before { color: var(--error); } .code.marked.warning::before { color: var(--warning); }
.code.marked.holds::before { color: var(--holds); } .code.marked.note::before { color: var(--note); }
.code > .ops { flex: none; width: 52px; padding-right: 4px; text-align: right; color: var(--soft); font: 10.5px/19px system-ui, sans-serif; }
.code > .number { flex: none; min-width: 34px; padding: 0 7px 0 0; margin: 0 9px 0 0; border: 0; border-right: 1px solid var(--rule); border-radius: 0;
  background: none; text-align: right; color: var(--soft); font: inherit; line-height: 19px; user-select: none;
}
.code.current > .number, .code.current > .ops { color: var(--ink); }
.code.skipped code, .code.skipped code * { color: var(--soft) !important; font-style: italic; }
.remark { padding: 0 8px 0 4px; white-space: nowrap; color: var(--soft); font-style: italic; font-family: system-ui, sans-serif; }
.keyword { color: var(--keyword); } .string { color: var(--string); } .code code .number { color: var(--number); }
.comment { color: var(--comment); font-style: italic; } .defined { color: var(--defined); } .decorator, .builtin { color: var(--defined); }
mark { color: inherit; background: none; border-bottom: 2px solid; }
mark.error { background: var(--error-paper); border-color: var(--error); } mark.warning { background: var(--warning-paper); border-color: var(--warning); }
mark.holds { background: var(--holds-paper); border-color: var(--holds); } mark.note { background: var(--note-paper); border-color: var(--note); }
.annotation {
  display: inline-flex; align-items: center; gap: 4px; height: 17px; padding: 0 6px; border: 0; border-radius: 3px;
  font: 600 11.5px/17px system-ui, sans-serif; white-space: nowrap;
}
.annotations { position: sticky; right: 0; flex: none; display: flex; gap: 3px; height: 19px; padding: 1px 6px 1px 3px; margin-left: 2ch; background: var(--paper); }
.annotations .annotation { max-width: 46cqw; min-width: 0; }
.code.tall { flex-wrap: wrap; height: 38px; }
.code.tall code { flex: 1 0 calc(100% - 116px); }
.tall .annotations { position: sticky; left: 0; right: auto; margin: 0; padding-left: 98px; background: none; }
.tall .annotations .annotation { max-width: calc(100cqw - 120px); }
.annotation.others { color: var(--soft); background: var(--panel); padding: 0 5px; flex: none; }
.annotation bdi { overflow: hidden; text-overflow: ellipsis; }
.current .annotations { background: var(--chosen); }
.annotation .shape { width: 11px; height: 11px; }
.annotation bdi { overflow-wrap: normal; }
.annotation.error, .annotation.error:hover { background: var(--error-paper); color: var(--error); }
.annotation.warning, .annotation.warning:hover { background: var(--warning-paper); color: var(--warning); }
.annotation.holds, .annotation.holds:hover { background: var(--holds-paper); color: var(--holds); }
.annotation.note, .annotation.note:hover { background: var(--note-paper); color: var(--note); }
.annotation:hover { text-decoration: underline; }
.source-room { container: source / inline-size; }
.picked { flex: none; max-height: 44%; overflow: auto; padding: 8px 12px 10px; border-top: 1px solid var(--rule); background: var(--panel); }
.picked h2 .quiet:first-of-type { margin-left: auto; }
.picked h2 .name { flex: 0 1 auto; }
.picked h2 .soft { font-weight: 400; white-space: nowrap; flex: 0 100 auto; min-width: 0; overflow: hidden; text-overflow: ellipsis; }
.picked h2 .quiet { font-weight: 400; flex: none; }
.picked p { margin-top: 4px; }
.picked .facts { margin-top: 4px; }
.form { overflow-wrap: anywhere; }
.form .link, .links .link { font: inherit; }
.links { display: flex; flex-wrap: wrap; gap: 1px 10px; font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12px; }`;

const RUNS = `
.runs-room { flex-direction: row; container: runs / inline-size; }
.runlist { flex: none; display: flex; flex-direction: column; min-height: 0; width: clamp(204px, 24%, 280px); border-right: 1px solid var(--rule); }
.history { flex: 1; }
.run { display: block; width: 100%; height: 44px; padding: 3px 10px; border: 0; border-left: 3px solid transparent; border-radius: 0; background: none; }
.run .cut { display: block; }
.run .cut bdi { overflow-wrap: normal; }
.run[aria-current=true] { background: var(--chosen); border-left-color: var(--link); }
.run[aria-current=true] .soft { color: var(--ink); }
.run .line { justify-content: space-between; }
.onerun { flex: 1; min-width: 0; display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); overflow: hidden; }
.onerun.alone { grid-template-columns: minmax(0, 1fr); }
.facing { overflow: auto; padding: 8px 14px 14px; min-width: 0; }
.facing > * + * { margin-top: 8px; }
.onerun h2 { align-items: flex-start; }
.onerun h2 > span:last-child { font-weight: 400; }
pre.error { padding: 8px; border-left: 3px solid var(--error); background: var(--error-paper); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 180px; overflow: auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 12px; }
th, td { text-align: left; padding: 2px 16px 2px 0; font-weight: 400; white-space: nowrap; vertical-align: top; }
thead th { color: var(--soft); border-bottom: 1px solid var(--rule); }
td, tbody th, .differing .number { font-variant-numeric: tabular-nums; }
th.number, td.number { text-align: right; }
tr.differs td.other, tr.differs td.number { color: var(--error); font-weight: 600; }
.blame { display: flex; flex-wrap: wrap; gap: 2px 10px; }
.besides ul { margin: 2px 0 8px; padding: 0 0 0 14px; list-style: none; }
.along { display: flex; flex-direction: column; min-width: 0; min-height: 0; border-left: 1px solid var(--rule); }
.along h3 { flex: none; display: flex; align-items: center; margin: 0; padding: 6px 8px 4px 12px; }
.along h3 .first { margin-left: 8px; font-weight: 400; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.along h3 button:first-of-type { margin-left: auto; }
.differing { flex: 1 1 auto; min-height: 48px; }
.differs:is(button) { display: flex; align-items: center; gap: 10px; width: 100%; height: 24px; padding: 0 12px; border: 0; border-radius: 0; background: none; }
.differs:is(button):hover { background: var(--hover); }
.differs[aria-current=true] { background: var(--chosen); }
.differs .name { flex: 0 1 auto; }
.differs .number { margin-left: auto; flex: none; }
.sides { flex: none; padding: 6px 12px 8px; border-top: 1px solid var(--rule); }
.side { display: flex; align-items: center; gap: 10px; min-height: 36px; min-width: 0; }
.side .who { width: 62px; flex: none; color: var(--soft); white-space: nowrap; }
.summary { display: flex; flex-direction: column; min-width: 0; font-size: 12px; line-height: 16px; }
.bars { width: 78px; height: 26px; flex: none; fill: var(--soft); stroke: none; }
.bars path { stroke: var(--rule); fill: none; }
.captured .bars { fill: var(--heat); }
dialog {
  border: 1px solid var(--rule); border-radius: 8px; padding: 0; width: min(560px, calc(100vw - 24px)); max-height: 84vh; background: var(--paper); color: var(--ink);
  box-shadow: 0 12px 40px var(--shadow); overflow: auto;
}
dialog::backdrop { background: rgb(10 12 16 / .35); }
.sheet { padding: 14px 18px 18px; }
.sheet h2 { display: flex; align-items: center; justify-content: space-between; font-size: 15px; margin-bottom: 8px; }
.sheet > * + * { margin-top: 8px; }
.sheet ul { padding-left: 18px; }
.keys > div { display: grid; grid-template-columns: 118px minmax(0, 1fr); gap: 12px; padding: 4px 0; align-items: baseline; }
kbd { display: inline-block; min-width: 20px; padding: 0 5px; margin-right: 4px; text-align: center; border: 1px solid var(--rule); border-radius: 4px; background: var(--panel); }`;

const NARROW = `
@container runs (max-width: 760px) {
  .onerun { display: block; overflow: auto; }
  .facing { overflow: visible; }
  .along { border-left: 0; border-top: 1px solid var(--rule); }
  .differing { max-height: 220px; }
}
@container graph (max-width: 540px) {
  .amount { display: none; }
}
@container graph (max-width: 640px) {
  .legend .little { display: none; }
  .legend i.scale { width: 48px; }
}
@container graph (max-width: 440px) {
  .tools .square { display: none; }
  .legend { display: none; }
}
@container viewer (max-width: 899.98px) {
  .tabs { flex: none; display: flex; border-bottom: 1px solid var(--rule); padding: 0 6px; }
  .tabs button { flex: 1; border: 0; border-bottom: 2px solid transparent; border-radius: 0; background: none; text-align: center; padding: 8px 4px 6px; color: var(--soft); }
  .tabs button[aria-current] { color: var(--ink); font-weight: 600; border-bottom-color: var(--link); }
  .rooms { display: block; position: relative; }
  .splitter { display: none; }
  .room { position: absolute; inset: 0; visibility: hidden; }
  .viewer[data-tab=findings] .findings-room, .viewer[data-tab=graph] .graph-room,
  .viewer[data-tab=source] .source-room, .viewer[data-tab=runs] .runs-room { visibility: visible; }
}
@container viewer (max-width: 560px) {
  .bar { padding: 8px 10px 6px; }
  .said h1 { font-size: 14px; }
  .inline li:not(.what) { display: none; }
  .runs-room { flex-direction: column; }
  .runlist { width: auto; max-height: 34%; border-right: 0; border-bottom: 1px solid var(--rule); }
  button:not(.link) { min-height: 26px; }
  .annotation, .code > .number { min-height: 0 !important; }
}
@media (forced-colors: active) {
  .shape, .bars { forced-color-adjust: auto; fill: CanvasText; }
  .code.marked::before { background: Highlight; }
  [aria-current=true], [aria-selected=true], [aria-pressed=true], .code.current { outline: 2px solid Highlight; outline-offset: -2px; }
  .code.skipped code, .code.skipped code * { color: GrayText !important; }
  .splitter { background: CanvasText; }
}
@media print { .viewer { display: none; } }
@media (prefers-reduced-motion: reduce) { .viewer * { scroll-behavior: auto !important; transition: none !important; } }`;

export const css = `
.viewer { ${LIGHT} }
.viewer.dark { ${DARK} }
@media (prefers-color-scheme: dark) { .viewer.unknown { ${DARK} } }
${[FRAME, BAR, ROOMS, SOURCE, RUNS, NARROW, rerun, repair].join("\n")}`;
