"""The background service: launchd agents on macOS, systemd user units elsewhere."""
