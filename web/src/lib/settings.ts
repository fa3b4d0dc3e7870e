/** What another program made something with, put into the form of a workflow. */
import type { FormField, Workflow } from './api/types.ts';
import type { Value, Values } from './form.ts';

export type Settings = Record<string, unknown>;

const NAMES: Readonly<Record<string, string>> = {
  prompt: 'Words',
  negative_prompt: 'Without',
  seed: 'Seed',
  width: 'Width',
  height: 'Height',
  steps: 'Steps',
  cfg: 'Guidance',
  sampler: 'Sampler',
  model: 'Model',
};

/** For a list on the page: what is known, in the order of the names above. */
export function rows(settings: Settings): [string, string][] {
  return Object.entries(NAMES).flatMap(([role, name]) => (settings[role] == null ? [] : [[name, String(settings[role])]]));
}

/** The values for the fields of a workflow that have such a role; what the field would not take is left out. */
export function valuesFor(workflow: Workflow, settings: Settings): Values {
  const values: Values = {};
  for (const field of workflow.form) {
    const value = fitting(field, settings[field.role ?? '']);
    if (value !== null) values[field.name] = value;
  }
  return values;
}

function fitting(field: FormField, value: unknown): Value {
  if (field.type === 'int' || field.type === 'float') {
    if (typeof value !== 'number' || (field.type === 'int' && !Number.isSafeInteger(value))) return null;
    return value < (field.minimum ?? -Infinity) || value > (field.maximum ?? Infinity) ? null : value;
  }
  if (typeof value !== 'string' || value === '') return null;
  return field.choices.length > 0 && !field.choices.includes(value) ? null : value;
}
