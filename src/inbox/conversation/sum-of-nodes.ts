import type { TimelineNode } from './conversation-api.js';

/**
 * The sum of a figure over trees whose nodes stand depth first. A node's own figure stands for all beneath it, unless
 * what is beneath it is more: a run tells the sum of its calls, which must not count twice. `null` where none is known.
 */
export function sumOfNodes(
  trees: readonly (readonly TimelineNode[])[],
  figure: (node: TimelineNode) => number | null,
): number | null {
  let sum: number | null = null;
  for (const nodes of trees) {
    // By depth: the sum of the nodes that are done and whose parent is not.
    const beneath: (number | null)[] = [];
    for (const node of [...nodes].reverse()) {
      const inner = beneath[node.depth + 1] ?? null;
      beneath[node.depth + 1] = null;
      const own = figure(node);
      const most = own === null || inner === null ? (own ?? inner) : Math.max(own, inner);
      if (most !== null) beneath[node.depth] = (beneath[node.depth] ?? 0) + most;
    }
    const total = beneath[0] ?? null;
    if (total !== null) sum = (sum ?? 0) + total;
  }
  return sum;
}
