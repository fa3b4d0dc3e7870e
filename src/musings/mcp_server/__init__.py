"""The Model Context Protocol: what agents may ask of the queue, over stdio and streamable HTTP.

Everything is asked through ``remote.operations``, so a tool may do what the token behind it may do, and no more.
Imported late: the SDK is needed by whom an agent calls, and by nobody else.
"""
