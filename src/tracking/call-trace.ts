import { randomUUID } from 'node:crypto';
import type { AnalyticsContextValues } from '../context/context-values.js';
import type { TrackedCall } from './tracked-call.js';

/** The id of a call in its trace. PostHog's tree begins at the trace's id: what stands for the whole has it as its own. */
export function ownSpanId({ claimed, method, parentSpanId }: TrackedCall, traceId: string): string {
  if (claimed !== undefined) return claimed.spanId;
  return method.opensTrace && parentSpanId === undefined ? traceId : randomUUID();
}

/** The context of what a call does inside. Not by a spread with further keys, which takes V8 a microsecond. */
export function valuesInTrace(
  outer: AnalyticsContextValues,
  traceId: string,
  parentSpanId: string,
): AnalyticsContextValues {
  const values: AnalyticsContextValues = Object.assign({ traceId, parentSpanId }, outer);
  values.traceId = traceId;
  values.parentSpanId = parentSpanId;
  return values;
}
