"""A `Capture`, put in order for the viewer: `tracelab.shown` says what is sent, and these rooms make it.

It is a renderer like the others: pure, without torch. `packed` gives the bytes, `shown` the same before that,
`packed_run` one Run more.

    private      a capture without its source, or without its values
    strings      the table of texts; what an operation is called, and how it reads
    columns      arrays of numbers behind one another
    order        the nodes in one row, those of nested blocks before the node that holds them
    scopes       which call of which module recorded a node
    alike        which scopes hold the same
    graph        all of these, for one method
    regions      what a decision controls
    chains       the shortest way from an input to what was asked
    findings, runs, files, repairs, tokens
"""

from tracelab.viewer.document import packed, packed_run, shown

__all__ = ["REFUSED", "packed", "packed_run", "shown"]

REFUSED = 2
"""The exit code of `python -m tracelab.viewer` for a file that cannot be read; it then writes {what, cure}."""
