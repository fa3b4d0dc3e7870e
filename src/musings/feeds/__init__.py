"""Feeds: values in, documents out. Atom (RFC 4287), JSON Feed 1.1, and RSS 2.0 as podcast players read it."""
