"""The roster file: reading it, and comparing it with the people already stored.

Pure: bytes and plain records in, plain records out. Storing is the work of the room's services.
"""
