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
   * The call that a decorated tool called in this frame is the execution of: the one whose frame it lies in directly;
   * else, for frameworks whose hooks can't open a frame, one of the same name that belongs to the same work.
   */
  claim(outer: Frame | undefined, toolName: string): ClaimedTool | undefined {
    const around = callAround(outer);
    if (around instanceof RecordedTool) return around.claim('inside');
    for (const tool of this.byName.get(snakeCase(toolName)) ?? []) {
      const claimed = isWithin(outer, tool.root.outer) ? tool.claim('beside') : undefined;
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
