"""What every room needs and none owns: database, book, access, live pages, words, errors.

This package knows no room. If a word of the glossary appears here, it is in the wrong place.
"""
