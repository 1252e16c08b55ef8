import type { ClaimedTool, ToolClaims } from '../../capture/ai-events.js';
import { snakeCase } from '../../capture/declared-properties.js';
import type { Frame } from '../../context/frame.js';
import { RecordedTool } from './recorded-tool.js';

/**
 * The open tool calls of frameworks, for the decorated methods that execute them: the method tells the call, with the
 * framework's ids, and the recorder keeps silent.
 */
export class OpenToolClaims implements ToolClaims {
  private readonly byName = new Map<string, Set<RecordedTool>>();

  opened(tool: RecordedTool): void {
    const name = snakeCase(tool.name);
    const open = this.byName.get(name);
    if (open === undefined) this.byName.set(name, new Set([tool]));
    else open.add(tool);
  }

  closed(tool: RecordedTool): void {
    const name = snakeCase(tool.name);
    const open = this.byName.get(name);
    open?.delete(tool);
    if (open?.size === 0) this.byName.delete(name);
  }

  /**
   * Finds the framework's tool call that this decorated tool executes: the call whose frame directly surrounds it, else,
   * for frameworks whose hooks can't open a frame, an open call of that name in the same work. Inside a tool of another
   * name it is only a helper.
   */
  claim(outer: Frame | undefined, toolName: string): ClaimedTool | undefined {
    const name = snakeCase(toolName);
    const call = callAround(outer);
    const around = call instanceof RecordedTool ? call : undefined;
    if (around !== undefined && snakeCase(around.name) === name) return around.claim('inside', outer);
    for (const tool of this.byName.get(name) ?? []) {
      const isSameWork = around === undefined ? isWithin(outer, tool.root.outer) : tool.liesIn(around);
      const claimed = isSameWork ? tool.claim('beside', outer) : undefined;
      if (claimed !== undefined) return claimed;
    }
    return undefined;
  }
}

function callAround(frame: Frame | undefined): unknown {
  for (let around = frame; around !== undefined; around = around.parent) {
    if (around.call !== undefined) return around.call;
  }
  return undefined;
}

function isWithin(frame: Frame | undefined, ground: Frame | undefined): boolean {
  if (ground === undefined) return frame === undefined;
  for (let around = frame; around !== undefined; around = around.parent) if (around === ground) return true;
  return false;
}
