"""Eager against captured: the Run in view, where it first differs, and what can be taken away as code."""

from __future__ import annotations

import pytest

from tests.browser.captures import PROVEN, about
from tests.browser.conftest import Open
from tests.browser.seeing import box

DIFFERING = ("norm_loop", "column_loop", "alternator", "swin", "mixtral", "two_methods")


@pytest.mark.parametrize("name", DIFFERING)
def test_the_first_node_that_differs_is_gone_to(opened: Open, name: str) -> None:
    seen = opened(name)
    run = next(run for run in about(name).runs if run.first_divergence is not None)
    seen.runs.get_by_role("list", name="Runs").get_by_text(f"Run {run.id}", exact=True).click()
    seen.runs.get_by_role("button", name="Go to it").click()
    assert run.first_divergence is not None
    seen.wait_for_node(run.first_divergence)
    where = seen.where(run.first_divergence)
    assert where
    assert box(seen.canvas).holds(where)


@pytest.mark.parametrize("name", PROVEN)
def test_the_run_that_proves_the_worst_finding_is_in_view_at_first(opened: Open, name: str) -> None:
    seen = opened(name)
    proof = about(name).runs[about(name).findings[0].witness or 0]
    shown = seen.runs.get_by_role("group", name=f"Run {proof.id}").inner_text()
    assert proof.word in shown
    assert all(output.eager in shown for output in proof.outputs)


@pytest.mark.parametrize("name", ["norm_loop", "column_loop"])
def test_heat_is_painted_and_can_be_taken_away(opened: Open, name: str) -> None:
    seen = opened(name)
    seen.wait_until_still()
    node = next(run.first_divergence for run in about(name).runs if run.first_divergence is not None)
    where = seen.where(node)
    assert where
    hot = seen.pixels(where)
    seen.compared.get_by_title("Take the colours of this Run away").click()
    assert seen.compared.count() == 0
    seen.wait_until_still()
    assert seen.pixels(where) != hot


def test_what_only_eager_ran_is_told(opened: Open) -> None:
    """Another column is sliced, too, and goes through the layer."""
    shown = opened("column_loop").runs.locator(".besides").inner_text()
    assert shown.count("aten::slice at") == 1
    assert "aten::linear at" in shown


def test_both_sides_of_a_node_that_differs_are_shown(opened: Open) -> None:
    seen = opened("column_loop")
    run = about("column_loop").runs[about("column_loop").findings[0].witness or 0]
    assert run.along
    listed = seen.runs.get_by_role("list", name="Nodes that differ")
    assert listed.get_by_role("listitem").count() == len(run.along)
    sides = seen.runs.locator(".sides")
    assert sides.get_by_text("eager", exact=True).is_visible()
    assert sides.get_by_text("captured", exact=True).is_visible()


def test_blame_leads_to_the_finding(opened: Open) -> None:
    seen = opened("norm_loop", fragment="f=-")
    seen.runs.locator(".blame button").first.click()
    assert about("norm_loop").findings[0].rule in seen.detail.inner_text()


def test_without_runs_that_is_said(opened: Open) -> None:
    assert "No Run is stored here" in opened("partial").runs.inner_text()
