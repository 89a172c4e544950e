"""The end of the day: what is sealed, and what anybody can check afterwards."""
