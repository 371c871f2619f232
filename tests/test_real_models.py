"""Real models: whole graphs, places in the user's code, parameters by name, the same findings every time."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
from models import BUILDERS

import tracelab
from tracelab.schema import Finding, Node

ARTICLE = {
    "norm_loop": ("data-dependent-loop", "for _ in range(int(torch.norm(x))):"),
    "column_loop": ("shape-dependent-loop", "for i in range(x.shape[1]):"),
    "alternator": ("state-write", "self.calls += 1"),
}


@functools.cache
def captured(name: str) -> tracelab.Capture:
    model, args, kwargs = BUILDERS[name]()
    return tracelab.trace(model, args or None, example_kwarg_inputs=kwargs or None).capture


def in_program(name: str) -> list[Node]:
    return [node for node in captured(name).graph.nodes if not node.ghost]


def said(finding: Finding) -> tuple[str, str, int, str]:
    place = finding.source
    return finding.rule, place.filename if place else "", place.lineno if place else 0, finding.frozen


@pytest.mark.parametrize("name", BUILDERS)
def test_graph_is_whole(name: str) -> None:
    capture = captured(name)
    assert capture.stop is None
    assert capture.graph.complete
    assert in_program(name)[-1].op == "output"


@pytest.mark.parametrize("name", BUILDERS)
def test_every_operation_has_a_place_that_a_user_can_read(name: str) -> None:
    """In the models' own file or in transformers', never in torch's or ours, and the file has that line.

    `aten::Int` is torch's own insertion, of which it keeps no place.
    """
    package = str(Path(tracelab.__file__).parent)
    texts = {source.filename: source.text.splitlines() for source in captured(name).sources}
    places = [
        n.source
        for n in in_program(name)
        if n.op == "call_function" and not n.target.startswith(("prim::", "aten::Int"))
    ]
    assert [place for place in places if place is None] == []
    for place in filter(None, places):
        assert "/torch/" not in place.filename
        assert not place.filename.startswith(package)
        assert 1 <= place.lineno <= len(texts[place.filename])


@pytest.mark.parametrize("name", BUILDERS)
def test_parameters_are_named_by_fqn(name: str) -> None:
    model = BUILDERS[name]().model
    named = {key for key, _ in model.named_parameters(remove_duplicate=False)}
    specs = [spec for spec in captured(name).graph.signature.inputs if spec.kind == "parameter"]
    assert {spec.target for spec in specs} <= named
    assert specs or name in {"alternator"}


@pytest.mark.parametrize("name", BUILDERS)
def test_modules_are_those_of_the_model(name: str) -> None:
    known = {key for key, _ in BUILDERS[name]().model.named_modules(remove_duplicate=False)}
    graph = captured(name).graph
    assert {module.fqn for module in graph.modules} <= known
    assert {node.module for node in graph.nodes} <= known


@pytest.mark.parametrize("name", BUILDERS)
def test_findings_are_stable(name: str) -> None:
    """What is claimed, that is; how much of it is proven depends on how much time there was."""
    model, args, kwargs = BUILDERS[name]()
    once, again = (tracelab.trace(model, args or None, example_kwarg_inputs=kwargs or None, probes=()) for _ in "12")
    assert [said(f) for f in again.findings] == [said(f) for f in once.findings]


@pytest.mark.parametrize("name", ARTICLE)
def test_situation_of_the_article_is_found(name: str) -> None:
    rule, line = ARTICLE[name]
    texts = {source.filename: source.text.splitlines() for source in captured(name).sources}
    lines = [
        texts[f.source.filename][f.source.lineno - 1].strip()
        for f in captured(name).findings
        if f.rule == rule and f.source
    ]
    assert line in lines


@pytest.mark.parametrize("name", ARTICLE)
def test_situation_of_the_article_is_proven(name: str) -> None:
    (first, *_) = captured(name).findings
    assert first.verdict == "diverges"
    assert first.witness is not None
    assert first.witness.first_divergence is not None


@pytest.mark.parametrize("name", ARTICLE)
def test_the_files_of_what_was_traced_are_kept_and_not_those_of_who_called(name: str) -> None:
    assert [Path(source.filename).name for source in captured(name).sources] == ["models.py"]


def test_mixtral_routes_by_its_tokens() -> None:
    assert any(finding.rule.startswith("data-dependent") for finding in captured("mixtral").findings)


@pytest.mark.parametrize("name", ["resnet50"])
def test_plain_convolution_has_nothing_to_warn_of(name: str) -> None:
    assert [said(f) for f in captured(name).findings if f.level == "error"] == []


@pytest.mark.parametrize("name", ["bert", "mixtral", "swin"])
def test_capture_survives_its_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / "model.tracelab"
    captured(name).save(path)
    assert tracelab.load(path) == captured(name)
