/** What an SDK asks besides sending events, and is told where nothing is forwarded. */
export interface ClientAnswer {
  readonly contentType: string;
  readonly body: string;
}

/**
 * The answer of a PostHog without flags, surveys and recordings; `undefined` where it is no question of an SDK.
 * It lets a client come up and send its events, and asks it for nothing that no one would see.
 */
export function clientAnswer(path: string): ClientAnswer | undefined {
  const [, token, form] = /^\/array\/([\w-]{1,100})\/config(\.js)?$/.exec(path) ?? [];
  if (token !== undefined) return form === undefined ? json(remoteConfig(token)) : configScript(token);
  // Extensions of posthog-js: it loads some before it has asked whether they are wanted.
  if (/^\/static\/[\w./-]{1,200}\.js$/.test(path)) return script('');
  const known = answers.find(([pattern]) => pattern.test(path));
  return known === undefined ? undefined : json(known[1]);
}

/** Addresses that hold no product events: flags, configuration, scripts, recordings, logs. */
export function isClientPath(path: string): boolean {
  return /^\/(?:flags|decide|array|static|s|i\/v1\/(?:logs|metrics|traces))(?:\/|$)/.test(path) || isKnownApi(path);
}

const noFlags = {
  flags: {},
  featureFlags: {},
  featureFlagPayloads: {},
  errorsWhileComputingFlags: false,
  quotaLimited: [],
};

const answers: readonly (readonly [pattern: RegExp, body: object])[] = [
  [/^\/flags\/definitions$/, { flags: [], group_type_mapping: {}, cohorts: {} }],
  [/^\/flags$/, noFlags],
  [/^\/decide$/, { ...noFlags, supportedCompression: ['gzip', 'gzip-js'], sessionRecording: false }],
  [/^\/api\/feature_flag\/local_evaluation$/, { flags: [], group_type_mapping: {}, cohorts: {} }],
  [/^\/api\/surveys$/, { surveys: [] }],
  [/^\/api\/early_access_features$/, { earlyAccessFeatures: [] }],
  [/^\/api\/web_experiments$/, { experiments: [] }],
  [/^\/(?:s|i\/v1\/(?:logs|metrics|traces))$/, { status: 'Ok' }],
];

function isKnownApi(path: string): boolean {
  return /^\/api\/(?:surveys|early_access_features|web_experiments|feature_flag\/local_evaluation)(?:\/|$)/.test(path);
}

function remoteConfig(token: string): object {
  return {
    token,
    supportedCompression: ['gzip', 'gzip-js'],
    hasFeatureFlags: false,
    captureDeadClicks: false,
    capturePerformance: false,
    autocapture_opt_out: false,
    autocaptureExceptions: false,
    analytics: { endpoint: '/i/v0/e/' },
    elementsChainAsString: true,
    sessionRecording: false,
    heatmaps: false,
    surveys: false,
    defaultIdentifiedOnly: true,
    isAuthenticated: false,
    siteApps: [],
  };
}

/** The token is letters, digits, `-` and `_` only, so nothing in it is script. */
function configScript(token: string): ClientAnswer {
  const config = JSON.stringify({ config: remoteConfig(token), siteApps: [] });
  return script(`(window._POSTHOG_REMOTE_CONFIG = window._POSTHOG_REMOTE_CONFIG || {})["${token}"] = ${config};\n`);
}

function script(body: string): ClientAnswer {
  return { contentType: 'text/javascript; charset=utf-8', body };
}

function json(body: object): ClientAnswer {
  return { contentType: 'application/json; charset=utf-8', body: JSON.stringify(body) };
}
