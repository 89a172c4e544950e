"""The secret election: who may vote is known; what was voted is sealed until tellers open it."""
