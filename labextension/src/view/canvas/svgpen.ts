/** A pen that writes SVG: the drawing on the screen and the file are drawn by the same lines of code. */

import { plain } from "./labels";
import { type Pen, SANS } from "./pen";

export interface SvgPen extends Pen {
  /** The file, with a title for who cannot see it. */
  file(x: number, y: number, width: number, height: number, title: string): string;
}

export function svgPen(): SvgPen {
  const out: string[] = [];
  let path = "";
  let dash = "";
  /** Texts of one look follow one another: the look is written once, around them. */
  let group = "";
  const write = (element: string, within = "") => {
    if (within !== group) {
      if (group !== "") out.push("</g>");
      if (within !== "") out.push(`<g${within}>`);
      group = within;
    }
    out.push(element);
  };
  const pen: SvgPen = {
    fillStyle: "#000",
    strokeStyle: "#000",
    lineWidth: 1,
    font: "",
    textAlign: "left",
    globalAlpha: 1,
    setLineDash: (segments) => {
      dash = segments.map(short).join(" ");
    },
    beginPath: () => {
      path = "";
    },
    moveTo: (x, y) => {
      path += `M${short(x)} ${short(y)}`;
    },
    lineTo: (x, y) => {
      path += `L${short(x)} ${short(y)}`;
    },
    bezierCurveTo: (ax, ay, bx, by, x, y) => {
      path += `C${[ax, ay, bx, by, x, y].map(short).join(" ")}`;
    },
    rect: (x, y, w, h) => {
      path += `M${short(x)} ${short(y)}h${short(w)}v${short(h)}h${short(-w)}z`;
    },
    roundRect: (x, y, w, h, radius) => {
      path += rounded(x, y, w, h, Math.min(radius, w / 2, h / 2));
    },
    closePath: () => {
      path += "z";
    },
    fill: () => {
      if (path !== "") write(`<path d="${path}" fill="${escaped(String(pen.fillStyle))}"${opacity(pen)}/>`);
    },
    stroke: () => {
      if (path === "") return;
      const dashes = dash === "" ? "" : ` stroke-dasharray="${dash}"`;
      const width = `stroke-width="${short(pen.lineWidth)}"`;
      write(
        `<path d="${path}" fill="none" stroke="${escaped(String(pen.strokeStyle))}" ${width}${dashes}${opacity(pen)}/>`,
      );
    },
    fillRect: (x, y, w, h) => {
      const at = `x="${short(x)}" y="${short(y)}" width="${short(w)}" height="${short(h)}"`;
      write(`<rect ${at} fill="${escaped(String(pen.fillStyle))}"${opacity(pen)}/>`);
    },
    fillText: (text, x, y) => {
      const anchor = { center: "middle", right: "end", end: "end", left: "start", start: "start" }[pen.textAlign];
      const look = `${face(pen.font)} fill="${escaped(String(pen.fillStyle))}"${anchor === "start" ? "" : ` text-anchor="${anchor}"`}`;
      write(`<text x="${short(x)}" y="${short(y)}">${escaped(text)}</text>`, look + opacity(pen));
    },
    file: (x, y, width, height, title) => {
      const box = `viewBox="${[x, y, width, height].map(short).join(" ")}" width="${short(width)}" height="${short(height)}"`;
      const family = `font-family="${escaped(SANS)}"`;
      const head = `<svg xmlns="http://www.w3.org/2000/svg" ${box} ${family} role="img"><title>${escaped(plain(title))}</title>`;
      return `${head}\n${out.join("\n")}${group === "" ? "" : "</g>"}\n</svg>\n`;
    },
  };
  return pen;
}

/** A text that is a text wherever it stands in XML; what XML cannot hold at all is left out. */
export function escaped(text: string): string {
  const legal = text.replace(/(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/gu, "");
  return legal.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** The file names its family once; a text says what is different from it. */
function face(font: string): string {
  const [, weight, px, family] = /^(\d+) ([\d.]+)px (.*)$/.exec(font) ?? ["", "400", "12", SANS];
  const heavy = weight === "400" ? "" : ` font-weight="${weight}"`;
  return ` font-size="${px}"${heavy}${family === SANS ? "" : ` font-family="${escaped(family ?? SANS)}"`}`;
}

function opacity(pen: Pen): string {
  return pen.globalAlpha === 1 ? "" : ` opacity="${short(pen.globalAlpha)}"`;
}

function short(number: number): string {
  return String(Math.round(number * 10) / 10);
}

function rounded(x: number, y: number, w: number, h: number, r: number): string {
  const arc = (dx: number, dy: number) => `a${short(r)} ${short(r)} 0 0 1 ${short(dx)} ${short(dy)}`;
  const [across, down] = [w - 2 * r, h - 2 * r];
  return (
    `M${short(x + r)} ${short(y)}h${short(across)}${arc(r, r)}v${short(down)}${arc(-r, r)}` +
    `h${short(-across)}${arc(-r, -r)}v${short(-down)}${arc(r, -r)}z`
  );
}
