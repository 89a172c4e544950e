"""Item 5 of a rehearsed day: a whole election with a second round, over HTTP as people hold it.

`paper` reads the printed slips, `roles` says who stands, counts and witnesses, `wishes` draws what
people choose, `ceremony` is what the tellers and the secretary do, `booths` what voters do at the
tablets, `search` looks through every byte on the disk, `holding` puts it together.
"""
