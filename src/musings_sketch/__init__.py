"""Pictures, music, verse and speech out of words and a seed: real work with no model, no GPU and no network.

Four doors, each a module that stands alone: ``painting.paint``, ``music.compose`` with ``music.render``,
``verse.write`` and ``speech.speak``. Nothing is loaded before its door is imported. The README beside this file has an
example of each.
"""
