"""The viewer as a person meets it: reports of real captures in a real browser."""
