"""The shape of the tables. The migrations make it so; this is what the queries are written against.

The columns of docs/reference/database.md keep their names and meanings for ever: other programs read and write them.
"""

from collections.abc import Mapping

from sqlalchemy import Boolean, Column, Float, ForeignKey, Identity, Integer, MetaData, String, Table, Text

from musings.store.times import UtcTime

metadata = MetaData()

prompts = Table(
    "prompts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("prompt_text", Text, nullable=False),
    Column("prompt_type", String, server_default="text"),
    Column("status", String, server_default="pending"),
    Column("priority", Integer, server_default="5"),
    Column("config_name", String),
    Column("metadata", Text),
    Column("created_at", UtcTime),
    Column("processed_at", UtcTime),
    Column("completed_at", UtcTime),
    Column("output_reference", Integer),
    Column("error_message", Text),
    Column("processing_duration", Float),
    Column("artifact_status", String),
    Column("artifact_metadata", Text),
    # What the engine needs. ``attempt`` is the fencing token: it only ever grows (ADR 1). The attempt cap counts
    # ``attempt - uncounted_attempts``, so that a retry by hand or a shutdown of the worker costs nothing.
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("uncounted_attempts", Integer, nullable=False, server_default="0"),
    Column("max_attempts", Integer),
    Column("next_attempt_at", UtcTime),
    Column("cancel_requested", Boolean, nullable=False, server_default="0"),
    Column("external_id", String),
    Column("progress", Text),
    Column("workflow", String),
    Column("parameters", Text),
    Column("starred", Boolean, nullable=False, server_default="0"),
    Column("idempotency_key", String),
    Column("request_hash", String),
    Column("deleted_at", UtcTime),
    # What no attempt counts: ``worker_step`` is where the worker is with it; ``worker_deaths`` how often in a row the
    # worker died at ``death_step``; ``server_crashes`` how often a server went down while it ran this; ``waits`` how
    # often in a row there was nothing to run it, and ``waits_for`` what has to come.
    Column("worker_step", String),
    Column("death_step", String),
    Column("worker_deaths", Integer, nullable=False, server_default="0"),
    Column("server_crashes", Integer, nullable=False, server_default="0"),
    Column("waits", Integer, nullable=False, server_default="0"),
    Column("waits_for", String),
    Column("workflow_hash", String),  # the version of the file that it was submitted with
    Column("instructions", Text),  # JSON; NULL in the rows of other programs, whose metadata may ask
    Column("held", Boolean, nullable=False, server_default="0"),  # its run is paused: it is not started
)

ANEW: Mapping[str, object] = {
    "uncounted_attempts": prompts.c.attempt,
    "worker_step": None,
    "death_step": None,
    "worker_deaths": 0,
    "server_crashes": 0,
    "waits": 0,
    "waits_for": None,
}
"""The accounts of a prompt that is tried as if for the first time."""

prompt_artifacts = Table(
    "prompt_artifacts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("prompt_id", Integer, ForeignKey("prompts.id", ondelete="CASCADE")),
    Column("artifact_type", String),
    Column("file_path", String),
    Column("preview_path", String),
    Column("metadata", Text),
    Column("created_at", UtcTime),
    Column("updated_at", UtcTime),
    # Of its prompt, kept by triggers: what the gallery filters by has to stand in one table to be in one index.
    Column("in_gallery", Boolean, nullable=False, server_default="0"),  # its prompt is there, and not in the trash
    Column("prompt_starred", Boolean),
    Column("prompt_workflow", String),
    Column("aspect_ratio", Float),
)

counts = Table(
    "musings_counts",  # how many there are of each sort, kept by triggers (``store.gallery.counts``)
    metadata,
    Column("what", String, primary_key=True),  # prompts, days, artifacts, writings, words
    Column("a", String, primary_key=True),
    Column("b", String, primary_key=True),
    Column("n", Integer, nullable=False),
)

line = Table(
    "musings_line",  # how many prompts wait in each stretch of 1,024 ids, kept by triggers
    metadata,
    Column("priority", Integer, primary_key=True, autoincrement=False),
    Column("stretch", Integer, primary_key=True, autoincrement=False),
    Column("n", Integer, nullable=False),
)

hours = Table(
    "musings_hours",  # the smallest id of the rows made in each hour, kept by triggers
    metadata,
    Column("what", String, primary_key=True),  # prompts, artifacts
    Column("hour", String, primary_key=True),  # UTC, as ``2026-11-22 10``
    Column("first_id", Integer, nullable=False),
)

writings = Table(
    "writings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", String),
    Column("content_type", String),
    Column("content", Text),
    Column("original_filename", String),
    Column("word_count", Integer),
    Column("character_count", Integer),
    Column("line_count", Integer),
    Column("mood", String),
    Column("explicit_content", Boolean),
    Column("publication_status", String),
    Column("notes", Text),
    Column("file_timestamp", UtcTime),
    Column("content_hash", String),
    Column("content_fingerprint", String),
)

tags = Table(
    "tags",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String),
    Column("tag_type", String),
)

writing_tags = Table("writing_tags", metadata, Column("writing_id", Integer), Column("tag_id", Integer))

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("prompt_id", Integer, ForeignKey("prompts.id", ondelete="CASCADE"), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("status", String, nullable=False),  # running, completed, failed, cancelled, lost, released
    Column("backend", String),
    Column("started_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("external_id", String),
    Column("directory", String),  # where its files go, written before they do; relative to the media root
    Column("parameters", Text),
    Column("workflow_hash", String),
    Column("error", Text),
    Column("error_class", String),
    Column("log_excerpt", Text),
    Column("worker_id", String),  # the row of ``workers`` that claimed it; NULL in rows of an older version
    Column("host", String),  # where it runs or ran; NULL likewise
)

workflow_versions = Table(
    "workflow_versions",
    metadata,
    Column("hash", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("source", String, nullable=False),  # comfyui or script
    Column("content", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

workflow_defaults = Table(
    "musings_workflow_defaults",
    metadata,
    Column("kind", String, primary_key=True),
    Column("workflow", String, nullable=False),
    Column("by_owner", Boolean, nullable=False),
    Column("set_at", UtcTime, nullable=False),
)

workflows_seen = Table(
    "musings_workflows_seen",
    metadata,
    Column("workflow", String, primary_key=True),
    Column("hash", String, nullable=False),  # of the file and its sidecar as they were seen last
    Column("hash_before", String),  # as they were before that; both are in ``workflow_versions``
    Column("sidecar_since", String, nullable=False),  # the first version that was seen with this sidecar
    Column("changed_at", UtcTime, nullable=False),
)

workflow_presets = Table(
    "musings_workflow_presets",
    metadata,
    Column("workflow", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("field_values", Text, nullable=False),  # JSON: the values of fields, by their names in the version ``hash``
    Column("hash", String),  # the version that they were kept for; NULL for what is built in
    Column("saved_at", UtcTime, nullable=False),
)

uploads = Table(
    "musings_uploads",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("content_type", String, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("file_path", String, nullable=False),  # relative to the media root
    Column("facts", Text),  # JSON: width, height, duration
    Column("created_at", UtcTime, nullable=False),
    Column("used_at", UtcTime, nullable=False),  # last sent, or last named by a new prompt
    Column("blake3", String),  # in hex, where a client of Comfy API v2 sent it
)

prompt_events = Table(
    "prompt_events",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("prompt_id", Integer),
    Column("event", String, nullable=False),  # prompt, progress, preview, queue
    Column("data", Text),
    Column("created_at", UtcTime),
)

queue_state = Table(
    "queue_state",
    metadata,
    Column("name", String, primary_key=True),  # paused, schedule, media_root, clock, mqtt, mqtt_kind
    Column("value", String),
)

workers = Table(
    "workers",
    metadata,
    Column("id", String, primary_key=True),
    Column("host", String, nullable=False),
    Column("process", String, nullable=False),  # pid:start time
    Column("started_at", UtcTime, nullable=False),
    Column("heartbeat_at", UtcTime, nullable=False),
    Column("kinds", String, nullable=False),
)

alerts = Table(
    "musings_alerts",  # those that are open
    metadata,
    Column("key", String, primary_key=True),
    Column("since", UtcTime),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
)

alert_notices = Table(
    "musings_alert_notices",  # the outbox: what some channel has not taken yet
    metadata,
    Column("id", String, primary_key=True),  # begins with the time, so that their order is that of posting
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("level", String, nullable=False),  # failure, success, info
    Column("channels", Text, nullable=False),  # JSON: a list of those that have not taken it
    Column("tries", Integer, nullable=False, server_default="0"),  # grows with each claim: the fencing token
    Column("posted_at", UtcTime),
    Column("next_try_at", UtcTime),
)

backend_outages = Table(
    "musings_backend_outages",
    metadata,
    Column("backend", String, primary_key=True),
    Column("since", UtcTime),
)

duties = Table(
    "musings_duties",
    metadata,
    Column("name", String, primary_key=True),
    Column("due_at", UtcTime),
    Column("claims", Integer, nullable=False, server_default="0"),  # grows with each: the fencing token
    # Who does it at present, and until when nobody else may.
    Column("host", String),
    Column("process", String),  # pid:start time
    Column("claimed_until", UtcTime),
)

low_disks = Table(
    "musings_low_disks",
    metadata,
    Column("host", String, primary_key=True),
    Column("message", Text, nullable=False),
    Column("noted_at", UtcTime),
)

leftover_jobs = Table(
    "musings_leftover_jobs",  # what prompts that have ended may still have on servers
    metadata,
    Column("prompt_id", Integer, primary_key=True, autoincrement=False),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("whereabouts", Text, nullable=False),
)

tokens = Table(
    "musings_tokens",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", String, nullable=False),
    Column("secret_hash", String, nullable=False),  # sha256
    Column("scopes", String, nullable=False),  # comma list
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("last_used_at", UtcTime),
    Column("revoked_at", UtcTime),
)

comfyui_jobs = Table(
    "musings_comfyui_jobs",
    metadata,
    Column("prompt_id", Integer, ForeignKey("prompts.id", ondelete="CASCADE"), primary_key=True),
    Column("job_id", String, nullable=False),  # the ``prompt_id`` of ComfyUI's protocol
    Column("graph_hash", String, nullable=False),
    Column("client_id", String),
    Column("owner", String),  # who sent it, as kind:id; NULL where nobody was asked who they are
    Column("number", Float),
    Column("extra_data", Text),  # JSON, without keys of accounts
    Column("outputs", Text, nullable=False),  # JSON: the nodes that are to be made
    Column("forgotten", Boolean, nullable=False, server_default="0"),  # taken out of queue and history
    Column("created_at", UtcTime, nullable=False),
)
comfyui_files = Table(
    "musings_comfyui_files",
    metadata,
    Column("subfolder", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("sha256", String, ForeignKey("musings_uploads.sha256", ondelete="CASCADE"), nullable=False),
    Column("created_at", UtcTime, nullable=False),
)
feeds = Table(
    "musings_feeds",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", String, nullable=False),
    Column("secret_hash", String, nullable=False),  # sha256
    Column("entry_key", String, nullable=False),  # random; what the ids of its entries are made from
    Column("kind", String),
    Column("tag", String),
    Column("created_at", UtcTime, nullable=False),
    Column("last_used_at", UtcTime),
    Column("revoked_at", UtcTime),
)

owner = Table(
    "musings_owner",
    metadata,
    Column("id", Integer, primary_key=True),  # always 1
    Column("password_hash", String, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

sessions = Table(
    "musings_sessions",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("secret_hash", String, nullable=False),  # sha256
    Column("previous_hash", String),
    Column("csrf", String, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Column("rotated_at", UtcTime, nullable=False),
    Column("confirmed_at", UtcTime),
)

webhooks = Table(
    "musings_webhooks",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", String, nullable=False),
    Column("url", Text, nullable=False),
    Column("events", String, nullable=False),  # comma list: prompt.completed, prompt.failed, prompt.cancelled
    Column("types", String),  # comma list of prompt types; NULL for all, unknown ones too
    Column("enabled", Boolean, nullable=False, server_default="1"),
    Column("disabled_reason", Text),
    Column("key_version", Integer, nullable=False, server_default="1"),  # the secret itself is derived, and not here
    Column("key_changed_at", UtcTime),
    Column("created_at", UtcTime, nullable=False),
)

push_subscriptions = Table(
    "musings_push_subscriptions",  # browsers; each is a webhook, which goes when this row goes
    metadata,
    Column("webhook_id", Integer, ForeignKey("musings_webhooks.id", ondelete="CASCADE"), primary_key=True),
    Column("endpoint", Text, nullable=False),
    Column("p256dh", String, nullable=False),  # the browser's public key, base64url
    Column("auth", String, nullable=False),  # of use only to who also has our key, which is in no table
    Column("session_id", Integer, ForeignKey("musings_sessions.id", ondelete="CASCADE")),
    Column("token_id", Integer, ForeignKey("musings_tokens.id", ondelete="CASCADE")),
    Column("created_at", UtcTime, nullable=False),
)

webhook_deliveries = Table(
    "musings_webhook_deliveries",  # the outbox, filled by a trigger, and the log of what was delivered
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("message_id", String, nullable=False),
    Column("webhook_id", Integer, ForeignKey("musings_webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("event", String, nullable=False),
    Column("prompt_id", Integer),  # no reference: what was told stays told when the prompt is gone
    Column("state", String, nullable=False, server_default="waiting"),  # waiting, delivered, failed
    Column("tries", Integer, nullable=False, server_default="0"),  # grows with each claim: the fencing token
    Column("created_at", UtcTime, nullable=False),
    Column("since", UtcTime, nullable=False),  # when it was first due, or was sent again by hand
    Column("next_try_at", UtcTime),
    Column("ended_at", UtcTime),
)

webhook_tries = Table(
    "musings_webhook_tries",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("delivery_id", Integer, ForeignKey("musings_webhook_deliveries.id", ondelete="CASCADE"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("status_code", Integer),
    Column("error", Text),
    Column("seconds", Float, nullable=False),
)

chain_versions = Table(
    "musings_chain_versions",
    metadata,
    Column("hash", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("content", Text, nullable=False),  # JSON with its keys in order, of which ``hash`` is the sha256
    Column("created_at", UtcTime, nullable=False),
)

chains = Table(
    "musings_chains",  # those that somebody stored; the shipped ones are files of the program
    metadata,
    Column("name", String, primary_key=True),
    Column("hash", String, nullable=False),
    Column("stored_at", UtcTime, nullable=False),
)

runs = Table(
    "musings_runs",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("chain", String, nullable=False),
    Column("chain_hash", String, nullable=False),
    Column("idea", Text, nullable=False),
    Column("parameters", Text),  # JSON
    Column("priority", Integer, nullable=False, server_default="5"),
    Column("created_at", UtcTime, nullable=False),
    Column("paused_at", UtcTime),
    Column("cancelled_at", UtcTime),
    Column("idempotency_key", String),
    Column("request_hash", String, nullable=False),
    # A trigger lets it grow when one of its prompts has ended; what was looked at is the one below.
    Column("generation", Integer, nullable=False, server_default="1"),
    Column("observed_generation", Integer, nullable=False, server_default="0"),
    Column("acts", Integer, nullable=False, server_default="0"),  # grows with each thing that a person does to it
)

run_steps = Table(
    "musings_run_steps",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("run_id", Integer, ForeignKey("musings_runs.id", ondelete="CASCADE"), nullable=False),
    Column("step", String, nullable=False),
    Column("number", Integer, nullable=False),  # from 1 to ``total``
    Column("total", Integer, nullable=False),  # how many results its step has
    Column("outcome", String, nullable=False),  # prompt, skipped, refused
    Column("prompt_id", Integer),  # no reference: a run outlives its prompts
    Column("problem", Text),
    Column("gone_status", String),  # the last status of a prompt that was removed for good
    Column("made_at", UtcTime, nullable=False),
    Column("replaced_at", UtcTime),  # when it was asked for anew, by another row
)

run_answers = Table(
    "musings_run_answers",
    metadata,
    Column("run_id", Integer, ForeignKey("musings_runs.id", ondelete="CASCADE"), primary_key=True),
    Column("step", String, primary_key=True),
    Column("answer", Text, nullable=False),  # JSON
    Column("answered_at", UtcTime, nullable=False),
)

schedules = Table(
    "musings_schedules",
    metadata,
    Column("id", Integer, Identity(), primary_key=True),
    Column("name", String, nullable=False),
    Column("rule", Text, nullable=False),  # RRULE of RFC 5545
    Column("time_zone", String, nullable=False),  # IANA
    Column("starts_at", String, nullable=False),  # DTSTART: a time on the wall there, 2026-11-28T07:00:00
    Column("request", Text, nullable=False),  # JSON: {"prompt": {…}} or {"musing": {…}}
    Column("enabled", Boolean, nullable=False, server_default="1"),
    Column("created_at", UtcTime, nullable=False),
    Column("planned_at", UtcTime, nullable=False),  # when ``next_at`` was worked out
    Column("next_at", UtcTime),
    Column("last_at", UtcTime),
    Column("last_prompt_id", Integer),  # no reference: a schedule outlives what it made
    Column("last_musing_id", Integer),
    Column("last_error", Text),
    Column("revision", Integer, nullable=False, server_default="1"),  # grows with each change: the fencing token
    Column("idempotency_key", String),
    Column("request_hash", String, nullable=False),
)
