const names: ReadonlySet<string> = new Set([
  ...['session_id', 'is_anonymous', 'environment', 'source'],
  ...['trigger', 'trigger_ref', 'surface', 'outcome', 'duration_ms', 'error_type', 'http_status', 'abort_reason'],
]);

/** Whether the library (or PostHog) gives events a property of this name, beside those that events declare. */
export function isLibraryProperty(key: string): boolean {
  return names.has(key) || key.startsWith('$') || key.startsWith('group_');
}
