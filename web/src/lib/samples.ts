/** Prompts, results and workflows for tests. */
import type { Artifact, FormField, Prompt, Stats, Workflow } from './api/types.ts';

export function aPrompt(change: Partial<Prompt> = {}): Prompt {
  return {
    id: 1, prompt_text: 'a lighthouse', prompt_type: 'image', kind: 'image', status: 'pending', priority: 5,
    config_name: null, metadata: {}, workflow: null, workflow_hash: null, newer_workflow: false, enhance: null, unused_words: null, reproduces: null, musing_id: null, musing_step: null, musing_number: null, parameters: {}, created_at: '2026-01-01T00:00:00Z',
    processed_at: null, completed_at: null, output_reference: null, error_message: null, processing_duration: null,
    artifact_status: 'pending', artifact_metadata: null, attempt: 0, attempts_used: 0, max_attempts: 3, next_attempt_at: null,
    waiting_reason: null,
    cancel_requested: false, starred: false, deleted_at: null, position: null, progress: null, attempts: [], artifacts: [],
    writing: null, ...change,
  };
}

export function anArtifact(change: Partial<Artifact> = {}): Artifact {
  return {
    id: 1, prompt_id: 1, artifact_type: 'image', file_path: 'image/1/0001.png', preview_path: null, metadata: {},
    created_at: '2026-01-01T00:00:00Z', file_url: '/api/artifacts/1', preview_url: null, prompt_text: 'a lighthouse',
    prompt_type: 'image', kind: 'image', starred: false, ...change,
  };
}

export function aField(change: Partial<FormField> = {}): FormField {
  return {
    name: 'style', type: 'text', label: 'Style', default: null, minimum: null, maximum: null, step: null, choices: [],
    help: '', role: null, required: false, advanced: false, ...change,
  };
}

export function aWorkflow(form: FormField[], change: Partial<Workflow> = {}): Workflow {
  return { name: 'sketch-image', kind: 'image', title: 'Sketch', description: '', source: 'sketch', form, hash: null, problem: null, takes_text: true, default: true, usable: true, reason: null, ...change };
}

export function someStats(change: Partial<Stats> = {}): Stats {
  return {
    paused: false, by_status: {}, by_kind: {}, pending: 0, processing: 0, oldest_pending_seconds: null, running: [],
    rate_per_hour: 0, eta_seconds: { p50: null, p90: null },
    worker: { mode: 'running', alive: true, heartbeat_at: '2026-01-01T00:00:00Z', pid: 1, last_run_at: null, next_run_at: null, message: '' }, disk_low: false, disk_message: null, hours_message: null, engine: { image: true }, ...change,
  };
}
