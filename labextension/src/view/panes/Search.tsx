/** `/`: nodes and modules by name. */

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { find } from "../../model/find";
import { nodeName, placeName, type Screen, scopeName, textAt } from "../screen";
import { visible } from "../visible";
import { Name, Shape } from "./Words";

const MOST = 50;

interface Hit {
  readonly kind: "node" | "module";
  readonly ref: number;
}

export function Search({ screen }: { screen: Screen }) {
  const query = useSignal("");
  const at = useSignal(0);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const graph = screen.index.value;
  const hits = useMemo((): readonly Hit[] => {
    if (!graph || query.value.trim() === "") return [];
    const { scopes, nodes } = find(graph, query.value.trim(), MOST);
    return [...scopes.map((ref) => ({ kind: "module" as const, ref })), ...nodes.map((ref) => ({ kind: "node" as const, ref }))].slice(0, MOST);
  }, [graph, query.value]);
  // Before anything is painted: what is typed right after the slash belongs in the field.
  useLayoutEffect(() => {
    const before = (field.current?.getRootNode() as ShadowRoot | undefined)?.activeElement as HTMLElement | null | undefined;
    field.current?.focus();
    return () => before?.focus?.();
  }, []);
  useEffect(() => list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }), [at.value]);

  const close = () => {
    screen.overlay.value = "none";
  };
  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    close();
    screen.tab.value = "graph";
    if (hit.kind === "module") screen.store.goToScope(hit.ref);
    else screen.store.goToNode(hit.ref);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") at.value = Math.min(hits.length - 1, at.value + 1);
    else if (event.key === "ArrowUp") at.value = Math.max(0, at.value - 1);
    else if (event.key === "Enter") go(hits[at.value]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onFocusOut = (event: FocusEvent) => {
    const box = event.currentTarget as HTMLElement;
    if (event.relatedTarget instanceof Node && !box.contains(event.relatedTarget)) close();
  };
  return (
    <div class="search" role="search" aria-label="Search the graph" onKeyDown={onKeyDown} onFocusOut={onFocusOut} data-arrows="own">
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-expanded={hits.length > 0}
        aria-controls="hits"
        aria-autocomplete="list"
        aria-activedescendant={hits.length > 0 ? `hit-${at.value}` : undefined}
        aria-label="Search nodes and modules"
        placeholder="Search nodes and modules"
        autocomplete="off"
        spellcheck={false}
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
          at.value = 0;
        }}
      />
      <div id="hits" class="hits" role="listbox" aria-label="Found" ref={list}>
        {graph &&
          hits.map((hit, place) => {
            const { columns } = graph;
            const isNode = hit.kind === "node";
            const look = screen.store.unpacked.shown.findings[(isNode ? columns.mark[hit.ref]! : graph.worst(hit.ref)) - 1]?.look;
            const soft = isNode
              ? [textAt(screen, columns.spec[hit.ref]), placeName(screen, graph, columns.range[hit.ref])].filter((part) => part).join("  ")
              : textAt(screen, columns.fqn[hit.ref]) || textAt(screen, columns.type[hit.ref]);
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are heard in the field
              <div
                key={`${hit.kind} ${hit.ref}`}
                id={`hit-${place}`}
                role="option"
                tabIndex={-1}
                aria-selected={place === at.value}
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => go(hit)}
              >
                <span class="kind soft">{hit.kind}</span>
                <Name>{isNode ? nodeName(screen, graph, hit.ref) : scopeName(screen, graph, hit.ref)}</Name>
                <span class="soft cut">{visible(soft, 160)}</span>
                {look && <Shape look={look} />}
              </div>
            );
          })}
      </div>
      {query.value.trim() !== "" && hits.length === 0 && (
        <p class="empty" role="status">
          Nothing is called that.
        </p>
      )}
    </div>
  );
}
