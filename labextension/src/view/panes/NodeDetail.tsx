/** What is selected in the graph: a node with all that is known of it, or a module. */

import type { ComponentChildren } from "preact";
import type { GraphIndex } from "../../model/types";
import { spelled } from "../numbers";
import { copy } from "../save";
import { count, nodeName, placeName, type Screen, scopeName, textAt } from "../screen";
import { visible } from "../visible";
import { LookWord, Name, Text } from "./Words";

const MOST_LINKS = 40;

export function NodeDetail({ screen }: { screen: Screen }) {
  const graph = screen.index.value;
  const selected = screen.store.selected.value;
  if (!graph || selected.kind === "nothing") return null;
  return (
    <section class="picked" aria-label="What is selected" tabIndex={0} data-arrows="own">
      {selected.kind === "node" ? (
        <OfNode screen={screen} graph={graph} node={selected.node} />
      ) : (
        <OfScope screen={screen} graph={graph} scope={selected.scope} />
      )}
    </section>
  );
}

function OfNode({ screen, graph, node }: { screen: Screen; graph: GraphIndex; node: number }) {
  const { store } = screen;
  const { columns } = graph;
  const { files, findings } = store.unpacked.shown;
  const names = files.map((file) => file.title);
  const mark = columns.mark[node]!;
  const finding = findings[mark - 1];
  const parameters = graph.parameters(node);
  const place = placeName(screen, graph, columns.range[node]);
  return (
    <>
      <h2>
        <Name>{nodeName(screen, graph, node)}</Name>
        {columns.ghost[node] !== 0 && <span class="soft">not in the program</span>}
        <button type="button" class="quiet" onClick={() => copy(screen, graph.text(node, names), "the node")}>
          Copy as text
        </button>
        <Close screen={screen} />
      </h2>
      {finding && (
        <p>
          <button type="button" class="link" onClick={() => openFinding(screen, mark - 1)}>
            <LookWord look={finding.look} word={finding.word} /> <code>{visible(finding.rule, 60)}</code>
          </button>
        </p>
      )}
      <dl class="facts">
        <Row label="computes">
          <Form screen={screen} graph={graph} node={node} />
        </Row>
        {columns.spec[node] !== 0 && (
          <Row label="value">
            <Text limit={300}>{[valueName(textAt(screen, columns.name[node])), textAt(screen, columns.spec[node])].filter((part) => part).join(" : ")}</Text>
          </Row>
        )}
        {parameters.length > 0 && (
          <Row label="parameters">
            <Text limit={600}>{parameters.join(", ")}</Text>
          </Row>
        )}
        <Row label="used by">
          <Links screen={screen} graph={graph} nodes={[...new Set(graph.users(node))]} />
        </Row>
        {columns.scope[node] !== 0 && (
          <Row label="module">
            <ScopeLink screen={screen} graph={graph} scope={columns.scope[node]!} />
          </Row>
        )}
        <SourceRow screen={screen} place={place} />
      </dl>
    </>
  );
}

function OfScope({ screen, graph, scope }: { screen: Screen; graph: GraphIndex; scope: number }) {
  const { store } = screen;
  const { columns } = graph;
  const fqn = textAt(screen, columns.fqn[scope]);
  const type = textAt(screen, columns.type[scope]);
  const place = placeName(screen, graph, columns.scope_range[scope]);
  const finding = store.unpacked.shown.findings[graph.worst(scope) - 1];
  const fold = graph.fold(scope);
  return (
    <>
      <h2>
        <Name>{scopeName(screen, graph, scope)}</Name>
        {scope !== 0 && (
          <button type="button" class="quiet" onClick={() => store.toggleScope(scope)}>
            {store.opened.value.scopes.has(scope) ? "Close module" : "Open module"}
          </button>
        )}
        <Close screen={screen} />
      </h2>
      <dl class="facts">
        {type && (
          <Row label="type">
            <Text limit={160}>{type}</Text>
          </Row>
        )}
        {fqn && (
          <Row label="path">
            <Text limit={600}>{fqn}</Text>
          </Row>
        )}
        <Row label="holds">
          {count(graph.size(scope), "node")}
          {graph.marked(scope) > 0 && `, ${graph.marked(scope)} with a finding`}
        </Row>
        {finding && (
          <Row label="worst">
            <button type="button" class="link" onClick={() => openFinding(screen, graph.worst(scope) - 1)}>
              <LookWord look={finding.look} word={finding.word} /> <code>{visible(finding.rule, 60)}</code>
            </button>
          </Row>
        )}
        {fold && <Row label="alike">{fold.count} modules in a row hold the same</Row>}
        <SourceRow screen={screen} place={place} />
      </dl>
    </>
  );
}

/** Where it stands in the code; nothing where that is not known. */
function SourceRow({ screen, place }: { screen: Screen; place: string }) {
  if (!place) return null;
  return (
    <Row label="source">
      <button type="button" class="link" onClick={() => (screen.tab.value = "source")}>
        <Text limit={160}>{place}</Text>
      </button>
    </Row>
  );
}

/** The operation as text, its arguments as links to the nodes that compute them. */
function Form({ screen, graph, node }: { screen: Screen; graph: GraphIndex; node: number }) {
  const form = textAt(screen, graph.columns.form[node]);
  const inputs = graph.inputs(node);
  const parts = form.slice(0, 4000).split(/\$(\d+)/);
  return (
    <code class="form">
      {parts.map((part, at) => {
        const input = at % 2 === 1 ? inputs[Number(part)] : undefined;
        if (at % 2 === 0) return <Text key={at}>{part}</Text>;
        return input === undefined ? <span key={at}>{`$${part}`}</span> : <NodeLink key={at} screen={screen} graph={graph} node={input} />;
      })}
    </code>
  );
}

function Links({ screen, graph, nodes }: { screen: Screen; graph: GraphIndex; nodes: readonly number[] }) {
  if (nodes.length === 0) return <span class="soft">nothing</span>;
  return (
    <span class="links">
      {nodes.slice(0, MOST_LINKS).map((node) => (
        <NodeLink key={node} screen={screen} graph={graph} node={node} />
      ))}
      {nodes.length > MOST_LINKS && <span class="soft">and {spelled(nodes.length - MOST_LINKS)} more</span>}
    </span>
  );
}

export function NodeLink({ screen, graph, node }: { screen: Screen; graph: GraphIndex; node: number }) {
  const name = textAt(screen, graph.columns.name[node]);
  const label = nodeName(screen, graph, node);
  return (
    <button type="button" class="link" title={visible(`${label} ${textAt(screen, graph.columns.spec[node])}`, 300)} onClick={() => screen.store.goToNode(node)}>
      <Text limit={60}>{valueName(name) || label}</Text>
    </button>
  );
}

/** Values are told from numbers as TorchScript tells them: `%153`. */
function valueName(name: string): string {
  return name === "" ? "" : `%${name}`;
}

function ScopeLink({ screen, graph, scope }: { screen: Screen; graph: GraphIndex; scope: number }) {
  return (
    <button type="button" class="link" onClick={() => screen.store.goToScope(scope)}>
      <Text limit={160}>{textAt(screen, graph.columns.fqn[scope]) || scopeName(screen, graph, scope)}</Text>
    </button>
  );
}

function Row({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Close({ screen }: { screen: Screen }) {
  return (
    <button type="button" class="quiet" aria-label="Clear the selection" onClick={() => screen.store.clear()}>
      ✕
    </button>
  );
}

function openFinding(screen: Screen, finding: number): void {
  screen.side.value = "findings";
  screen.tab.value = "findings";
  screen.store.goToFinding(finding);
}
