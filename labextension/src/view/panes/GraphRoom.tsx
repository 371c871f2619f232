/** The drawing with what is set about it: which method, which Run's heat, open, close, zoom, search. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { graphPane } from "../canvas";
import { count, type Screen } from "../screen";
import { visible } from "../visible";
import { Compared } from "./Compared";
import { Search } from "./Search";
import { Empty } from "./Words";

export function GraphRoom({ screen }: { screen: Screen }) {
  const { store } = screen;
  const graph = screen.index.value;
  if (!graph || graph.nodes === 0) return <Empty>No operation was recorded.</Empty>;
  return (
    <>
      <div class="tools">
        <Methods screen={screen} />
        <span class="soft amount">{count(graph.nodes, "node")}</span>
        <span class="grow" />
        {graph.scopes > 1 && (
          <>
            <button type="button" class="quiet" onClick={() => store.openAll()}>
              Open all
            </button>
            <button type="button" class="quiet" onClick={() => store.closeAll()}>
              Close all
            </button>
          </>
        )}
        <button type="button" class="quiet square" aria-label="Zoom out" title="Zoom out (−)" onClick={() => screen.drawing.value?.zoomBy(0.8)}>
          −
        </button>
        <button type="button" class="quiet square" aria-label="Zoom in" title="Zoom in (+)" onClick={() => screen.drawing.value?.zoomBy(1.25)}>
          +
        </button>
        <button type="button" class="quiet" title="Show the whole graph (0)" onClick={() => screen.drawing.value?.fit()}>
          Fit
        </button>
        <button type="button" class="quiet" title="Search (/)" onClick={() => (screen.overlay.value = "search")}>
          Search
        </button>
      </div>
      <Canvas screen={screen} />
      <Compared screen={screen} />
      {screen.overlay.value === "search" && <Search screen={screen} />}
    </>
  );
}

function Methods({ screen }: { screen: Screen }) {
  const { store } = screen;
  if (store.graphs.length < 2) return null;
  return (
    <select aria-label="Method" value={String(store.graph.value)} onChange={(event) => store.goToScope(0, Number(event.currentTarget.value))}>
      {store.graphs.map(({ about }, place) => (
        <option key={place} value={String(place)}>
          {visible(about.method, 60)}
          {about.complete ? "" : " (partial)"}
        </option>
      ))}
    </select>
  );
}

/** The one element that Preact leaves alone. It holds its `pane`, which the browser tests ask where things are drawn. */
function Canvas({ screen }: { screen: Screen }) {
  const box = useRef<HTMLDivElement>(null);
  // Before the first frame, not after it: the page is shown once, with its graph.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const pane = graphPane(element, screen.store);
    Object.assign(element, { pane });
    screen.drawing.value = pane;
    return () => {
      screen.drawing.value = null;
      pane.dispose();
    };
  }, [screen]);
  return <div ref={box} class="drawing" />;
}
