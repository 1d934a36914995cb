"""``make bench``: how well messages are understood, on patients' messages and on public data sets."""
