"""A ComfyUI without models: the server's HTTP and WebSocket behaviour, real files, and switches for its
faults.

It ships with the product, so that the whole way of a prompt can be tried on any machine, and it
is what the tests talk to. ``tests/contract`` holds it to a real ComfyUI. Nothing of ComfyUI's code is in it.
"""
