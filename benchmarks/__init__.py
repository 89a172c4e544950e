"""The load bench (design 9): `python -m benchmarks`. Prints a table; asserts no time, ever.

Each figure is the median of several rounds. Within a round the disk, the writer and the server are
measured one after another, so that noise of the machine falls on a figure and on its limit alike.
"""
