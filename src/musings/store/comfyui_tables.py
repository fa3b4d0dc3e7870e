"""The tables of Comfy API v2, beside those that all have (``tables``)."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from musings.store.tables import metadata
from musings.store.times import UtcTime

comfyui_assets = Table(
    "musings_comfyui_assets",
    metadata,
    Column("id", String, primary_key=True),
    Column("sha256", String, ForeignKey("musings_uploads.sha256", ondelete="CASCADE"), nullable=False),
    Column("file_path", String),  # the name that its sender gave
    Column("tags", Text),  # JSON
    Column("owner", String),  # as of comfyui_jobs
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)
comfyui_labels = Table(
    "musings_comfyui_labels",
    metadata,
    Column("prompt_id", Integer, ForeignKey("prompts.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
