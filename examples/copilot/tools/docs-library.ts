import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { exampleFolder } from '../example-folder.js';
import { wordsOf } from './words.js';

export interface DocsPassage {
  readonly title: string;
  readonly text: string;
}

/** The sections of the markdown files in `knowledge/`. */
@Injectable()
export class DocsLibrary {
  private readonly passages = readPassages(exampleFolder('knowledge'));

  /** The two best sections by shared words, the best first; words of a title count double. */
  search(query: string): DocsPassage[] {
    const wanted = [...wordsOf(query)];
    const score = ({ title, text }: DocsPassage) => {
      const inTitle = wordsOf(title);
      const inText = wordsOf(text);
      return wanted.reduce((sum, word) => sum + (inTitle.has(word) ? 2 : inText.has(word) ? 1 : 0), 0);
    };
    return this.passages
      .map((passage) => ({ passage, score: score(passage) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, 2)
      .map(({ passage }) => passage);
  }
}

function readPassages(folder: string): DocsPassage[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .sort()
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').split(/^## /m).slice(1))
    .map((section) => {
      const [title = '', ...lines] = section.trim().split('\n');
      return { title, text: lines.join(' ').replace(/\s+/g, ' ').trim() };
    });
}
