import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { abortReasonOf } from '../../src/capture/abort-reason.js';

const minified = class a extends OpenAI.APIUserAbortError {};

describe('abortReasonOf', () => {
  it.each([
    new OpenAI.APIUserAbortError(),
    new Anthropic.APIUserAbortError({ message: 'stopped' }),
    new minified(),
    new DOMException('x', 'AbortError'),
  ])('knows that a person has stopped it (case %#)', (error) => {
    expect(abortReasonOf(error, undefined, undefined)).toBe('user_stopped');
  });

  it.each([
    new OpenAI.APIConnectionTimeoutError(),
    new OpenAI.APIConnectionError({}),
    new Error('x'),
    'AbortError',
    null,
  ])('takes a failure for none (case %#)', (error) => {
    expect(abortReasonOf(error, undefined, undefined)).toBeUndefined();
  });
});
