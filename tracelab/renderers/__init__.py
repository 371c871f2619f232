"""Capture in, text out: `text.render`, `json.render`, `sarif.render`, `github.render`, `dot.dot` and `dot.svg`,
`html.report` and `html.index`.

A renderer is pure. It needs a `schema.Capture` and nothing else: no torch, no file, no network.
"""
