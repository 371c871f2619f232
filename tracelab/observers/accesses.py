"""Where the source of a function reads and writes what outlives the call, and asks how it was called.

This is the one place where code is read instead of watched. It says where; that a line ran, and what the
value was, are seen while running.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import executing

from tracelab.syntax import Lines, parent_of

_MUTATORS = {
    "append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "update", "setdefault", "popitem",
    "add", "discard", "appendleft", "popleft", "rotate", "__setitem__", "__setattr__", "cache_clear",
}  # fmt: skip
_CATCHABLE = {
    "BaseException", "Exception", "RuntimeError", "ValueError", "IndexError", "TypeError", "AssertionError",
    "NotImplementedError", "ArithmeticError", "ZeroDivisionError", "OverflowError", "FloatingPointError",
    "LinAlgError", "OutOfMemoryError",
}  # fmt: skip
"""Errors that a tensor operation may raise."""
_RAISING = (ast.Call, ast.BinOp, ast.Subscript)

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True)
class Access:
    """A read or a write of something that a name outside the call, or an attribute of a parameter, leads to."""

    path: tuple[str, ...]
    """`("self", "gate", "scale")`: the root and the attributes; subscripts end it."""
    write: bool
    node: ast.expr = field(compare=False)
    statement: int = 0
    """The first line of its statement."""


@dataclass(frozen=True)
class Question:
    """A question about how the function was called: `mask is None`, `isinstance(x, list)`, `for k in feats`."""

    parameter: str
    kind: str
    """`none`, `type`, `length`, `truth` or `default`."""
    node: ast.expr = field(compare=False)
    statement: int = 0


@dataclass(frozen=True)
class Try:
    """A `try` that catches errors which a tensor operation may raise."""

    body: Lines
    handlers: Lines
    calls: tuple[ast.expr, ...] = field(compare=False)


@dataclass
class Reading:
    """What the source of one function says."""

    accesses: list[Access] = field(default_factory=list[Access])
    questions: list[Question] = field(default_factory=list[Question])
    tries: list[Try] = field(default_factory=list[Try])
    returns: list[int] = field(default_factory=list[int])
    """The lines of its `return` statements."""
    lineno: int = 0
    """The line of its `def`, below the decorators."""


def read_function(filename: str, firstlineno: int, name: str) -> Reading:
    """Read the function that starts on a line of a file; an empty Reading where its source is not to be had."""
    return _read_from(executing.Source.for_filename(filename), firstlineno, name)


@functools.lru_cache(maxsize=4096)
def _read_from(source: executing.Source, firstlineno: int, name: str) -> Reading:
    """As `read_function`; a file that was edited is another source."""
    tree = source.tree
    functions = (node for node in ast.walk(tree) if isinstance(node, Function)) if tree is not None else ()
    for function in functions:
        if _first_line(function) == firstlineno and getattr(function, "name", "<lambda>") == name:
            return _read(function)
    return Reading()


def _first_line(function: Function) -> int:
    decorators = getattr(function, "decorator_list", [])
    return min([function.lineno, *(decorator.lineno for decorator in decorators)])


def _read(function: Function) -> Reading:
    reading, parameters = Reading(lineno=function.lineno), _parameters(function)
    local = parameters | {
        n.id for n in _inside(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    } - _outer_names(function)
    for node in _inside(function):
        if isinstance(node, (ast.Attribute, ast.Name)):
            reading.accesses.extend(_access(node, local, parameters))
        if isinstance(node, ast.expr):
            reading.questions.extend(_question(node, parameters))
        if isinstance(node, ast.Name) and function.args.vararg is not None and node.id == function.args.vararg.arg:
            reading.questions.append(Question(node.id, "length", node, statement_line(node)))
        if isinstance(node, ast.Try):
            reading.tries.extend(_try(node))
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            reading.tries.extend(_suppress(node))
        elif isinstance(node, ast.Return):
            reading.returns.append(node.lineno)
    return reading


def _inside(function: Function) -> Iterator[ast.AST]:
    """The nodes of a function, without those of the functions that it defines."""
    pending: list[ast.AST] = [*function.body] if isinstance(function.body, list) else [function.body]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            pending.extend(ast.iter_child_nodes(node))


def _outer_names(function: Function) -> set[str]:
    return {name for node in _inside(function) if isinstance(node, (ast.Global, ast.Nonlocal)) for name in node.names}


def _parameters(function: Function) -> set[str]:
    spec = function.args
    named = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *filter(None, (spec.vararg, spec.kwarg))]
    return {argument.arg for argument in named}


def statement_line(node: ast.AST) -> int:
    """The first line of the statement that a node stands in."""
    current: ast.AST | None = node
    while current is not None and not isinstance(current, ast.stmt):
        current = parent_of(current)
    return int(getattr(current or node, "lineno", 0))


def _access(node: ast.Attribute | ast.Name, local: set[str], parameters: set[str]) -> Iterator[Access]:
    parent = parent_of(node)
    if isinstance(parent, ast.Attribute) and parent.value is node:
        return  # the longer chain is the access
    path = path_of(node)
    if not path or (path[0] in local and (path[0] not in parameters or len(path) == 1)):
        return
    top, write = _reach(node)
    if write and len(path) > 1 and isinstance(parent, ast.Call) and parent.func is node:
        path = path[:-1]  # the method of a mutation is no attribute of its own
    yield Access(path, write, top, statement_line(node))
    if write and not isinstance(getattr(top, "ctx", None), (ast.Store, ast.Del)):
        yield Access(path, False, top, statement_line(node))


def path_of(node: ast.expr) -> tuple[str, ...]:
    """The names of a chain of attributes; `type(x)` counts as `x.__class__`. Empty where something else starts it."""
    names: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "type"
            and len(node.args) == 1
        ):
            names.append("__class__")
            node = node.args[0]
        else:
            break
    return (node.id, *reversed(names)) if isinstance(node, ast.Name) else ()


def _reach(node: ast.expr) -> tuple[ast.expr, bool]:
    """The whole expression (`self.dial[0]`) and whether it writes."""
    top, parent = node, parent_of(node)
    while isinstance(parent, ast.Subscript) and parent.value is top:
        top, parent = parent, parent_of(parent)
    if isinstance(getattr(top, "ctx", None), (ast.Store, ast.Del)):
        return top, True
    if isinstance(parent, ast.AugAssign) and parent.target is top:
        return top, True
    if isinstance(parent, ast.Call) and parent.func is top and isinstance(top, ast.Attribute) and top.attr in _MUTATORS:
        return parent, True
    if isinstance(parent, ast.Attribute) and parent.value is top and parent.attr in _MUTATORS:
        return parent, isinstance(parent_of(parent), ast.Call)
    if (
        isinstance(parent, ast.Call)
        and isinstance(parent.func, ast.Name)
        and parent.func.id in ("next", "setattr", "delattr")
        and top in parent.args
    ):
        return parent, True
    return top, False


def _question(node: ast.expr, parameters: set[str]) -> Iterator[Question]:
    line = statement_line(node)
    if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and node.left.id in parameters:
        if isinstance(node.ops[0], (ast.Is, ast.IsNot)) and isinstance(node.comparators[0], ast.Constant):
            yield Question(node.left.id, "none", node, line)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
        kinds = dict.fromkeys(("isinstance", "issubclass", "callable", "hasattr"), "type")
        kinds |= {"type": "type"} if isinstance(parent_of(node), ast.Compare) else {}
        kinds |= dict.fromkeys(
            ("len", "sorted", "enumerate", "zip", "list", "tuple", "set", "dict", "map", "filter", "sum", "any", "all"),
            "length",
        )
        for argument in node.args:
            if isinstance(argument, ast.Name) and argument.id in parameters and node.func.id in kinds:
                yield Question(argument.id, kinds[node.func.id], node, line)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in parameters:
        if node.attr in ("items", "keys", "values", "get"):
            yield Question(node.value.id, "length", node, line)
    elif isinstance(node, ast.Name) and node.id in parameters and isinstance(node.ctx, ast.Load):
        yield from _question_of_name(node, line)


def _question_of_name(node: ast.Name, line: int) -> Iterator[Question]:
    parent = parent_of(node)
    yield Question(node.id, "default", node, line)
    if (
        (isinstance(parent, (ast.For, ast.comprehension)) and parent.iter is node)
        or isinstance(parent, ast.Starred)
        or _is_spread(parent, node)
    ):
        yield Question(node.id, "length", node, line)
    elif (isinstance(parent, (ast.If, ast.IfExp, ast.While)) and parent.test is node) or isinstance(
        parent, (ast.BoolOp, ast.UnaryOp)
    ):
        yield Question(node.id, "truth", node, line)
    elif (
        isinstance(parent, ast.Compare)
        and node in parent.comparators
        and isinstance(parent.ops[0], (ast.In, ast.NotIn))
    ):
        yield Question(node.id, "length", parent, line)


def _is_spread(parent: ast.AST | None, node: ast.Name) -> bool:
    """`first, *rest = pair`."""
    targets = parent.targets if isinstance(parent, ast.Assign) and parent.value is node else []
    return any(
        isinstance(part, ast.Starred) for target in targets if isinstance(target, ast.Tuple) for part in target.elts
    )


def _suppress(node: ast.With | ast.AsyncWith) -> Iterator[Try]:
    """`with contextlib.suppress(RuntimeError):`."""
    for item in node.items:
        call = item.context_expr
        if isinstance(call, ast.Call) and path_of(call.func)[-1:] == ("suppress",) and _names(call.args) & _CATCHABLE:
            yield Try(_extent(node.body), (0, 0), _raising(node.body))


def _try(node: ast.Try) -> Iterator[Try]:
    caught = {name for handler in node.handlers for name in _caught(handler)}
    calls = _raising(node.body)
    if caught & _CATCHABLE and calls:
        yield Try(_extent(node.body), _extent(node.handlers), calls)


def _extent(body: Sequence[ast.stmt | ast.ExceptHandler]) -> Lines:
    return body[0].lineno, body[-1].end_lineno or body[-1].lineno


def _raising(body: list[ast.stmt]) -> tuple[ast.expr, ...]:
    """What may raise in a block, in the order of the source."""
    found = [node for statement in body for node in ast.walk(statement) if isinstance(node, _RAISING)]
    return tuple(sorted(found, key=lambda node: (node.lineno, node.col_offset)))


def _caught(handler: ast.ExceptHandler) -> set[str]:
    if handler.type is None:
        return {"BaseException"}
    return _names(handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type])


def _names(kinds: list[ast.expr]) -> set[str]:
    """The last names of exceptions: `OutOfMemoryError` of `torch.cuda.OutOfMemoryError`."""
    return {path[-1] for path in map(path_of, kinds) if path}
