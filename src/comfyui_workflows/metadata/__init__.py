"""The texts that programs leave in the files that they make. Pure; one module for each way of keeping them.

``reading.texts_in`` looks at the first bytes and asks the right one. All of them read what they need and no more: sizes
that a file announces are never believed, what is packed is unpacked to a bound, and no loop is longer than
``collected.MOST_PARTS``.
"""
