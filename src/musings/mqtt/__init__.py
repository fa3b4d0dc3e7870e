"""MQTT: the queue on a broker, as Home Assistant discovers it.

``topics`` names, ``discovery`` describes, ``house`` looks, ``commands`` does, ``client`` speaks (through paho),
``bridge`` holds them together in the one process that has the lock, ``probe`` asks whether a broker lets us in.
"""
