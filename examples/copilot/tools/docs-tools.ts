import { Injectable } from '@nestjs/common';
import { TrackToolCall } from 'nestjs-agent-analytics';
import type { ToolCallInfo } from './agent-tools.js';
import { DocsLibrary, type DocsPassage } from './docs-library.js';
import { isToolError, type ToolError, type ToolInput } from './tool-inputs.js';

/** The copilot's tool for questions about the product. */
@Injectable()
export class DocsTools {
  constructor(private readonly docs: DocsLibrary) {}

  /** Returns its error instead of throwing, so `outcome` has to say that it is one. */
  @TrackToolCall({ outcome: ({ result }) => (isToolError(result) ? 'error' : 'success') })
  async searchDocs(
    { query }: ToolInput<'search_docs'>,
    _call: ToolCallInfo,
  ): Promise<{ passages: DocsPassage[] } | ToolError> {
    const passages = this.docs.search(query);
    return passages.length === 0 ? { error: `The documentation says nothing about "${query}".` } : { passages };
  }
}
