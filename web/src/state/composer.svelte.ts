/** What is being written: kept in the browser at every change, so that a reload loses nothing. */
import * as api from '../lib/api/client.ts';
import type { Kind, Prompt, Workflow } from '../lib/api/types.ts';
import { asApiError, refusal, type Refusal } from '../lib/errors.ts';
import { excerpt, ordinal } from '../lib/format.ts';
import { canEnhance, countIn, layout, readDraft, readTicket, submission, ticketFor, workflowsOf, type Draft, type Value } from '../lib/form.ts';
import { newKey } from '../lib/key.ts';
import { outputs, TEXT_TYPES, words } from '../lib/kinds.ts';
import { wantsBetterWords } from '../lib/stages.ts';
import { announcer } from './announcer.svelte.ts';
import { prompts } from './prompts.svelte.ts';
import { OWN, recall, remember } from './storage.ts';
import { workflows } from './workflows.svelte.ts';

const DRAFT = 'musings.draft';
const TICKET = 'musings.ticket';

class Composer {
  draft = $state<Draft>(readDraft(null));
  submitting = $state(false);
  refused = $state<Refusal | null>(null);
  /** The words were put here by “use again”, and nobody has looked at them yet. */
  filled = $state(false);
  /** Files on their way into fields, by `workflow/field`; each tells in the end whether it is there. */
  readonly arrivals = new Map<string, Promise<boolean>>();
  #unanswered = false;
  readonly offered = $derived(workflowsOf(workflows.all, this.draft.kind));
  readonly workflow = $derived(
    this.offered.find((entry) => entry.name === this.draft.workflow[this.draft.kind]) ?? this.offered[0] ?? null,
  );
  /** What is written goes nowhere: the workflow works from a file alone. */
  readonly wordless = $derived(this.workflow?.takes_text === false);
  readonly values = $derived(this.workflow ? (this.draft.values[this.workflow.name] ?? {}) : {});

  readonly count = $derived(this.workflow ? (countIn(this.workflow, this.values) ?? 1) : 1);
  readonly canEnhance = $derived(!this.wordless && canEnhance(workflows.all, this.draft.kind));

  start(): void {
    this.draft = readDraft(recall(DRAFT, OWN) ?? recall(DRAFT));
    $effect.root(() => {
      $effect(() => keep(JSON.stringify(this.draft)));
    });
  }

  /** Whoever chooses the default follows it when it changes. */
  choose(name: string): void {
    const chosen = this.offered.find((entry) => entry.name === name);
    if (chosen?.default) delete this.draft.workflow[chosen.kind];
    else if (chosen) this.draft.workflow[chosen.kind] = name;
  }

  set(workflow: Workflow, name: string, value: Value): void {
    const values = { ...this.draft.values[workflow.name] };
    if (value === null) delete values[name];
    else values[name] = value;
    this.draft.values[workflow.name] = values;
    if (this.refused) delete this.refused.fields[name];
  }

  /** The values of a preset in place of those that were set. */
  take(workflow: Workflow, values: Record<string, unknown>): void {
    this.draft.values[workflow.name] = known(workflow, values);
    this.refused = null;
  }

  async submit(): Promise<void> {
    if (this.submitting) return;
    if (!this.draft.text.trim() && !this.wordless) {
      this.refused = { prompt: 'Write a few words first.', fields: {}, other: [] };
      return;
    }
    this.submitting = true;
    this.refused = null;
    try {
      if (!(await this.#allArrived())) return;
      this.#accepted(await this.#send());
    } catch (error) {
      const failure = asApiError(error);
      this.refused = refusal(failure);
      this.#unanswered = failure.status === 0;
      if (!this.#unanswered) remember(TICKET, null);
    } finally {
      this.submitting = false;
    }
  }

  /** The server is back: that it did not answer is no longer true. */
  forgive(): void {
    if (this.#unanswered) this.refused = null;
    this.#unanswered = false;
  }

  /** Fill the form from an earlier prompt: its words, its workflow, its parameters. */
  use(prompt: Prompt): void {
    const before = $state.snapshot(this.draft) as Draft;
    const kind: Kind = prompt.kind ?? 'text';
    this.draft.kind = kind;
    this.draft.text = prompt.prompt_text;
    if (TEXT_TYPES.some((entry) => entry.type === prompt.prompt_type)) this.draft.textType = prompt.prompt_type;
    // One that named no workflow was made with what was the default then.
    const name = prompt.workflow ?? prompt.artifacts[0]?.metadata['workflow'];
    const workflow = this.offered.find((entry) => entry.name === name) ?? this.offered[0];
    if (workflow) {
      this.choose(workflow.name);
      const count = layout(workflow).count;
      this.draft.values[workflow.name] = { ...known(workflow, prompt.parameters), ...(count ? { [count.name]: outputs(prompt) } : {}) };
    }
    this.draft.enhance = wantsBetterWords(prompt);
    this.refused = null;
    this.filled = true;
    if (before.text.trim() && before.text !== this.draft.text) {
      announcer.say('The form was filled anew; your draft was put aside.', () => {
        this.draft = before;
        this.filled = true;
      });
    }
  }

  async #allArrived(): Promise<boolean> {
    const mine = [...this.arrivals].filter(([place]) => place.startsWith(`${this.workflow?.name}/`));
    return (await Promise.all(mine.map(([, arrived]) => arrived))).every(Boolean);
  }

  async #send(): Promise<Prompt> {
    const body = submission(this.draft, this.workflow, this.canEnhance);
    const ticket = ticketFor(readTicket(recall(TICKET)), body, newKey);
    remember(TICKET, JSON.stringify(ticket));
    return api.submit(body, ticket.key);
  }

  #accepted(prompt: Prompt): void {
    remember(TICKET, null);
    this.draft.text = '';
    if (!prompts.known.has(prompt.id)) prompts.receive(prompt.id, prompt);
    const place = prompt.position && prompt.position > 1 ? `, ${ordinal(prompt.position)} in line` : '';
    announcer.say(`In the queue${place}: ${words(prompt.kind).one} “${excerpt(prompt.prompt_text, 40)}”.`);
  }
}

/** For this tab, and for the next one that is opened: two tabs that are open do not share a draft. */
function keep(draft: string): void {
  remember(DRAFT, draft, OWN);
  remember(DRAFT, draft);
}

function known(workflow: Workflow, parameters: Record<string, unknown>): Record<string, Value> {
  const names = new Set(workflow.form.map((field) => field.name));
  const usable = Object.entries(parameters).filter(([name, value]) => names.has(name) && typeof value !== 'object');
  return Object.fromEntries(usable) as Record<string, Value>;
}

export const composer = new Composer();
