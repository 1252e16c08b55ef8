import { errorType } from './redaction.js';

/**
 * A schema of any library that follows Standard Schema v1 (Zod, Valibot, ArkType, …), as far as it is used here.
 * See https://standardschema.dev.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

type SchemaResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a schema accepts. */
export type SchemaInput<Schema extends StandardSchema> = NonNullable<Schema['~standard']['types']>['input'];

/** What of the value the schema does not accept, one sentence each; empty where it accepts all. Never throws. */
export function schemaViolations(schema: StandardSchema, value: unknown): string[] {
  try {
    const result = schema['~standard'].validate(value);
    if (result instanceof Promise) {
      // Its verdict comes too late, and its rejection is nobody's.
      result.catch(() => undefined);
      return ['its schema is asynchronous, which is not supported: use a synchronous one'];
    }
    return (result.issues ?? []).map(describeIssue);
  } catch (error) {
    return [`its schema threw ${errorType(error)}`];
  }
}

function describeIssue({ path = [], message }: SchemaIssue): string {
  const keys = path.map((step) => String(typeof step === 'object' ? step.key : step));
  return keys.length === 0 ? message : `${keys.join('.')}: ${message}`;
}
