"""Every error that TraceLab raises on its own account.

    TracelabError
      InputError       the example inputs or a spec such as `f32[2,10]` cannot be used   (also ValueError)
      DocumentError    a .tracelab file cannot be read                                   (also ValueError)
      FrozenError      `raise_for_findings`, `assert_faithful`: findings that diverge or raise (also AssertionError)
      MissingToolError a program that is needed is not installed                         (also RuntimeError)
      UsageError       a target or option that names nothing                             (also ValueError)

`TracelabWarning` is the only warning.

What torch raises for a wrong use of `torch.jit.trace`'s own arguments is passed on as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracelab.schema import Capture


class TracelabError(Exception):
    """An error in three short parts.

    Args:
        what: what happened, with the value as `f32[2, 10]`.
        where: the place in the user's code, or the file; empty where there is none.
        cure: what to do.
    """

    def __init__(self, what: str, where: str = "", cure: str = "") -> None:
        self.what, self.where, self.cure = what, where, cure
        super().__init__("\n".join(part for part in (what, where and f"  at {where}", cure and f"  {cure}") if part))


class InputError(TracelabError, ValueError):
    """The example inputs, or the text that describes them, cannot be used."""


class DocumentError(TracelabError, ValueError):
    """A `.tracelab` file is truncated, foreign, too new or hostile."""


class FrozenError(TracelabError, AssertionError):
    """A trace has findings that diverge or raise.

    Attributes:
        capture: the document that has them.
    """

    capture: Capture | None = None


class MissingToolError(TracelabError, RuntimeError):
    """A program that is needed, as Graphviz's `dot`, is not installed."""


class UsageError(TracelabError, ValueError):
    """A target, a rule or an option names nothing."""


class TracelabWarning(UserWarning):
    """A part of TraceLab failed, and findings may be missing; or an entry of `allow` matches none."""
