import { RecordedTool } from '../recorder/recorded-tool.js';
import type { RunRecorder } from '../recorder/run-recorder.js';
import type { AwaitedAnswer } from '../recorder/waiting-runs.js';
import { isCommand, openToolCalls } from './langchain-messages.js';
import type { Place } from './langchain-places.js';

interface Interrupt {
  readonly id?: string;
  readonly value?: unknown;
}

interface Question {
  readonly interruptId: string | undefined;
  readonly answers: readonly AwaitedAnswer[];
}

const MOST_QUESTIONS = 10_000;

/**
 * Graphs that wait for people, and go on. A graph that is resumed says neither what was asked nor where it waits, but
 * the node that waited runs again, with the same checkpoint.
 */
export class Approvals {
  private readonly questions = new Map<string, Question>();

  constructor(private readonly recorder: RunRecorder) {}

  /** A node, or a tool, has interrupted the graph. */
  asked(place: Place, interrupts: readonly Interrupt[]): void {
    const { checkpoint, whole } = place;
    if (checkpoint === undefined || whole.run === undefined) return;
    const [interrupt] = interrupts;
    const interruptId = interrupt?.id ?? checkpoint;
    // The nodes around it, and the graphs that it lies in, tell of it too.
    if (whole.asked.has(interruptId)) return;
    whole.asked.add(interruptId);
    const answers = awaitedAt(place, checkpoint, interrupt?.value);
    this.questions.set(checkpoint, { interruptId, answers });
    if (this.questions.size > MOST_QUESTIONS) this.questions.delete(this.questions.keys().next().value as string);
    for (const answer of answers) whole.run.awaits(answer);
  }

  /** A node of a graph begins: with a person's answer, where it is the one that waited for it. */
  begun({ checkpoint, whole, input, name }: Place): void {
    const { resume, run } = whole;
    if (resume === undefined || run === undefined || checkpoint === undefined) return;
    const question = this.questions.get(checkpoint);
    const answers = question?.answers ?? askedElsewhere(name, checkpoint, input, resume.value);
    const value = valueFor(question?.interruptId, resume.value);
    if (answers === undefined || value === undefined) return;
    this.questions.delete(checkpoint);
    // What another process asked is found once.
    if (question === undefined) whole.resume = undefined;
    const list = decisionsIn(value);
    answers.forEach((answer, i) => {
      const decision = decisionOf(list === undefined ? value : list[i]);
      const isOfTool = answer.id !== answer.toolCallId;
      if (decision !== undefined && isOfTool) this.recorder.decided({ ...answer, decision }, run);
      else this.recorder.resumes(answer.id, run);
    });
  }
}

/** The error by which LangGraph leaves a node that waits: its interrupts; `undefined` for every other one. */
export function interruptsOf(error: unknown): readonly Interrupt[] | undefined {
  const { is_bubble_up: bubbles, interrupts } = (error ?? {}) as { is_bubble_up?: unknown; interrupts?: unknown };
  return bubbles === true && Array.isArray(interrupts) ? (interrupts as Interrupt[]) : undefined;
}

/** What a graph's input resumes it with. */
export function resumeOf(input: unknown): { value: unknown } | undefined {
  return isCommand(input) && input.resume !== undefined ? { value: input.resume } : undefined;
}

function awaitedAt({ span, isOwn, input, name }: Place, checkpoint: string, value: unknown): AwaitedAnswer[] {
  if (isOwn && span instanceof RecordedTool) return [awaited(checkpoint, span.name, span.callId)];
  const calls = [...openToolCalls(input)];
  const requests = (value as { actionRequests?: { name: string }[] } | undefined)?.actionRequests;
  if (!Array.isArray(requests)) {
    if (calls.length > 0) return calls.map((call) => awaited(checkpoint, call.name, call.id));
    // A question that concerns no tool: nothing is decided by its answer.
    return [{ id: checkpoint, toolName: name ?? '', toolCallId: checkpoint }];
  }
  return requests.map(({ name: toolName }, i) => {
    const index = calls.findIndex((call) => call.name === toolName);
    const [call] = index < 0 ? [] : calls.splice(index, 1);
    return awaited(checkpoint, toolName, call?.id ?? String(i));
  });
}

/** What LangChain's middleware asked in another process, as far as the answer shows that all open calls were. */
function askedElsewhere(name = '', checkpoint: string, input: unknown, value: unknown): AwaitedAnswer[] | undefined {
  const calls = openToolCalls(input);
  if (!name.startsWith('HumanInTheLoopMiddleware') || calls.length === 0 || decisionsIn(value)?.length !== calls.length)
    return undefined;
  return calls.map((call) => awaited(checkpoint, call.name, call.id));
}

function awaited(checkpoint: string, toolName: string, callId: string | null | undefined): AwaitedAnswer {
  const toolCallId = callId ?? '';
  return { id: `${checkpoint} ${toolCallId}`, toolName, toolCallId };
}

/** Where several nodes wait, the answers come by their interrupts' ids; one that has none yet goes on waiting. */
function valueFor(interruptId: string | undefined, resume: unknown): unknown {
  if (typeof resume !== 'object' || resume === null) return resume;
  const keys = Object.keys(resume);
  if (keys.length === 0 || !keys.every((key) => /^[0-9a-f]{32}$/.test(key))) return resume;
  return interruptId === undefined ? undefined : (resume as Record<string, unknown>)[interruptId];
}

/** The answers of LangChain's own middleware, and of its predecessor: one for each tool call. */
function decisionsIn(value: unknown): unknown[] | undefined {
  const decisions = Array.isArray(value) ? value : (value as { decisions?: unknown } | null)?.decisions;
  return Array.isArray(decisions) ? (decisions as unknown[]) : undefined;
}

function decisionOf(value: unknown): 'accept' | 'reject' | undefined {
  if (typeof value === 'boolean') return value ? 'accept' : 'reject';
  const { type, action, decision, approved } = (value ?? {}) as Record<string, unknown>;
  if (typeof approved === 'boolean') return decisionOf(approved);
  const word = [value, type, action, decision].find((text) => typeof text === 'string');
  if (typeof word !== 'string') return undefined;
  if (/^(approved?|accept(ed)?|edit(ed)?|yes)$/i.test(word)) return 'accept';
  return /^(reject(ed)?|den(y|ied)|refused?|ignored?|no)$/i.test(word) ? 'reject' : undefined;
}
