"""One file to keep: everything as JSON lines, the media, and a gallery that needs no server."""
