import { describe, expect, it } from 'vitest';
import { Frame, type TransportEnd } from '../../src/context/frame.js';

const frameOf = (transport?: TransportEnd): Frame => {
  const frame = new Frame(undefined, {}, undefined, undefined);
  frame.transport = transport;
  return frame;
};

describe('what waits for the end of a frame', () => {
  it('hears of it once, by itself or by its transport', () => {
    const told: string[] = [];
    let over = (): void => undefined;
    const [own, carried] = [frameOf(), frameOf({ onOver: (tell) => (over = tell) })];
    own.whenClosed(() => told.push('own'));
    carried.whenClosed(() => told.push('carried'));
    for (let i = 0; i < 2; i++) {
      own.close();
      over();
    }
    expect(told).toEqual(['own', 'carried']);
  });

  it.each<[string, TransportEnd]>([
    ['a request’s', { onOver: (over) => over() }],
    ['a handler’s', { onEnd: (ended) => ended('completed', 200) }],
  ])('hears nothing where %s response is over already', (_, transport) => {
    const frame = frameOf(transport);
    let told = 0;
    for (let i = 0; i < 2; i++) frame.whenClosed(() => told++);
    frame.close();
    expect(told).toBe(0);
  });
});
