"""Rehearsals: invented people, the shipped demonstration, and a whole day over real HTTP.

Stands above all rooms. The rooms know nothing of it; the day speaks to the server as browsers do.
`day` puts it together; `preparing`, `doors`, `sitting` and `cut` walk it with one `walk.Walk`, and
`pairing`, `encrypted`, `fleet` and `checkup` what concerns its machines; what people were `told` is
compared with what is `stored` by the `invariants`.
"""
