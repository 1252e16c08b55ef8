import { currentFrame } from '../context/context-storage.js';
import type { BuiltInEvent } from '../event/built-in-events.js';
import { messages } from '../event/messages.js';
import { errorType } from '../event/redaction.js';
import type { AnalyticsCore } from './analytics-core.js';
import { declaredDetails } from './declared-details.js';
import type * as details from './event-details.js';
import { recordGeneration } from './record-generation.js';

/**
 * The product events, reported by hand. Each method records one moment and returns at once; none throws, whatever it is
 * given, and all do nothing while analytics is off. User and session come from `AnalyticsContext` where they are not
 * passed.
 */
export abstract class ProductEvents {
  protected constructor(protected readonly core: () => AnalyticsCore | undefined) {}

  /** A user has sent a message: `copilot_message_sent`. */
  trackUserMessage(message: details.UserMessageDetails): void {
    this.moment('trackUserMessage', 'message_sent', message);
  }

  /** A tool was called: `copilot_tool_called`. */
  trackToolCalled(call: details.ToolCallDetails): void {
    this.moment('trackToolCalled', 'tool_called', call);
  }

  /**
   * An agent run has succeeded: `copilot_agent_run_success`. Not deduplicated: for a run whose end may be reported more
   * than once use `trackAgentRunFinished`, and never both.
   */
  trackAgentRunSuccess(run: details.AgentRunDetails): void {
    this.moment('trackAgentRunSuccess', 'agent_run_success', run);
  }

  /**
   * A run that was queued has ended, wherever it ends: `copilot_agent_run_success` or `copilot_agent_run_failed`.
   * Only the first report of an `executionId` in this process counts (the last 10,000 are remembered); pass
   * `finishedAt` where several processes may report the same end.
   */
  trackAgentRunFinished(run: details.AgentRunEnd): void {
    this.safely('trackAgentRunFinished', ({ capture, runEnds }) => {
      const end = runEnds.eventFor(run, capture);
      if (end === undefined) return;
      const declared = { ...declaredDetails(end.event, run), ...end.measured };
      capture.moment(capture.names[end.event], end.details, declared);
    });
  }

  /** A schedule was set up (not: has fired): `copilot_agent_scheduled`. */
  trackAgentScheduled(schedule: details.AgentScheduleDetails): void {
    this.moment('trackAgentScheduled', 'agent_scheduled', schedule);
  }

  /** A trigger was set up (not: has fired): `copilot_trigger_setup`. */
  trackTriggerSetup(trigger: details.TriggerSetupDetails): void {
    this.moment('trackTriggerSetup', 'trigger_setup', trigger);
  }

  /** A schedule has fired: `copilot_schedule_fired`. */
  trackScheduleFired(fired: details.ScheduleFiredDetails): void {
    this.moment('trackScheduleFired', 'schedule_fired', fired);
  }

  /** A trigger has fired: `copilot_trigger_fired`. */
  trackTriggerFired(fired: details.TriggerFiredDetails): void {
    this.moment('trackTriggerFired', 'trigger_fired', fired);
  }

  /** A message was turned away before any handler ran: `copilot_message_blocked`. */
  trackMessageBlocked(blocked: details.MessageBlockedDetails): void {
    this.moment('trackMessageBlocked', 'message_blocked', blocked);
  }

  /** The user has pressed a stop button that has a route of its own: `copilot_response_stopped`. */
  trackResponseStopped(stopped: details.EventDetails = {}): void {
    this.moment('trackResponseStopped', 'response_stopped', stopped);
  }

  /** A person has approved or refused a tool call: `copilot_tool_decision`. */
  trackToolDecision(decision: details.ToolDecisionDetails): void {
    this.moment('trackToolDecision', 'tool_decision', decision);
  }

  /**
   * A model was called by its own client: PostHog's `$ai_generation` (or `$ai_embedding`), counted for the message and
   * run around it. Content goes out only under `captureContent`.
   *
   * @example
   * const answer = await this.openai.chat.completions.create({ model, messages, ...this.analytics.openRouterTracing() });
   * this.analytics.trackGeneration({ answer, startedAt });
   */
  trackGeneration(generation: details.GenerationDetails): void {
    this.safely('trackGeneration', ({ capture }) => recordGeneration(capture, generation));
  }

  /**
   * A person has rated an answer: `copilot_feedback_given`, and PostHog's `$ai_metric` on the answer's trace where
   * one is known. The comment goes out, as `$ai_feedback`, only under `captureContent: ['feedback']`.
   */
  trackFeedback(feedback: details.FeedbackDetails): void {
    this.safely('trackFeedback', ({ capture }) => {
      const traceId = feedback.traceId ?? capture.valuesFor(currentFrame()).traceId;
      capture.moment(capture.names.feedback_given, feedback, declaredDetails('feedback_given', feedback), traceId);
      if (traceId === undefined) return;
      const quality = feedback.rating === 'up' ? 'good' : 'bad';
      capture.moment('$ai_metric', feedback, { $ai_metric_name: 'quality', $ai_metric_value: quality }, traceId);
      if (!feedback.comment || !capture.ai.content.has('feedback')) return;
      capture.moment('$ai_feedback', feedback, { $ai_feedback_text: String(feedback.comment) }, traceId);
    });
  }

  /** Runs `tell` while analytics is on; what it throws is told once and goes no further. */
  protected safely(method: string, tell: (core: AnalyticsCore) => void): void {
    const core = this.core();
    if (core === undefined) return;
    try {
      tell(core);
    } catch (error) {
      core.capture.reporter.warnOnce(messages.callFailed(method, errorType(error)), method);
    }
  }

  private moment(method: string, event: BuiltInEvent, given: details.EventDetails): void {
    this.safely(method, ({ capture }) => {
      capture.moment(capture.names[event], given, declaredDetails(event, given));
    });
  }
}
