"""The verbs of `kiosk` (design 8), by what they are about; `cli.py` gathers them."""
