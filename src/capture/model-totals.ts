import type { ModelTotals } from '../context/frame.js';
import type { JsonObject } from '../event/analytics-event.js';

/** What a run's calls of models came to, as its event tells it. */
export function modelTotals(models: ModelTotals): JsonObject {
  return {
    generations: models.generations,
    model: models.model,
    input_tokens: models.inputTokens,
    output_tokens: models.outputTokens,
    cost_usd: models.costUsd,
  };
}
