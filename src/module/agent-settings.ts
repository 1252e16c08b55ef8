import type { CapturedContent } from '../capture/content-capture.js';
import type { AgentIntegration } from '../integrations/agent-integration.js';
import type { RecorderOptions } from '../integrations/recorder/run-recorder.js';
import type { AnalyticsOptions } from './analytics.options.js';
import { badOption, readOption } from './read-setting.js';
import { callback, NOT_VALID, oneOf, trueOrFalse, type SettingParser } from './setting-parsers.js';

/** The settings of agent frameworks and of PostHog's AI events. */
export interface AgentSettings extends RecorderOptions {
  readonly integrations: readonly AgentIntegration[];
  readonly traces: boolean;
  readonly generations: 'ours' | 'openrouter' | 'off';
  readonly captureContent: ReadonlySet<CapturedContent>;
}

/** The options that only exist in code; throws `AnalyticsConfigurationError` for the first that is malformed. */
export function readAgentSettings(options: AnalyticsOptions): AgentSettings {
  const integrations = readOption('integrations', options.integrations, listOfIntegrations) ?? [];
  return {
    integrations,
    traces: readOption('traces', options.traces, trueOrFalse) ?? integrations.length > 0,
    generations: readOption('generations', options.generations, oneOf('ours', 'openrouter', 'off')) ?? 'ours',
    toolEvents: readOption('toolEvents', options.toolEvents, mapOfToolEvents) ?? {},
    isAgentRun: readOption('isAgentRun', options.isAgentRun, callback()),
    captureContent: readContent(options.captureContent),
  };
}

const contents: readonly CapturedContent[] = [
  'prompts',
  'completions',
  'toolArguments',
  'toolResults',
  'toolDefinitions',
  'feedback',
];

function readContent(content: AnalyticsOptions['captureContent']): ReadonlySet<CapturedContent> {
  if (content === undefined || content === false) return new Set();
  if (content === true) return new Set(contents);
  const wrong: unknown = Array.isArray(content)
    ? content.find((name) => !(contents as readonly unknown[]).includes(name))
    : content;
  if (wrong === undefined) return new Set(content);
  throw badOption('captureContent', wrong, `true, false, or a list of ${contents.join(', ')}`);
}

const listOfIntegrations: SettingParser<readonly AgentIntegration[]> = {
  expected: 'a list of integrations, such as [aiSdk()]',
  parse: (raw) => (Array.isArray(raw) && raw.every(isIntegration) ? raw : NOT_VALID),
};

function isIntegration(value: unknown): value is AgentIntegration {
  const { name, register } = (value ?? {}) as Partial<AgentIntegration>;
  return typeof name === 'string' && typeof register === 'function';
}

const creations = ['trackAgentScheduled', 'trackTriggerSetup'];
const mapOfToolEvents: SettingParser<NonNullable<AnalyticsOptions['toolEvents']>> = {
  expected: `an object of tool names, each with one of ${creations.join(', ')}`,
  parse(raw) {
    const isMap =
      typeof raw === 'object' &&
      raw !== null &&
      !Array.isArray(raw) &&
      Object.values(raw).every((name) => creations.includes(name as string));
    return isMap ? (raw as NonNullable<AnalyticsOptions['toolEvents']>) : NOT_VALID;
  },
};
