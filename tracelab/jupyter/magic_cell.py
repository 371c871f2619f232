"""A cell under `%%trace`: run as usual, with lines that are the cell's own, while its calls are recorded."""

from __future__ import annotations

import ast
import builtins
import contextlib
import linecache
from collections.abc import Iterator
from typing import Any

from tracelab.errors import UsageError
from tracelab.jupyter.magic_calls import Recorder
from tracelab.jupyter.magic_inputs import refuse
from tracelab.jupyter.magic_line import Line, LineError, Place, near
from tracelab.jupyter.magic_watch import watching

_BLOCKS = (ast.With, ast.AsyncWith, ast.For, ast.AsyncFor, ast.While, ast.If, ast.Try)
_RECORDED = "__tracelab_recorded__"
"""What the last line's call is made through; it stands in the user's namespace only while the cell runs."""


class Cell:
    """The body of a cell.

    Args:
        shell: the running IPython.
        body: what stands below the magic's line.
        raw: the whole cell as it was typed.
        place: where the magic stands.
    """

    def __init__(self, shell: Any, body: str, raw: str, place: Place) -> None:
        self._shell, self.recorder = shell, Recorder()
        code: str = shell.transform_cell(body)  # which leaves out blank lines at the top
        blank = len(body) - len(body.lstrip("\n")) if not body.isspace() else 0
        head = [*_head(raw, body), *[""] * blank]
        self.text = "".join(f"# {line}".rstrip() + "\n" if line else "\n" for line in head) + code
        self.filename = place.filename or shell.compile.cache(self.text, shell.execution_count, raw_code=self.text)
        entry = (len(self.text), None, self.text.splitlines(keepends=True), self.filename)
        linecache.cache[self.filename] = entry
        self.tree: ast.Module = self._parsed()

    def _parsed(self) -> ast.Module:
        try:
            return self._shell.compile.ast_parse(self.text, self.filename)
        except SyntaxError as error:
            line = self.line(error.lineno or 1)
            margin = len(self.text.splitlines()[line.place.lineno - 1]) - len(line.text)
            start = max((error.offset or 1) - 1 - margin, 0)
            raise line.error(f"The cell is no Python: {error.msg}", min(start, len(line.text)), start + 1) from None

    def line(self, lineno: int) -> Line:
        """A line of the cell."""
        lines = self.text.splitlines() or [""]
        lineno = min(max(lineno, 1), len(lines))
        return Line(lines[lineno - 1].strip(), Place(self.filename, lineno))

    def record_last(self) -> None:
        """Record the call on the last line.

        Raises:
            LineError: there is none.
        """
        calls = _calls(self.tree.body)
        if not calls:
            statement = self.tree.body[-1] if self.tree.body else None
            line = self.line(statement.end_lineno or 1 if statement else 1)
            cure = "End the cell with a call, or name what is called: %%trace --call model."
            raise line.error("The cell's last line makes no call", cure=cure)
        self.recorder.keeps_last = True
        for call in calls:
            inner = ast.Call(ast.Name(_RECORDED, ast.Load()), [call.func], [])
            call.func = ast.copy_location(inner, call.func)
        ast.fix_missing_locations(self.tree)

    def run(self, watch: Watch | None = None) -> Any:
        """Run the statements in turn, as IPython does; the value of the last is the answer."""
        __tracebackhide__ = True
        space: dict[str, Any] = self._shell.user_ns
        space[_RECORDED] = self.recorder.wrapped
        try:
            return self._run(watch)
        finally:
            space.pop(_RECORDED, None)

    def _run(self, watch: Watch | None) -> Any:
        __tracebackhide__ = True
        value: Any = None
        statements: list[ast.stmt] = self._shell.transform_ast(self.tree).body
        with watch or contextlib.nullcontext():
            for statement in statements:
                if watch is not None:
                    watch.look()
                value = self._execute(statement, statement is statements[-1])
        return value

    def _execute(self, statement: ast.stmt, is_last: bool) -> Any:
        __tracebackhide__ = True
        shown: str = self._shell.ast_node_interactivity
        scope, space = self._shell.user_global_ns, self._shell.user_ns
        if isinstance(statement, ast.Expr) and is_last and shown != "none":
            return eval(self._shell.compile(ast.Expression(statement.value), self.filename, "eval"), scope, space)
        if isinstance(statement, ast.Expr) and shown == "all":
            exec(self._shell.compile(ast.Interactive([statement]), self.filename, "single"), scope, space)
        else:
            exec(self._shell.compile(ast.Module([statement], []), self.filename, "exec"), scope, space)
        return None


def _head(raw: str, body: str) -> list[str]:
    """The lines of a cell above the body; none, where the page asked for the magic."""
    lines, below = raw.splitlines(), body.splitlines()
    above = len(lines) - len(below)
    if above >= 0 and [line.strip() for line in lines[above:]] == [line.strip() for line in below]:
        return lines[:above]
    return lines[:1] or ["%%trace"]


def _calls(body: list[ast.stmt]) -> list[ast.Call]:
    """The call on the last line, outermost first: of `model(x).sum()`, what is no tensor's own will be traced."""
    last = body[-1] if body else None
    while isinstance(last, _BLOCKS):
        parts = (*getattr(last, "finalbody", ()), *getattr(last, "orelse", ()), *_handlers(last), *last.body)
        last = max(parts, key=lambda part: part.lineno)
    value = last.value if isinstance(last, (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign)) else None
    return [*_chain(value)]


def _handlers(block: ast.stmt) -> list[ast.stmt]:
    return [part for handler in getattr(block, "handlers", ()) for part in handler.body]


def _chain(value: ast.expr | None) -> Iterator[ast.Call]:
    while isinstance(value, (ast.Attribute, ast.Subscript, ast.NamedExpr, ast.Call)):
        if isinstance(value, ast.Call):
            yield value
        value = value.func if isinstance(value, ast.Call) else value.value


class Watch(contextlib.ExitStack):
    """Watches what `--call` names; the cell may be the one that makes it."""

    def __init__(self, shell: Any, cell: Cell, line: Line, text: str, at: int) -> None:
        super().__init__()
        self._shell, self._cell, self._line, self._text, self._at = shell, cell, line, text, at
        self.target: Any = None

    def check(self) -> None:
        """Raise before the cell runs where nothing of that name is there, or will be."""
        node = ast.parse(self._text, mode="eval").body
        root = next(part.id for part in ast.walk(node) if isinstance(part, ast.Name))
        made = {*_made(self._cell.tree)}
        known: dict[str, Any] = {**vars(builtins), **self._shell.user_global_ns, **self._shell.user_ns}
        if root not in made and root not in known:
            cure = near(root, [*made, *(name for name in known if not name.startswith("_"))])
            raise self.error(f"There is no name {root!r}", cure or "Name what the cell calls, as model.")

    def look(self) -> None:
        """Watch what the name stands for now."""
        try:
            target: Any = eval(self._text, self._shell.user_global_ns, self._shell.user_ns)
        except Exception:  # noqa: BLE001  not there yet, whatever a look-up raises
            return
        if target is self.target or (self.target is not None and target == self.target):
            return
        self.close()
        self.target = target
        try:
            refuse(target)
            self.enter_context(watching(target, self._cell.recorder))
        except UsageError as error:
            raise self.error(error.what, error.cure) from None

    def error(self, what: str, cure: str) -> LineError:
        """An error with carets under the name."""
        return self._line.error(what, self._at, self._at + len(self._text), cure)


def _made(tree: ast.AST) -> Iterator[str]:
    """The names that a cell binds."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
