/** A list of which only what is seen is in the page. Rows may differ in height, if their heights are known. */

import type { Signal } from "@preact/signals";
import type { ComponentChildren, HTMLAttributes } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

const MARGIN = 300;
/** As high as a list is taken to be before it is there. */
const GUESSED = 600;

export interface VirtualProps {
  readonly count: number;
  /** Pixels; a function where rows differ. Give the same function as long as the heights are the same. */
  readonly height: number | ((index: number) => number);
  readonly row: (index: number) => ComponentChildren;
  /** Brings a row into view each time the object is another one. */
  readonly show?: { readonly index: number; readonly where: "near" | "middle" } | null;
  readonly class?: string;
  /** Of the widest row, where rows may be wider than the list. */
  readonly width?: string;
  /** Is told how wide the list is. */
  readonly wide?: Signal<number>;
  readonly list?: HTMLAttributes<HTMLDivElement>;
}

export function Virtual({ count, height, row, show, class: name = "", width, wide, list }: VirtualProps) {
  const box = useRef<HTMLDivElement>(null);
  const tops = useMemo(() => topsOf(count, height), [count, height]);
  // About where it will be, so that few rows are made for nothing.
  const [seen, setSeen] = useState(() => ({ top: show ? Math.max(0, tops(show.index) - GUESSED / 3) : 0, height: GUESSED }));

  // Before it is looked where the list stands: it is scrolled first.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !show || show.index < 0 || show.index >= count) return;
    const [top, bottom] = [tops(show.index), tops(show.index + 1)];
    const edge = show.where === "middle" ? 3 * (bottom - top) : 0;
    const inside = top - edge >= element.scrollTop && bottom + edge <= element.scrollTop + element.clientHeight;
    if (inside) return;
    if (show.where === "middle") element.scrollTop = top - element.clientHeight / 3;
    else element.scrollTop = top < element.scrollTop ? top : bottom - element.clientHeight;
  }, [show]);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      setSeen({ top: element.scrollTop, height: element.clientHeight });
      if (wide) wide.value = element.clientWidth;
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    look();
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);

  const first = rowAt(tops, count, seen.top - MARGIN);
  const last = Math.min(count, rowAt(tops, count, seen.top + seen.height + MARGIN) + 1);
  const rows: ComponentChildren[] = [];
  for (let index = first; index < last; index++) rows.push(row(index));
  return (
    <div {...list} ref={box} class={`virtual ${name}`} data-arrows="own">
      <div class="reel" role="presentation" style={{ height: `${tops(count)}px`, minWidth: width }}>
        <div class="seen" role="presentation" style={{ transform: `translateY(${tops(first)}px)` }}>
          {rows}
        </div>
      </div>
    </div>
  );
}

type Tops = (index: number) => number;

function topsOf(count: number, height: VirtualProps["height"]): Tops {
  if (typeof height === "number") return (index) => index * height;
  const tops = new Float64Array(count + 1);
  for (let index = 0; index < count; index++) tops[index + 1] = tops[index]! + height(index);
  return (index) => tops[index] ?? 0;
}

/** The row at a distance from the top, by halving. */
function rowAt(tops: Tops, count: number, y: number): number {
  let [low, high] = [0, Math.max(0, count - 1)];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tops(middle) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}
