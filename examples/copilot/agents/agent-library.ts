import { Injectable } from '@nestjs/common';
import { wordsOf } from '../tools/words.js';

/** An agent that somebody has in the library: the graph it runs, and how this demo pretends that it runs. */
export interface LibraryAgent {
  readonly libraryAgentId: string;
  readonly graphId: string;
  readonly name: string;
  readonly description: string;
  readonly runsForMs: number;
  readonly costUsd: number;
  /** Why every run of it fails; absent: its runs succeed. */
  readonly failsWith?: string;
}

/** The agents that can be found, run, scheduled and triggered. */
@Injectable()
export class AgentLibrary {
  /** The best three matches by the words of name and description, the best first. */
  search(query: string): LibraryAgent[] {
    const wanted = wordsOf(query);
    return agents
      .map((agent) => ({ agent, score: score(agent, wanted) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, 3)
      .map(({ agent }) => agent);
  }

  get(libraryAgentId: string): LibraryAgent | undefined {
    return agents.find((agent) => agent.libraryAgentId === libraryAgentId);
  }
}

function score(agent: LibraryAgent, wanted: Set<string>): number {
  const inName = overlap(wordsOf(agent.name), wanted);
  const inDescription = overlap(wordsOf(agent.description), wanted);
  return inName * 3 + inDescription;
}

function overlap(words: Set<string>, wanted: Set<string>): number {
  return [...words].filter((word) => wanted.has(word)).length;
}

const agents: readonly LibraryAgent[] = [
  {
    libraryAgentId: 'lib-newsletter',
    graphId: 'graph-newsletter',
    name: 'Newsletter Writer',
    description: 'Drafts a weekly newsletter from your bookmarks and sends you the draft.',
    runsForMs: 900,
    costUsd: 0.014,
  },
  {
    libraryAgentId: 'lib-competitors',
    graphId: 'graph-competitors',
    name: 'Competitor Watch',
    description: 'Reads the pricing pages of your competitors and reports every change.',
    runsForMs: 500,
    costUsd: 0.006,
  },
  {
    libraryAgentId: 'lib-support',
    graphId: 'graph-support',
    name: 'Support Triage',
    description: 'Sorts incoming support tickets by topic and urgency.',
    runsForMs: 400,
    costUsd: 0.003,
  },
  {
    libraryAgentId: 'lib-invoices',
    graphId: 'graph-invoices',
    name: 'Invoice Reader',
    description: 'Extracts totals and due dates from invoices in your mailbox.',
    runsForMs: 700,
    costUsd: 0.001,
    failsWith: 'missing_credentials',
  },
  {
    libraryAgentId: 'lib-research',
    graphId: 'graph-research',
    name: 'Research Brief',
    description: 'Searches the web for a topic and writes a one-page brief with sources.',
    runsForMs: 1_400,
    costUsd: 0.031,
  },
];
