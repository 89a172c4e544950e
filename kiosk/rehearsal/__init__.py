"""Rehearsals: invented people, the shipped demonstration, and a whole day over real HTTP.

Stands above all rooms. The rooms know nothing of it; `day` speaks to the server as browsers do.
"""
