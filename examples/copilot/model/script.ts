import { cronOf } from './cron-of.js';
import type { Situation, ToolAnswer } from './read-prompt.js';
import { closingWords } from './closing-words.js';

interface ScriptedCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What the scripted model does next: it speaks, calls tools, or both. A turn without calls is the last. */
export interface Turn {
  readonly say?: string;
  readonly calls?: readonly ScriptedCall[];
}

/** Decides by keywords, and by what the tools have answered so far. */
export function nextTurn({ question, answers }: Situation): Turn {
  const goal = goalOf(question);
  if (goal === 'talk') return { say: closingWords.introduction };
  if (goal === 'search_docs') {
    const found = answerOf(answers, 'search_docs');
    return found === undefined
      ? call('search_docs', { query: topicOf(question) })
      : { say: closingWords.search_docs(found) };
  }

  const search = answerOf(answers, 'find_agent');
  if (search === undefined) {
    return { say: 'Let me look in your library. ', ...call('find_agent', { query: topicOf(question) }) };
  }
  const agent = firstAgent(search);
  if (goal === 'find_agent' || agent === undefined) return { say: closingWords.find_agent(search) };

  const done = answerOf(answers, goal);
  if (done !== undefined) return { say: closingWords[goal](done) };
  const { libraryAgentId, name } = agent;
  if (goal === 'schedule_agent') {
    return call(goal, { libraryAgentId, scheduleName: `${name} by the clock`, cron: cronOf(question) });
  }
  return call(goal, { libraryAgentId });
}

type Goal = 'schedule_agent' | 'setup_trigger' | 'run_agent' | 'search_docs' | 'find_agent' | 'talk';

/** The first that fits: "run it every day" is a schedule, "how do runs work" a question. */
function goalOf(question: string): Goal {
  const goals: [Goal, RegExp][] = [
    ['search_docs', /^(how|what|why|is|are|does|do)\b|\b(docs|documentation|price|pricing|explain)\b/i],
    ['schedule_agent', /\b(schedule|every|daily|hourly|weekly|cron)\b/i],
    ['setup_trigger', /\b(trigger|webhook|whenever)\b/i],
    ['run_agent', /\b(run|start|launch|execute)\b/i],
    ['find_agent', /\b(find|search|show|list|which|agents?)\b/i],
  ];
  return goals.find(([, words]) => words.test(question))?.[0] ?? 'talk';
}

/** What a sentence is about: what follows its last "about" or "for", else all of it. */
function topicOf(question: string): string {
  const topic = /.*\b(?:about|for)\s+(.+)/s.exec(question)?.[1] ?? question;
  return topic.replace(/[?!.\s]+$/, '');
}

function call(tool: string, input: ScriptedCall['input']): Turn {
  return { calls: [{ tool, input }] };
}

function answerOf(answers: readonly ToolAnswer[], tool: string): ToolAnswer['output'] | undefined {
  return answers.find((answer) => answer.tool === tool)?.output;
}

function firstAgent(search: ToolAnswer['output']): { libraryAgentId: string; name: string } | undefined {
  return (search['agents'] as { libraryAgentId: string; name: string }[] | undefined)?.[0];
}
