/** An object whose fields may be anything. */
export type Bag = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function recordOf(value: unknown): Bag {
  return isRecord(value) ? value : {};
}

export function listOf(value: unknown): readonly Bag[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
