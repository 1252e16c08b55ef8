import { describe, expect, it } from 'vitest';
import { errorType, redactedMessage } from '../../../src/event/redaction.js';
import { toldError } from '../../../src/integrations/openai-agents/openai-agents-errors.js';

const told = (error: string) => {
  const read = toldError({ message: 'Error running tool', data: { error } });
  return [errorType(read), redactedMessage(read)];
};

describe('The error behind a span’s', () => {
  it('has the class that its text begins with', () => {
    expect(told('RangeError: too far')).toEqual(['RangeError', 'too far']);
    expect(told('NotFoundException: no room')).toEqual(['NotFoundException', 'no room']);
    expect(told('InputGuardrailTripwireTriggered: no')).toEqual(['InputGuardrailTripwireTriggered', 'no']);
  });

  it('has none of another word before a colon: tools throw texts of their users, too', () => {
    expect(told('Alice: not found')).toEqual(['Error', 'Alice: not found']);
    expect(told('MaryJones: her diagnosis is flu')).toEqual(['Error', 'MaryJones: her diagnosis is flu']);
  });
});
